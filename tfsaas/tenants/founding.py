"""Adding a council: the one write to the platform tables, made as the owner of the database."""

from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import create_engine, insert
from sqlalchemy.exc import IntegrityError

from tfsaas.tenants.models import Host, Tenant


class AlreadyThere(Exception):
    """A council with this short name, code or host exists; the text says so."""


def add_council(slug: str, name: str, gss_code: str) -> UUID:
    """A new council, empty, with its host below the service's domain. Returns its id.

    Raises:
        AlreadyThere: another council has this short name or code.
    """
    settings = current_app.config["SETTINGS"]
    engine = create_engine(settings.database_owner_url, hide_parameters=True)
    tenant_id = uuid4()
    try:
        with engine.begin() as connection:
            row = {"id": tenant_id, "slug": slug, "name": name, "gss_code": gss_code}
            connection.execute(insert(Tenant), [row])
            connection.execute(
                insert(Host), [{"name": f"{slug}.{settings.domain}", "tenant_id": tenant_id}]
            )
    except IntegrityError:
        raise AlreadyThere(
            f"There is already a council called {slug!r} or with the code {gss_code}"
        ) from None
    finally:
        engine.dispose()
    return tenant_id
