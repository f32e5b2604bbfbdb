"""The council as matching needs it: those who could be meant, and what is known of everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Text, cast, func, select, text

from tfsaas.db import among, db
from tfsaas.families.keys import as_somebody
from tfsaas.families.models import Identifier, Person
from tfsaas.loads.opening import known_signals
from tfsaas.matching.deciding import Everybody
from tfsaas.matching.people import Somebody

SAMPLE = 2_000
TOLD = ("given_name", "family_name", "date_of_birth", "address", "postcode")


@dataclass(frozen=True, slots=True)
class Council:
    """People of the council who could be meant, with their records' ids and who stands for whom."""

    ids: Sequence[UUID]
    people: Sequence[Somebody]
    stands_for: Sequence[int]


def read_council(person_ids: Sequence[UUID]) -> Council:
    """These people of the council, ready to be compared."""
    columns = (Person.id, Person.same_as_id, *(getattr(Person, name) for name in TOLD))
    rows = db.session.execute(
        select(*columns).where(among(Person.id, person_ids)).order_by(Person.id)
    ).all()
    numbers: dict[UUID, dict[str, str]] = {}
    marks = select(Identifier.person_id, Identifier.scheme, Identifier.value_hash)
    for person_id, scheme, mark in db.session.execute(marks.where(among(Identifier.person_id, person_ids))):  # fmt: skip
        numbers.setdefault(person_id, {})[scheme.value] = mark
    first: dict[UUID, int] = {}
    stands_for = [first.setdefault(row.same_as_id or row.id, at) for at, row in enumerate(rows)]
    people = [as_somebody(row, numbers.get(row.id)) for row in rows]
    return Council([row.id for row in rows], people, stands_for)


def everybody(right: Sequence[Somebody], sample: int = 0) -> Everybody:
    """What is known of the whole council, for judging these people: its size, how frequent their names are, some people.

    Without it a name would seem as frequent as it is among those who were picked because they have it.
    """
    size = db.session.scalar(select(func.count()).select_from(Person)) or 1
    names = {name for who in right for name in (who.given, who.family) if name}
    counts = dict(db.session.execute(text(WITH_NAME), {"keys": [f"w:{part}" for part in {p for name in names for p in name.split()}]}).tuples().all())  # fmt: skip
    shares = {
        name: max(min(counts.get(f"w:{part}", 0) for part in name.split()), 2) / max(size, 2)
        for name in names
    }
    return Everybody(size, _sample(sample, size) if sample else (), shares)


WITH_NAME = "select key, count(*) from person_key where key = any(:keys) group by key"


def _sample(count: int, size: int) -> list[Somebody]:
    """About so many of the council's people, picked by a hash of their ids: by chance, and each time the same."""
    columns = [Person.id, *(getattr(Person, name) for name in TOLD)]
    picked = func.hashtext(cast(Person.id, Text)) % max(size // count, 1) == 0
    query = select(*columns).where(picked).order_by(Person.id)
    return [as_somebody(row) for row in db.session.execute(query)]


def mark_matching() -> str:
    """The same while matching a file again would find the same people: of the council's people, and of its plans."""
    plans = repr(sorted(map(sorted, known_signals().versions)))
    return f"{mark_council()} {sha256(plans.encode()).hexdigest()[:16]}"


def mark_council() -> str:
    """The same while nobody on record was added, changed, linked or answered about, and no number was learned."""
    return str(db.session.scalar(text(MARK)))


MARK = """
select md5(concat_ws('|',
    (select sum(hashtextextended(concat_ws('|', id, given_name, family_name, date_of_birth, address, postcode, same_as_id), 0)) from person),
    (select sum(hashtextextended(concat_ws('|', person_id, scheme, value_hash), 0)) from identifier),
    (select sum(hashtextextended(concat_ws('|', person_id, value_hash), 0)) from partner_reference),
    (select sum(hashtextextended(concat_ws('|', person_id, told_hash, is_same), 0)) from remembered_answer)
))
"""
