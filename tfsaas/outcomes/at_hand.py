"""Batches from what a page has read already: no fact is read twice."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from tfsaas.evidence.queries import DatedFact
from tfsaas.evidence.silence import read_heard
from tfsaas.families.models import Episode
from tfsaas.families.queries import Member
from tfsaas.outcomes.facts import Batch, family_row, of_families, of_feeds
from tfsaas.outcomes.linked import link_records
from tfsaas.rules.facts import Tables
from tfsaas.tenants.models import PlanVersion
from tfsaas.tenants.plans import pick_in_force, plan_of
from tfsaas.tenants.queries import list_terms

STAY = attrgetter("resident", "joined_on", "left_on")


def batch_of_family(
    version: PlanVersion,
    episode: Episode,
    members: Sequence[Member],
    facts: Sequence[DatedFact],
    *,
    known_at: datetime | None = None,
    linked: Mapping[UUID, UUID] | None = None,
) -> Batch:
    """One family as a batch; only coverage (for whom) and terms are read.

    `linked`: other records of its people, under whom their facts are listed already.
    """
    tables = _tables([episode], members, facts, known_at, linked or {})
    return Batch(version, plan_of(version), tables)


def batches_of_families(
    versions: Sequence[PlanVersion],
    episodes: Sequence[Episode],
    members: Sequence[Member],
    facts: Sequence[DatedFact],
    on: date,
    linked: Mapping[UUID, UUID],
) -> list[Batch]:
    """Some families by the plan version that each is judged by: the one it is pinned to, or the one in force on a day."""
    everything = _tables(episodes, members, facts, None, linked)
    in_force, known = pick_in_force(versions, on), {version.id: version for version in versions}
    by_version: dict[UUID, list[Episode]] = defaultdict(list)
    for episode in episodes:
        version_id = episode.plan_version_id or (in_force.id if in_force else None)
        if version_id in known:
            by_version[version_id].append(episode)
    return [
        Batch(known[key], plan_of(known[key]), of_families(found, everything))
        for key, found in by_version.items()
    ]


def _tables(
    episodes: Sequence[Episode],
    members: Sequence[Member],
    facts: Sequence[DatedFact],
    known_at: datetime | None,
    linked: Mapping[UUID, UUID],
) -> Tables:
    names = {str(record): str(member) for record, member in linked.items()}
    people = [member.person for member in members]
    owners = [*(person.id for person in people), *linked]
    heard = read_heard(owners, names, known_at, people=people)
    tables = Tables(
        families=[family_row(episode) for episode in episodes],
        people=[_member_row(member) for member in members],
        **of_feeds(heard),
        terms=[(term.first_on, term.last_on) for term in list_terms()],
    )
    for fact in facts:
        _add_fact(tables, fact)
    return link_records(tables, names) if linked else tables


def _member_row(member: Member) -> Any:
    stay, person = member.membership, member.person
    return (str(person.id), str(stay.family_id), person.date_of_birth, *STAY(stay))


def _add_fact(tables: Tables, fact: DatedFact) -> None:
    """One fact in the table of its kind."""
    person, family, name = _text(fact.person_id), _text(fact.family_id), f"{fact.kind}:{fact.id}"
    signal, on = fact.signal, fact.on
    places: dict[str, tuple[list[Any], Any]] = {
        "event": (tables.events, (person, signal, on, name)),
        "period": (
            tables.periods,
            (person, signal, on, fact.until, fact.part, fact.possible, name),
        ),
        "spell": (tables.spells, (person, signal, on, fact.until, name)),
        "score": (tables.scores, (person, signal, on, fact.part, name)),
        "attestation": (tables.attestations, (person, family, signal, on, name)),
        "recorded_headline": (tables.identified, (family, signal, on)),
    }
    rows, row = places[fact.kind]
    rows.append(row)


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
