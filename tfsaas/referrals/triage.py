"""Deciding about referrals: the queue, who somebody is, agreement, and the decision itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import defer

from tfsaas import clock
from tfsaas.attachments.models import StoredFile
from tfsaas.db import NotFound, db
from tfsaas.families.actions import (
    FamilyRefused,
    Particulars,
    add_family,
    add_member,
    add_person,
    open_where_ended,
)
from tfsaas.families.models import Family, Membership
from tfsaas.jobs.models import Job
from tfsaas.referrals.known import LONG_AGO, list_named, list_people, tell_known
from tfsaas.referrals.models import (
    OPEN,
    Basis,
    Referral,
    ReferralFile,
    ReferralMatch,
    ReferralPerson,
    Stage,
    Support,
)
from tfsaas.referrals.notifying import notify
from tfsaas.referrals.sending import FIND_MATCHES, add_message
from tfsaas.referrals.working_days import working_days_between
from tfsaas.tenants.scope import actor

MOST = 100
CHILD = "child"
NO_AGREEMENT = "Record that the family agrees to be supported, and on which basis you share what is known, before you accept"  # fmt: skip


class TriageRefused(Exception):
    """The decision cannot be; the text says what to do."""


class DecidedMeanwhile(Exception):
    """Somebody else changed or decided the referral since it was opened."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A referral as the queue shows it. `waited`: working days since it came; `late`: the referrer should have heard.

    `matches`: how many of its people may be on record; None: nobody has looked yet.
    """

    referral: Referral
    waited: int
    late: bool
    people: int
    matches: int | None


def list_queue(on: date) -> list[QueueRow]:
    """Referrals about which nobody decided yet, the longest waiting first."""
    people = (
        select(func.count())
        .where(
            ReferralPerson.tenant_id == Referral.tenant_id,
            ReferralPerson.referral_id == Referral.id,
        )
        .scalar_subquery()
    )
    matched = (
        select(func.count(ReferralPerson.id.distinct()))
        .join(ReferralMatch, (ReferralMatch.tenant_id == ReferralPerson.tenant_id) & (ReferralMatch.referral_person_id == ReferralPerson.id))
        .where(ReferralPerson.tenant_id == Referral.tenant_id, ReferralPerson.referral_id == Referral.id)
        .scalar_subquery()
    )  # fmt: skip
    looked = exists().where(
        Job.tenant_id == Referral.tenant_id, Job.subject_id == Referral.id, Job.kind == FIND_MATCHES, Job.finished_at.is_not(None)
    )  # fmt: skip
    rows = db.session.execute(
        select(Referral, people, case((looked, matched)))
        .where(Referral.stage.in_(OPEN))
        .order_by(Referral.received_at, Referral.id)
        .limit(MOST)
    )
    return [_queue_row(referral, named, found, on) for referral, named, found in rows]


def _queue_row(referral: Referral, people: int, matches: int | None, on: date) -> QueueRow:
    came = referral.received_at.astimezone(clock.LONDON).date()
    late = on > referral.answer_by and referral.stage is Stage.RECEIVED
    return QueueRow(referral, working_days_between(came, on), late, people, matches)


def list_decided() -> Sequence[Referral]:
    """What was decided last."""
    query = select(Referral).where(Referral.stage.not_in(OPEN))
    return db.session.scalars(query.order_by(Referral.decided_at.desc()).limit(25)).all()


def count_open() -> int:
    """How many referrals wait for a decision."""
    return db.session.scalar(select(func.count()).where(Referral.stage.in_(OPEN))) or 0


def list_files(referral_id: UUID) -> Sequence[StoredFile]:
    """The files that came with a referral, without their contents."""
    return db.session.scalars(
        select(StoredFile)
        .join(ReferralFile, (ReferralFile.tenant_id == StoredFile.tenant_id) & (ReferralFile.stored_file_id == StoredFile.id))
        .where(ReferralFile.referral_id == referral_id)
        .order_by(StoredFile.received_at, StoredFile.id)
    ).all()  # fmt: skip


def say_who(referral: Referral, told_id: UUID, person_id: UUID | None) -> None:
    """Say whom a named person is, of those they may be; None: nobody on record.

    Raises:
        NotFound: the named person is not of this referral, or may not be that one.
        DecidedMeanwhile: it is decided.
    """
    if referral.stage not in OPEN:
        raise DecidedMeanwhile
    told = next((row for row in list_people(referral.id) if row.id == told_id), None)
    offered = select(ReferralMatch.person_id).where(ReferralMatch.referral_person_id == told_id)
    if told is None or (person_id and person_id not in set(db.session.scalars(offered))):
        raise NotFound("no such person in this referral")
    told.person_id = person_id
    db.session.flush()
    referral.prospect = tell_known(list_named(referral.id))


def record_agreement(
    referral: Referral, support: Support, basis: Basis | None, note: str, *, version: int
) -> None:
    """Write down whether the family agrees to support, and apart from that why the council may share what it knows.

    Raises:
        DecidedMeanwhile: the referral was changed or decided since it was opened.
    """
    _expect_open(referral, version)
    referral.support, referral.basis, referral.agreement_note = support, basis, note
    referral.agreement_at, referral.agreement_by_id = clock.now(), actor()


def _expect_open(referral: Referral, version: int) -> None:
    if referral.stage not in OPEN or referral.version != version:
        raise DecidedMeanwhile


def ask_for_more(referral: Referral, message: str, reason: str = "", *, version: int) -> None:
    """Ask the referrer something; the referral stays in the queue. `reason`: for colleagues.

    Raises:
        DecidedMeanwhile: it was changed or decided since it was opened.
    """
    _expect_open(referral, version)
    referral.stage, referral.reason = Stage.ASKED, reason
    add_message(referral, message, actor())
    notify(referral, f"asked {clock.now().isoformat()}")


def decide(referral: Referral, stage: Stage, reason: str, message: str, *, version: int) -> None:
    """End a referral otherwise than by accepting it. `message`: what the referrer reads; "": nothing but the stage.

    Raises:
        DecidedMeanwhile: it was changed or decided since it was opened.
    """
    _expect_open(referral, version)
    _close(referral, stage, reason, message)


def _close(referral: Referral, stage: Stage, reason: str, message: str) -> None:
    referral.stage, referral.reason = stage, reason
    referral.decided_at, referral.decided_by_id = clock.now(), actor()
    if message:
        add_message(referral, message, actor())
    notify(referral, f"decided {clock.now().isoformat()}")


def accept(
    referral: Referral, family: Family | None, reason: str, message: str, *, version: int
) -> Family:
    """Accept for a family on record, or for a new one (`family` None), with everybody who was named.

    Raises:
        TriageRefused: agreement or basis are not recorded, or somebody cannot be added.
        DecidedMeanwhile: it was changed or decided since it was opened.
    """
    _expect_open(referral, version)
    if referral.support is not Support.AGREED or referral.basis is None:
        raise TriageRefused(NO_AGREEMENT)
    known = family or add_family(referral.name)
    if family is not None:
        open_where_ended(family.id)
    try:
        _move_in(referral, known)
    except FamilyRefused as refused:
        raise TriageRefused(str(refused)) from None
    referral.family_id = known.id
    _close(referral, Stage.ACCEPTED, reason, message)
    return known


def _move_in(referral: Referral, family: Family) -> None:
    """Everybody named becomes a member; who is on record keeps their record, who is one already stays so.

    Where nobody knows whether somebody lives there, a child does and others do not.
    """
    stays = select(Membership.person_id, Membership.left_on).where(
        Membership.family_id == family.id
    )
    today, came = clock.today(), referral.received_at.astimezone(clock.LONDON).date()
    held = db.session.execute(stays).all()
    members = {row.person_id for row in held if row.left_on is None or row.left_on > today}
    were = {row.person_id: row.left_on for row in held if row.person_id not in members}
    for told in list_people(referral.id):
        since = told.date_of_birth or LONG_AGO  # since when they live together nobody has said
        if told.person_id in were:  # they came back
            since = max(came, were[told.person_id])
        lives_there = told.resident if told.resident is not None else told.role == CHILD
        if told.person_id is None:
            who = Particulars(told.given_name, told.family_name, told.date_of_birth, told.address, told.postcode)  # fmt: skip
            told.person_id = add_person(family.id, who, resident=lives_there, joined_on=since).id
        elif told.person_id not in members:
            members.add(told.person_id)
            add_member(family.id, told.person_id, resident=lives_there, joined_on=since)


def list_of_family(family_id: UUID) -> Sequence[Referral]:
    """The referrals that were accepted for a family, the latest first."""
    query = select(Referral).where(Referral.family_id == family_id).options(defer(Referral.answers))
    return db.session.scalars(query.order_by(Referral.received_at.desc())).all()
