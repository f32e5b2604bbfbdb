"""What people said about who is who in a partner's files, kept for the partner's next file."""

import json
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import delete, select

from tfsaas import clock
from tfsaas.db import among, db
from tfsaas.families.identifiers import fingerprint_text
from tfsaas.loads.answer_models import RememberedAnswer
from tfsaas.loads.models import Delivery, PartnerReference
from tfsaas.loads.queries import list_own_agreements
from tfsaas.loads.who import FilePerson
from tfsaas.tenants.scope import actor

TOLD = ("given_name", "family_name", "date_of_birth", "address", "postcode")


def told_of(person: FilePerson) -> dict[str, str]:
    """What a file tells of a person, without the partner's number, as a reviewer sees it."""
    told = {name: str(value) for name in TOLD if (value := getattr(person, name))}
    return told | {scheme.value: number for scheme, number in person.identifiers.items()}


def mark_told(told: Mapping[str, str]) -> str:
    """The same whenever the same is told."""
    return fingerprint_text("told", json.dumps(dict(told), sort_keys=True))


def remember(delivery: Delivery, told: Mapping[str, str], person_id: UUID, *, same: bool) -> None:
    """Keep an answer; what was said of the two before gives way."""
    forget_answer(told, person_id)
    db.session.add(
        RememberedAnswer(
            sharing_agreement_id=delivery.sharing_agreement_id,
            person_id=person_id,
            told_hash=mark_told(told),
            is_same=same,
            answered_at=clock.now(),
            answered_by_id=actor(),
        )
    )


def forget_answer(told: Mapping[str, str], person_id: UUID) -> None:
    """An answer that was taken back is not given again."""
    mark = RememberedAnswer.told_hash == mark_told(told)
    db.session.execute(delete(RememberedAnswer).where(mark, RememberedAnswer.person_id == person_id))  # fmt: skip


def forget_reference(delivery: Delivery, person_id: UUID) -> None:
    """The partner's numbers do not lead to this person any more."""
    own = list_own_agreements(delivery.sharing_agreement_id)
    db.session.execute(
        delete(PartnerReference).where(PartnerReference.person_id == person_id, PartnerReference.sharing_agreement_id.in_(own))
    )  # fmt: skip


def recall(
    delivery: Delivery, people: Collection[FilePerson]
) -> Mapping[int, Mapping[UUID, RememberedAnswer]]:
    """By number in the file, and by person of the council, what was said about the two."""
    own = list_own_agreements(delivery.sharing_agreement_id)
    asked = RememberedAnswer.sharing_agreement_id.in_(own)
    if db.session.scalar(select(RememberedAnswer.id).where(asked).limit(1)) is None:
        return {}
    marks: dict[str, list[int]] = {}
    for person in people:
        marks.setdefault(mark_told(told_of(person)), []).append(person.number)
    rows = db.session.scalars(select(RememberedAnswer).where(asked, among(RememberedAnswer.told_hash, marks)))  # fmt: skip
    found: dict[int, dict[UUID, RememberedAnswer]] = {}
    for row in rows:
        for number in marks[row.told_hash]:
            found.setdefault(number, {})[row.person_id] = row
    return found
