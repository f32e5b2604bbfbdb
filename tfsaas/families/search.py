"""Finding people and families by what somebody remembers of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    intersect,
    or_,
    select,
    union_all,
)

from tfsaas.db import among, db
from tfsaas.families.identifiers import NotAnIdentifier, check, fingerprint, normalise_postcode
from tfsaas.families.models import Family, Identifier, Membership, Person, PersonKey, Scheme
from tfsaas.families.queries import visible_families
from tfsaas.matching.names_of_people import SHORT_FORMS, fold, full_forms, sound

MOST = 50
FEW = 5000  # people of whom the next statement is told one by one
SHORTEST, SHORTEST_SOUND = 2, 3
POSTCODE = re.compile(r"\b[A-Za-z]{1,2}\d[A-Za-z\d]?\s*\d[A-Za-z]{2}\b")
AFTER = "\x7f"  # comes after every letter and figure that a key holds
People = Select[tuple[UUID]] | CompoundSelect[tuple[UUID]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A person with the families, that the user may see, in which they are or were."""

    person: Person
    families: Sequence[Family]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. `more`: there is more than is shown. `asked`: how the words were taken."""

    people: Sequence[Hit]
    families: Sequence[Family]
    more: bool
    asked: str


def search(text: str, born: date | None) -> Found:
    """People and families by name in part, sound or short form, reference, postcode, number or date of birth.

    Only families that the user may see, and people who are or were in one of them.
    """
    words = fold(text).split()
    queries, asked = _queries(text, words)
    if born is not None:
        queries.append(_keys([f"d:{born:%Y%m%d}"]))
        asked = f"{asked}, born on that day" if asked else "born on that day"
    if not queries:
        return Found([], [], more=False, asked="")
    hits = _people(_both(queries))
    families = _families(text, words)
    return Found(hits[:MOST], families[:MOST], len(hits) > MOST or len(families) > MOST, asked)


def _queries(text: str, words: Sequence[str]) -> tuple[list[People], str]:
    """What each person found must be in, and how the words were taken."""
    for scheme in Scheme:
        try:
            mark = fingerprint(scheme, check(scheme, text))
        except NotAnIdentifier:
            continue
        query = select(Identifier.person_id).where(Identifier.scheme == scheme, Identifier.value_hash == mark)  # fmt: skip
        return [query], "by their number"
    if place := POSTCODE.search(text):
        code = normalise_postcode(place[0]).replace(" ", "")
        others = _names(fold(text.replace(place[0], " ")).split())
        how = "by name and postcode" if others else "by their postcode"
        return [_keys([f"z:{code}"]), *others], how
    if "-" in text and any(character.isdigit() for character in text):
        return [_keys([f"r:{text.strip().lower()}"])], "by their reference"
    named = _names(words)
    return named, "by name" if named else ""


def _names(words: Sequence[str]) -> list[People]:
    return [_name(word) for word in words if len(word) >= SHORTEST]


def _keys(keys: Sequence[str]) -> Select[tuple[UUID]]:
    return select(PersonKey.person_id).where(among(PersonKey.key, keys))


def _name(word: str) -> CompoundSelect[tuple[UUID]]:
    """People with a name that begins so, sounds so, or can be short for it."""
    prefix = select(PersonKey.person_id).where(
        and_(PersonKey.key >= f"w:{word}", PersonKey.key < f"w:{word}{AFTER}")
    )
    others = [f"w:{other}" for other in _other_forms(word)]
    if len(word) >= SHORTEST_SOUND and sound(word):
        others.append(f"m:{sound(word)}")
    return union_all(prefix, _keys(others))


def _both(queries: Sequence[People]) -> ColumnElement[bool]:
    """Whether a person is among those of all queries.

    Where they are few they are read first: a statement of the same text for whatever is asked,
    which PostgreSQL need not plan anew, and the next one begins with the people themselves.
    """
    everybody = intersect(*queries) if len(queries) > 1 else queries[0]
    found = db.session.scalars(everybody.limit(FEW + 1)).all()
    if len(found) <= FEW:
        return among(Person.id, set(found))
    return and_(*(Person.id.in_(query) for query in queries))


def _other_forms(word: str) -> Iterator[str]:
    wanted = full_forms(word)
    for line in SHORT_FORMS:
        names = line.split()
        if names[0] in wanted:
            yield from (name for name in names if name != word)


def _people(wanted: ColumnElement[bool]) -> list[Hit]:
    rows = db.session.execute(
        select(Person, Family)
        .join(Membership, (Membership.tenant_id == Person.tenant_id) & (Membership.person_id == Person.id))
        .join(Family, (Family.tenant_id == Membership.tenant_id) & (Family.id == Membership.family_id))
        .where(visible_families(), wanted)
        .order_by(Person.family_name, Person.given_name, Person.id)
        .limit(4 * MOST)
    )  # fmt: skip
    found: dict[UUID, tuple[Person, dict[UUID, Family]]] = {}
    for person, family in rows:
        found.setdefault(person.id, (person, {}))[1][family.id] = family
    return [Hit(person, list(families.values())) for person, families in found.values()]


def _families(text: str, words: Sequence[str]) -> Sequence[Family]:
    if not words:
        return []
    start = text.strip().lower()
    by_name = and_(Family.name_key >= start, Family.name_key < start + AFTER)
    return db.session.scalars(
        select(Family)
        .where(or_(by_name, Family.reference == text.strip().upper()), visible_families())
        .order_by(Family.name_key, Family.id)
        .limit(MOST + 1)
    ).all()
