"""Having a sent file cleaned by a process of its own, which may fail, hang or eat without harm to this one."""

import json

from tfsaas.apart import run_apart
from tfsaas.attachments.cleaning import Cleaned, FileRefused

WALL_SECONDS = 30
TOO_MUCH = "The file takes too much to open. Print it to a new PDF, or take a photograph of it"


def clean_apart(name: str, content: bytes) -> Cleaned:
    """See `cleaning.clean`; with limits on memory and time.

    Raises:
        FileRefused: see there, or the limits were reached.
    """
    given = json.dumps(name).encode() + b"\n" + content
    answer = run_apart("tfsaas.attachments.cleaning", given, WALL_SECONDS) or b""
    head, _, body = answer.partition(b"\n")
    if not head:
        raise FileRefused(TOO_MUCH)
    told = json.loads(head)
    if "fault" in told:
        raise FileRefused(told["fault"])
    return Cleaned(told["name"], told["type"], body)
