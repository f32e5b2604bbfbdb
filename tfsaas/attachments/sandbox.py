"""Having a sent file cleaned by a process of its own, which may fail, hang or eat without harm to this one."""

import json
import os
import subprocess
import sys

from tfsaas import config
from tfsaas.attachments.cleaning import Cleaned, FileRefused

WALL_SECONDS = 30
TOO_MUCH = "The file takes too much to open. Print it to a new PDF, or take a photograph of it"


def clean_apart(name: str, content: bytes) -> Cleaned:
    """See `cleaning.clean`; with limits on memory and time.

    Raises:
        FileRefused: see there, or the limits were reached.
    """
    command = [sys.executable, "-m", "tfsaas.attachments.cleaning"]
    environment = {"PATH": os.defpath, "PYTHONPATH": str(config.CHECKOUT), "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter and module; the file is only its input)
            command, input=json.dumps(name).encode() + b"\n" + content, capture_output=True,
            timeout=WALL_SECONDS, check=False, env=environment, cwd="/",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise FileRefused(TOO_MUCH) from None
    head, _, body = done.stdout.partition(b"\n")
    if done.returncode or not head:
        raise FileRefused(TOO_MUCH)
    told = json.loads(head)
    if "fault" in told:
        raise FileRefused(told["fault"])
    return Cleaned(told["name"], told["type"], body)
