"""What checking a file found, kept beside the file so that the next steps need not read and check it again.

It is kept with a mark of all that it depends on. Where the mark is another by now (a new version of
the council's plan asks for more, say), it is passed over, and the file is read anew.
"""

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from tfsaas.families.models import Scheme
from tfsaas.loads.checking import Checked
from tfsaas.loads.facts_of_rows import Found, Known
from tfsaas.loads.feeds import Feed
from tfsaas.loads.who import FilePerson

FORM = 3  # raise it when what is kept is made differently
VALUES: dict[str, tuple[Callable[[str], Any], ...]] = {
    "event": (date.fromisoformat,),
    "period": (date.fromisoformat, date.fromisoformat, Decimal, Decimal),
    "spell": (date.fromisoformat, date.fromisoformat),
    "score": (date.fromisoformat, Decimal),
}
NAMES = [field.name for field in fields(FilePerson)]
BORN, NUMBERS = NAMES.index("date_of_birth"), NAMES.index("identifiers")


def mark_of(feed: Feed, mapping: dict[str, str], known: Known) -> str:
    """The same while a file would be checked in the same way."""
    told = repr((FORM, feed, sorted(mapping.items()), sorted(map(sorted, known.versions))))
    return sha256(told.encode()).hexdigest()


def pack(checked: Checked, mark: str) -> bytes:
    """A file without a fault, as bytes."""
    people = [_told(person) for person in checked.people]
    facts = {
        kind: [found.lines, found.people, *map(_short, (found.signals, *found.values))]
        for kind, found in checked.facts.items()
    }
    one, other = (zlib.compress(json.dumps(told).encode(), 1) for told in (people, facts))
    return f"{mark} {' '.join([*checked.mute, str(len(one))])}\n".encode() + one + other


def unpack(reading: bytes, mark: str) -> Checked | None:
    """What was packed, without its warnings; None where it was checked in another way."""
    head, _, body = reading.partition(b"\n")
    made, *mute, size = head.decode().split(" ")
    if made != mark:
        return None
    facts = {
        kind: Found(lines, people, _long(signals, str), [_long(short, read) for short, read in zip(values, VALUES[kind], strict=True)])
        for kind, (lines, people, signals, *values) in json.loads(zlib.decompress(body[int(size) :])).items()
    }  # fmt: skip
    return Checked(unpack_people(reading), facts, mute=mute)


def unpack_people(reading: bytes) -> list[FilePerson]:
    """Everybody the file speaks of, by their number in it."""
    head, _, body = reading.partition(b"\n")
    size = int(head.decode().rpartition(" ")[2])
    return [_person(row) for row in json.loads(zlib.decompress(body[:size]))]


def _told(person: FilePerson) -> list[Any]:
    row = [getattr(person, name) for name in NAMES]
    row[BORN] = person.date_of_birth.isoformat() if person.date_of_birth else None
    row[NUMBERS] = {scheme.value: number for scheme, number in person.identifiers.items()}
    return row


def _person(row: list[Any]) -> FilePerson:
    if row[BORN]:
        row[BORN] = date.fromisoformat(row[BORN])
    if row[NUMBERS]:
        row[NUMBERS] = {Scheme(name): number for name, number in row[NUMBERS].items()}
    return FilePerson(*row)


def _short(column: Iterable[Any]) -> tuple[list[str | None], list[int]]:
    """A column as its different values, and which of them stands where."""
    place: dict[Any, int] = {}
    places = [place.setdefault(value, len(place)) for value in column]
    return [None if value is None else str(value) for value in place], places


def _long(
    short: tuple[Sequence[str | None], Sequence[int]], read: Callable[[str], Any]
) -> list[Any]:
    values = [None if value is None else read(value) for value in short[0]]
    return [values[place] for place in short[1]]
