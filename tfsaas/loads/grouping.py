"""People who seem to be one family: who live together, are related, or are one person under two records."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Home:
    """What tells a home from others: the property's number, and the address as it is compared; "" where not known."""

    uprn: str = ""
    address: str = ""

    def is_same(self, other: "Home") -> bool:
        """Whether two are one home. Two numbers decide; where one is missing, as on most records, the address does."""
        if self.uprn and other.uprn:
            return self.uprn == other.uprn
        return bool(self.address) and self.address == other.address


def home_of(uprn: str, address: str, postcode: str) -> Home:
    """The home that is written down; an address tells nothing without its postcode."""
    plain, code = fold_address(address), fold(postcode).replace(" ", "")
    return Home(uprn, f"{code}|{plain}" if plain and code else "")


def group_people(homes: Mapping[UUID, Home], ties: Iterable[tuple[UUID, UUID, str]]) -> list[Group]:
    """Everybody of `homes` in groups. `ties`: pairs of people with the word for what ties them."""
    group = {person: Group({person}) for person in homes}
    for one, other, word in [*_neighbours(homes), *ties]:
        if one in group and other in group:
            _join(group, one, other, word)
    return list({id(found): found for found in group.values()}.values())


def _neighbours(homes: Mapping[UUID, Home]) -> Iterator[tuple[UUID, UUID, str]]:
    """Pairs that tie everybody of a home to one of them.

    Where one address has several properties, such as flats that were not written down, whoever
    has no property number is tied to nobody who has one.
    """
    numbered: dict[str, list[UUID]] = defaultdict(list)
    written: dict[str, list[UUID]] = defaultdict(list)
    properties: dict[str, set[str]] = defaultdict(set)
    for person, home in homes.items():
        if home.uprn:
            numbered[home.uprn].append(person)
            properties[home.address].add(home.uprn)
        if home.address:
            written[home.address].append(person)
    yield from _tie(numbered.values(), HOME)
    for address, people in written.items():
        several = len(properties[address]) > 1
        here = [person for person in people if not (several and homes[person].uprn)]
        yield from _tie([here], SAME_ADDRESS)


def _tie(homes: Iterable[list[UUID]], word: str) -> Iterator[tuple[UUID, UUID, str]]:
    for people in homes:
        if len(people) <= LARGEST_HOME:
            yield from ((people[0], other, word) for other in people[1:])


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
