"""Checking a mapped file: every fault by line and column, and what its rows say when there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tfsaas.loads.cells import is_serial, read_column
from tfsaas.loads.facts_of_rows import Found, Known, Rows, make_facts
from tfsaas.loads.feeds import Feed, Holds
from tfsaas.loads.table import Table
from tfsaas.loads.who import FilePerson, group_people

MOST_FAULTS = 1000
MOST_NAMED = 10
UNUSED = "Nothing is read from these columns of the file:"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell, or in one row (`column` "")."""

    line: int
    column: str
    message: str


@dataclass
class Checked:
    """What a file says. With a fault nothing of it may be used.

    `facts`: by kind of fact; `people`: everybody the file speaks of, each once. `fault_count`
    may be more than the faults kept. `warnings` are sentences; `mute`: signals of which the file
    cannot be complete.
    """

    people: Sequence[FilePerson] = ()
    facts: Mapping[str, Found] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seen: set[Fault] = field(default_factory=set)
    mute: list[str] = field(default_factory=list)

    def add(self, line: int, column: str, message: str) -> None:
        """Note a fault; beyond the first thousand they are only counted."""
        fault = Fault(line, column, message)
        if fault not in self.seen:
            self.seen.add(fault)
            if len(self.faults) < MOST_FAULTS:
                self.faults.append(fault)

    @property
    def fault_count(self) -> int:
        """How many faults there are."""
        return len(self.seen)


def check_table(
    feed: Feed, table: Table, mapping: Mapping[str, str], known: Known, today: date
) -> Checked:
    """Everything in a file against its feed's format."""
    checked = Checked(warnings=[*table.notes, *_unused(table, mapping)])
    columns = _read_columns(feed, table, mapping, checked)
    people, number_of = group_people(columns, table.lines, checked)
    checked.people = people
    rows = Rows(columns, number_of, table.lines, today, mapping)
    checked.facts = make_facts(feed, rows, checked, known)
    _name_columns(mapping, checked)
    checked.faults.sort(key=lambda fault: (fault.line, fault.column))
    return checked


def _unused(table: Table, mapping: Mapping[str, str]) -> list[str]:
    """A sentence about the columns from which nothing is read; of a census nobody says which is which."""
    rest = [name for name in table.header if name and name not in mapping.values()]
    if table.covers or not rest:
        return []
    more = f" and {len(rest) - MOST_NAMED} more" if len(rest) > MOST_NAMED else ""
    return [f"{UNUSED} {', '.join(rest[:MOST_NAMED])}{more}"]


def _name_columns(mapping: Mapping[str, str], checked: Checked) -> None:
    """Faults name columns as the file does."""
    checked.faults = [
        Fault(fault.line, mapping.get(fault.column, fault.column), fault.message)
        for fault in checked.faults
    ]


def _read_columns(
    feed: Feed, table: Table, mapping: Mapping[str, str], checked: Checked
) -> dict[str, list[Any]]:
    """The values of each of the feed's columns; a column the file has not is all empty."""
    found: dict[str, list[Any]] = {}
    for column in feed.all_columns:
        theirs = mapping.get(column.name)
        if theirs is None:
            found[column.name] = [None] * len(table.lines)
            continue
        cells = table.columns[table.header.index(theirs)]
        found[column.name], faults = read_column(column, cells)
        if faults:
            for line, cell in zip(table.lines, cells, strict=True):
                if cell in faults:
                    checked.add(line, theirs, faults[cell])
        if column.holds is Holds.DAY and any(is_serial(cell) for cell in set(cells)):
            checked.warnings.append(
                f"{theirs}: some days stand as Excel’s numbers, such as 43555; they were read as days"
            )
    return found
