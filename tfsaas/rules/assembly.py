"""From rows to columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeVar

import numpy as np

from tfsaas.rules.facts import (
    FAR,
    SPAN,
    Bools,
    Column,
    Dated,
    Facts,
    Intervals,
    Ints,
    Periods,
    Scores,
    Spells,
    Tables,
    by_signal,
    merge,
    ordinals,
    presence,
    scaled,
    whole,
)  # fmt: skip
from tfsaas.rules.plan import PRINCIPLES

Built = TypeVar("Built")


@dataclass(frozen=True, slots=True)
class _Places:
    """Where each family, person and term stands in the columns."""

    families: dict[str, int]
    people: dict[str, int]
    term_first: Ints
    term_last: Ints


@dataclass(frozen=True, slots=True)
class _Members:
    """Memberships sorted by family."""

    person: Ints
    family: Ints
    born: Ints
    resident: Bools
    joined: Ints
    left: Ints

    @classmethod
    def of(cls, rows: list[Any], places: _Places) -> "_Members":
        person, family, born, resident, joined, left = _turned(rows, 6)
        families = whole(map(places.families.__getitem__, family))
        order = np.argsort(families, kind="stable")
        return cls(
            whole(map(places.people.__getitem__, person))[order],
            families[order],
            ordinals(born)[order],
            np.array(resident, dtype=bool)[order],
            ordinals(joined)[order],
            ordinals(left, absent=FAR)[order],
        )


def _turned(rows: Sequence[Sequence[Any]], width: int) -> list[Sequence[Any]]:
    """The columns of rows of so many values."""
    return list(zip(*rows, strict=True)) if rows else [()] * width


def assemble(tables: Tables) -> Facts:
    """The columns of `tables`. The order of rows makes no difference."""
    places = _find_places(tables)
    people = _Members.of(tables.people, places)
    birth = np.zeros(len(places.people), dtype=np.int64)
    birth[people.person] = people.born
    _, *dates = _turned(tables.families, 2 + len(PRINCIPLES))
    cohorts = {code: at for at, code in enumerate(sorted({row[0] for row in tables.gaps}), start=1)}
    return Facts(
        family_ids=list(places.families),
        baseline=ordinals(dates[0]),
        principles=dict(zip(PRINCIPLES, map(ordinals, dates[1:]), strict=True)),
        person_ids=list(places.people),
        birth=birth,
        member_person=people.person,
        member_family=people.family,
        member_resident=people.resident,
        member_joined=people.joined,
        member_left=people.left,
        events=_each(tables.events, 1, lambda rows: _events(rows, places)),
        periods=_each(tables.periods, 1, lambda rows: _periods(rows, places)),
        spells=_each(tables.spells, 1, lambda rows: _spells(rows, places)),
        scores=_each(tables.scores, 1, lambda rows: _scores(rows, places)),
        attested_people=_each(
            tables.attestations, 2, lambda rows: _attested(rows, places.people, 0)
        ),
        attested_families=_each(
            tables.attestations, 2, lambda rows: _attested(rows, places.families, 1)
        ),
        coverage=_each(tables.coverage, 0, _intervals),
        cohort=_cohorts(tables, places, cohorts),
        gaps=_each(tables.gaps, 1, lambda rows: _gaps(rows, cohorts)),
        term_first=places.term_first,
        term_last=places.term_last,
        recorded=_each(tables.identified, 1, lambda rows: _recorded(rows, places)),
    )


def _find_places(tables: Tables) -> _Places:
    terms = sorted(tables.terms)
    people = dict.fromkeys(row[0] for row in tables.people)
    return _Places(
        {row[0]: index for index, row in enumerate(tables.families)},
        {person: index for index, person in enumerate(people)},
        ordinals(first for first, _ in terms),
        ordinals(last for _, last in terms),
    )


def _each(rows: list[Any], at: int, build: Callable[[list[Any]], Built]) -> dict[str, Built]:
    """What `build` makes of the rows of each signal."""
    return {code: build(found) for code, found in by_signal(rows, at).items()}


def _intervals(rows: list[Any]) -> Intervals:
    return merge(ordinals(row[1] for row in rows), ordinals(row[2] for row in rows))


def _cohorts(tables: Tables, places: _Places, cohorts: dict[str, int]) -> Ints:
    found = np.zeros(len(places.people), dtype=np.int64)
    for person, code in tables.cohorts.items():
        if person in places.people:
            found[places.people[person]] = cohorts.get(code, 0)
    return found


def _gaps(rows: list[Any], cohorts: dict[str, int]) -> Intervals:
    shift = whole(cohorts[row[0]] for row in rows) * SPAN
    first, last = ordinals(row[2] for row in rows), ordinals(row[3] for row in rows)
    return merge(first + shift, last + shift)


def _recorded(rows: list[Any], places: _Places) -> tuple[Ints, Ints]:
    return whole(places.families[row[0]] for row in rows), ordinals(row[2] for row in rows)


def _column(rows: list[Any], places: dict[str, int], owner: int, day: int) -> tuple[Column, Ints]:
    """One signal's rows by owner and day, and the order that sorted them."""
    owners = whole(map(places.__getitem__, map(itemgetter(owner), rows)))
    days = ordinals(map(itemgetter(day), rows))
    order = np.lexsort((days, owners))
    labels = list(map(itemgetter(-1), rows))
    return Column(owners[order], days[order], [labels[at] for at in order.tolist()]), order


def _events(rows: list[Any], places: _Places) -> Dated:
    column, _ = _column(rows, places.people, 0, 2)
    return Dated(column.key, presence(column.owner, len(places.people)), column.rows)


def _attested(rows: list[Any], places: dict[str, int], owner: int) -> Dated:
    column, _ = _column([row for row in rows if row[owner] is not None], places, owner, 3)
    return Dated(column.key, presence(column.owner, len(places)), column.rows)


def _periods(rows: list[Any], places: _Places) -> Periods:
    """Sums by person and the term that contains the row's last day; rows with nothing possible drop out."""
    column, order = _column(rows, places.people, 0, 3)
    part, part_scale = scaled([row[4] for row in rows])
    possible, scale = scaled([row[5] for row in rows])
    common = max(part_scale, scale)
    part, possible = (part * (common // part_scale))[order], (possible * (common // scale))[order]
    term = np.searchsorted(places.term_last, column.day, side="left")
    inside = term < len(places.term_last)
    inside[inside] &= places.term_first[term[inside]] <= column.day[inside]
    counted = inside & (possible > 0)
    keys = column.owner[counted] * max(len(places.term_last), 1) + term[counted]
    key, starts = np.unique(
        keys, return_index=True
    )  # sorted by person and day, hence by person and term
    if len(key):
        part, possible = (
            np.add.reduceat(part[counted], starts),
            np.add.reduceat(possible[counted], starts),
        )
    else:
        part, possible = part[counted], possible[counted]
    return Periods(key, part, possible, column.owner, column.day, column.rows)


def _spells(rows: list[Any], places: _Places) -> Spells:
    column, order = _column(rows, places.people, 0, 2)
    to = ordinals(map(itemgetter(3), rows), absent=FAR)[order]
    held = to > column.day
    shift = column.owner[held] * SPAN  # one long line of days, so that people never touch
    merged = merge(column.day[held] + shift, to[held] - 1 + shift)
    owner = merged.first // SPAN
    first, ends = merged.first % SPAN, merged.last % SPAN + 1
    lengths = ends - first
    before = np.append(0, np.cumsum(lengths))
    present = presence(owner, len(places.people))
    return Spells(merged.first, owner, first, ends, before, present, column, to)


def _scores(rows: list[Any], places: _Places) -> Scores:
    """Of two scores on one day the greater stands."""
    rows = sorted(rows, key=lambda row: row[3])
    column, order = _column(
        rows, places.people, 0, 2
    )  # a stable sort: the greatest of a day comes last
    value, scale = scaled([row[3] for row in rows])
    last = np.append(column.key[1:] != column.key[:-1], True)[: len(order)]
    owner = column.owner[last]
    labels = [label for label, stands in zip(column.rows, last, strict=True) if stands]
    return Scores(
        column.key[last],
        owner,
        value[order][last],
        scale,
        presence(owner, len(places.people)),
        labels,
    )
