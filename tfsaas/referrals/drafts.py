"""Answers on their way: begun, continued, given up, or let lapse."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.orm.attributes import flag_modified

from tfsaas import clock
from tfsaas.accounts.tokens import hash_known, hash_token, new_token
from tfsaas.attachments.models import StoredFile
from tfsaas.db import NotFound, db
from tfsaas.referrals.models import (
    Audience,
    DraftFile,
    Referral,
    ReferralAttempt,
    ReferralDraft,
    ReferralFile,
)
from tfsaas.referrals.questions import PEOPLE, FormPage, pages_for
from tfsaas.tenants.council import find_form, get_form
from tfsaas.tenants.scope import actor, lock

VISITOR = timedelta(hours=24)
SIGNED_IN = timedelta(days=28)
HOUR = timedelta(hours=1)
MOST_PEOPLE = 20
MOST_FILES = 5
LIMITS = {"begin": 60, "send": 20, "look up": 30, "attach": 40}  # an hour, from one address


class TooOften(Exception):
    """The same address did this too often within an hour."""


class DraftRefused(Exception):
    """The draft cannot take this; the text says why."""


def count_attempt(what: str, address: str) -> None:
    """Count what a visitor does. Nothing of it is kept longer than an hour, and the address only as a keyed hash.

    Raises:
        TooOften: the limit is reached.
    """
    place = hash_known(address)
    lock(f"{what} {place}")
    db.session.execute(delete(ReferralAttempt).where(ReferralAttempt.at < clock.now() - HOUR))
    query = select(func.count()).where(ReferralAttempt.address_hash == place, ReferralAttempt.what == what)  # fmt: skip
    if (db.session.scalar(query) or 0) >= LIMITS[what]:
        raise TooOften
    db.session.add(ReferralAttempt(address_hash=place, what=what, at=clock.now()))


def begin(audience: Audience, token: str | None = None) -> tuple[ReferralDraft, str | None]:
    """A new draft: of the person who is signed in, or of whoever holds the token that is returned.

    `token`: what the visitor holds already; several drafts may share it.
    """
    user_id, moment, form = actor(), clock.now(), find_form()
    token = None if user_id else token or new_token()
    draft = ReferralDraft(
        id=uuid4(), audience=audience, user_id=user_id, token_hash=hash_token(token) if token else None,
        referral_form_id=form.id if form else None, answers={}, begun_at=moment, changed_at=moment,
        expires_at=moment + (VISITOR if token else SIGNED_IN), referral_id=None,
    )  # fmt: skip
    db.session.add(draft)
    db.session.flush()
    return draft, token


def get_draft(draft_id: UUID, token: str | None, *, locked: bool = False) -> ReferralDraft:
    """A draft of the person who is signed in, or of the visitor with the token.

    Raises:
        NotFound: there is none with that id, it is somebody else's, or it has lapsed.
    """
    query = select(ReferralDraft).where(
        ReferralDraft.id == draft_id, ReferralDraft.expires_at > clock.now()
    )
    found = db.session.scalar(query.with_for_update() if locked else query)
    own = found is not None and (
        (found.user_id is not None and found.user_id == actor())
        or (found.token_hash is not None and token and found.token_hash == hash_token(token))
    )
    if found is None or not own:
        raise NotFound("no such draft")
    return found


def list_drafts(user_id: UUID) -> Sequence[ReferralDraft]:
    """What a person has begun and not sent, the latest first."""
    return db.session.scalars(
        select(ReferralDraft)
        .where(ReferralDraft.user_id == user_id, ReferralDraft.referral_id.is_(None))
        .where(ReferralDraft.expires_at > clock.now())
        .order_by(ReferralDraft.changed_at.desc())
    ).all()


def list_pages(draft: ReferralDraft) -> list[FormPage]:
    """The pages that this draft is asked; the council's own are those of the day on which it was begun."""
    own = get_form(draft.referral_form_id) if draft.referral_form_id else None
    return pages_for(draft.audience, own)


def answer(draft: ReferralDraft, code: str, told: dict[str, Any]) -> None:
    """Keep what was answered on a page."""
    _change(draft)[code] = told


def _change(draft: ReferralDraft) -> dict[str, Any]:
    """The answers, about to be changed; the draft lives on from now."""
    flag_modified(draft, "answers")
    draft.changed_at = clock.now()
    draft.expires_at = draft.changed_at + (SIGNED_IN if draft.user_id else VISITOR)
    return draft.answers


def list_told_people(draft: ReferralDraft) -> list[dict[str, Any]]:
    """The people who were named so far, each with a number of its own."""
    found: list[dict[str, Any]] = draft.answers.get(PEOPLE, {}).get("people", [])
    return found


def put_person(draft: ReferralDraft, number: int, told: dict[str, Any]) -> None:
    """Add somebody (`number` 0) or change who is there.

    Raises:
        DraftRefused: there are as many people as a referral can hold.
        NotFound: nobody has that number.
    """
    people = [*list_told_people(draft)]
    if number == 0:
        if len(people) >= MOST_PEOPLE:
            raise DraftRefused(f"A referral can name {MOST_PEOPLE} people. Tell us about the others in your own words")  # fmt: skip
        number = max((person["number"] for person in people), default=0) + 1
        people.append({"number": number} | told)
    else:
        find_told_person(draft, number)
        people = [
            {"number": number} | told if person["number"] == number else person for person in people
        ]
    _change(draft)[PEOPLE] = {"people": people}


def find_told_person(draft: ReferralDraft, number: int) -> dict[str, Any]:
    """Who was named under a number.

    Raises:
        NotFound: nobody has it.
    """
    for person in list_told_people(draft):
        if person["number"] == number:
            return person
    raise NotFound("no such person")


def drop_person(draft: ReferralDraft, number: int) -> None:
    """Take somebody out again; nothing happens when nobody has that number."""
    people = [person for person in list_told_people(draft) if person["number"] != number]
    _change(draft)[PEOPLE] = {"people": people}


def list_files(draft_id: UUID) -> Sequence[StoredFile]:
    """The files that go with a draft, in their order."""
    return db.session.scalars(
        select(StoredFile)
        .join(DraftFile, (DraftFile.tenant_id == StoredFile.tenant_id) & (DraftFile.stored_file_id == StoredFile.id))
        .where(DraftFile.referral_draft_id == draft_id)
        .order_by(StoredFile.received_at, StoredFile.id)
    ).all()  # fmt: skip


def drop_file(draft: ReferralDraft, file_id: UUID) -> None:
    """Take a file out again, and forget it."""
    gone = db.session.scalars(
        delete(DraftFile)
        .where(DraftFile.referral_draft_id == draft.id, DraftFile.stored_file_id == file_id)
        .returning(DraftFile.stored_file_id)
    ).all()
    db.session.execute(delete(StoredFile).where(StoredFile.id.in_(gone)))
    _change(draft)


def give_up(draft: ReferralDraft) -> None:
    """Forget a draft and its files."""
    for stored in list_files(draft.id):
        drop_file(draft, stored.id)
    db.session.delete(draft)


def forget_lapsed() -> int:
    """Forget drafts whose time is over, and those that were sent. Returns how many."""
    lapsed = db.session.scalars(
        select(ReferralDraft).where(ReferralDraft.expires_at <= clock.now()).with_for_update(skip_locked=True)
    ).all()  # fmt: skip
    sent = select(ReferralFile.stored_file_id)
    for draft in lapsed:
        files = select(DraftFile.stored_file_id).where(DraftFile.referral_draft_id == draft.id)
        kept = db.session.scalars(files.where(DraftFile.stored_file_id.not_in(sent))).all()
        db.session.execute(delete(DraftFile).where(DraftFile.referral_draft_id == draft.id))
        db.session.execute(delete(StoredFile).where(StoredFile.id.in_(kept)))
        db.session.delete(draft)
    return len(lapsed)


def list_sent(user_id: UUID) -> Sequence[Referral]:
    """What a person has sent, the latest first."""
    query = select(Referral).where(Referral.user_id == user_id)
    return db.session.scalars(query.order_by(Referral.received_at.desc()).limit(50)).all()
