"""Whom the rows of a file are about: each person once, with all that the file says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from tfsaas.families.identifiers import NotAnIdentifier, check, normalise_postcode
from tfsaas.families.models import Scheme
from tfsaas.loads.feeds import PERSON

NAMES = tuple(column.name for column in PERSON)
NUMBERS = {Scheme.UPN: "upn", Scheme.NHS_NUMBER: "nhs_number", Scheme.NINO: "nino"}
TOO_LITTLE = (
    "says too little about who it is. Give a number (UPN, NHS or National Insurance), or a last name with a "
    "date of birth or postcode"
)


@dataclass(frozen=True, slots=True)
class FilePerson:
    """Somebody in a file. `number`: their place in it; `line`: where they first stand."""

    number: int
    line: int
    reference: str = ""
    given_name: str = ""
    family_name: str = ""
    date_of_birth: date | None = None
    address: str = ""
    postcode: str = ""
    uprn: str = ""
    identifiers: dict[Scheme, str] = field(default_factory=dict)


class Notes(Protocol):
    """Where faults and warnings go; `mute`: signals of which the file cannot be complete."""

    warnings: list[str]
    mute: list[str]

    def add(self, line: int, column: str, message: str) -> None:
        """Note a fault."""


def group_people(
    columns: dict[str, list[Any]], lines: Sequence[int], notes: Notes
) -> tuple[list[FilePerson], list[int]]:
    """The people of a file, and for each row whose it is.

    Rows with the same number of the partner's are one person; otherwise rows that say exactly
    the same of the person.
    """
    first: dict[object, int] = {}
    told: list[list[Any]] = []
    where: list[int] = []
    number_of: list[int] = []
    for at, values in enumerate(zip(*(columns[name] for name in NAMES), strict=True)):
        key = values[0] or values
        number = first.get(key)
        if number is None:
            number = first[key] = len(told)
            told.append(list(values))
            where.append(lines[at])
        elif values[0]:
            _add(told[number], values, where[number], lines[at], notes)
        number_of.append(number)
    written = {text: _postcode(text) for text in set(columns["postcode"]) if text}
    people = [
        _person(number, where[number], values, written, notes) for number, values in enumerate(told)
    ]
    _count_wrong_numbers(people, told, notes)
    return people, number_of


def _add(told: list[Any], values: Sequence[Any], first: int, line: int, notes: Notes) -> None:
    """What a further row says of the same person; two dates of birth are one too many."""
    born = NAMES.index("date_of_birth")
    if told[born] and values[born] and told[born] != values[born]:
        notes.add(line, "", f"gives another date of birth for {values[0]} than line {first}")
    for at, value in enumerate(values):
        if value:
            told[at] = value


def _person(
    number: int, line: int, values: Sequence[Any], postcodes: Mapping[str, str], notes: Notes
) -> FilePerson:
    said = dict(zip(NAMES, values, strict=True))
    identifiers = {
        scheme: checked
        for scheme, name in NUMBERS.items()
        if said[name] and (checked := _checked(scheme, said[name]))
    }
    named = said["family_name"] and (said["date_of_birth"] or said["postcode"])
    if not (identifiers or named or said["person_reference"]):
        notes.add(line, "", TOO_LITTLE)
    return FilePerson(
        number=number,
        line=line,
        reference=said["person_reference"] or "",
        given_name=said["given_name"] or "",
        family_name=said["family_name"] or "",
        date_of_birth=said["date_of_birth"],
        address=said["address"] or "",
        postcode=postcodes.get(said["postcode"], ""),
        uprn=(said["uprn"] or "").lstrip("0"),
        identifiers=identifiers,
    )


def _checked(scheme: Scheme, text: str) -> str:
    try:
        return check(scheme, text)
    except NotAnIdentifier:
        return ""


def _postcode(text: str) -> str:
    """In one shape where it has one; a wrong postcode may still agree in part."""
    try:
        return normalise_postcode(text)
    except NotAnIdentifier:
        return text.upper()


def _count_wrong_numbers(
    people: Sequence[FilePerson], told: Sequence[Sequence[Any]], notes: Notes
) -> None:
    """Numbers that cannot be right are not used; how many is said, and where the first stands."""
    for scheme, name in NUMBERS.items():
        at = NAMES.index(name)
        wrong = [person for person in people if told[person.number][at] and scheme not in person.identifiers]  # fmt: skip
        if wrong:
            title = next(column.title for column in PERSON if column.name == name)
            notes.warnings.append(
                f"{title}: wrong for {len(wrong):,} people (the first on line {wrong[0].line}), because the check "
                "character or shape does not fit. They are matched by what else is said of them"
            )
