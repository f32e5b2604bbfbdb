"""A rehearsal's figures as a person may see them: small numbers are hidden from those who see no families."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tfsaas.planning.models import Rehearsal
from tfsaas.rules.disclosure import hide_alone, is_small


@dataclass(frozen=True, slots=True)
class Row:
    """Families before and after, and those that join and leave. None: hidden, because it is 1 to 4."""

    code: str
    title: str
    before: int | None
    after: int | None
    newly: int | None
    no_longer: int | None


@dataclass(frozen=True, slots=True)
class YearEnd:
    """Results by a day if nothing new happens. `share`: of the target, in tenths of a percent; None: unknown."""

    on: date
    target: int | None
    confirmed: int | None
    before: int | None
    after: int | None
    pounds_before: int | None
    pounds_after: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows. `hides`: some number is hidden."""

    families: int
    eligible: Row
    results: Row
    headlines: Sequence[Row]
    year_end: YearEnd
    hides: bool


def show(rehearsal: Rehearsal, *, in_full: bool) -> Shown:
    """A worked-out rehearsal. `in_full`: for those who may see families."""
    figures: Any = rehearsal.figures
    eligible = _row(
        {"code": "", "title": "Families that qualify"} | figures["eligible"], in_full=in_full
    )
    results = _row(
        {"code": "", "title": "Results not confirmed yet"} | figures["results"], in_full=in_full
    )
    headlines = [_row(row, in_full=in_full) for row in figures["headlines"]]
    year = _year_end(figures["year_end"], in_full=in_full)
    cells = [
        *(cell for row in (eligible, results, *headlines) for cell in (row.newly, row.no_longer)),
        year.after,
    ]
    return Shown(figures["families"], eligible, results, headlines, year, hides=None in cells)


def _row(row: Mapping[str, Any], *, in_full: bool) -> Row:
    """With a small number among those who join or leave, the total after is hidden: it would give it away."""
    newly, no_longer, before, after = (
        row[name] for name in ("newly", "no_longer", "before", "after")
    )
    if in_full:
        return Row(row["code"], row["title"], before, after, newly, no_longer)
    gives_away = is_small(newly) or is_small(no_longer)
    return Row(
        row["code"], row["title"], hide_alone(before), None if gives_away else hide_alone(after),
        hide_alone(newly), hide_alone(no_longer),
    )  # fmt: skip


def _year_end(told: Mapping[str, Any], *, in_full: bool) -> YearEnd:
    before, after, each = told["before"], told["after"], told["pounds_each"]
    if not in_full:
        gives_away = is_small(abs(after - before))
        before, after = hide_alone(before), None if gives_away else hide_alone(after)
    return YearEnd(
        on=date.fromisoformat(told["on"]),
        target=told["target"],
        confirmed=told["confirmed"],
        before=before,
        after=after,
        pounds_before=None if before is None else before * each,
        pounds_after=None if after is None else after * each,
    )
