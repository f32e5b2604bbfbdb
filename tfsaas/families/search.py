"""Finding people and families by what somebody remembers of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from tfsaas.db import db
from tfsaas.families.finding_models import PersonKey
from tfsaas.families.identifiers import NotAnIdentifier, check, fingerprint, normalise_postcode
from tfsaas.families.models import Family, Identifier, Membership, Person, Scheme
from tfsaas.families.queries import visible_families
from tfsaas.matching.names_of_people import SHORT_FORMS, fold, full_forms, sound

MOST = 50
FEW = 5000  # people with one thing in common, each of whom is then asked for the others
SHORTEST, SHORTEST_SOUND = 2, 3
POSTCODE = re.compile(r"\b[A-Za-z]{1,2}\d[A-Za-z\d]?\s*\d[A-Za-z]{2}\b")
BORN = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")
PARTICLES = {"o", "mc", "mac", "d", "de", "st", "al", "el", "le", "la", "van", "von", "di"}
AFTER = "\x7f"  # comes after every letter and figure that a key holds


@dataclass(frozen=True, slots=True)
class Hit:
    """A person with the families, that the user may see, in which they are or were.

    `by_link`: it is another record of the same person that is in them, not this one.
    """

    person: Person
    families: Sequence[Family]
    by_link: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. `more`: there is more than is shown. `asked`: how the words were taken."""

    people: Sequence[Hit]
    families: Sequence[Family]
    more: bool
    asked: str


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that each person found must have.

    One of `keys`; or, where `begins` is told, a key that begins so; or, where `scheme` is told,
    its identifier with the fingerprint `number`.
    """

    keys: tuple[str, ...] = ()
    begins: str = ""
    scheme: Scheme | None = None
    number: str = ""

    @property
    def kind(self) -> str:
        """Which of the three it is."""
        return "number" if self.scheme else "name" if self.begins else "keys"

    def values(self, place: int) -> dict[str, object]:
        """What the statement is told of it."""
        told = {"keys": list(self.keys), "begins": self.begins, "ends": self.begins + AFTER, "scheme": self.scheme, "number": self.number}  # fmt: skip
        return {f"{name}_{place}": value for name, value in told.items()}


def search(text: str, born: date | None) -> Found:
    """People and families by name in part, sound or short form, reference, postcode, number or date of birth.

    Only families that the user may see, and people who are or were in one of them.
    """
    words = fold(text).split()
    if born is None and (written := BORN.fullmatch(text.strip())):
        born, text, words = _day(written), "", []
    parts, asked = _parts(text, words)
    if born is not None:
        parts.insert(0, Part((f"d:{born:%Y%m%d}",)))
        asked = f"{asked}, born on that day" if asked else "born on that day"
    if not parts:
        return Found([], [], more=False, asked="")
    hits = _people(parts)
    families = _families(text, words)
    return Found(hits[:MOST], families[:MOST], len(hits) > MOST or len(families) > MOST, asked)


def _day(written: re.Match[str]) -> date | None:
    """The day that is written, year first or last; None: there is none such."""
    numbers = [int(part) for part in written.groups() if part]
    year, month, day = numbers if numbers[0] > 31 else reversed(numbers)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _parts(text: str, words: Sequence[str]) -> tuple[list[Part], str]:
    """What each person found must have, what is rarest first; and how the words were taken."""
    for scheme in Scheme:
        try:
            mark = fingerprint(scheme, check(scheme, text))
        except NotAnIdentifier:
            continue
        return [Part(scheme=scheme, number=mark)], "by their number"
    if place := POSTCODE.search(text):
        code = normalise_postcode(place[0]).replace(" ", "")
        others = _names(fold(text.replace(place[0], " ")).split())
        how = "by name and postcode" if others else "by their postcode"
        return [Part((f"z:{code}",)), *others], how
    if "-" in text and any(character.isdigit() for character in text):
        return [Part((f"r:{text.strip().lower()}",))], "by their reference"
    named = _names(words)
    return named, "by name" if named else ""


def _names(words: Sequence[str]) -> list[Part]:
    """The last word first: families' names are rarer than given ones, and are said after them."""
    before = ["", *words]
    pairs = zip(reversed(words), reversed(before[:-1]), strict=True)
    return [_name(word, earlier) for word, earlier in pairs if len(word) >= SHORTEST]


def _name(word: str, earlier: str) -> Part:
    """A name that begins so, sounds so, can be short for it, or is written in one with the particle before it."""
    others = [f"w:{other}" for other in _other_forms(word)]
    if earlier in PARTICLES:
        others.append(f"w:{earlier}{word}")
    if len(word) >= SHORTEST_SOUND and sound(word):
        others.append(f"m:{sound(word)}")
    return Part(tuple(others), begins=f"w:{word}")


def _other_forms(word: str) -> Iterator[str]:
    wanted = full_forms(word)
    for line in SHORT_FORMS:
        names = line.split()
        if names[0] in wanted:
            yield from (name for name in names if name != word)


def _people(parts: Sequence[Part]) -> list[Hit]:
    kinds = tuple(part.kind for part in parts)
    told = {
        key: value for place, part in enumerate(parts) for key, value in part.values(place).items()
    }
    rows = db.session.execute(_narrowing(kinds), told).all()
    many = rows[0].many if rows else db.session.scalar(_counting(kinds[0]), told)
    if many is not None and many > FEW:
        rows = db.session.execute(_everybody(kinds), told).all()
    found: dict[UUID, tuple[Person, dict[UUID, Family]]] = {}
    for person, family, *_ in rows:
        families = found.setdefault(person.id, (person, {}))[1]
        if family is not None:
            families[family.id] = family
    nowhere = [person for person, families in found.values() if not families]
    linked = _families_by_link(nowhere) if nowhere else {}
    hits = (
        Hit(person, list(families.values()) or linked.get(person.id, []), not families)
        for person, families in found.values()
    )
    return [hit for hit in hits if hit.families]


def _families_by_link(people: Sequence[Person]) -> dict[UUID, list[Family]]:
    """The families in which other records of these people are or were."""
    of = {person.id: person.same_as_id or person.id for person in people}
    one = func.coalesce(Person.same_as_id, Person.id)
    rows = db.session.execute(
        select(one, Family)
        .join(Membership, (Membership.tenant_id == Person.tenant_id) & (Membership.person_id == Person.id))
        .join(Family, (Family.tenant_id == Membership.tenant_id) & (Family.id == Membership.family_id))
        .where(or_(Person.id.in_(of.values()), Person.same_as_id.in_(of.values())), visible_families())
        .distinct()
    )  # fmt: skip
    held: dict[UUID, list[Family]] = {}
    for person_id, family in rows:
        held.setdefault(person_id, []).append(family)
    return {person_id: held.get(stands, []) for person_id, stands in of.items()}


@cache
def _narrowing(kinds: tuple[str, ...]) -> Select[Any]:
    """Those who have the first thing, as far as they are few, asked one by one for the others.

    Statements are put together once for each mixture of kinds, so that PostgreSQL plans them once.
    """
    first = _having(kinds[0], 0).limit(FEW + 1).cte("first").prefix_with("materialized")
    some = select(first.c.person_id).distinct()
    for place, kind in enumerate(kinds[1:], start=1):
        asked = _has(kind, place, first.c.person_id).limit(1).lateral(f"part_{place}")
        some = some.join(asked, true())
    some_people = some.subquery()
    many = select(func.count()).select_from(first).scalar_subquery().label("many")
    return _shown(some_people.c.person_id == Person.id, some_people).add_columns(many)


@cache
def _counting(kind: str) -> Select[Any]:
    return select(func.count()).select_from(_having(kind, 0).limit(FEW + 1).subquery())


@cache
def _everybody(kinds: tuple[str, ...]) -> Select[Any]:
    """The same of many: the database begins with what it thinks is rarest."""
    held = [Person.id.in_(_having(kind, place)) for place, kind in enumerate(kinds)]
    return _shown(and_(*held))


def _shown(wanted: ColumnElement[bool], beside: FromClause | None = None) -> Select[Any]:
    query, other = select(Person, Family), aliased(Person)
    if beside is not None:
        query = query.select_from(beside).join(Person, wanted)
    return (
        query
        .outerjoin(Membership, (Membership.tenant_id == Person.tenant_id) & (Membership.person_id == Person.id))
        .outerjoin(Family, (Family.tenant_id == Membership.tenant_id) & (Family.id == Membership.family_id) & visible_families())
        .where(wanted, or_(Family.id.is_not(None), Person.same_as_id.is_not(None), exists().where(other.tenant_id == Person.tenant_id, other.same_as_id == Person.id)))
        .order_by(Person.family_name, Person.given_name, Person.id)
        .limit(4 * MOST)
    )  # fmt: skip


def _having(kind: str, place: int) -> Select[Any]:
    """The people who have what is told at a place."""
    if kind == "number":
        scheme, number = _told("scheme", place), _told("number", place)
        return select(Identifier.person_id).where(Identifier.scheme == scheme, Identifier.value_hash == number)  # fmt: skip
    keyed = select(PersonKey.person_id).where(_keyed(place))
    if kind == "keys":
        return keyed
    both = union_all(select(PersonKey.person_id).where(_begins(place)), keyed).subquery()
    return select(both.c.person_id)


def _has(kind: str, place: int, person_id: ColumnElement[UUID]) -> Select[Any]:
    """A row if somebody has what is told at a place."""
    keyed = _keyed(place) if kind == "keys" else or_(_begins(place), _keyed(place))
    return select(PersonKey.key).where(PersonKey.person_id == person_id, keyed)


def _keyed(place: int) -> ColumnElement[bool]:
    return PersonKey.key == any_(bindparam(f"keys_{place}", type_=ARRAY(Text())))


def _begins(place: int) -> ColumnElement[bool]:
    key = PersonKey.key
    return and_(key >= _told("begins", place), key < _told("ends", place))


def _told(name: str, place: int) -> BindParameter[Any]:
    return bindparam(f"{name}_{place}")


FAMILIES = (
    select(Family)
    .where(
        or_(
            and_(Family.name_key >= bindparam("start"), Family.name_key < bindparam("end")),
            Family.reference == bindparam("reference"),
        )
    )
    .order_by(Family.name_key, Family.id)
    .limit(MOST + 1)
)


def _families(text: str, words: Sequence[str]) -> Sequence[Family]:
    if not words:
        return []
    start = text.strip().lower()
    told = {"start": start, "end": start + AFTER, "reference": start.upper()}
    return db.session.scalars(FAMILIES.where(visible_families()), told).all()
