"""A file as a table of text, and the limits of what is read at all. Imported where nothing is trusted: keep it small."""

from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_ROWS = 500_000
MOST_COLUMNS = 200
LONGEST_CELL = 10_000
LARGEST_UNPACKED = 300 * 1024 * 1024
LARGEST_RATIO = 200
TOO_MANY_ROWS = f"The file has more than {MOST_ROWS:,} rows. Send it in parts, such as a term or a month at a time"
TITLE = "The first row, “{}”, is not the names of columns: the rows below have more cells. Delete what stands above the names"
TOO_MANY_COLUMNS = (
    f"The file has more than {MOST_COLUMNS} columns. Take out those that are not asked for"
)


class TableRefused(Exception):
    """The file cannot be read as a table; each fault says what to do."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Table:
    """What stood in a file.

    `columns`: the cells of each column of `header`, as trimmed text, "" for empty. `lines`: on
    which line of the file each row stood. `notes`: how it was read, where that is not obvious.
    `covers`: the days that the file itself says it covers, as ISO text; None where it says none.
    """

    header: Sequence[str]
    columns: Sequence[list[str]]
    lines: list[int]
    notes: list[str] = field(default_factory=list)
    covers: tuple[str, str] | None = None


def check_shape(header: Sequence[str], rows: int) -> None:
    """A table must have rows and columns, not too many, and names that tell columns apart.

    Raises:
        TableRefused: with every fault.
    """
    faults = []
    if rows > MOST_ROWS:
        faults.append(TOO_MANY_ROWS)
    if len(header) > MOST_COLUMNS:
        faults.append(TOO_MANY_COLUMNS)
    named = [name for name in header if name]
    faults += [
        f"Two columns are called “{name[:60]}”. Give each a name of its own"
        for name in sorted({name for name in named if named.count(name) > 1})
    ]
    if not named:
        faults.append("The file has no header. Put the names of the columns on the first line")
    elif not rows:
        faults.append("The file has a header but no rows. Choose the file that holds the rows")
    if faults:
        raise TableRefused(*faults)
