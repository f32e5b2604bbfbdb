"""People who seem to be one family: who live together, are related, or are one person under two records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from tfsaas.matching.names_of_people import fold
from tfsaas.matching.people import fold_address

HOME, SAME_ADDRESS, RELATED, SAME_PERSON, SAME_NUMBER = (
    "the same property", "the same address", "related", "one person under two records", "one number under two records",
)  # fmt: skip
LARGEST_HOME = 12  # more at one address is a hostel or a hospital, not a family


@dataclass
class Group:
    """People who seem to belong together, and why."""

    people: set[UUID]
    together: set[str] = field(default_factory=set)


def home_of(uprn: str, address: str, postcode: str) -> tuple[str, str] | None:
    """What tells a home from others, and in which words two share it; None where too little is known."""
    if uprn:
        return f"u:{uprn}", HOME
    plain = fold_address(address)
    code = fold(postcode).replace(" ", "")
    return (f"h:{code}|{plain}", SAME_ADDRESS) if plain and code else None


def group_people(
    homes: Mapping[UUID, tuple[str, str] | None], ties: Iterable[tuple[UUID, UUID, str]]
) -> list[Group]:
    """Everybody of `homes` in groups. `ties`: pairs of people with the word for what ties them."""
    group = {person: Group({person}) for person in homes}
    for one, other, word in [*_neighbours(homes), *ties]:
        if one in group and other in group:
            _join(group, one, other, word)
    return list({id(found): found for found in group.values()}.values())


def _neighbours(
    homes: Mapping[UUID, tuple[str, str] | None],
) -> list[tuple[UUID, UUID, str]]:
    lived: dict[str, list[UUID]] = {}
    words: dict[str, str] = {}
    for person, home in homes.items():
        if home is not None:
            lived.setdefault(home[0], []).append(person)
            words[home[0]] = home[1]
    return [
        (people[0], other, words[home])
        for home, people in lived.items()
        if len(people) <= LARGEST_HOME
        for other in people[1:]
    ]


def _join(group: dict[UUID, Group], one: UUID, other: UUID, word: str) -> None:
    first, second = group[one], group[other]
    first.together.add(word)
    if first is second:
        return
    first.people |= second.people
    first.together |= second.together
    for person in second.people:
        group[person] = first


def name_family(surnames: Sequence[str]) -> str:
    """What to call them: the surname that most of them have."""
    known = [name for name in surnames if name]
    return max(sorted(set(known)), key=known.count) if known else "Name not known"
