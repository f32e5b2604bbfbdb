"""The layouts of facts on disk: each file's columns, what they hold and which may be empty.

Source: the outcomes plan contract, section 11; `gaps` is ours (decision 0018).
"""

from dataclasses import dataclass
from enum import Enum


class Holds(Enum):
    """What a column holds."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `needed`: no cell of it may be empty. `optional`: the file may do without it."""

    name: str
    holds: Holds = Holds.TEXT
    needed: bool = True
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """One file. `ordered`: two columns of days of which the second may not come before the first."""

    name: str
    columns: tuple[Column, ...]
    ordered: tuple[str, str] | None = None

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.name}.csv"

    @property
    def header(self) -> list[str]:
        """The names of all columns, in order."""
        return [column.name for column in self.columns]


def _text(name: str, *, needed: bool = True, optional: bool = False) -> Column:
    return Column(name, Holds.TEXT, needed, optional)


def _day(name: str, *, needed: bool = True) -> Column:
    return Column(name, Holds.DAY, needed)


PERSONAL = ("given_name", "family_name", "upn", "nhs_number", "nino", "address", "postcode")

LAYOUTS = (
    Layout(
        "families",
        (
            _text("family_id"),
            _day("baseline_on", needed=False),
            _day("whole_family_assessment_on", needed=False),
            _day("whole_family_plan_on", needed=False),
            _day("lead_worker_on", needed=False),
            _day("plan_aligned_on", needed=False),
        ),
    ),
    Layout(
        "people",
        (
            _text("person_id"),
            _text("family_id"),
            _day("date_of_birth", needed=False),
            Column("resident", Holds.FLAG),
            _day("joined_on"),
            _day("left_on", needed=False),
            *(_text(name, needed=False, optional=True) for name in PERSONAL),
        ),
        ordered=("joined_on", "left_on"),
    ),
    Layout("events", (_text("person_id"), _text("signal"), _day("on"))),
    Layout(
        "periods",
        (
            _text("person_id"),
            _text("signal"),
            _day("from"),
            _day("to"),
            Column("part", Holds.NUMBER),
            Column("possible", Holds.NUMBER),
        ),
        ordered=("from", "to"),
    ),
    Layout(
        "spells",
        (_text("person_id"), _text("signal"), _day("from"), _day("to", needed=False)),
        ordered=("from", "to"),
    ),
    Layout(
        "scores", (_text("person_id"), _text("signal"), _day("on"), Column("value", Holds.NUMBER))
    ),
    Layout(
        "attestations",
        (
            _text("family_id", needed=False),
            _text("person_id", needed=False),
            _text("signal"),
            _day("on"),
        ),
    ),
    Layout("coverage", (_text("signal"), _day("from"), _day("to")), ordered=("from", "to")),
    Layout(
        "gaps",
        (_text("person_id"), _text("signal"), _day("from"), _day("to")),
        ordered=("from", "to"),
    ),
    Layout("terms", (_day("from"), _day("to")), ordered=("from", "to")),
    Layout("identified", (_text("family_id"), _text("headline"), _day("on"))),
)
BY_NAME = {layout.name: layout for layout in LAYOUTS}
