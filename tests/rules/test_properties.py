"""What holds whatever the facts are."""

from copy import deepcopy
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.generate import Facts, as_at_day, random_facts, random_plan
from tests.rules.test_oracle import lines
from tfsaas.evidence.checks import as_tables
from tfsaas.evidence.layouts import BY_NAME
from tfsaas.evidence.reader import Row, _read_cell
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import evaluate
from tfsaas.rules.parse import hash_document, parse, read_document, write_document

seeds = st.integers(0, 10**9)


def tables_of(facts: Facts):
    """Rows in memory, read as the files would be."""
    rows = {name: [] for name in BY_NAME}
    for name, found in facts.items():
        columns = {column.name: column for column in BY_NAME[name].columns}
        rows[name] = [
            Row(at, {key: _read_cell(columns[key], value) for key, value in row.items()})
            for at, row in enumerate(found)
        ]
    return as_tables(rows)


def setting(seed: int, families: int = 6):
    random = Random(seed)
    document = random_plan(random)
    return parse(document), random_facts(random, document, families), as_at_day(random), random


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_the_order_of_facts_makes_no_difference(seed):
    plan, facts, day, random = setting(seed)
    shuffled = deepcopy(facts)
    for name, rows in shuffled.items():
        if name not in {"families", "terms"}:
            random.shuffle(rows)

    assert lines(evaluate(plan, assemble(tables_of(shuffled)), day)) == lines(
        evaluate(plan, assemble(tables_of(facts)), day)
    )


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_one_family_alone_gives_the_same_as_among_many(seed):
    plan, facts, day, random = setting(seed, families=30)
    together = {
        line["family_id"]: line for line in lines(evaluate(plan, assemble(tables_of(facts)), day))
    }
    alone = random.choice(facts["families"])["family_id"]
    people = {row["person_id"] for row in facts["people"] if row["family_id"] == alone}
    own = {
        name: [
            row
            for row in rows
            if row.get("family_id", alone) in {alone, ""}
            and (row.get("person_id") or None) in people | {None}
        ]
        for name, rows in facts.items()
    }
    own["people"] = [row for row in facts["people"] if row["family_id"] == alone]

    assert lines(evaluate(plan, assemble(tables_of(own)), day)) == [together[alone]]


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_more_coverage_never_turns_met_into_anything_else(seed):
    plan, facts, day, random = setting(seed)
    before = evaluate(plan, assemble(tables_of(facts)), day)
    covered = deepcopy(facts)
    signal = random.choice(list(plan.signals))
    covered.setdefault("coverage", []).append(
        {"signal": signal, "from": "2010-01-01", "to": "2025-12-31"}
    )

    after = evaluate(plan, assemble(tables_of(covered)), day)

    for then, now in zip(
        [*before.outcomes, *before.always], [*after.outcomes, *after.always], strict=True
    ):
        for row_then, row_now in zip(then.found.result, now.found.result, strict=True):
            if then.measure.scope.value != "family":
                assert row_then != 2 or row_now == 2, then.measure


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_a_plan_survives_export_and_import(seed):
    document = random_plan(Random(seed))

    again = read_document(write_document(document))

    assert again == document
    assert hash_document(again) == hash_document(document)
    assert parse(again) == parse(document)
