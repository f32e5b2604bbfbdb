"""What people said about who is who in a partner's files, kept for the partner's next file."""

import json
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import delete, func, select

from tfsaas import clock
from tfsaas.db import NotFound, among, db
from tfsaas.families.identifiers import fingerprint_text
from tfsaas.families.models import Person
from tfsaas.loads.answer_models import RememberedAnswer
from tfsaas.loads.council import TOLD
from tfsaas.loads.feeds import system_of
from tfsaas.loads.models import Delivery, PartnerReference, SharingAgreement
from tfsaas.loads.queries import list_own_agreements
from tfsaas.loads.who import FilePerson
from tfsaas.tenants.scope import actor


def told_of(person: FilePerson) -> dict[str, str]:
    """What a file tells of a person, without the partner's number, as a reviewer sees it."""
    told = {name: str(value) for name in TOLD if (value := getattr(person, name))}
    return told | {scheme.value: number for scheme, number in person.identifiers.items()}


def mark_reference(feed: str, person: FilePerson) -> str:
    """What is kept of a partner's number: each of their systems counts by itself."""
    return fingerprint_text("partner", f"{system_of(feed)}:{person.reference}")


def mark_told(feed: str, person: FilePerson) -> str:
    """The same whenever the same is told of somebody; "" where what is told could be anybody's.

    Of a child without a number and a name many tell the same; the partner's number tells them apart.
    """
    told, named = told_of(person), person.family_name and (person.date_of_birth or person.postcode)
    if not (person.identifiers or named):
        if not person.reference:
            return ""
        told["reference"] = f"{system_of(feed)}:{person.reference}"
    return fingerprint_text("told", json.dumps(told, sort_keys=True))


def remember(delivery: Delivery, person: FilePerson, person_id: UUID, *, same: bool) -> None:
    """Keep an answer; what was said of the two before gives way."""
    forget_answer(delivery, person, person_id)
    if mark := mark_told(delivery.feed, person):
        db.session.add(
            RememberedAnswer(
                sharing_agreement_id=delivery.sharing_agreement_id,
                person_id=person_id,
                told_hash=mark,
                is_same=same,
                answered_at=clock.now(),
                answered_by_id=actor(),
            )
        )


def forget_answer(delivery: Delivery, person: FilePerson, person_id: UUID) -> None:
    """An answer about what this partner tells that was taken back is not given again."""
    own = list_own_agreements(delivery.sharing_agreement_id)
    db.session.execute(
        delete(RememberedAnswer).where(
            RememberedAnswer.told_hash == mark_told(delivery.feed, person),
            RememberedAnswer.person_id == person_id,
            RememberedAnswer.sharing_agreement_id.in_(own),
        )
    )


def forget_reference(delivery: Delivery, person: FilePerson, person_id: UUID) -> None:
    """The partner’s number in the file does not lead to this person any more; others may."""
    own = list_own_agreements(delivery.sharing_agreement_id)
    db.session.execute(
        delete(PartnerReference).where(
            PartnerReference.person_id == person_id,
            PartnerReference.value_hash == mark_reference(delivery.feed, person),
            PartnerReference.sharing_agreement_id.in_(own),
        )
    )


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
        if mark := mark_told(delivery.feed, person):
            marks.setdefault(mark, []).append(person.number)
    rows = db.session.scalars(select(RememberedAnswer).where(asked, among(RememberedAnswer.told_hash, marks)))  # fmt: skip
    found: dict[int, dict[UUID, RememberedAnswer]] = {}
    for row in rows:
        for number in marks[row.told_hash]:
            found.setdefault(number, {})[row.person_id] = row
    return found


def list_answers_about(person_id: UUID) -> list[tuple[RememberedAnswer, str]]:
    """What was said of somebody on record and partners' files, each with the partner, the latest first."""
    rows = db.session.execute(
        select(RememberedAnswer, SharingAgreement.partner)
        .join(
            SharingAgreement,
            (SharingAgreement.tenant_id == RememberedAnswer.tenant_id)
            & (SharingAgreement.id == RememberedAnswer.sharing_agreement_id),
        )
        .where(RememberedAnswer.person_id == person_id)
        .order_by(RememberedAnswer.answered_at.desc(), RememberedAnswer.id)
    )
    return [(answer, partner) for answer, partner in rows]


def drop_answer(person_id: UUID, answer_id: UUID) -> None:
    """Take back an answer about somebody on record: files that tell the same are matched anew.

    Raises:
        NotFound: nothing of the kind was said of this person.
    """
    wanted = (RememberedAnswer.id == answer_id, RememberedAnswer.person_id == person_id)
    found = db.session.scalar(select(RememberedAnswer).where(*wanted))
    if found is None:
        raise NotFound("no such answer")
    db.session.delete(found)


def list_refused(answers: Mapping[int, Mapping[UUID, RememberedAnswer]]) -> set[tuple[int, UUID]]:
    """Numbers in the file with people of the council who, somebody said, they are not, under whichever of their records."""
    said = [
        (number, person_id)
        for number, told in answers.items()
        for person_id, answer in told.items()
        if not answer.is_same
    ]
    one = func.coalesce(Person.same_as_id, Person.id)
    ids = {person_id for _, person_id in said}
    stands = dict(db.session.execute(select(Person.id, one).where(among(Person.id, ids))).tuples().all())  # fmt: skip
    records: dict[UUID, list[UUID]] = {}
    for record, of in db.session.execute(select(Person.id, one).where(among(one, set(stands.values())))):  # fmt: skip
        records.setdefault(of, []).append(record)
    return {(number, record) for number, person_id in said for record in records[stands[person_id]]}
