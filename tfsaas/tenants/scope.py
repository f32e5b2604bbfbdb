"""The tenant boundary: the one place where rows are tied to a council.

A unit of work (one request, one job, one command) is one database session, and a session
belongs to one tenant. PostgreSQL is told that tenant at the start of every transaction and
its row-level policies do the rest, for the ORM, for bulk statements and for raw SQL alike.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import Connection, ForeignKey, event, text
from sqlalchemy.orm import Mapped, Session, SessionTransaction, UOWTransaction, mapped_column

from tfsaas.db import Model, db


class OutOfScope(Exception):
    """Tenant data was touched with no tenant entered, or with the wrong one."""


class TenantRow(Model):
    """Base of every model whose rows belong to exactly one tenant, for ever."""

    __abstract__ = True

    tenant_id: Mapped[UUID] = mapped_column(
        ForeignKey("tenant.id"), primary_key=True, sort_order=-1
    )


class TenantModel(TenantRow):
    """Such a row with an id of its own."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


class ByTheThousand:
    """Rows that come in such numbers that each key counts, and must belong to another row of the same council.

    That row has the council's key, so these need none of their own; a guard holds that it is so.
    """

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)


def enter(tenant_id: UUID) -> None:
    """Give the current session to one tenant. It cannot be given to another afterwards.

    Raises:
        OutOfScope: the session belongs to another tenant already.
    """
    session = db.session()
    if session.info.setdefault("tenant_id", tenant_id) != tenant_id:
        raise OutOfScope("this session belongs to another tenant")
    if session.in_transaction():
        _tell_postgres(session, session.connection())


def tenant_of(session: Session) -> UUID:
    """The tenant that `session` was given to.

    Raises:
        OutOfScope: `enter` has not been called in this unit of work.
    """
    tenant_id: UUID | None = session.info.get("tenant_id")
    if tenant_id is None:
        raise OutOfScope("no tenant entered")
    return tenant_id


def current_tenant() -> UUID:
    """The tenant of the current unit of work.

    Raises:
        OutOfScope: `enter` has not been called in this unit of work.
    """
    return tenant_of(db.session())


def act_as(user_id: UUID) -> None:
    """Name the person on whose behalf this unit of work is done, for the audit trail."""
    db.session().info["actor_id"] = user_id


def actor() -> UUID | None:
    """The person on whose behalf this unit of work is done; None for the service itself."""
    user_id: UUID | None = db.session().info.get("actor_id")
    return user_id


@contextmanager
def unit_of_work(tenant_id: UUID, actor_id: UUID | None = None) -> Iterator[None]:
    """A session of its own for one council, committed once at the end unless it raised."""
    with current_app.app_context():
        enter(tenant_id)
        if actor_id is not None:
            act_as(actor_id)
        yield
        db.session.commit()


def lock(what: str) -> None:
    """Hold the council's lock called `what` until this unit of work ends; others wait for it."""
    db.session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"),
        {"name": f"{current_tenant()}:{what}"},
    )


def _tell_postgres(session: Session, connection: Connection) -> None:
    """Tell the transaction its council. With none entered there is nothing to tell: no row matches."""
    if "tenant_id" in session.info:
        connection.execute(
            text("select set_config('tfsaas.tenant_id', :tenant_id, true)"),
            {"tenant_id": str(session.info["tenant_id"])},
        )


@event.listens_for(Session, "after_begin")
def _on_begin(session: Session, _: SessionTransaction, connection: Connection) -> None:
    _tell_postgres(session, connection)


@event.listens_for(Session, "before_flush")
def _on_write(session: Session, _flush: UOWTransaction, _instances: object) -> None:
    for row in session.new:
        if isinstance(row, TenantRow) and row.tenant_id is None:
            row.tenant_id = tenant_of(session)


def refuse_privileged_role() -> None:
    """Stop the process from starting as a role that row-level security does not bind.

    Raises:
        OutOfScope: the role is a superuser, bypasses row-level security, may make roles or
            databases, or owns a table.
    """
    privileged = db.session.scalar(
        text(
            "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or exists ("
            "select from pg_class where relowner = pg_roles.oid and relkind in ('r', 'p', 'v', 'm'))"
            " from pg_roles where rolname = current_user"
        )
    )
    db.session.rollback()
    if privileged:
        raise OutOfScope("the database role bypasses row-level security or owns tables")
