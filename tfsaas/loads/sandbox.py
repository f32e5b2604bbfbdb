"""Having a file read by a process of its own, which may fail, hang or eat without harm to this one."""

import json

from tfsaas.apart import run_apart
from tfsaas.loads.reading import CELL, COLUMN
from tfsaas.loads.table import Table, TableRefused

WALL_SECONDS = 120
TOO_MUCH = "Reading the file took more memory or time than a file of rows can. Save the rows as CSV, or send them in parts"


def read_file(content: bytes) -> Table:
    """The table in a file.

    Raises:
        TableRefused: with every fault, each in the user's words.
    """
    answer = run_apart("tfsaas.loads.reading", content, WALL_SECONDS)
    if answer is None:
        raise TableRefused(TOO_MUCH)
    return _unpack(answer)


def _unpack(answer: bytes) -> Table:
    head, _, body = answer.partition(b"\n")
    told = json.loads(head)
    if "faults" in told:
        raise TableRefused(*told["faults"])
    lines, *columns = [part.split(CELL) for part in body.decode().split(COLUMN)]
    covers = tuple(told["covers"]) if told["covers"] else None
    return Table(told["header"], columns, [int(line) for line in lines], told["notes"], covers)
