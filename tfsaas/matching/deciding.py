"""Link, review or leave: the decision about each pair, and why, in words."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np

from tfsaas.matching.companions import count_companions
from tfsaas.matching.levels import (
    FIELDS,
    NAMES_SWAPPED,
    Floats,
    Ints,
    Levels,
    compare_pairs,
)
from tfsaas.matching.people import Somebody, keys_of
from tfsaas.matching.weights import Model, learn, starting_model

LINK_AT, REVIEW_AT = 0.90, 0.10
NEAR = 0.05  # two who fit a person almost as well are for somebody to decide
FEWEST_PAIRS = 300  # below this nothing is learned
MOST_UNDER_A_KEY = 300
RANDOM_PAIRS = 10_000
SAME, LEAST = 5, 1
GIVEN, FAMILY, BORN = 0, 1, 2
READ: dict[int, Callable[[Somebody], str]] = {
    GIVEN: lambda person: person.given,
    FAMILY: lambda person: person.family,
    BORN: lambda person: person.born,
}


class Decision(Enum):
    """What is done with a pair."""

    LINK = "link"
    REVIEW = "review"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Match:
    """A pair: places in left and right, the probability that it is one person, the decision and why.

    `by_number`: a checked number is the same.
    """

    left: int
    right: int
    score: float
    decision: Decision
    why: str
    by_number: bool = False


def match(left: Sequence[Somebody], right: Sequence[Somebody]) -> list[Match]:
    """For each person on the right who on the left they are, or may be. Those left alone are not listed."""
    at, to = pairs_by_keys(left, right)
    model = fit(left, right, compare_pairs(left, right, at, to))
    return decide(left, right, (at, to), model)


def pairs_by_keys(left: Sequence[Somebody], right: Sequence[Somebody]) -> tuple[Ints, Ints]:
    """The pairs that share a key, each once. Keys shared by too many tell nobody apart and are passed over."""
    holders: dict[str, list[int]] = defaultdict(list)
    for place, person in enumerate(left):
        for key in _all_keys(person):
            holders[key].append(place)
    found: set[tuple[int, int]] = set()
    for place, person in enumerate(right):
        for key in _all_keys(person):
            held = holders.get(key, ())
            if len(held) <= MOST_UNDER_A_KEY:
                found.update((other, place) for other in held)
    ordered = sorted(found)
    return (
        np.array([pair[0] for pair in ordered], dtype=np.int64),
        np.array([pair[1] for pair in ordered], dtype=np.int64),
    )


def _all_keys(person: Somebody) -> list[str]:
    return [
        *keys_of(person),
        *(f"i:{scheme}|{number}" for scheme, number in person.numbers.items()),
    ]


@dataclass(frozen=True, slots=True)
class Everybody:
    """What is known of a council of which only those who share a key with somebody are at hand.

    `size`: how many people it has; `sample`: some of them, taken at random; `names`: see `Model`.
    """

    size: int
    sample: Sequence[Somebody] = ()
    names: Mapping[str, float] = field(default_factory=dict)


def fit(
    left: Sequence[Somebody],
    right: Sequence[Somebody],
    levels: Levels,
    of: Everybody | None = None,
) -> Model:
    """A model learned from these people; the starting one where they are too few.

    `of`: whom those on the left were picked from because they resemble somebody; None: they are everybody.
    """
    strangers = left if of is None else of.sample
    companions = count_companions(left if of is None else [*left, *of.sample])
    possible = (len(left) if of is None else of.size) * len(right)
    known = None if of is None else of.names
    if len(levels.swapped) < FEWEST_PAIRS or not strangers:
        return replace(starting_model(possible), companions=companions, names=known)
    random = np.random.default_rng(1)  # the same people give the same model
    count = min(RANDOM_PAIRS, len(strangers) * len(right))
    at, to = (random.integers(0, len(people), count) for people in (strangers, right))
    shared = len(strangers) / max(len(strangers) if of is None else of.size, 1)
    by_chance = {place: _agree_by_chance(strangers, right, read, shared) for place, read in READ.items()}  # fmt: skip
    model = learn(levels, compare_pairs(strangers, right, at, to), by_chance, possible)
    return replace(model, companions=companions, names=known)


def _agree_by_chance(
    left: Sequence[Somebody],
    right: Sequence[Somebody],
    read: Callable[[Somebody], str],
    shared: float,
) -> float:
    """How often one from the left and one from the right, both given, are the same by chance alone.

    `shared`: the part of all who could be meant that the left is.
    """
    one, other = (Counter(filter(None, map(read, people))) for people in (left, right))
    found = sum(count * other[text] for text, count in one.items())
    # those who are the same person agree by more than chance: take them out, roughly
    chance = found - shared * min(len(left) / shared, len(right)) / 2
    return max(chance, 1.0) / max(one.total() * other.total(), 1)


def decide(
    left: Sequence[Somebody],
    right: Sequence[Somebody],
    pairs: tuple[Ints, Ints],
    model: Model,
    stands_for: Sequence[int] | None = None,
) -> list[Match]:
    """Each pair judged, then each person on the right given the one who fits best.

    `stands_for`: for each on the left the place of the record that stands for them, where
    records are linked already; two who stand for one person are no rivals.
    """
    at, to = pairs
    judged: dict[int, list[Match]] = defaultdict(list)
    for k, found in enumerate(_judge_all(left, right, pairs, model)):
        if found[1] is not Decision.LEAVE:
            judged[int(to[k])].append(Match(int(at[k]), int(to[k]), *found))
    groups = range(len(left)) if stands_for is None else stands_for
    return [match for person in sorted(judged) for match in _best(judged[person], groups)]


def judge_pairs(
    left: Sequence[Somebody], right: Sequence[Somebody], pairs: tuple[Ints, Ints], model: Model
) -> list[tuple[float, str]]:
    """The probability that each pair is one person, and why; each pair by itself."""
    return [
        (0.0 if decision is Decision.LEAVE else score, why)
        for score, decision, why, _ in _judge_all(left, right, pairs, model)
    ]


def _judge_all(
    left: Sequence[Somebody], right: Sequence[Somebody], pairs: tuple[Ints, Ints], model: Model
) -> Iterator[tuple[float, Decision, str, bool]]:
    at, to = pairs
    if not len(at):
        return
    levels = compare_pairs(left, right, at, to)
    scores = model.score(levels, _rarity(left, right, at, levels, model))
    for k in range(len(at)):
        yield _judge(Pair(left[at[k]], right[to[k]], float(scores[k]), levels, k), model)


def _rarity(
    left: Sequence[Somebody], right: Sequence[Somebody], at: Ints, levels: Levels, model: Model
) -> list[Floats]:
    """A rare name that agrees says more than a common one: its own frequency takes the place of the average."""
    found = []
    for place in (GIVEN, FAMILY):
        names = [READ[place](person) for person in left]
        if model.names is None:
            everybody = [*names, *(READ[place](person) for person in right)]
            counts, total = Counter(filter(None, everybody)), max(len(everybody), 1)
            shares = [max(counts[name], 2) / total for name in names]
        else:
            shares = [model.names.get(name, 0.0) for name in names]
        usual = max(float(model.u[place][SAME]), 1e-6)
        extra = np.clip(np.log(usual / np.maximum(np.array(shares), 1e-6)), -3, 3)
        found.append(np.where(levels.by_field[place] == SAME, extra[at], 0.0))
    return found


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair under judgement, with the levels of all pairs and its place among them."""

    one: Somebody
    other: Somebody
    score: float
    levels: Levels
    k: int

    def level(self, at: int) -> int:
        """The level of one field."""
        return int(self.levels.by_field[at][self.k])


def _judge(pair: Pair, model: Model) -> tuple[float, Decision, str, bool]:
    same, other = _numbers(pair.one, pair.other)
    why = "; ".join(_why(pair.levels, pair.k, same, other))
    given, born = pair.level(GIVEN) == LEAST, pair.level(BORN) == LEAST
    if same:
        decision = Decision.REVIEW if given and born else Decision.LINK
        return max(pair.score, 0.999), decision, why, True
    if pair.score < REVIEW_AT:
        return pair.score, Decision.LEAVE, why, False
    score = _beside_companions(pair.score, model, given=given, born=born)
    linked = score >= LINK_AT and not other and not (given and born)
    return score, Decision.LINK if linked else Decision.REVIEW, why, False


def _beside_companions(score: float, model: Model, *, given: bool, born: bool) -> float:
    """The probability beside that of a twin (another first name) or a namesake (another date of birth)."""
    if given:
        wrong, right = model.companions.twins, float(model.m[GIVEN][LEAST])
    elif born:
        wrong, right = model.companions.namesakes, float(model.m[BORN][LEAST])
    else:
        return score
    return max(score * right / (right + wrong), REVIEW_AT)


def _numbers(a: Somebody, b: Somebody) -> tuple[list[str], list[str]]:
    """The schemes whose numbers agree, and those whose numbers differ."""
    both = [scheme for scheme in a.numbers if scheme in b.numbers]
    same = [scheme for scheme in both if a.numbers[scheme] == b.numbers[scheme]]
    return same, [scheme for scheme in both if scheme not in same]


SCHEMES = {"upn": "unique pupil number", "nhs_number": "NHS number", "nino": "National Insurance number"}  # fmt: skip


def _why(levels: Levels, k: int, same: list[str], other: list[str]) -> Iterator[str]:
    for scheme in same:
        yield f"{SCHEMES.get(scheme, scheme)}: the same"
    for scheme in other:
        yield f"{SCHEMES.get(scheme, scheme)}: differs"
    if levels.swapped[k]:
        yield NAMES_SWAPPED
    for place, about in enumerate(FIELDS):
        if not (levels.swapped[k] and place < BORN):
            yield f"{about.name}: {about.words[levels.by_field[place][k]]}"


def _best(found: list[Match], groups: Sequence[int]) -> list[Match]:
    """The best for one person. Where another fits almost as well, or has the person's number, somebody decides."""
    ranked = sorted(found, key=lambda match: (-match.score, match.left))
    best = ranked[0]
    rivals = [
        other
        for other in ranked[1:]
        if groups[other.left] != groups[best.left]
        and (other.decision is Decision.LINK or other.by_number or best.score - other.score < NEAR)
    ]
    if not rivals:
        return [best]
    is_overruled = any(other.by_number for other in rivals) and not best.by_number
    is_clear = all(_clearly_less(best, other) for other in rivals) and not is_overruled
    if best.decision is Decision.LINK and is_clear:
        return [best]
    return [replace(each, decision=Decision.REVIEW) for each in (best, *rivals)]


def _clearly_less(best: Match, other: Match) -> bool:
    """Whether one fits so much better that the other is somebody else, though both are likely by themselves."""
    odds = [match.score / max(1 - match.score, 1e-12) for match in (best, other)]
    return odds[0] > 20 * odds[1]
