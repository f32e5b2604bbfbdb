"""What commands need before they begin, and how they refuse."""

import functools
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar
from uuid import UUID

import click
from flask import current_app
from sqlalchemy.exc import OperationalError

from tfsaas import config
from tfsaas.tenants.queries import find_tenant_by_slug
from tfsaas.tenants.scope import OutOfScope, refuse_privileged_role

REFUSED = 2
Result = TypeVar("Result")


def refuse(faults: Sequence[str]) -> None:
    """Print every fault and leave with the status of refused input; do nothing when there is none."""
    if faults:
        leave("\n".join(faults))


def leave(message: str, status: int = REFUSED) -> NoReturn:
    """Print a message on standard error and leave."""
    click.echo(message, err=True)
    sys.exit(status)


def requires_servers(
    *, owner: bool = False
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """The command needs the database; `owner`: also the role that owns it."""

    def wrap(command: Callable[..., Result]) -> Callable[..., Result]:
        @functools.wraps(command)
        def checked(*args: object, **kwargs: object) -> Result:
            settings = current_app.config.get("SETTINGS")
            if settings is None:
                leave(_what_is_missing())
            if owner and settings.database_owner_url is None:
                leave("DATABASE_OWNER_URL is not set: this command writes platform tables.")
            _check_role()
            return command(*args, **kwargs)

        return checked

    return wrap


def _check_role() -> None:
    """Leave when the database does not answer, or answers to a role that is too powerful."""
    try:
        refuse_privileged_role()
    except OutOfScope as refused:
        leave(f"DATABASE_URL: {refused}. Connect as tfsaas_app.")
    except OperationalError:
        leave("DATABASE_URL: the database does not answer.")


def _what_is_missing() -> str:
    surroundings = config.surroundings()
    if "DATABASE_URL" not in surroundings:
        return "No servers are running: run make run first, or set DATABASE_URL and REDIS_URL."
    try:
        config.load(surroundings)
    except config.SettingsRefused as refused:
        return "\n".join(refused.faults)
    return "The settings are not complete."


def council(slug: str) -> UUID:
    """The id of the council with this short name; leaves when there is none."""
    with current_app.app_context():
        tenant = find_tenant_by_slug(slug)
    if tenant is None:
        leave(f"There is no council called {slug!r}. Add it with: flask --app wsgi tenants add")
    return tenant.id
