"""How much each field of two records agrees, in levels, for many pairs at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from tfsaas.matching.names_of_people import are_short_forms, parts, sound
from tfsaas.matching.people import Somebody, house_number

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MISSING = 0
CROSSWISE = 0.85


@dataclass(frozen=True, slots=True)
class Field:
    """A field with the words for its levels; level 0 is that one of the two says nothing, 1 the least agreement."""

    name: str
    words: Sequence[str]

    @property
    def size(self) -> int:
        """How many levels there are."""
        return len(self.words)


FIELDS = (
    Field("first name", ("not given", "differs", "alike", "one letter or so apart, or sounds alike", "short form of the other, or shares a part", "the same")),
    Field("last name", ("not given", "differs", "alike", "one letter or so apart, or sounds alike", "shares a part", "the same")),
    Field("date of birth", ("not given", "differs", "year and one more agree", "one figure apart, or two figures swapped", "day and month swapped", "the same")),
    Field("home", ("not given", "differs", "postcode district agrees", "street or postcode alike", "postcode or address the same", "postcode and address the same")),
)  # fmt: skip
NAMES_SWAPPED = "first and last name stand in each other’s place"


@dataclass(frozen=True, slots=True)
class Levels:
    """For each field the level of each pair; `swapped`: pairs whose names stand in each other's place."""

    by_field: Sequence[Ints]
    swapped: Bools


def compare_pairs(
    left: Sequence[Somebody], right: Sequence[Somebody], at: Ints, to: Ints
) -> Levels:
    """The levels of the pairs (left[at[k]], right[to[k]])."""

    def texts(read: Callable[[Somebody], str]) -> tuple[list[str], list[str]]:
        one, other = [read(p) for p in left], [read(p) for p in right]
        return [one[i] for i in at], [other[i] for i in to]

    given, family = texts(lambda p: p.given), texts(lambda p: p.family)
    swapped = _swapped(given, family)
    names = _names(*given, shorts=True), _names(*family, shorts=False)
    for levels in names:
        levels[swapped] = 4
    born = _born(*texts(lambda p: p.born))
    home = _home(texts(lambda p: p.address), texts(lambda p: p.postcode))
    return Levels([*names, born, home], swapped)


def _swapped(given: tuple[list[str], list[str]], family: tuple[list[str], list[str]]) -> Bools:
    """Pairs whose names agree well crosswise, and badly as they stand."""
    crosswise = np.minimum(
        _similar(given[0], family[1], JaroWinkler.similarity),
        _similar(family[0], given[1], JaroWinkler.similarity),
    )
    straight = np.maximum(
        _similar(*given, JaroWinkler.similarity), _similar(*family, JaroWinkler.similarity)
    )
    present = ~_missing(*given) & ~_missing(*family)
    found: Bools = present & (crosswise >= CROSSWISE) & (straight < CROSSWISE)
    return found


def _similar(one: list[str], other: list[str], scorer: Any, **options: Any) -> Floats:
    found: Floats = process.cpdist(one, other, scorer=scorer, dtype=np.float64, **options)
    return found


def _missing(one: list[str], other: list[str]) -> Bools:
    return np.array([not (a and b) for a, b in zip(one, other, strict=True)], dtype=bool)


def _names(one: list[str], other: list[str], *, shorts: bool) -> Ints:
    alike = _similar(one, other, JaroWinkler.similarity)
    apart = _similar(one, other, DamerauLevenshtein.distance)
    levels = np.ones(len(one), dtype=np.int64)
    levels[alike >= 0.8] = 2
    levels[(alike >= 0.9) | (apart <= 1)] = 3
    for k in np.flatnonzero(levels < 3):
        if sound(one[k]) and sound(one[k]) == sound(other[k]):
            levels[k] = 3
    for k in np.flatnonzero(apart > 0):
        a, b = one[k], other[k]
        if (shorts and are_short_forms(a, b)) or ((" " in a or " " in b) and parts(a) & parts(b)):
            levels[k] = 4
    levels[apart == 0] = 5
    levels[_missing(one, other)] = MISSING
    return levels


def _born(one: list[str], other: list[str]) -> Ints:
    apart = _similar(one, other, DamerauLevenshtein.distance)
    levels = np.ones(len(one), dtype=np.int64)
    for k in np.flatnonzero(apart > 0):
        levels[k] = _born_level(one[k], other[k], int(apart[k]))
    levels[apart == 0] = 5
    levels[_missing(one, other)] = MISSING
    return levels


def _born_level(one: str, other: str, apart: int) -> int:
    if len(one) == len(other) == 8:
        if one[:4] == other[:4] and one[4:6] == other[6:] and one[6:] == other[4:6]:
            return 4
        if apart > 1 and one[:4] == other[:4] and (one[4:6] == other[4:6] or one[6:] == other[6:]):
            return 2
    return 3 if apart == 1 else 1


def _home(address: tuple[list[str], list[str]], postcode: tuple[list[str], list[str]]) -> Ints:
    same_code = np.array([bool(a) and a == b for a, b in zip(*postcode, strict=True)], dtype=bool)
    near_code = (_similar(*postcode, DamerauLevenshtein.distance) <= 1) & ~_missing(*postcode)
    district = [bool(a and b) and a[:-3] == b[:-3] != "" for a, b in zip(*postcode, strict=True)]
    alike = _similar(*address, fuzz.token_sort_ratio)
    alike[_missing(*address)] = 0
    doors = [house_number(a) == house_number(b) for a, b in zip(*address, strict=True)]
    same_home = (alike >= 92) | ((alike >= 80) & np.array(doors, dtype=bool))
    levels = np.ones(len(alike), dtype=np.int64)
    levels[np.array(district, dtype=bool)] = 2
    levels[(alike >= 75) | near_code] = 3
    levels[same_code | same_home] = 4
    levels[same_home & (same_code | near_code)] = 5
    levels[_missing(*address) & _missing(*postcode)] = MISSING
    return levels
