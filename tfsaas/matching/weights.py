"""The Fellegi-Sunter model: how much each level of agreement speaks for one person, learned without labels.

m: how often true pairs show a level; u: how often two people taken at random do. u is counted over
random pairs, m and the share of true pairs are found by expectation and maximisation over the
pairs that share a key. See docs/decisions/0015.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tfsaas.matching.companions import Companions, count_companions
from tfsaas.matching.levels import FIELDS, MISSING, Floats, Levels

ROUNDS = 40
ENOUGH = 1e-4
PRIOR_WEIGHT = 50.0  # as many imagined true pairs stand behind the starting values
FLOOR = 1e-6
START_M = (
    (0.0, 0.03, 0.03, 0.07, 0.07, 0.80),
    (0.0, 0.04, 0.03, 0.08, 0.05, 0.80),
    (0.0, 0.02, 0.03, 0.07, 0.01, 0.87),
    (0.0, 0.16, 0.06, 0.10, 0.18, 0.50),
)
START_U = (
    (0.0, 0.930, 0.050, 0.012, 0.004, 0.004),
    (0.0, 0.960, 0.030, 0.006, 0.001, 0.003),
    (0.0, 0.9961, 0.0030, 0.0006, 0.0001, 0.0002),
    (0.0, 0.92, 0.06, 0.013, 0.006, 0.001),
)


@dataclass(frozen=True, slots=True)
class Model:
    """For each field, by level, m and u; the share of true pairs among all that could be made; twins and namesakes.

    `names`: the share of all people who have a name; None: those at hand are everybody, so it is counted among them.
    """

    m: Sequence[Floats]
    u: Sequence[Floats]
    share: float
    companions: Companions = field(default_factory=lambda: count_companions(()))
    names: Mapping[str, float] | None = None

    def score(self, levels: Levels, rarity: Sequence[Floats]) -> Floats:
        """The probability that each pair is one person. `rarity`: see `matching.rarity`, for the names."""
        weight = np.full(len(levels.swapped), np.log(self.share / (1 - self.share)))
        for at in range(len(FIELDS)):
            weight += self._weights(at)[levels.by_field[at]]
        for found in rarity:
            weight += found
        result: Floats = 1 / (1 + np.exp(-weight))
        return result

    def _weights(self, at: int) -> Floats:
        found = np.log(np.maximum(self.m[at], FLOOR) / np.maximum(self.u[at], FLOOR))
        found[MISSING] = 0.0
        return found


def starting_model(possible: int) -> Model:
    """What is assumed where there is too little to learn from. `possible`: the pairs that could be made."""
    m, u = ([np.array(row) for row in table] for table in (START_M, START_U))
    # as if half of the smaller of two equal files had a counterpart
    return Model(m, u, min(0.5 / max(possible, 1) ** 0.5, 0.25))


def learn(
    pairs: Levels, random_pairs: Levels, by_chance: Mapping[int, float], possible: int
) -> Model:
    """The model that explains the pairs best.

    `by_chance`: for some fields, how often two people agree wholly by chance, counted exactly.
    `possible`: how many pairs could be made in all.
    """
    start = starting_model(possible)
    u = [_count_u(at, random_pairs, start.u[at], by_chance.get(at)) for at in range(len(FIELDS))]
    model = Model(start.m, u, start.share)
    for _ in range(ROUNDS):
        chance = model.score(pairs, ())
        m = [_count_m(at, pairs, chance, start.m[at]) for at in range(len(FIELDS))]
        share = float(np.clip(chance.sum() / max(possible, 1), 1e-9, 0.5))
        done = abs(share - model.share) < ENOUGH * model.share
        model = Model(m, u, share)
        if done:
            break
    return model


def _count_u(at: int, pairs: Levels, start: Floats, by_chance: float | None) -> Floats:
    counted = np.bincount(pairs.by_field[at], minlength=FIELDS[at].size).astype(float)
    counted[MISSING] = 0
    found: Floats = counted + start * PRIOR_WEIGHT
    found /= found.sum()
    if by_chance is not None:
        rest = 1 - found[-1]
        found[:-1] *= (1 - by_chance) / rest
        found[-1] = by_chance
    return found


def _count_m(at: int, pairs: Levels, chance: Floats, start: Floats) -> Floats:
    counted = np.bincount(pairs.by_field[at], weights=chance, minlength=FIELDS[at].size)
    counted[MISSING] = 0
    found: Floats = counted + start * PRIOR_WEIGHT
    return found / found.sum()
