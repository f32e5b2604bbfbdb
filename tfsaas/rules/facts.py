"""Facts as columns: sorted arrays of persons and days, ready to be asked about all at once.

Days are proleptic ordinals (`date.toordinal`). A combined key `person × SPAN + day` sorts by
person and then by day, so that the facts of a person in a window lie between two binary
searches.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

SPAN = np.int64(1 << 22)  # more than the last day that a date can be
NO_DAY = 0  # an absent day; real days begin with 1
FAR = 1 << 21 | 1 << 20 | 1 << 19  # after every real day, an open end
SAFE = 1 << 62
LARGEST_FACTOR = 10**8  # what a value may be multiplied by before 64 bits could overflow
PRECISION = 200  # digits; decimals are exact

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(slots=True)
class Tables:
    """Facts as rows, in the layouts of the contract's section 11; the last value names the row.

    `gaps`: cohort, signal and days, both included, on which the signal's coverage says nothing
    about the people of that cohort. `cohorts`: by person; who is in none has no gaps.
    """

    families: list[tuple[str, date | None, date | None, date | None, date | None, date | None]]
    people: list[tuple[str, str, date | None, bool, date, date | None]]
    events: list[tuple[str, str, date, str]] = field(default_factory=list)
    periods: list[tuple[str, str, date, date, Decimal, Decimal, str]] = field(default_factory=list)
    spells: list[tuple[str, str, date, date | None, str]] = field(default_factory=list)
    scores: list[tuple[str, str, date, Decimal, str]] = field(default_factory=list)
    attestations: list[tuple[str | None, str | None, str, date, str]] = field(default_factory=list)
    coverage: list[tuple[str, date, date]] = field(default_factory=list)
    terms: list[tuple[date, date]] = field(default_factory=list)
    identified: list[tuple[str, str, date]] = field(default_factory=list)
    gaps: list[tuple[str, str, date, date]] = field(default_factory=list)
    cohorts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """Dated facts of one signal, sorted by owner and day. `rows` names each one's origin."""

    owner: Ints
    day: Ints
    rows: list[str]

    @property
    def key(self) -> Ints:
        """Owner and day in one sortable number."""
        return self.owner * SPAN + self.day


@dataclass(frozen=True, slots=True)
class Dated:
    """Events, or attestations: `key` sorted; `present[owner]` whether there is any."""

    key: Ints
    present: Bools
    rows: list[str]


@dataclass(frozen=True, slots=True)
class Periods:
    """Ratios by person and term: sums scaled to whole numbers. `key` = person × terms + term."""

    key: Ints
    part: NDArray[Any]
    possible: NDArray[Any]
    owner: Ints
    to: Ints
    rows: list[str]


@dataclass(frozen=True, slots=True)
class Spells:
    """Merged, disjoint stretches by person: first day included, `to` excluded.

    `before[i]` is the number of days in all stretches before stretch i.
    """

    key: Ints
    owner: Ints
    first: Ints
    to: Ints
    before: Ints
    present: Bools
    raw: Column
    raw_to: Ints


@dataclass(frozen=True, slots=True)
class Scores:
    """The greatest score of each person and day, scaled to whole numbers by `scale`."""

    key: Ints
    owner: Ints
    value: NDArray[Any]
    scale: int
    present: Bools
    rows: list[str]


@dataclass(frozen=True, slots=True)
class Intervals:
    """Merged, disjoint days on which a feed is complete, both ends included."""

    first: Ints
    last: Ints


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the rules are asked about. Memberships are sorted by family.

    `cohort`: by person; 0 has no gaps. `gaps`: by signal, in keys of cohort × SPAN + day.
    """

    family_ids: list[str]
    baseline: Ints
    principles: dict[str, Ints]
    person_ids: list[str]
    birth: Ints
    member_person: Ints
    member_family: Ints
    member_resident: Bools
    member_joined: Ints
    member_left: Ints
    events: dict[str, Dated]
    periods: dict[str, Periods]
    spells: dict[str, Spells]
    scores: dict[str, Scores]
    attested_people: dict[str, Dated]
    attested_families: dict[str, Dated]
    coverage: dict[str, Intervals]
    cohort: Ints
    gaps: dict[str, Intervals]
    term_first: Ints
    term_last: Ints
    recorded: dict[str, tuple[Ints, Ints]]


def ordinals(days: Iterable[date | None], *, absent: int = NO_DAY) -> Ints:
    """Days as a column of numbers."""
    return np.array([absent if day is None else day.toordinal() for day in days], dtype=np.int64)


def whole(values: Iterable[int]) -> Ints:
    """A column of whole numbers."""
    return np.fromiter(values, dtype=np.int64)


def scaled(values: Sequence[Decimal]) -> tuple[NDArray[Any], int]:
    """Decimals as whole numbers with the power of ten they were multiplied by.

    Exact: Python's integers take over where 64 bits could not hold their sum times a factor.
    """
    places = max((max(0, -int(value.as_tuple().exponent)) for value in values), default=0)
    scale: int = 10**places
    with localcontext() as context:
        context.prec = PRECISION
        numbers = [int(value * scale) for value in values]
    fits = sum(map(abs, numbers)) * LARGEST_FACTOR * scale < SAFE
    return np.array(numbers, dtype=np.int64 if fits else object), scale


def by_signal(rows: Iterable[Any], at: int) -> dict[str, list[Any]]:
    """Rows grouped by the signal that stands at position `at`."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[at]].append(row)
    return found


def merge(first: Ints, last: Ints) -> Intervals:
    """Overlapping and adjoining days, both ends included, as disjoint stretches in order."""
    order = np.argsort(first, kind="stable")
    first, last = first[order], np.maximum.accumulate(last[order])
    begins = np.ones(len(first), dtype=bool)
    begins[1:] = first[1:] > last[:-1] + 1
    ends = np.append(begins[1:], True)[: len(first)]
    return Intervals(first[begins], last[ends])


def presence(owners: Ints, count: int) -> Bools:
    """Whether each of `count` owners has any fact."""
    found = np.zeros(count, dtype=bool)
    found[owners] = True
    return found
