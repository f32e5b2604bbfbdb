"""CSV in whatever encoding and with whatever separator it came."""

import csv
import io
import re
from dataclasses import dataclass, field

from tfsaas.loads.table import (
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

SEPARATORS = ",;\t|"
MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
SAVE_AGAIN = "Save the file again as “CSV UTF-8” and send that"
MOST_FAULTS = 200


def read_delimited(content: bytes) -> Table:
    """A CSV file.

    Raises:
        TableRefused: what cannot be read, with the line.
    """
    notes: list[str] = []
    text = _decode(content, notes)
    if found := CONTROL.search(text):
        line = text[: found.start()].count("\n") + 1
        raise TableRefused(
            f"Line {line} holds a character that is not text (code {ord(found[0])}). {SAVE_AGAIN}"
        )
    first, _, rest = text.partition("\n")
    offset = 0
    if re.fullmatch(r"sep=.\r?", first):
        text, offset, separator = rest, 1, first[4]
    else:
        separator = max(SEPARATORS, key=first.count)
    return _read(text, separator, offset, notes)


def _decode(content: bytes, notes: list[str]) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decode_utf16(content, "utf-16")
    if b"\0" in content[:200]:
        even, odd = content[:200:2].count(0), content[1:200:2].count(0)
        if max(even, odd) > 20 and min(even, odd) == 0:
            return _decode_utf16(content, "utf-16-be" if even else "utf-16-le")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _decode_western(content, error.start, notes)


def _decode_utf16(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError:
        raise TableRefused(f"The file is cut off or damaged. {SAVE_AGAIN}") from None


def _decode_western(content: bytes, start: int, notes: list[str]) -> str:
    line = content[:start].count(b"\n") + 1
    mixed = MULTIBYTE.search(content) is not None
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise TableRefused(f"Line {line} is in an encoding we cannot read. {SAVE_AGAIN}") from None
    if mixed:
        raise TableRefused(
            f"The file mixes two encodings, so names would be garbled (line {line} is one place). {SAVE_AGAIN}"
        )
    notes.append(
        "The file is not in UTF-8; it was read as Windows-1252. Check that names with accents look right"
    )
    return text


@dataclass
class Lines:
    """What was read so far: the header, the rows, and on which line each began."""

    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def take(self, line: int, cells: list[str]) -> None:
        """One more line that is not empty.

        Raises:
            TableRefused: it is one too many, or too wide.
        """
        width = len(self.header)
        if not width:
            self.header = [name.strip() for name in cells]
            if len(cells) > MOST_COLUMNS:
                raise TableRefused(TOO_MANY_COLUMNS)
        elif any(cells[width:]):
            self.faults.append(
                f"Line {line} has {len(cells)} cells where the header has {width}. Put cells that hold a "
                "separator in quotation marks"
            )
        else:
            self.rows.append(cells if len(cells) == width else (cells + [""] * width)[:width])
            self.lines.append(line)
        if len(self.rows) > MOST_ROWS:
            raise TableRefused(TOO_MANY_ROWS)


def _read(text: str, separator: str, offset: int, notes: list[str]) -> Table:
    csv.field_size_limit(LONGEST_CELL * 2)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found, before = Lines(), offset
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num + offset
            if any(cells):
                found.take(line, cells)
    except csv.Error as error:
        found.faults.append(_tell(error, reader.line_num + offset))
    if found.faults and sum(map(bool, found.header)) == 1:
        raise TableRefused(TITLE.format("".join(found.header)[:60]))
    if found.faults:
        raise TableRefused(*found.faults[:MOST_FAULTS])
    check_shape(found.header, len(found.rows))
    columns = [[cell.strip() for cell in column] for column in zip(*found.rows, strict=True)]
    _check_cells(found.header, columns, found.lines)
    return Table(found.header, columns, found.lines, notes)


def _tell(error: csv.Error, line: int) -> str:
    if "field larger" in str(error):
        return f"Line {line} has a cell of more than {LONGEST_CELL:,} characters, or a quotation mark that is never closed"
    return (
        f"Line {line} is not CSV: a quotation mark is not closed, or text follows one. {SAVE_AGAIN}"
    )


def _check_cells(header: list[str], columns: list[list[str]], lines: list[int]) -> None:
    """No cell may be longer than anything we ask for.

    Raises:
        TableRefused: naming line and column.
    """
    for name, column in zip(header, columns, strict=True):
        if max(map(len, column)) > LONGEST_CELL:
            at = next(i for i, cell in enumerate(column) if len(cell) > LONGEST_CELL)
            raise TableRefused(
                f"Line {lines[at]}, column {name}: more than {LONGEST_CELL:,} characters. Leave notes out of the file"
            )
