"""Reading files of facts: every fault with its file, line and column, none raised one at a time."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tfsaas.evidence.layouts import LAYOUTS, Column, Holds, Layout

ISO_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
DECIMAL = re.compile(r"^\d{1,30}(\.\d{1,30})?$")
LONGEST_CELL = 10_000
LONGEST_ID = 200
MOST_FAULTS = 1000


class FactsRefused(Exception):
    """The files cannot be used; each fault names file, line, column and what to do."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file: where it stood, and what its columns hold (None: empty)."""

    line: int
    values: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)


Rows = dict[str, list[Row]]  # by the file's name without .csv


def read_folder(folder: Path) -> Mapping[str, bytes]:
    """The contents of the layouts' files in `folder`; a file that is not there is no facts of its kind."""
    paths = ((layout.name, folder / layout.file) for layout in LAYOUTS)
    return {name: path.read_bytes() for name, path in paths if path.is_file()}


def read_rows(files: Mapping[str, bytes], faults: list[str]) -> Rows:
    """The rows of every file, with the cells that cannot be read noted in `faults`."""
    return {
        layout.name: list(_read_file(layout, files[layout.name], faults))
        if layout.name in files
        else []
        for layout in LAYOUTS
    }


def _read_file(layout: Layout, content: bytes, faults: list[str]) -> list[Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        faults.append(f"{layout.file}: line {line}: not UTF-8; save the file as “CSV UTF-8”")
        return []
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        faults.append(
            f"{layout.file}: line {line}: holds a NUL character; save the file as “CSV UTF-8”"
        )
        return []
    return _read_lines(layout, csv.reader(io.StringIO(text, newline=""), strict=True), faults)


def _read_lines(layout: Layout, reader: Any, faults: list[str]) -> list[Row]:
    rows: list[Row] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        if not _is_good_header(layout, header, faults):
            return []
        columns = [
            next(column for column in layout.columns if column.name == name) for name in header
        ]
        before = reader.line_num
        for cells in reader:
            line, before = before + 1, reader.line_num
            if cells:
                _read_line(layout, columns, cells, line, rows, faults)
    except csv.Error as error:
        faults.append(f"{layout.file}: line {reader.line_num}: not CSV: {error}")
    return rows


def _is_good_header(layout: Layout, header: list[str], faults: list[str]) -> bool:
    known = {column.name for column in layout.columns}
    wrong = [f"unknown column {name!r}" for name in header if name not in known]
    wrong += [
        f"the column {name!r} stands twice"
        for name in sorted({n for n in header if header.count(n) > 1})
    ]
    wrong += [
        f"the column {column.name!r} is missing"
        for column in layout.columns
        if not column.optional and column.name not in header
    ]
    faults += [
        f"{layout.file}: line 1: {fault}; the columns are {', '.join(layout.header)}"
        for fault in wrong
    ]
    return not wrong


def _read_line(
    layout: Layout,
    columns: list[Column],
    cells: list[str],
    line: int,
    rows: list[Row],
    faults: list[str],
) -> None:
    if len(cells) != len(columns):
        faults.append(
            f"{layout.file}: line {line}: {len(cells)} cells where the header has {len(columns)}"
        )
        return
    values: dict[str, Any] = {}
    found = len(faults)
    for column, cell in zip(columns, cells, strict=True):
        try:
            values[column.name] = _read_cell(column, cell)
        except ValueError as error:
            faults.append(f"{layout.file}: line {line}, column {column.name}: {error}")
    if len(faults) == found:
        _check_order(layout, values, line, faults)
        rows.append(Row(line, values))


def _read_cell(column: Column, cell: str) -> Any:
    cell = cell.strip()
    if not cell:
        if column.needed:
            raise ValueError("is empty; it is needed")
        return None
    if len(cell) > LONGEST_CELL or (column.name.endswith("_id") and len(cell) > LONGEST_ID):
        raise ValueError("is too long")
    return READERS[column.holds](cell)


def _read_day(cell: str) -> date:
    if ISO_DAY.match(cell):
        try:
            return date.fromisoformat(cell)
        except ValueError:
            pass
    raise ValueError(f"{cell!r} is not a date; write it as 2019-03-31")


def _read_number(cell: str) -> Decimal:
    if cell.startswith("-") and DECIMAL.match(cell[1:]):
        raise ValueError(f"{cell} is negative")
    if not DECIMAL.match(cell):
        raise ValueError(f"{cell!r} is not a number; write it as 12 or 12.5")
    return Decimal(cell)


def _read_flag(cell: str) -> bool:
    if cell not in {"true", "false"}:
        raise ValueError(f"{cell!r} is neither true nor false")
    return cell == "true"


READERS: dict[Holds, Callable[[str], Any]] = {
    Holds.TEXT: str,
    Holds.DAY: _read_day,
    Holds.NUMBER: _read_number,
    Holds.FLAG: _read_flag,
}


def _check_order(layout: Layout, values: dict[str, Any], line: int, faults: list[str]) -> None:
    if layout.ordered:
        earlier, later = (values.get(name) for name in layout.ordered)
        if earlier and later and later < earlier:
            name = layout.ordered[1]
            faults.append(f"{layout.file}: line {line}, column {name}: {later} is before {earlier}")
