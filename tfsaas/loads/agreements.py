"""Recording sharing agreements, and making links by which partners send files."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from tfsaas import clock
from tfsaas.accounts.tokens import hash_token, new_token
from tfsaas.db import NotFound, db
from tfsaas.loads.actions import DeliveryRefused, check_allowed
from tfsaas.loads.models import Delivery, DropLink, SharingAgreement
from tfsaas.loads.queries import find_link, get_agreement
from tfsaas.tenants.scope import actor

SOON = timedelta(days=60)


class ChangedMeanwhile(Exception):
    """Somebody else saved the agreement since it was opened."""


def keep_agreement(
    agreement: SharingAgreement | None, values: dict[str, Any], *, version: int = 1
) -> SharingAgreement:
    """Record an agreement, or change one.

    Raises:
        DeliveryRefused: the partner has one that begins the same day.
        ChangedMeanwhile: it is no longer at `version`.
    """
    query = select(SharingAgreement).where(
        SharingAgreement.partner == values["partner"],
        SharingAgreement.starts_on == values["starts_on"],
    )
    other = db.session.scalar(query)
    if other is not None and other is not agreement:
        raise DeliveryRefused(starts_on="There is an agreement with this partner from this day already. Change that one")  # fmt: skip
    if agreement is None:
        agreement = SharingAgreement(id=uuid4(), **values)
        db.session.add(agreement)
        return agreement
    if agreement.version != version:
        raise ChangedMeanwhile
    for name, value in values.items():
        setattr(agreement, name, value)
    return agreement


def is_in_date(agreement: SharingAgreement) -> bool:
    """Whether files may come in under it today."""
    today = clock.today()
    return agreement.starts_on <= today and (
        agreement.ends_on is None or today <= agreement.ends_on
    )


def list_cares(agreement: SharingAgreement) -> list[str]:
    """What somebody must see to soon: an end, or a review, within sixty days or past."""
    today, found = clock.today(), []
    if agreement.ends_on and agreement.ends_on < today:
        found.append("Ended")
    elif agreement.ends_on and agreement.ends_on <= today + SOON:
        found.append(f"Ends in {(agreement.ends_on - today).days} days")
    if agreement.review_on < today:
        found.append("Review overdue")
    elif agreement.review_on <= today + SOON:
        found.append(f"Review in {(agreement.review_on - today).days} days")
    return found


def count_cares(agreements: Sequence[SharingAgreement]) -> int:
    """How many agreements somebody must see to; one that ended and was followed by another is over."""
    followed = {row.partner for row in agreements if is_in_date(row)}
    return sum(
        bool(list_cares(row)) and (is_in_date(row) or row.partner not in followed)
        for row in agreements
    )


def make_link(agreement_id: UUID, feed: str, days: int) -> str:
    """A link for one file of one feed, good for so many days. Returns its token, which is kept nowhere.

    Raises:
        DeliveryRefused: the agreement does not allow it.
    """
    agreement = get_agreement(agreement_id)
    check_allowed(agreement, feed)
    token, moment = new_token(), clock.now()
    db.session.add(
        DropLink(
            sharing_agreement_id=agreement.id, feed=feed, token_hash=hash_token(token), made_at=moment,
            made_by_id=actor(), expires_at=moment + timedelta(days=days),
        )
    )  # fmt: skip
    return token


def open_link(token: str) -> DropLink | None:
    """The link with this token; None when there is none, it has expired, or it was used."""
    link = find_link(hash_token(token))
    if link is None or link.used_at is not None or link.expires_at <= clock.now():
        return None
    return link


def cancel_link(link_id: UUID) -> None:
    """Make a link useless from now on.

    Raises:
        NotFound: there is no such link here.
    """
    link = db.session.scalar(select(DropLink).where(DropLink.id == link_id))
    if link is None:
        raise NotFound("no such link")
    link.expires_at = min(link.expires_at, clock.now())


def use_link(link: DropLink, delivery: Delivery) -> None:
    """The link has done what it was made for."""
    link.used_at, link.delivery_id = clock.now(), delivery.id
