"""`make run`: the bundled servers, the migrations, the demo, then web, worker and scheduler."""

import base64
import fcntl
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from honcho.manager import Manager

from tfsaas import config
from tfsaas.embedded.places import NotStarted
from tfsaas.embedded.servers import ROLES, new_password, running

SECRETS_FILE = "secrets"
MARK = "TFSAAS_STARTED_BY"  # in the environment of everything started here
ROLES_OF_DEMO = (
    "admin",
    "supervisor",
    "worker",
    "worker2",
    "analyst",
    "leader",
    "auditor",
    "partner",
)


def main() -> int:
    """Run until a signal comes. Returns the exit status."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    home = config.home()
    try:
        home.mkdir(parents=True, exist_ok=True)
        with _alone(home), _servers(home) as environment:
            return _run(home, environment)
    except NotStarted as reason:
        print(reason, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or home}: {error.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold the home for this process, and end what a killed predecessor left running."""
    with (home / "lock").open("w") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # not inherited by forks
        except OSError:
            raise NotStarted(
                f"It runs already (its data is in {home}). Stop that one first."
            ) from None
        _end_left_overs(home)
        yield


def _end_left_overs(home: Path) -> None:
    mark = f"{MARK}={home}".encode()
    for how in (signal.SIGTERM, signal.SIGKILL):
        found = [pid for pid in _processes() if mark in _environment_of(pid)]
        if not found:
            return
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, how)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in found):
            time.sleep(0.1)


def _processes() -> list[int]:
    return [
        int(p.name)
        for p in Path("/proc").iterdir()
        if p.name.isdigit() and int(p.name) != os.getpid()
    ]


def _environment_of(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


@contextmanager
def _servers(home: Path) -> Iterator[dict[str, str]]:
    """What the processes need to know, with the bundled servers running unless others are given."""
    environment = dict(os.environ) | {MARK: str(home), "TFSAAS_HOME": str(home)}
    port = environment.setdefault("PORT", "8000")
    _refuse_taken(port)
    kept = _secrets(home)
    environment = {name: kept[name] for name in kept if name not in ROLES} | environment
    environment |= {
        "TFSAAS_DOMAIN": environment.get("TFSAAS_DOMAIN", "localhost"),
        "TFSAAS_DEMO": "1",
        "MAIL_URL": environment.get("MAIL_URL", f"file://{home}/outbox"),
    }
    if "DATABASE_URL" in environment and "REDIS_URL" in environment:
        yield environment
        return
    with running(home, kept) as servers:
        environment.setdefault("REDIS_URL", servers.redis_url)
        if "DATABASE_URL" not in environment:
            environment |= {
                "DATABASE_URL": servers.app_url,
                "DATABASE_OWNER_URL": servers.owner_url,
            }
        yield environment


def _refuse_taken(port: str) -> None:
    if not port.isdigit() or not 0 < int(port) < 1 << 16:
        raise NotStarted(f"PORT={port} is not a port: give a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError:
            raise NotStarted(f"Port {port} is taken. Choose another: make run PORT=8001") from None


def _secrets(home: Path) -> dict[str, str]:
    """The secrets of this installation, made at the first start and kept for its owner's eyes."""
    path = home / SECRETS_FILE
    kept = config.read_environment_file(path)
    made = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "TFSAAS_DATA_KEY": base64.urlsafe_b64encode(secrets.token_bytes(config.KEY_BYTES)).decode(),
        "TFSAAS_DEMO_PASSWORD": "-".join(secrets.token_hex(2) for _ in range(4)),
        "postgres": new_password(),
    } | {role: new_password() for role in ROLES}
    if not made.keys() <= kept.keys():
        kept = made | kept
        _write_private(path, kept)
    return kept


def _write_private(path: Path, values: dict[str, str]) -> None:
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text("".join(f"{key}={value}\n" for key, value in values.items()))
    unfinished.rename(path)


def _run(home: Path, environment: dict[str, str]) -> int:
    written = home / config.ENVIRONMENT_FILE
    names = (
        *config.REQUIRED,
        "DATABASE_OWNER_URL",
        "MAIL_URL",
        "PORT",
        "TFSAAS_DEMO",
        "TFSAAS_DEMO_PASSWORD",
    )
    _write_private(written, {name: environment[name] for name in names if name in environment})
    try:
        _flask(environment, "db", "upgrade")
        _flask(environment, "demo", "load")
        threading.Thread(target=_tell_once_up, args=(environment,), daemon=True).start()
        return _manage(environment)
    finally:
        written.unlink(missing_ok=True)


def _flask(environment: dict[str, str], *words: str) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    if subprocess.run(command, cwd=config.CHECKOUT, env=environment, check=False).returncode:
        raise NotStarted(f"flask {' '.join(words)} did not succeed; its message stands above.")


def _tell_once_up(environment: dict[str, str]) -> None:
    """Print the address only when it answers: people click, and scripts call, at once."""
    while not _answers(int(environment["PORT"])):
        time.sleep(0.1)
    _tell(environment)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _tell(environment: dict[str, str]) -> None:
    port, domain = environment["PORT"], environment["TFSAAS_DOMAIN"]
    print(f"\n  http://{domain}:{port} lists the councils; Westshire works today:")
    print(f"  http://westshire.{domain}:{port}/sign-in\n")
    print("  Sign in as any of these at westshire.example, kent.example or medway.example:")
    print("  " + ", ".join(f"{role}@" for role in ROLES_OF_DEMO))
    print(f"  Password: {environment['TFSAAS_DEMO_PASSWORD']}")
    print(f"  Letters by email: {environment['MAIL_URL'].removeprefix('file://')}\n", flush=True)


def _manage(environment: dict[str, str]) -> int:
    """Web, worker and scheduler, until one of them ends or a signal comes. Returns the exit status."""
    python = shlex.quote(sys.executable)
    manager = Manager()
    folder = str(config.CHECKOUT)
    web = (
        f"exec {python} -m gunicorn --config gunicorn.conf.py --bind 127.0.0.1:{environment['PORT']} "
        f"--workers {int(environment.get('WEB_CONCURRENCY', '2'))} wsgi:app"
    )
    manager.add_process("web", web, env=environment, cwd=folder)
    for number in range(1, int(environment.get("WORKERS", "1")) + 1):
        command = f"exec {python} -m flask --app wsgi jobs work"
        manager.add_process(f"worker.{number}", command, env=environment, cwd=folder)
    command = f"exec {python} -m flask --app wsgi jobs schedule"
    manager.add_process("scheduler", command, env=environment, cwd=folder)
    manager.loop()
    ended_by_signal = manager.returncode in {130, 143}
    return 0 if ended_by_signal else int(manager.returncode or 0)


if __name__ == "__main__":
    sys.exit(main())
