"""From the council's rows to the rules: the single bridge, one query a table."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, cast, func, literal_column, or_, select

from tfsaas.db import Model, among, db
from tfsaas.evidence.models import (
    Attestation,
    Event,
    Fact,
    Period,
    RecordedHeadline,
    Score,
    Spell,
)  # fmt: skip
from tfsaas.evidence.queries import believed
from tfsaas.evidence.silence import Heard, read_heard
from tfsaas.families.models import Episode, Membership, Person
from tfsaas.outcomes.linked import link_records, read_linked
from tfsaas.rules.facts import Tables
from tfsaas.rules.plan import PRINCIPLES, Plan
from tfsaas.tenants.models import PlanVersion
from tfsaas.tenants.plans import plan_of
from tfsaas.tenants.queries import find_plan_in_force, get_plan_version, list_terms

DATES = attrgetter("baseline_on", *(f"{name}_on" for name in PRINCIPLES))
EpisodeRow = Any  # an episode, or its columns by the same names


@dataclass(frozen=True, slots=True)
class Batch:
    """Families judged by one plan version, with their facts. Family ids are the rows' ids as text."""

    version: PlanVersion
    plan: Plan
    tables: Tables


def read_batches(
    programme_id: UUID,
    on: date,
    *,
    family_ids: Sequence[UUID] | None = None,
    known_at: datetime | None = None,
) -> list[Batch]:
    """The facts of every family of a programme, or of some, by the plan version its episode is pinned to.

    A family whose support has not begun is judged by the plan in force on `on`; without one it
    is left out. `known_at`: only what was recorded by then and not withdrawn by then; None: all
    that is believed now.
    """
    episodes = list_latest_episodes(programme_id, family_ids)
    default = find_plan_in_force(programme_id, on)
    by_version: dict[UUID, list[EpisodeRow]] = defaultdict(list)
    for episode in episodes:
        version_id = episode.plan_version_id or (default.id if default else None)
        if version_id:
            by_version[version_id].append(episode)
    if not by_version:
        return []
    everything = _read(family_ids, known_at)
    return [_batch(version_id, found, everything) for version_id, found in by_version.items()]


def read_tables(
    programme_id: UUID,
    *,
    family_ids: Sequence[UUID] | None = None,
    known_at: datetime | None = None,
) -> Tables:
    """The same facts in one piece, to be judged by any plan."""
    episodes = list_latest_episodes(programme_id, family_ids)
    return of_families(episodes, _read(family_ids, known_at))


def list_latest_episodes(
    programme_id: UUID, family_ids: Sequence[UUID] | None = None
) -> Sequence[EpisodeRow]:
    """What the rules need of the latest episode of each family, or of some."""
    principles = [getattr(Episode, f"{name}_on") for name in PRINCIPLES]
    query = (
        select(Episode.family_id, Episode.plan_version_id, Episode.baseline_on, *principles)
        .where(Episode.programme_id == programme_id)
        .order_by(Episode.family_id, Episode.closed_on.desc().nulls_first())
        .distinct(Episode.family_id)
    )
    if family_ids is not None:
        query = query.where(among(Episode.family_id, family_ids))
    return db.session.execute(query).all()


def _batch(version_id: UUID, episodes: list[EpisodeRow], everything: Tables) -> Batch:
    version = get_plan_version(version_id)
    return Batch(version, plan_of(version), of_families(episodes, everything))


def of_families(episodes: Sequence[EpisodeRow], everything: Tables) -> Tables:
    """What of everything is about the families of these episodes."""
    families = [family_row(episode) for episode in episodes]
    wanted = {row[0] for row in families}
    members = [row for row in everything.people if row[1] in wanted]
    people = {row[0] for row in members}

    def own(rows: list[Any]) -> list[Any]:
        return [row for row in rows if row[0] in people]

    return replace(
        everything,
        families=families,
        people=members,
        events=own(everything.events),
        periods=own(everything.periods),
        spells=own(everything.spells),
        scores=own(everything.scores),
        attestations=[
            row for row in everything.attestations if row[0] in people or row[1] in wanted
        ],
        identified=[row for row in everything.identified if row[0] in wanted],
    )


def family_row(episode: EpisodeRow) -> Any:
    return (str(episode.family_id), *DATES(episode))


def _read(family_ids: Sequence[UUID] | None, known_at: datetime | None) -> Tables:
    people, linked = _people(family_ids), read_linked()
    owners = None
    if family_ids is not None:
        owners = select(Membership.person_id).where(among(Membership.family_id, family_ids))
        owners = _with_linked(owners) if linked else owners
    heard = read_heard(owners, linked, known_at)
    found = _read_tables(people, owners, family_ids, known_at, heard)
    return link_records(found, linked) if linked else found


def _with_linked(owners: Select[Any]) -> Select[Any]:
    """These people under all their records."""
    stands = func.coalesce(Person.same_as_id, Person.id)
    groups = select(stands).where(Person.id.in_(owners))
    return select(Person.id).where(stands.in_(groups))


def _read_tables(
    people: list[Any],
    owners: Select[Any] | None,
    family_ids: Sequence[UUID] | None,
    known_at: datetime | None,
    heard: Heard,
) -> Tables:
    def facts(model: type[Fact], *columns: str) -> list[Any]:
        return _facts(model, columns, owners, known_at)

    return Tables(
        families=[],
        people=people,
        events=facts(Event, "person_id", "signal", "happened_on"),
        periods=facts(Period, "person_id", "signal", "from_on", "to_on", "part", "possible"),
        spells=facts(Spell, "person_id", "signal", "from_on", "to_on"),
        scores=facts(Score, "person_id", "signal", "scored_on", "value"),
        attestations=_attestations(family_ids, owners, known_at),
        **of_feeds(heard),
        terms=[(term.first_on, term.last_on) for term in list_terms()],
        identified=_identified(family_ids, known_at),
    )


def read_facts_of(families: list[Any], people: list[Any]) -> Tables:
    """What is known of people as if they were these families; rows as `Tables` has them, ids as text."""
    linked, owners = read_linked(), select(Person.id).where(among(Person.id, {UUID(row[0]) for row in people}))  # fmt: skip
    owners = _with_linked(owners) if linked else owners
    found = _read_tables(people, owners, [], None, read_heard(owners, linked))
    return replace(link_records(found, linked) if linked else found, families=families)


def _people(family_ids: Sequence[UUID] | None) -> list[Any]:
    query = select(
        cast(Membership.person_id, Text), cast(Membership.family_id, Text), Person.date_of_birth, Membership.resident, Membership.joined_on, Membership.left_on,
    ).join(Person, (Person.tenant_id == Membership.tenant_id) & (Person.id == Membership.person_id))  # fmt: skip
    if family_ids is not None:
        query = query.where(among(Membership.family_id, family_ids))
    return _rows(query)


def _rows(query: Select[Any]) -> list[Any]:
    """What the driver reads, as it is: the columns asked for are of types that it knows."""
    db.session.flush()
    cursor: Any = db.session.connection().execute(query).cursor
    return cursor.fetchall()


def _facts(
    model: type[Fact], columns: Sequence[str], owners: Select[Any] | None, known_at: datetime | None
) -> list[Any]:
    """Facts with the owner's id as text first. Nobody asks which row each is: that is for one family's page."""
    owner, *rest = _columns(model, columns)
    query = select(cast(owner, Text), *rest, literal_column("''")).where(believed(model, known_at))
    if owners is not None:
        # every fact asked for by owner is a person's; Fact itself has no such column
        query = query.where(model.person_id.in_(owners))  # type: ignore[attr-defined]
    return _rows(query)


def _columns(model: type[Model], names: Sequence[str]) -> list[Any]:
    return [getattr(model, name) for name in names]


def _attestations(
    family_ids: Sequence[UUID] | None, owners: Select[Any] | None, known_at: datetime | None
) -> list[Any]:
    columns = ("person_id", "family_id", "signal", "attested_on")
    query = select(*_columns(Attestation, columns), Attestation.id).where(
        believed(Attestation, known_at)
    )
    if owners is not None and family_ids is not None:
        about = or_(Attestation.person_id.in_(owners), among(Attestation.family_id, family_ids))
        query = query.where(about)
    return [
        (_text(person), _text(family), signal, on, f"attestation:{fact_id}")
        for person, family, signal, on, fact_id in _rows(query)
    ]


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None


def _identified(family_ids: Sequence[UUID] | None, known_at: datetime | None) -> list[Any]:
    columns = _columns(RecordedHeadline, ("family_id", "signal", "recorded_on"))
    query = select(*columns).where(believed(RecordedHeadline, known_at))
    if family_ids is not None:
        query = query.where(among(RecordedHeadline.family_id, family_ids))
    return [(str(family), signal, on) for family, signal, on in _rows(query)]


def of_feeds(heard: Heard) -> Any:
    return {"coverage": heard.coverage, "gaps": heard.gaps, "cohorts": heard.cohorts}
