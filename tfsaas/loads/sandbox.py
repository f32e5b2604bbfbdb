"""Having a file read by a process of its own, which may fail, hang or eat without harm to this one."""

import json
import os
import subprocess
import sys

from tfsaas import config
from tfsaas.loads.reading import CELL, COLUMN
from tfsaas.loads.table import Table, TableRefused

WALL_SECONDS = 120
TOO_MUCH = "Reading the file took more memory or time than a file of rows can. Save the rows as CSV, or send them in parts"


def read_file(content: bytes) -> Table:
    """The table in a file.

    Raises:
        TableRefused: with every fault, each in the user's words.
    """
    command = [sys.executable, "-m", "tfsaas.loads.reading"]
    environment = {"PATH": os.defpath, "PYTHONPATH": str(config.CHECKOUT), "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter and module; the file is only its input)
            command, input=content, capture_output=True, timeout=WALL_SECONDS, check=False,
            env=environment, cwd="/",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise TableRefused(TOO_MUCH) from None
    if done.returncode:
        raise TableRefused(TOO_MUCH)
    return _unpack(done.stdout)


def _unpack(answer: bytes) -> Table:
    head, _, body = answer.partition(b"\n")
    told = json.loads(head)
    if "faults" in told:
        raise TableRefused(*told["faults"])
    lines, *columns = [part.split(CELL) for part in body.decode().split(COLUMN)]
    covers = tuple(told["covers"]) if told["covers"] else None
    return Table(told["header"], columns, [int(line) for line in lines], told["notes"], covers)
