"""P2: the rules alone, facts in memory, from 200 families to all of England's."""

from datetime import date
from random import Random

import numpy as np

from benchmarks.measure import Outcome, cpu, judge, rounds
from benchmarks.tiles import Tiles
from tests.rules.oracle import evaluate as evaluate_slowly
from tfsaas.demo import stories
from tfsaas.demo.families import Generator, school_terms
from tfsaas.evidence.checks import as_tables, read_facts
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import ROUTES, Evaluated, evaluate
from tfsaas.rules.facts import Facts
from tfsaas.rules.parse import parse
from tfsaas.rules.results import name
from tfsaas.rules.templates import get_template

ENGLAND = 400_000
BASE = 200
DAY = date(2017, 2, 28)
SECONDS_GOAL = 50_000
SPREAD_GOAL = 2.0


def files(families: int) -> dict[str, bytes]:
    """The facts of so many invented families, as files."""
    random = Random(1)
    generator = Generator(random, "B", school_terms(2013, 2019))
    generator.cover(date(2012, 1, 1), date(2020, 3, 31))
    for story in random.sample(stories.kent(random), families):
        generator.family(story)
    return generator.files()


def run(scale: float, count: int) -> list[Outcome]:
    """Families a second, and how even it is from the smallest council to the whole."""
    document = get_template("tf-2015")
    plan, rows = parse(document), read_facts(files(BASE))
    base = assemble(as_tables(rows))
    _compare_with_oracle(document, rows, base)
    sizes = [
        BASE,
        int(ENGLAND * scale / 10) // BASE * BASE or BASE * 2,
        int(ENGLAND * scale) // BASE * BASE or BASE * 4,
    ]
    tiled = {size: Tiles(base, size // BASE).facts() for size in sizes}
    expected = evaluate(plan, base, DAY)
    for size, facts in tiled.items():
        found = evaluate(plan, facts, DAY)
        assert _findings(found) == _findings(expected) * (size // BASE)
        assert (found.route == np.tile(expected.route, size // BASE)).all()
    calls = {str(size): (lambda f=facts: evaluate(plan, f, DAY)) for size, facts in tiled.items()}
    seconds = rounds(calls, count, cpu)
    rates = {size: [int(size) / s for s in found] for size, found in seconds.items()}
    spread = [max(r) / min(r) for r in zip(*rates.values(), strict=True)]
    told = {
        f"at {int(size):,}": f"{sorted(found)[len(found) // 2]:,.0f}/s"
        for size, found in rates.items()
    }
    largest = rates[str(sizes[-1])]
    return [
        judge(
            "P2",
            f"families a second and core, {sizes[-1]:,} families",
            largest,
            SECONDS_GOAL,
            at_most=False,
            **told,
        ),
        judge("P2", "fastest size to slowest", spread, SPREAD_GOAL),
    ]


def _findings(evaluated: Evaluated) -> list[bytes]:
    letters = np.stack([each.result for each in evaluated.measured()], axis=1).astype(np.int8)
    return [line.tobytes() for line in letters]


def _compare_with_oracle(document: dict[str, object], rows: object, base: Facts) -> None:
    """The slow second evaluator finds the same before any time counts."""
    plain = {
        file: [{key: _text(value) for key, value in row.values.items()} for row in found]
        for file, found in rows.items()
    }
    slow = evaluate_slowly(document, plain, DAY)
    fast = evaluate(parse(document), base, DAY)
    for at, row in enumerate(slow):
        found = (
            name(fast.ssp[at]),
            name(fast.ce[at]),
            ROUTES[fast.route[at]],
            "|".join(fast.headlines(at)),
        )
        assert found == (row["ssp"], row["ce"], row["result"], row["headlines"])


def _text(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
