"""The columnar rules against a slow, obvious second evaluator, on random plans and facts."""

import json
from random import Random

import pytest

from tests.rules.generate import as_at_day, random_facts, random_plan, write_facts
from tests.rules.oracle import evaluate as evaluate_slowly
from tests.rules.silent import with_gaps
from tfsaas.evidence.checks import as_tables, read_facts
from tfsaas.evidence.reader import read_folder
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import ROUTES, evaluate
from tfsaas.rules.explanation import explain
from tfsaas.rules.parse import parse, read_document, write_document
from tfsaas.rules.results import name

ROUNDS = 70


def lines(evaluated) -> list[dict[str, str]]:
    """What the command would write."""
    return [
        {
            "family_id": family_id,
            "eligible": str(bool(evaluated.eligible[at])).lower(),
            "worked_with": str(bool(evaluated.worked_with[at])).lower(),
            "ssp": name(evaluated.ssp[at]),
            "ce": name(evaluated.ce[at]),
            "result": ROUTES[evaluated.route[at]],
            "headlines": "|".join(evaluated.headlines(at)),
        }
        for at, family_id in enumerate(evaluated.family_ids)
    ]


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_both_evaluators_agree(seed, tmp_path):
    random = Random(seed)
    document = random_plan(random)
    written = with_gaps(random, random_facts(random, document, 8))
    day = as_at_day(random)
    write_facts(written, tmp_path)

    plan = parse(read_document(write_document(document)))
    evaluated = evaluate(plan, assemble(as_tables(read_facts(read_folder(tmp_path)))), day)

    assert lines(evaluated) == evaluate_slowly(document, written, day)


@pytest.mark.parametrize("seed", range(20))
def test_every_family_can_be_explained(seed, tmp_path):
    random = Random(1000 + seed)
    document = random_plan(random)
    write_facts(random_facts(random, document, 4), tmp_path)
    evaluated = evaluate(
        parse(document), assemble(as_tables(read_facts(read_folder(tmp_path)))), as_at_day(random)
    )

    for at in range(len(evaluated.family_ids)):
        explained = json.loads(json.dumps(explain(evaluated, at), default=str))
        assert explained["result"] == ROUTES[evaluated.route[at]]
