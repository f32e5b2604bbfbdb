"""Workbooks, XLSX and ODS: the first sheet that holds something, its cells as the text that people see."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from tfsaas.loads.delimited import CONTROL
from tfsaas.loads.table import (
    LARGEST_RATIO,
    LARGEST_UNPACKED,
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    TITLE,
    TOO_MANY_COLUMNS,
    TOO_MANY_ROWS,
    Table,
    TableRefused,
    check_shape,
)

EMPTY = re.compile(
    rb'<c r="([A-Z]+\d+)"((?:\s[^>]*)?)>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)
EMPTY_ODS = re.compile(rb"<table:table-cell[^>]*table:formula=[^>]*>")
FAULTY = re.compile(rb'<c r="([A-Z]+\d+)"[^>]*\bt="e"|value-type="(error)"')
DAMAGED = "The workbook cannot be opened. Open it, save it again without a password, and send that"
MOST_FAULTS = 200
Cell = int | float | str | bool | time | date | datetime | timedelta


def check_archive(content: bytes) -> None:
    """A workbook is a ZIP; it must not unpack to more than a workbook can be.

    Raises:
        TableRefused: it is damaged, or a bomb.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            _check_size(infos, len(content))
            _check_formulas(archive, infos)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise TableRefused(DAMAGED) from None


def _check_size(infos: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(info.file_size for info in infos)
    if unpacked > LARGEST_UNPACKED or unpacked > LARGEST_RATIO * packed:
        raise TableRefused(
            "The workbook unpacks to more than can be read. Save the rows as CSV, or send them in parts"
        )


def _check_formulas(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> None:
    """The reader takes a formula's error, or one that was never worked out, for an empty cell; silence must not come from that."""
    for info in infos:
        if info.filename.startswith("xl/worksheets/") or info.filename == "content.xml":
            sheet = archive.read(info)
            if found := FAULTY.findall(sheet)[:MOST_FAULTS]:
                raise TableRefused(
                    f"The result of a formula is an error{_in(cell for cell, _ in found)}. Put the values in their place"
                )
            blank = [cell for cell, told in EMPTY.findall(sheet) if b't="str"' not in told]
            if blank or any(b"value-type" not in cell for cell in EMPTY_ODS.findall(sheet)):
                raise TableRefused(
                    f"A formula was never worked out{_in(blank[:MOST_FAULTS])}. Open the workbook, save it again, and send that; or put the values in the formulas’ place"
                )


def _in(cells: Iterable[bytes]) -> str:
    named = ", ".join(sorted({cell.decode() for cell in cells if cell}))
    return f" in {named}" if named else ""


def read_workbook(content: bytes) -> Table:
    """A workbook.

    Raises:
        TableRefused: what cannot be read, with row and column.
    """
    check_archive(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible is SheetVisibleEnum.Visible
        ]
        found = [(name, book.get_sheet_by_name(name)) for name in shown or book.sheet_names]
    except (CalamineError, OSError, ValueError):
        raise TableRefused(DAMAGED) from None
    filled = [(name, sheet) for name, sheet in found if sheet.height and sheet.width]
    if not filled:
        raise TableRefused("The workbook is empty. Choose the file that holds the rows")
    name, sheet = filled[0]
    if sheet.height > MOST_ROWS:
        raise TableRefused(TOO_MANY_ROWS)
    if sheet.width > MOST_COLUMNS:
        raise TableRefused(TOO_MANY_COLUMNS)
    notes = []
    if len(filled) > 1:
        notes.append(f"The workbook has several sheets; only “{name}” was read")
    start = sheet.start
    first = start[0] + 1 if start else 1
    return _table(sheet.to_python(skip_empty_area=True), first, notes)


def _table(rows: list[list[Cell]], first: int, notes: list[str]) -> Table:
    texts = [[_text(cell) for cell in row] for row in rows]
    header = texts[0]
    width = max((at + 1 for at, name in enumerate(header) if name), default=0)
    header = header[:width]
    body = [(first + at, row) for at, row in enumerate(texts) if at and any(row)]
    faults = [
        f"Row {line} has a cell to the right of the header’s last column. Give that column a name, or empty it"
        for line, row in body
        if any(row[width:])
    ]
    check_shape(header, len(body))
    for line, row in body:
        faults += _cell_faults(line, header, row)
    if width == 1 and faults:
        raise TableRefused(TITLE.format(header[0][:60]))
    if faults:
        raise TableRefused(*faults[:MOST_FAULTS])
    columns = [[row[at] for _, row in body] for at in range(width)]
    return Table(header, columns, [line for line, _ in body], notes)


def _cell_faults(line: int, header: list[str], row: list[str]) -> list[str]:
    faults = []
    for name, text in zip(header, row, strict=False):
        if len(text) > LONGEST_CELL or CONTROL.search(text):
            faults.append(
                f"Row {line}, column {name}: the cell holds more, or other, than text. Leave notes out of the file"
            )
    return faults


def _text(cell: Cell) -> str:
    """A cell as people see it: whole numbers without a point, days in ISO."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()
