"""Private servers for the suite: one PostgreSQL and one Valkey a run, a database a test process."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tfsaas import config
from tfsaas.config import Settings
from tfsaas.embedded.servers import ROLES, Servers, new_password, prepare_database, running

PASSWORD = "correct-horse-battery"


@contextmanager
def private_servers() -> Iterator[Servers]:
    """Servers of their own, beside a running demo; their data folder is kept for the next run."""
    home = config.home() / "test"
    kept = home / "superuser"
    password = kept.read_text() if kept.exists() else new_password()
    home.mkdir(parents=True, exist_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(password)
    passwords = {role: new_password() for role in ROLES} | {"postgres": password}
    with running(home, passwords, durable=False) as servers:
        yield servers


def fresh_database(servers: Servers, name: str, *, template: str | None = None) -> None:
    """A new database called `name`, empty or a clone of `template`."""
    with psycopg.connect(servers.superuser, autocommit=True) as connection:
        identifier = sql.Identifier(name)
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(identifier))
        make = sql.SQL("create database {} owner tfsaas_owner").format(identifier)
        if template:
            make += sql.SQL(" template {}").format(sql.Identifier(template))
        connection.execute(make)
    if template is None:
        prepare_database(servers.superuser, name)


def settings_for(servers: Servers, database: str, *, redis_number: int = 0) -> Settings:
    """Settings for the application on one of these databases."""
    return Settings(
        database_url=servers.app_url.replace("@/tfsaas?", f"@/{database}?"),
        database_owner_url=servers.owner_url.replace("@/tfsaas?", f"@/{database}?"),
        redis_url=f"{servers.redis_url}?db={redis_number}",
        secret_key="a secret that only the tests know" * 2,
        data_key=base64.urlsafe_b64encode(bytes(range(32))).decode(),
        domain="localhost",
        demo=True,
        port=8000,
        proxy_hops=0,
        scanner_url="",
    )


def folder_of(name: str) -> Path:
    """A folder of the suite's own that survives the run, for screenshots."""
    path = config.CHECKOUT / name
    path.mkdir(exist_ok=True)
    return path
