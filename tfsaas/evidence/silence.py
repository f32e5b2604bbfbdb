"""What feeds cover, and about whom they say nothing: people who came on record after the files.

Rows about people who are not on record are dropped, so a file's silence speaks only of those who
were on record when its coverage was recorded.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from tfsaas.db import db
from tfsaas.evidence.models import Coverage
from tfsaas.evidence.queries import believed
from tfsaas.families.models import Person

DAY = timedelta(days=1)
Days = tuple[date, date]  # both included
ALL_DECLARED = select(Coverage.signal, Coverage.from_on, Coverage.to_on, Coverage.recorded_at)
DECLARED = ALL_DECLARED.where(believed(Coverage))
Declared = tuple[str, date, date, datetime]  # a signal, its days, and when that was recorded


@dataclass(frozen=True, slots=True)
class Heard:
    """Coverage, and its gaps for people who came later; each as the rules' `Tables` has it."""

    coverage: list[tuple[str, date, date]]
    gaps: list[tuple[str, str, date, date]] = field(default_factory=list)
    cohorts: dict[str, str] = field(default_factory=dict)


def read_heard(
    owners: Select[Any] | Sequence[UUID] | None,
    linked: Mapping[str, str],
    known_at: datetime | None = None,
    *,
    people: Sequence[Person] = (),
) -> Heard:
    """What the feeds say about these people, or about everybody. Two statements at most.

    `people`: the records of all `owners`, where a page has read them already. `linked`: by other records of theirs, as text, who stands for them; who was on record under
    any of them was on record. `known_at`: what was believed at that moment; None: now.
    """
    query = DECLARED if known_at is None else ALL_DECLARED.where(believed(Coverage, known_at))
    declared = list(db.session.execute(query).tuples())
    coverage = [row[:3] for row in declared]
    if not declared:
        return Heard(coverage)
    first = min(row[3] for row in declared)
    if people and not linked:
        since = {str(row.id): row.recorded_at for row in people if row.recorded_at > first}
    else:
        since = _read_late(owners, first)
    return Heard(coverage, *find_gaps(declared, take_together(since, linked)))


def _read_late(owners: Select[Any] | Sequence[UUID] | None, first: datetime) -> dict[str, datetime]:
    """Who of these people came on record after a moment, and when."""
    query = select(Person.id, Person.recorded_at).where(Person.recorded_at > first)
    if owners is not None:
        query = query.where(Person.id.in_(owners))
    return {str(person): at for person, at in db.session.execute(query)}


def take_together(since: Mapping[str, datetime], linked: Mapping[str, str]) -> dict[str, datetime]:
    """Since when somebody is on record under any of their records. Who is not in `since` always was."""
    found = dict(since)
    for record, who in linked.items():
        at = found.pop(record, None)
        if at is None:
            found.pop(who, None)
        elif who in found:
            found[who] = min(found[who], at)
    return found


def find_gaps(
    declared: Sequence[Declared], since: Mapping[str, datetime]
) -> tuple[list[tuple[str, str, date, date]], dict[str, str]]:
    """By cohort the days on which coverage says nothing about it, and who is in which cohort.

    People between whose coming on record nothing was declared are one cohort.
    """
    moments = sorted({row[3] for row in declared})
    cohorts = {who: str(bisect_left(moments, at)) for who, at in since.items()}
    gaps = [
        (cohort, signal, first, last)
        for cohort in sorted(set(cohorts.values()))
        for signal, first, last in _unheard(declared, moments, int(cohort))
    ]
    return gaps, cohorts


def _unheard(
    declared: Sequence[Declared], moments: Sequence[datetime], place: int
) -> Iterator[tuple[str, date, date]]:
    """What only the first `place` moments declared, and none after."""
    before: dict[str, list[Days]] = defaultdict(list)
    after: dict[str, list[Days]] = defaultdict(list)
    for signal, first, last, at in declared:
        told = after if place < len(moments) and at >= moments[place] else before
        told[signal].append((first, last))
    for signal, days in before.items():
        for first, last in without(days, after[signal]):
            yield signal, first, last


def join_days(stretches: Iterable[Days]) -> list[Days]:
    """Overlapping and adjoining stretches as one, in order."""
    found: list[Days] = []
    for first, last in sorted(stretches):
        if found and first <= found[-1][1] + DAY:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def without(stretches: Iterable[Days], others: Iterable[Days]) -> Iterator[Days]:
    """The days of `stretches` that lie in none of `others`."""
    taken = join_days(others)
    for first, last in join_days(stretches):
        start = first
        for begins, ends in taken:
            if ends < start or begins > last:
                continue
            if begins > start:
                yield start, begins - DAY
            start = ends + DAY
        if start <= last:
            yield start, last
