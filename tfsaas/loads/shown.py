"""A delivery as its page shows it."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tfsaas.evidence.taking import Class
from tfsaas.families.models import Family
from tfsaas.loads.effects import CONFIRMED_LOST
from tfsaas.loads.models import WAITS, Delivery, Step
from tfsaas.planning.comparing import KINDS
from tfsaas.words import day

STAGES = (
    ("Brought", (Step.READING,)),
    ("Columns", (Step.COLUMNS,)),
    ("Checked", (Step.CHECKING,)),
    ("People", (Step.MATCHING, Step.PEOPLE)),
    ("Dry run", (Step.REHEARSING,)),
    ("Approved", (Step.READY,)),
    ("Stored", (Step.STORING,)),
)
DAY = timedelta(days=1)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the stages of a delivery. `state`: done, waiting (for a person), working, or to come."""

    title: str
    state: str


def list_stages(delivery: Delivery) -> list[Stage]:
    """Every stage with its state; all done once the file is stored."""
    places = [at for at, (_, steps) in enumerate(STAGES) if delivery.step in steps]
    if not places:
        over = delivery.step in (Step.STORED, Step.UNDOING, Step.UNDONE)
        return [Stage(title, "done" if over else "stopped") for title, _ in STAGES]
    here = "waiting" if delivery.step in WAITS else "working"
    return [
        Stage(title, "done" if at < places[0] else here if at == places[0] else "to come")
        for at, (title, _) in enumerate(STAGES)
    ]


@dataclass(frozen=True, slots=True)
class CountRow:
    """How many facts of one signal are new, repeated and so on."""

    title: str
    counts: Sequence[int]


def list_counts(effect: Mapping[str, Any], titles: Mapping[str, str]) -> list[CountRow]:
    """The facts of a file by signal, in the order of `Class`."""
    return [
        CountRow(titles.get(signal, signal), [found.get(kind.value, 0) for kind in Class])
        for signal, found in effect.get("counts", {}).items()
    ]


def describe_gaps(
    delivery: Delivery,
    neighbours: Sequence[tuple[str, date | None, date | None]],
    titles: Mapping[str, str],
) -> list[str]:
    """The days between this file and those before and after it, in sentences; none where they meet, or this is the only one."""
    first, last = delivery.covers_from, delivery.covers_to
    assert first is not None
    assert last is not None
    found: dict[tuple[date, date], list[str]] = {}
    for signal, before, after in neighbours:
        if before and (first - before).days > 1:
            found.setdefault((before + DAY, first - DAY), []).append(titles.get(signal, signal))
        if after and (after - last).days > 1:
            found.setdefault((last + DAY, after - DAY), []).append(titles.get(signal, signal))
    return [
        f"Nothing covers {day(start)} to {day(end)} for {'; '.join(sorted(names))}. Of families about whom the files are silent nothing can be said for {'that day' if start == end else 'those days'}."
        for (start, end), names in sorted(found.items())
    ]


def name_kinds() -> dict[str, str]:
    """What the kinds of change to a family are called."""
    return {**KINDS, CONFIRMED_LOST: "The evidence of a confirmed result would go"}


def write_changed(
    rows: Sequence[Sequence[str]], families: Mapping[str, Family], titles: Mapping[str, str]
) -> str:
    """Families that change, each with its kind of change, as a file that is harmless in a spreadsheet."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(("reference", "family", "what changes"))
    for family_id, kind in rows:
        if family := families.get(family_id):
            writer.writerow(map(neutralise, (family.reference, family.name, titles[kind])))
    return output.getvalue()


def write_faults(faults: Sequence[Sequence[Any]], place: str) -> str:
    """Faults as a file, harmless in a spreadsheet. `place`: what the first number counts, lines or children."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow((place, "column", "fault"))
    writer.writerows([neutralise(cell) for cell in fault] for fault in faults)
    return output.getvalue()


def neutralise(cell: object) -> object:
    """Text that a spreadsheet would take for a formula gets an apostrophe; numbers stay as they are."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
