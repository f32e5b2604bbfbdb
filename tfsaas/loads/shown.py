"""A delivery as its page shows it."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tfsaas.evidence.taking import Class
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


def describe_gap(delivery: Delivery, before: date | None) -> str:
    """The days between the last file's and this one's; "" when there are none, or this is the first."""
    if before is None or delivery.covers_from is None:
        return ""
    days = (delivery.covers_from - before).days - 1
    if days <= 0:
        return ""
    first, last = before + timedelta(days=1), delivery.covers_from - timedelta(days=1)
    many = "1 day is" if days == 1 else f"{days:,} days are"
    return f"Between the last file and this one {many} not covered, {day(first)} to {day(last)}. For those days nothing can be said of families about whom the files are silent."


def name_kinds() -> dict[str, str]:
    """What the kinds of change to a family are called."""
    return KINDS


def write_faults(faults: Sequence[Sequence[Any]]) -> str:
    """Faults as a file, harmless in a spreadsheet."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(("line", "column", "fault"))
    writer.writerows([neutralise(cell) for cell in fault] for fault in faults)
    return output.getvalue()


def neutralise(cell: object) -> object:
    """Text that a spreadsheet would take for a formula gets an apostrophe; numbers stay as they are."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
