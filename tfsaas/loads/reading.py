"""Reads one file in a process of its own, under limits: `python -m tfsaas.loads.reading` from input to output.

What comes in may be made to harm. So this process has no settings, no database and no network
to speak of; it may take only so much memory and time, and its answer is plain text.
"""

import gc
import json
import resource
import sys

from tfsaas.loads.table import Table, TableRefused

MEMORY = 1536 * 1024 * 1024
CPU_SECONDS = 60
CELL, COLUMN = "\x1e", "\x1d"  # no cell holds them: control characters are refused
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
WIDE_XML = (b"\xff\xfe<\0", b"\xfe\xff\0<")  # UTF-16
KNOWN = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    OLD_WORKBOOK: "an old workbook, or one with a password",
}


def main() -> int:
    """Read standard input whole and write the table, or why it is none."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    gc.disable()  # this process makes lists of cells, needs them all, and ends
    try:
        table = read_table(sys.stdin.buffer.read())
        told = {"header": table.header, "notes": table.notes, "covers": table.covers}
        lines = CELL.join(map(str, table.lines))
        body = COLUMN.join([lines, *(CELL.join(column) for column in table.columns)])
    except TableRefused as refused:
        told, body = {"faults": refused.faults}, ""
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + body.encode())
    return 0


def read_table(content: bytes) -> Table:
    """The table in a file, whose kind is told by its content, never by its name.

    The libraries that read what strangers sent are imported here, under the limits, and only the one needed.

    Raises:
        TableRefused: it is of no kind that we read.
    """
    if not content.strip(b"\0 \r\n\t"):
        raise TableRefused("The file is empty. Choose the file that holds the rows")
    if content[:2] == b"PK":
        from tfsaas.loads.workbooks import read_workbook  # noqa: PLC0415 (under the limits)

        return read_workbook(content)
    for start, what in KNOWN.items():
        if content.startswith(start):
            raise TableRefused(f"This is {what}, not a table. Save it as CSV or as an Excel workbook (.xlsx)")  # fmt: skip
    if content.lstrip(b"\xef\xbb\xbf\r\n\t ")[:1] == b"<" or content[:4] in WIDE_XML:
        from tfsaas.loads.census import read_census  # noqa: PLC0415 (under the limits)

        return read_census(content)
    from tfsaas.loads.delimited import read_delimited  # noqa: PLC0415 (under the limits)

    return read_delimited(content)


if __name__ == "__main__":
    sys.exit(main())
