"""Loading the demo councils through the same actions as everybody's work."""

import os
from collections.abc import Callable
from uuid import UUID

from flask import current_app

from tfsaas.accounts.actions import accept_invitation, invite
from tfsaas.permissions import Role
from tfsaas.tenants.founding import add_council
from tfsaas.tenants.queries import find_tenant_by_slug
from tfsaas.tenants.scope import unit_of_work

Tell = Callable[[str], object]

COUNCILS = (
    ("westshire", "Westshire Council", "E10999999"),
    ("kent", "Kent County Council", "E10000016"),
    ("medway", "Medway Council", "E06000035"),
)
PEOPLE = (
    ("admin", "Amira Khan", Role.ADMINISTRATOR),
    ("supervisor", "Joan Roe", Role.SUPERVISOR),
    ("worker", "Sam Okoro", Role.WORKER),
    ("worker2", "Lena Fisher", Role.WORKER),
    ("leader", "David Price", Role.LEADER),
    ("auditor", "Ruth Mendel", Role.AUDITOR),
)


class DemoRefused(Exception):
    """The demo cannot be loaded here; the text says why."""


def load_all(tell: Tell) -> None:
    """Load each demo council that is not there yet.

    Raises:
        DemoRefused: this is not a demo installation, or no password was given.
    """
    if not current_app.config["SETTINGS"].demo:
        raise DemoRefused("TFSAAS_DEMO is not 1: demo councils are not loaded into a real service.")
    password = os.environ.get("TFSAAS_DEMO_PASSWORD", "")
    if not password:
        raise DemoRefused("TFSAAS_DEMO_PASSWORD is not set: the demo's people need a password.")
    for slug, name, gss_code in COUNCILS:
        with current_app.app_context():
            known = find_tenant_by_slug(slug)
        if known is None:
            tell(f"Loading {name}…")
            _load(add_council(slug, name, gss_code), slug, password)


def _load(tenant_id: UUID, slug: str, password: str) -> None:
    with unit_of_work(tenant_id):
        for mailbox, name, role in PEOPLE:
            token = invite(f"{mailbox}@{slug}.example", name, role)
            accept_invitation(token, password)
