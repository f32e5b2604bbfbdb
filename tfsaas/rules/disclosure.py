"""Small numbers in what is published: hidden, together with whatever would give them away."""

from collections.abc import Sequence
from dataclasses import dataclass

SMALLEST_SHOWN = 5
POSSIBLE_VALUES = 5  # what a reader who adds and subtracts must not get below


@dataclass(frozen=True, slots=True)
class Published:
    """The cells of a table and their total as they may be shown; None is hidden."""

    cells: tuple[int | None, ...]
    total: int | None


def is_small(count: int) -> bool:
    """Whether a count is so small that it may point at a family: 1 to 4. Nought points at nobody."""
    return 0 < count < SMALLEST_SHOWN


def hide_alone(count: int) -> int | None:
    """A count that no table adds up; None when it is hidden."""
    return None if is_small(count) else count


def publish(counts: Sequence[int], *, total_is_shown: bool = True) -> Published:
    """A column of counts and its total, safe to publish.

    Small counts are hidden. A reader knows what the hidden ones add up to, and that each is at
    least 1; so further cells are hidden, the smallest first, until every hidden one could have
    five values or more. Where no cell is left to hide, the total is hidden as well.
    """
    total = sum(counts)
    hidden = {place for place, count in enumerate(counts) if is_small(count)}
    if not total_is_shown or is_small(total):
        return Published(_shown(counts, hidden), None)
    spare = sorted((count, place) for place, count in enumerate(counts) if count >= SMALLEST_SHOWN)
    while hidden and _possible_values(counts, hidden) < POSSIBLE_VALUES:
        if not spare:
            return Published(_shown(counts, hidden), None)
        hidden.add(spare.pop(0)[1])
    return Published(_shown(counts, hidden), total)


def publish_nested(counts: Sequence[int]) -> tuple[int | None, ...]:
    """Counts of which each is part of the one before, safe to publish; None is hidden.

    A count that differs by 1 to 4 from the one shown before it would give those away, so it is
    hidden as well.
    """
    shown: list[int | None] = []
    last: int | None = None
    for count in counts:
        gives_away = last is not None and is_small(abs(last - count))
        shown.append(None if is_small(count) or gives_away else count)
        last = last if shown[-1] is None else count
    return tuple(shown)


def _shown(counts: Sequence[int], hidden: set[int]) -> tuple[int | None, ...]:
    return tuple(None if place in hidden else count for place, count in enumerate(counts))


def _possible_values(counts: Sequence[int], hidden: set[int]) -> int:
    """How many values each hidden cell could have, for somebody who knows their sum."""
    if len(hidden) == 1:
        return 1
    return sum(counts[place] for place in hidden) - len(hidden) + 1
