"""Reading cells as people write them, and saying what is wrong with those that cannot be read."""

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tfsaas.loads.feeds import FeedColumn, Holds

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?"  # in England's time; which hour it was is not kept
ISO = re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})(?:[T ]{CLOCK})?$")
BRITISH = re.compile(rf"(\d{{1,2}})[/.\-](\d{{1,2}})[/.\-](\d{{4}})(?: {CLOCK})?$")
NAMED = re.compile(r"(\d{1,2})[ \-]([A-Za-z]{3,9})[ \-](\d{4})$")
BARE = re.compile(r"(19|20|21)\d{6}$")
SERIAL = re.compile(r"\d{5}(?:\.0)?$")
SHORT = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2}$")
LONGEST = (
    200  # characters of text; nothing that is asked for is longer, and an index could not hold it
)
NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,12})?$")
SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+?\d{1,2}$", re.IGNORECASE)
EXCEL_EPOCH = date(1899, 12, 30)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def read_column(column: FeedColumn, cells: Sequence[str]) -> tuple[list[Any], dict[str, str]]:
    """A column's values (None: empty), and for each cell that cannot be read what is wrong.

    A cell is read once however often it stands in the file.
    """
    read = reader_for(column)
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for cell in set(cells):
        try:
            values[cell] = read(cell) if cell else None
        except ValueError as error:
            values[cell] = None
            faults[cell] = str(error)
    if column.needed and "" in values:
        faults[""] = "is empty; it is needed"
    return [values[cell] for cell in cells], faults


def reader_for(column: FeedColumn) -> Callable[[str], Any]:
    """What reads one cell of a column; it raises ValueError with what is wrong."""
    if column.holds is Holds.DAY:
        return read_day
    if column.holds is Holds.NUMBER:
        return lambda cell: _read_number(column, cell)
    if column.holds is Holds.CODE:
        return lambda cell: _read_code(column, cell)
    return _read_text


def _read_text(cell: str) -> str:
    if len(cell) > LONGEST:
        raise ValueError(f"“{cell[:40]}…” is longer than {LONGEST} characters")
    if SHORTENED.match(cell):
        raise ValueError(
            f"“{cell[:40]}” is a number that a spreadsheet shortened; make the column text and put the whole number in"
        )
    return cell


def read_day(cell: str) -> date:
    """A day in any of the ways that British files write it.

    Raises:
        ValueError: it is none, or could be two.
    """
    parts = _parts(cell)
    if parts is None:
        if SHORT.match(cell):
            raise ValueError(f"“{cell}” has a year of two figures; write it as 31/03/2019")
        raise ValueError(f"“{cell[:40]}” is not a date; write it as 31/03/2019 or 2019-03-31")
    try:
        found = date(*parts)
    except ValueError:
        raise ValueError(f"“{cell}” is not a real date; days come before months") from None
    if not EARLIEST <= found <= LATEST:
        raise ValueError(f"“{cell}” is not a date from 1900 to 2199")
    return found


def _parts(cell: str) -> tuple[int, int, int] | None:
    """Year, month, day."""
    if found := ISO.match(cell):
        return int(found[1]), int(found[2]), int(found[3])
    if found := BRITISH.match(cell):
        return int(found[3]), int(found[2]), int(found[1])
    if found := NAMED.match(cell):
        month = found[2][:3].lower()
        return (int(found[3]), MONTHS.index(month) + 1, int(found[1])) if month in MONTHS else None
    if BARE.match(cell):
        return int(cell[:4]), int(cell[4:6]), int(cell[6:])
    if SERIAL.match(cell):
        day = EXCEL_EPOCH + timedelta(days=int(cell[:5]))
        return day.year, day.month, day.day
    return None


def is_serial(cell: str) -> bool:
    """Whether a day stands as the number that Excel keeps for it."""
    return SERIAL.match(cell) is not None


def _read_number(column: FeedColumn, cell: str) -> Decimal:
    bare = cell.replace(",", "")
    if not NUMBER.match(bare):
        raise ValueError(f"“{cell[:40]}” is not a number")
    found = Decimal(bare)
    least = 0 if column.least is None else column.least
    if found < least:
        raise ValueError(f"{cell} is below {least:g}")
    if column.most is not None and found > column.most:
        raise ValueError(f"{cell} is above {column.most:g}")
    return found


def _read_code(column: FeedColumn, cell: str) -> str:
    bare = " ".join(cell.lower().split())
    for value, code in (column.codes or {}).items():
        if bare == value or bare in code.also or bare == code.title.lower():
            return value
    known = ", ".join((column.codes or {}).keys())
    raise ValueError(f"“{cell[:40]}” is not one of: {known}")
