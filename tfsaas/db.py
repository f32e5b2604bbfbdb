"""The database handle, the base of every model, and the names of constraints."""

import enum
import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    DateTime,
    ForeignKeyConstraint,
    MetaData,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase


class NotFound(LookupError):
    """There is no such row in this council, whether or not there is one in another."""


class Refused(Exception):
    """It cannot be so; `field` is the form's field that it is about, the text says what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def day_of(moment: Any) -> Any:
    """The day in England of a column of moments."""
    return cast(func.timezone("Europe/London", moment), Date)


NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


def _by_value(members: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in members]


class Model(DeclarativeBase):
    """Base of every mapped class: text is text, moments are aware, enums are kept by value."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {
        str: Text(),
        UUID: Uuid(),
        datetime: DateTime(timezone=True),
        enum.Enum: sqlalchemy.Enum(
            enum.Enum,
            native_enum=False,
            create_constraint=True,
            values_callable=_by_value,
            length=40,
        ),
    }


def belongs_to(table: str, *columns: str, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key to a row of the same tenant: (tenant_id, column) → (tenant_id, id).

    Foreign-key checks bypass row-level security, so only the shared tenant keeps a row from
    naming another council's parent.
    """
    column = columns[0] if columns else f"{table}_id"
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=ondelete
    )


def among(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether a column is one of these values, however many: they travel as one array, not as so many parameters."""
    return column == any_(bindparam(None, list(values), ARRAY(column.type)))


def among_told(column: Any, name: str) -> ColumnElement[bool]:
    """The same for a statement that is put together once: the values come under `name` when it is executed."""
    return column == any_(bindparam(name, type_=ARRAY(column.type)))


def describe_failure(log: logging.Logger, what: str, error: BaseException) -> None:
    """Write a failure down. What a database says of it quotes rows, so only its kind is kept."""
    if isinstance(error, SQLAlchemyError):
        diagnosis = getattr(getattr(error, "orig", None), "diag", None)
        constraint = getattr(diagnosis, "constraint_name", None)
        log.error("%s failed: %s, constraint %s", what, type(error).__name__, constraint)
        return
    log.error("%s failed", what, exc_info=error)


db = SQLAlchemy(metadata=MetaData())  # our models have a base and metadata of their own
