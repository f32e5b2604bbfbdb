"""How often two people of one home are easily taken for one: twins, and namesakes such as father and son.

No model of independent fields knows them. So they are counted among the people at hand: the more
there are, the less a pair that differs in the first name alone, or in the date of birth alone, is
one person.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz.distance import JaroWinkler

from tfsaas.matching.people import Somebody, house_number

TWINS, NAMESAKES = 0.03, 0.01  # what is assumed before anybody is counted
AS_MANY = 100  # how many people stand behind the assumption
ALIKE = 0.8
LARGEST_HOME = 30


@dataclass(frozen=True, slots=True)
class Companions:
    """The share of people with a twin, and with a namesake, in their home."""

    twins: float
    namesakes: float


def count_companions(people: Sequence[Somebody]) -> Companions:
    """Twins and namesakes among people of whom nobody is expected to stand twice."""
    homes: dict[tuple[str, str, str], list[Somebody]] = defaultdict(list)
    for person in people:
        if person.family and (person.postcode or person.address):
            homes[person.family, person.postcode, house_number(person.address)].append(person)
    twins = namesakes = 0
    for home in homes.values():
        for one, other in combinations(home[:LARGEST_HOME], 2):
            same_name = JaroWinkler.similarity(one.given, other.given) >= ALIKE
            same_day = bool(one.born) and one.born == other.born
            twins += 2 * (same_day and not same_name)
            namesakes += 2 * (same_name and not same_day and bool(one.born and other.born))
    return Companions(_share(twins, TWINS, len(people)), _share(namesakes, NAMESAKES, len(people)))


def _share(found: int, assumed: float, people: int) -> float:
    return (found + assumed * AS_MANY) / (people + AS_MANY)
