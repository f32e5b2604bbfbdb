"""The keys under which people are found, kept in step with what is known of them."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, event, insert, inspect, select, update
from sqlalchemy.orm import Session, UOWTransaction

from tfsaas.db import Model, db
from tfsaas.families.finding_models import PersonKey
from tfsaas.families.models import Person
from tfsaas.matching.names_of_people import fold, parts, sound
from tfsaas.matching.people import Somebody, keys_of, plain_key, somebody
from tfsaas.tenants.bulk import insert_rows
from tfsaas.tenants.scope import lock, tenant_of

KEYS_VERSION = (
    1  # raise it, and the index of unkeyed people with it, when keys are made differently
)
AT_ONCE = 5_000
SAYS_WHO = ("reference", "given_name", "family_name", "date_of_birth", "address", "postcode")


def as_somebody(person: Any, numbers: dict[str, str] | None = None) -> Somebody:
    """A person's row as matching compares it. `numbers`: by scheme, or fingerprints of them."""
    born = person.date_of_birth.isoformat() if person.date_of_birth else ""
    return somebody(person.given_name, person.family_name, born, person.address, person.postcode, numbers or {})  # fmt: skip


def keys_for(person: Any) -> list[str]:
    """Every key of a person's row: those of matching, and those of search."""
    who = as_somebody(person)
    found = set(keys_of(who)) | {f"r:{person.reference.lower()}"}
    found |= {plain} if (plain := plain_key(who.given, who.family, who.born)) else set()
    for name in (person.given_name, person.family_name):
        folded = fold(name)
        found |= {f"w:{part}" for part in (*folded.split(), *parts(folded))}
        found |= {f"m:{sound(part)}" for part in parts(folded) if sound(part)}
    if who.born:
        found.add(f"d:{who.born}")
    if who.postcode:
        found.add(f"z:{who.postcode}")
    return sorted(found)


def key_new_people(rows: Iterable[Any]) -> None:
    """The keys of people who have just been added, with `KEYS_VERSION`; nothing of them is read or marked again.

    `rows`: with `id` and what `SAYS_WHO` names.
    """
    keys = ([row.id, key] for row in rows for key in keys_for(row))
    insert_rows(Model.metadata.tables["person_key"], ("person_id", "key"), keys)


def index_people(person_ids: Sequence[UUID]) -> None:
    """Make the keys of these people anew, in bulk."""
    for at in range(0, len(person_ids), AT_ONCE):
        some = list(person_ids[at : at + AT_ONCE])
        columns = [Person.id, *(getattr(Person, name) for name in SAYS_WHO)]
        rows = db.session.execute(select(*columns).where(Person.id.in_(some))).all()
        db.session.execute(delete(PersonKey).where(PersonKey.person_id.in_(some)))
        insert_rows(
            Model.metadata.tables["person_key"],
            ("person_id", "key"),
            [[row.id, key] for row in rows for key in keys_for(row)],
        )
        _mark(db.session, some)


def index_missing() -> int:
    """Make the keys of everybody who has none by today's rules. Returns how many people it was."""
    lock("keys")
    missing = db.session.scalars(
        select(Person.id).where(Person.keys_version < KEYS_VERSION).order_by(Person.id)
    ).all()
    index_people(missing)
    return len(missing)


def has_missing() -> bool:
    """Whether anybody has no keys by today's rules."""
    found = select(Person.id).where(Person.keys_version < KEYS_VERSION).limit(1)
    return db.session.scalar(found) is not None


def _mark(session: Any, person_ids: Iterable[UUID]) -> None:
    session.execute(
        update(Person)
        .where(Person.id.in_(list(person_ids)))
        .values(keys_version=KEYS_VERSION)
        .execution_options(synchronize_session=False)
    )


def init() -> None:
    """Keep the keys of people in step with every flush of the process from now on."""
    if not event.contains(Session, "after_flush", _on_flush):
        event.listen(Session, "after_flush", _on_flush)


def _on_flush(session: Session, _flush: UOWTransaction) -> None:
    changed = [row for row in (*session.new, *session.dirty) if isinstance(row, Person) and _says_other(row)]  # fmt: skip
    if not changed:
        return
    connection, tenant_id = session.connection(), tenant_of(session)
    ids = [person.id for person in changed]
    connection.execute(delete(PersonKey).where(PersonKey.person_id.in_(ids)))
    rows = [
        {"tenant_id": tenant_id, "person_id": person.id, "key": key}
        for person in changed
        for key in keys_for(person)
    ]
    connection.execute(insert(PersonKey), rows)
    table = Model.metadata.tables["person"]
    connection.execute(update(table).where(table.c.id.in_(ids)).values(keys_version=KEYS_VERSION))


def _says_other(person: Person) -> bool:
    state = inspect(person)
    return any(state.attrs[name].history.has_changes() for name in SAYS_WHO)
