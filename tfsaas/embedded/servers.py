"""Starting and stopping the bundled PostgreSQL and Valkey."""

import os
import secrets
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import redis
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tfsaas.embedded.places import NotStarted, Places, prepare

START_SECONDS = 60
STOP_SECONDS = 20
ROLES = ("tfsaas_owner", "tfsaas_app")


@dataclass(frozen=True, slots=True)
class Servers:
    """How to reach the running servers. `superuser` may do anything; only tests use it later."""

    owner_url: str
    app_url: str
    redis_url: str
    superuser: str


@contextmanager
def running(home: Path, passwords: dict[str, str], *, durable: bool = True) -> Iterator[Servers]:
    """Both servers with their data below `home`, until the block ends.

    `passwords` has one for `postgres` and each of `ROLES`. Not `durable`: faster, and a power
    failure may lose everything.

    Raises:
        NotStarted: with one line that says why.
    """
    places = prepare(home)
    with ExitStack() as stack:
        postgres = stack.enter_context(_postgres(places, passwords["postgres"], durable=durable))
        _make_roles(postgres, passwords)
        valkey = stack.enter_context(_valkey(places))
        yield Servers(
            owner_url=_url(places, "tfsaas_owner", passwords["tfsaas_owner"]),
            app_url=_url(places, "tfsaas_app", passwords["tfsaas_app"]),
            redis_url=valkey,
            superuser=postgres,
        )


def new_password() -> str:
    """A random password for a role."""
    return secrets.token_urlsafe(24)


def _url(places: Places, role: str, password: str) -> str:
    return f"postgresql+psycopg://{role}:{password}@/tfsaas?host={quote(str(places.sockets))}"


@contextmanager
def _postgres(places: Places, password: str, *, durable: bool) -> Iterator[str]:
    data = places.home / "postgres"
    if not (data / "PG_VERSION").exists():
        _initialise(places, data, password, durable=durable)
    _stop_left_over(data)
    log = places.home / "postgres.log"
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(places.sockets),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": "256MB",
        "jit": "off",
        "log_error_verbosity": "terse",  # the longer forms quote rows
        "log_min_error_statement": "panic",
    }
    if not durable:
        options |= {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "checkpoint_timeout": "1h",
        }
    words = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
    command = places.as_user(places.postgres_programs / "postgres", "-D", data, *words)
    told = {"host": str(places.sockets), "user": "postgres", "password": password}
    conninfo = make_conninfo(dbname="postgres", **told)
    with _process(command, log, signal.SIGINT) as process:
        _wait(process, log, "PostgreSQL", lambda: psycopg.connect(conninfo).close())
        yield conninfo


def _initialise(places: Places, data: Path, password: str, *, durable: bool) -> None:
    """Make a cluster; it appears under its name only when it is whole."""
    unfinished = places.own(data.with_suffix(".unfinished"))
    shutil.rmtree(unfinished)
    places.own(unfinished)
    secret = unfinished.with_suffix(".password")
    secret.touch(mode=0o600)
    secret.write_text(password)
    if places.user:
        shutil.chown(secret, places.user)
    made = subprocess.run(
        places.as_user(
            places.postgres_programs / "initdb", "-D", unfinished, "-U", "postgres", "--pwfile", secret,
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--locale=C", *([] if durable else ["--no-sync"]),
        ),
        capture_output=True, text=True, check=False, cwd=places.sockets,
    )  # fmt: skip
    secret.unlink()
    if made.returncode:
        raise NotStarted(f"PostgreSQL's data folder could not be made: {_last_line(made.stderr)}")
    unfinished.rename(data)


def _stop_left_over(data: Path) -> None:
    """Stop the server that a killed launcher left behind, if it is indeed one of this folder."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        if Path(f"/proc/{pid}/cwd").readlink() != data:
            return
    except (OSError, ValueError, IndexError):
        return
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + STOP_SECONDS
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)


def _make_roles(conninfo: str, passwords: dict[str, str]) -> None:
    """The two roles, the database and its extensions; does nothing the second time."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for role in ROLES:
            if not connection.execute(
                "select 1 from pg_roles where rolname = %s", [role]
            ).fetchone():
                connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
            connection.execute(
                sql.SQL("alter role {} password {}").format(sql.Identifier(role), passwords[role])
            )
        if not connection.execute("select 1 from pg_database where datname = 'tfsaas'").fetchone():
            connection.execute("create database tfsaas owner tfsaas_owner")
    prepare_database(conninfo, "tfsaas")


def prepare_database(conninfo: str, name: str) -> None:
    """The extensions and the schema's rights in database `name`, given as the superuser."""
    with psycopg.connect(conninfo, dbname=name, autocommit=True) as connection:
        connection.execute("create extension if not exists btree_gist")
        connection.execute("revoke create on schema public from public")
        connection.execute("alter schema public owner to tfsaas_owner")
        connection.execute("grant usage on schema public to tfsaas_app")


@contextmanager
def _valkey(places: Places) -> Iterator[str]:
    data = places.own(places.home / "valkey")
    socket = places.sockets / "valkey.sock"
    url = f"unix://{quote(str(socket))}"
    with suppress(redis.exceptions.RedisError):
        redis.Redis.from_url(url).shutdown(nosave=True)  # left behind by a killed launcher
    command = places.as_user(
        places.valkey_program, "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700",
        "--dir", data, "--save", "", "--appendonly", "no",
    )  # fmt: skip
    log = places.home / "valkey.log"
    with _process(command, log, signal.SIGTERM) as process:
        _wait(process, log, "Valkey", lambda: redis.Redis.from_url(url).ping())
        yield url


@contextmanager
def _process(
    command: list[str], log: Path, stop_with: signal.Signals
) -> Iterator[subprocess.Popen[bytes]]:
    """`command` in a session of its own, so that a Ctrl-C at the terminal does not reach it."""
    log.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
        )
    try:
        yield process
    finally:
        process.send_signal(stop_with)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(
    process: subprocess.Popen[bytes], log: Path, name: str, answers: Callable[[], object]
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            answers()
        except (psycopg.OperationalError, redis.exceptions.RedisError):
            if process.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return
    raise NotStarted(
        f"{name} did not start: {_last_line(log.read_text(errors='replace'))} (see {log})"
    )


def _last_line(text: str) -> str:
    """The line that most likely names the cause: the last fatal one, or else the last."""
    lines = [line for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if "FATAL" in line or "error:" in line or "PANIC" in line]
    return (fatal or lines or ["it said nothing"])[-1].strip()
