"""Which plans are refused, and how.

Source: contract, section 1.
"""

import pytest

from tests.rules.cases import declare_signals
from tfsaas.rules.parse import PlanRefused, parse, read_document, write_document
from tfsaas.rules.templates import TITLES, get_template

BASE = f"""
[plan]
key = "p"
title = "P"
version = 1
[[group]]
code = "child"
max_age = 17
{declare_signals()}
[[headline]]
code = "a"
title = "A"
[[headline.outcome]]
code = "1"
title = "One"
"""
GOOD = 'test = { kind = "attested", signal = "said" }\n'


def faults_of(source: str) -> tuple[str, ...]:
    try:
        parse(read_document(source))
    except PlanRefused as refused:
        return refused.faults
    return ()


@pytest.mark.parametrize("key", TITLES)
def test_the_shipped_plans_are_accepted_and_survive_a_round_trip(key):
    document = get_template(key)

    assert parse(document).key == key
    assert read_document(write_document(document)) == document


def test_a_plan_without_faults_has_none():
    assert faults_of(BASE + GOOD) == ()


@pytest.mark.parametrize(
    ("test", "path"),
    [
        ('{ kind = "no" }', "headline[0].outcome[0].test.kind"),
        ('{ kind = "count", signal = "police.asb", months = 0, at_least = 1 }', "test.months"),
        ('{ kind = "count", signal = "police.asb", months = -1, at_least = 1 }', "test.months"),
        ('{ kind = "count", signal = "police.asb", months = 1.5, at_least = 1 }', "test.months"),
        ('{ kind = "count", signal = "police.asb", months = true, at_least = 1 }', "test.months"),
        ('{ kind = "count", signal = "police.asb", at_least = 1 }', "test: needs a window"),
        (
            '{ kind = "count", signal = "police.asb", months = 1, weeks = 1, at_least = 1 }',
            "test.weeks",
        ),
        ('{ kind = "count", signal = "police.asb", months = 1 }', "test: needs exactly one"),
        (
            '{ kind = "count", signal = "police.asb", months = 1, at_least = 1, at_most = 2 }',
            "test: needs",
        ),
        ('{ kind = "count", signal = "police.asb", months = 1, at_least = -1 }', "test.at_least"),
        ('{ kind = "count", signal = "nowhere", months = 1, at_least = 1 }', "test.signal"),
        ('{ kind = "count", signal = "star", months = 1, at_least = 1 }', "test.signal"),
        (
            '{ kind = "count", signal = "police.asb", months = 1, at_least = 1, more = 2 }',
            "test.more",
        ),
        ('{ kind = "fall", signal = "police.asb", months = 6 }', "test.percent"),
        ('{ kind = "fall", signal = "police.asb", terms = 6, percent = 3 }', "test.terms"),
        ('{ kind = "fall", signal = "police.asb", months = 6, percent = nan }', "test.percent"),
        ('{ kind = "rate", signal = "school.attended", terms = 3 }', "test: needs exactly one"),
        ('{ kind = "rate", signal = "school.attended", months = 3, below = 3 }', "test.months"),
        (
            '{ kind = "rate", signal = "school.attended", terms = 3, below = 3, each_term = 1 }',
            "test.each_term",
        ),
        ('{ kind = "no_spell", signal = "care.need" }', "test: needs a window"),
        ('{ kind = "spell", signal = "care.need", months = 1, terms = 1 }', "test.terms"),
        (
            '{ kind = "held", signal = "care.need", weeks = 13, within_weeks = 12 }',
            "test.within_weeks",
        ),
        ('{ kind = "held", signal = "care.need" }', "test.weeks"),
        ('{ kind = "score", signal = "star" }', "test: needs at_least or rise"),
        ('{ kind = "score", signal = "star", weeks = 3, rise = 1 }', "test.weeks"),
        ('{ kind = "attested", signal = "said", weeks = 1 }', "test.weeks"),
        ('{ kind = "all_of" }', "test.tests"),
        ('{ kind = "any_of", tests = [{ kind = "spell", signal = "x" }] }', "test.tests[0].signal"),
        ('"count"', "test: must be a table"),
    ],
)
def test_a_faulty_test_is_refused_at_its_path(test, path):
    found = faults_of(f"{BASE}test = {test}\n")

    assert any(path in fault for fault in found)
    assert all(fault.startswith("headline[0].outcome[0].test") for fault in found)


@pytest.mark.parametrize(
    ("addition", "path"),
    [
        ('[[group]]\ncode = "anyone"\n', "group[1].code"),
        ('[[group]]\ncode = "child"\n', "group: the code 'child' stands 2 times"),
        ('[[signal]]\ncode = "said"\nkind = "event"\ntitle = "x"\n', "signal: the code 'said'"),
        ('[[signal]]\ncode = "new"\nkind = "sort"\ntitle = "x"\n', "signal[10].kind"),
        ('[[headline]]\ncode = "b"\ntitle = "B"\n', "headline[1].outcome"),
        ("[eligibility]\nminimum_headlines = -1\n", "eligibility.minimum_headlines"),
        ("[eligibility]\ndependent_child = true\n", "eligibility.dependent_child"),
        ('[worked_with]\nprinciples = ["tidy"]\n', "worked_with.principles"),
        ('[employment]\nsignal = "star"\n', "employment.signal"),
        ('[employment]\nsignal = "work.employed"\nbenefits = ["x"]\n', "employment.benefits[0]"),
        ('[[employment_route]]\nprior = "benefit.esa"\nweeks = 0\n', "employment_route[0].weeks"),
        (
            '[[employment_route]]\nprior = "benefit.esa"\nweeks = 3\nwithin_weeks = 2\n',
            "employment_route[0].within",
        ),
        ('[result]\nprefer = "both"\n', "result.prefer"),
        ("[surprise]\nx = 1\n", "surprise: unknown key"),
    ],
)
def test_a_faulty_part_is_refused_at_its_path(addition, path):
    found = faults_of(BASE + GOOD + addition)

    assert len(found) == 1
    assert found[0].startswith(path)


def test_an_expectant_parent_needs_the_spell_signal():
    source = BASE.replace('code = "expecting"', 'code = "other"') + GOOD

    assert faults_of(source + "[eligibility]\nexpectant_parent = true\n")[0].startswith(
        "eligibility.expectant"
    )


@pytest.mark.parametrize(
    ("measure", "path"),
    [
        ('for = "family"\ntest = { kind = "spell", signal = "care.need" }', "headline[0].outcome[0].test.kind"),
        ('for = "family"\ntest = { kind = "any_of", tests = [{ kind = "count", signal = "police.asb", months = 1, at_least = 1 }] }', "headline[0].outcome[0].test.kind"),
        ('for = "some"\n' + GOOD, "headline[0].outcome[0].for"),
        ('who = "nobody"\n' + GOOD, "headline[0].outcome[0].who"),
        ("", "headline[0].outcome[0].test"),
    ],
)  # fmt: skip
def test_a_faulty_measure_is_refused_at_its_path(measure, path):
    found = faults_of(BASE + measure)

    assert found[0].startswith(path)


def test_the_same_code_twice_within_a_headline_is_refused():
    again = '[[headline.outcome]]\ncode = "1"\ntitle = "Again"\n' + GOOD

    assert faults_of(BASE + GOOD + again) == ("headline[0].outcome: the code '1' stands 2 times",)


def test_every_fault_is_told_not_only_the_first():
    source = (
        BASE + 'who = "nobody"\nfor = "some"\ntest = { kind = "score", signal = "said" }\n[what]\n'
    )

    assert len(faults_of(source)) == 5


def test_what_is_not_toml_is_refused():
    assert faults_of("[plan\n")[0].startswith("not TOML")
