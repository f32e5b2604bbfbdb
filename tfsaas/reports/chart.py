"""A small chart: the places of its bars and lines, drawn by a template, with its numbers in a table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 60, 10, 16, 36


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, with the value it stands for."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: int
    is_labelled: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A level line with what it stands for."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over a base line, level lines, and a target line if there is a target."""

    title: str
    bars: tuple[Bar, ...]
    levels: tuple[Line, ...]
    target: Line | None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM


def draw_months(values: Sequence[tuple[date, int]], target: int | None) -> Chart:
    """Results so far at the end of each month, with the target as a line."""
    top = nice_top(max([value for _, value in values] + [target or 0, 1]))
    span = (WIDTH - LEFT - RIGHT) / max(len(values), 1)
    every = max(1, -(-len(values) // 10))  # at most ten labels
    bars = tuple(
        Bar(
            x=round(LEFT + place * span + span * 0.1, 1),
            y=round(_y(value, top), 1),
            width=round(span * 0.8, 1),
            height=round(HEIGHT - BOTTOM - _y(value, top), 1),
            label=f"{month:%b %y}",
            value=value,
            is_labelled=place % every == 0,
        )
        for place, (month, value) in enumerate(values)
    )
    levels = tuple(
        Line(round(_y(top * part // 4, top), 1), f"{top * part // 4:,}") for part in range(5)
    )
    line = Line(round(_y(target, top), 1), f"Target {target:,}") if target else None
    return Chart(_title(values, target), bars, levels, line)


def _title(values: Sequence[tuple[date, int]], target: int | None) -> str:
    if not values:
        return "No results have been confirmed yet."
    last = f"Results so far, by month: {values[-1][1]:,} by the end of {values[-1][0]:%B %Y}"
    return f"{last}, of a target of {target:,}." if target else f"{last}."


def _y(value: int, top: int) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)


def nice_top(largest: int) -> int:
    """The least of 4, 8, 12 … 40, 80, 120 … 400 and so on that is not below `largest`: four even levels."""
    size = 4
    while size * 10 < largest:
        size *= 10
    return -(-largest // size) * size
