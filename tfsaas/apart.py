"""Running one of our modules in a process of its own, which may fail, hang or eat without harm to this one."""

import os
import subprocess
import sys

from tfsaas import config


def run_apart(module: str, given: bytes, seconds: float) -> bytes | None:
    """What the module wrote, given these bytes; None: it failed, or took longer than so many seconds.

    It gets nothing of our environment: no address, no password. Limits on memory it sets itself.
    """
    command = [sys.executable, "-m", module]
    environment = {"PATH": os.defpath, "PYTHONPATH": str(config.CHECKOUT), "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter and module; what is given is only its input)
            command, input=given, capture_output=True, timeout=seconds, check=False,
            env=environment, cwd="/",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None
