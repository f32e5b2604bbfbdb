"""A person as matching sees them, and the keys under which possible others are found."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tfsaas.matching.names_of_people import fold, full_forms, parts, sound

DIGITS = re.compile(r"\D+")
HOUSE = re.compile(r"\b(\d+)\s?[a-z]?\b")
WORDS = {
    "street": "st", "road": "rd", "avenue": "ave", "close": "cl", "drive": "dr", "lane": "ln", "court": "ct", "place": "pl", "crescent": "cres",
    "gardens": "gdns", "terrace": "terr", "square": "sq", "apartment": "flat", "flat": "flat", "house": "hse", "saint": "st",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Somebody:
    """What is known of a person, ready to be compared. `born`: eight figures, or whatever was given; "" unknown.

    `numbers`: by scheme, already checked.
    """

    given: str
    family: str
    born: str
    address: str
    postcode: str
    numbers: Mapping[str, str] = field(default_factory=dict)


def somebody(
    given: str, family: str, born: str, address: str, postcode: str, numbers: Mapping[str, str]
) -> Somebody:
    """A person as they are compared, from what was written of them. `born`: an ISO day, or the figures given."""
    return Somebody(
        fold(given),
        fold(family),
        DIGITS.sub("", born),
        fold_address(address),
        re.sub(r"\s", "", postcode).upper(),
        numbers,
    )


def fold_address(text: str) -> str:
    """An address as it is compared: small letters, usual words for streets shortened."""
    return " ".join(WORDS.get(word, word) for word in fold(text).split())


def house_number(folded: str) -> str:
    """The first number of a folded address; "" for none."""
    found = HOUSE.search(folded)
    return found[1] if found else ""


def keys_of(person: Somebody) -> list[str]:
    """The keys under which others who could be this person are looked for. Two who share none are never compared.

    Each survives another kind of mistake: names in each other's place, a misspelt name, day and
    month swapped, a new surname, a move.
    """
    return sorted(set(_keys(person)))


def _keys(person: Somebody) -> Iterator[str]:
    given, family = sound(person.given.split(" ", 1)[0]), sound(person.family)
    born, code = _calendar(person.born), person.postcode
    door = _door(person.address)
    names = [name for name in (given, family) if name]
    families = {family} | ({sound(p) for p in parts(person.family)} if " " in person.family else set())  # fmt: skip
    yield from ("n:" + "|".join(sorted((given, each))) for each in families if given and each)
    if born:
        yield from (f"b:{born}|{name}" for name in names)
        yield from (f"f:{born}|{sound(full)}" for full in full_forms(person.given))
        yield from (f"c:{born}|{code[:-3] or code}" for _ in range(bool(code)))
    yield from (f"p:{code}|{name}" for name in names if code)
    yield from (f"a:{door}|{each}" for each in (*names, person.born[:4]) if door and each)


def _door(address: str) -> str:
    """House number and the sound of the street; "" unless both are known."""
    number = house_number(address)
    street = next((w for w in address.split() if not w[0].isdigit() and len(w) > 3), "")
    return f"{number}|{sound(street)}" if number and street else ""


def plain_key(given: str, family: str, born: str) -> str:
    """The same for people whose names and date of birth are written alike; "" where one of the three is missing.

    Names are folded, `born` is eight figures, as in `Somebody`.
    """
    told = (given, family, born)
    return f"x:{'|'.join(told)}" if all(told) and len(born) == 8 else ""


def _calendar(born: str) -> str:
    """Year, then the smaller and the greater of day and month, so that a swap does not part two."""
    if len(born) != 8:
        return born
    return born[:4] + "".join(sorted((born[4:6], born[6:])))
