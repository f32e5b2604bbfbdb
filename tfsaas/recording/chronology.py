"""Everything that happened with a family, day by day, from wherever it is recorded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, cast, literal, null, select, union_all

from tfsaas.assessments.models import Assessment
from tfsaas.clock import LONDON
from tfsaas.db import day_of, db
from tfsaas.evidence.queries import list_facts
from tfsaas.families.models import Allocation, Episode
from tfsaas.family_plans.models import FamilyPlan, MeetingGuest, PlanMeeting, PlanReview
from tfsaas.recording.contacts import list_parts
from tfsaas.recording.files import list_files
from tfsaas.recording.models import Contact
from tfsaas.referrals.triage import list_of_family


class Kind(Enum):
    """What an entry is."""

    CONTACT = "contacts"
    FACT = "facts"
    ASSESSMENT = "assessments"
    PLAN = "plan, reviews and meetings"
    REFERRAL = "referrals"
    SUPPORT = "support and lead worker"
    FILE = "files"


@dataclass(frozen=True, slots=True)
class Step:
    """How rows of one kind are told. `endpoint`: of the page that shows them; "": none."""

    kind: Kind
    title: str
    endpoint: str = ""


STEPS = {
    "assessment": Step(Kind.ASSESSMENT, "Whole-family assessment signed off", "assessments.signed"),
    "agreed": Step(Kind.PLAN, "Plan agreed with the family", "family_plans.show"),
    "review": Step(Kind.PLAN, "Plan reviewed", "family_plans.show"),
    "meeting": Step(Kind.PLAN, "Team around the family met", "family_plans.show"),
    "began": Step(Kind.SUPPORT, "Whole-family support began"),
    "ended": Step(Kind.SUPPORT, "Support ended"),
    "lead": Step(Kind.SUPPORT, "New lead worker"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened. `people`: whom it is about; empty: the whole family. `link`: an endpoint and its values."""

    on: date
    kind: Kind
    title: str
    text: str = ""
    by_id: UUID | None = None
    people: Mapping[UUID, str] = field(default_factory=dict)
    link: tuple[str, Mapping[str, UUID]] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a chronology is narrowed to. None: not narrowed. Both days are included."""

    kinds: Sequence[Kind] = ()
    person_id: UUID | None = None
    first: date | None = None
    last: date | None = None

    def fits(self, entry: Entry) -> bool:
        """Whether an entry is asked for. What is about the whole family is about each of its people."""
        about = not entry.people or self.person_id in entry.people
        return (
            (not self.kinds or entry.kind in self.kinds)
            and (self.person_id is None or about)
            and (self.first is None or entry.on >= self.first)
            and (self.last is None or entry.on <= self.last)
        )


def list_entries(
    family_id: UUID, person_ids: Sequence[UUID], signals: Mapping[str, str], wanted: Wanted
) -> list[Entry]:
    """The chronology of a family, the latest first. `signals`: what each signal is called."""
    everything = chain(
        _contacts(family_id),
        _facts(family_id, person_ids, signals),
        _steps(family_id),
        _referrals(family_id),
        _files(family_id),
    )
    found = [entry for entry in everything if wanted.fits(entry)]
    return sorted(found, key=lambda entry: entry.on, reverse=True)


def _contacts(family_id: UUID) -> Iterator[Entry]:
    query = select(Contact).where(Contact.family_id == family_id, Contact.replaced_at.is_(None))
    rows = db.session.scalars(query.order_by(Contact.recorded_at.desc())).all()
    parts = list_parts([row.id for row in rows])
    for row in rows:
        people = {person: part.value for person, part in parts.get(row.id, {}).items()}
        link = ("contacts.show", {"family_id": family_id, "contact_id": row.id})
        hidden = "It has a sensitive part." if row.sensitive else ""
        yield Entry(row.happened_on, Kind.CONTACT, row.how.value.capitalize(), row.note, row.by_id, people, link, hidden)  # fmt: skip


def _facts(
    family_id: UUID, person_ids: Sequence[UUID], signals: Mapping[str, str]
) -> Iterator[Entry]:
    for fact in list_facts(family_id, person_ids):
        people = {fact.person_id: ""} if fact.person_id else {}
        title = signals.get(fact.signal, fact.signal) + (f", {fact.value}" if fact.value else "")
        yield Entry(fact.on, Kind.FACT, title, "", fact.recorded_by_id, people)


def _steps(family_id: UUID) -> Iterator[Entry]:
    """What is one row each somewhere: signed assessments, the plan and its reviews and meetings, support, lead workers."""
    guests: dict[UUID, dict[UUID, str]] = {}
    asked = select(MeetingGuest).where(MeetingGuest.family_id == family_id, MeetingGuest.person_id.is_not(None))  # fmt: skip
    for guest in db.session.scalars(asked):
        guests.setdefault(guest.plan_meeting_id, {})[guest.person_id] = guest.attendance.value  # type: ignore[index]  # it is not None
    for code, row_id, on, text, by_id in db.session.execute(_union(family_id)):
        step = STEPS[code]
        values = {"family_id": family_id} | ({"assessment_id": row_id} if code == "assessment" else {})  # fmt: skip
        link = (step.endpoint, values) if step.endpoint else None
        yield Entry(on, step.kind, step.title, text, by_id, guests.get(row_id, {}), link)


def _union(family_id: UUID) -> Any:
    def rows(code: str, model: Any, on: Any, text: Any = "", by: Any = None) -> Any:
        told = literal(text, Text) if isinstance(text, str) else text
        who = cast(null(), Uuid) if by is None else by
        query = select(literal(code, Text), model.id, on, told, who)
        return query.where(model.family_id == family_id, on.is_not(None))

    return union_all(
        rows("assessment", Assessment, day_of(Assessment.signed_at), by=Assessment.signed_by_id),
        rows("agreed", FamilyPlan, FamilyPlan.agreed_on, by=FamilyPlan.agreed_by_id),
        rows("review", PlanReview, PlanReview.held_on, PlanReview.summary, PlanReview.by_id),
        rows("meeting", PlanMeeting, PlanMeeting.held_on, PlanMeeting.minutes, PlanMeeting.by_id),
        rows("began", Episode, Episode.baseline_on),
        rows("ended", Episode, Episode.closed_on),
        rows("lead", Allocation, day_of(Allocation.from_at), Allocation.reason, Allocation.user_id),
    )


def _referrals(family_id: UUID) -> Iterator[Entry]:
    for row in list_of_family(family_id):
        link = ("family_referral.show", {"family_id": family_id, "referral_id": row.id})
        yield Entry(row.received_at.astimezone(LONDON).date(), Kind.REFERRAL, f"Referred by {row.referrer}", "", None, {}, link)  # fmt: skip


def _files(family_id: UUID) -> Iterator[Entry]:
    for row, _ in list_files(family_id):
        hidden = "A sensitive file." if row.sensitive else ""
        link = ("family_files.index", {"family_id": family_id})
        yield Entry(row.added_at.astimezone(LONDON).date(), Kind.FILE, "File added" if row.sensitive else f"File added: {row.title}", "", row.by_id, {}, link, hidden)  # fmt: skip
