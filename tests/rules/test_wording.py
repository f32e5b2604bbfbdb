"""Plans as sentences that a committee member understands."""

import pytest

from tests.rules.test_editing import NAMES, PLANS
from tfsaas.rules.parse import parse
from tfsaas.rules.plan import Group
from tfsaas.rules.templates import get_template
from tfsaas.rules.wording import (
    describe_eligibility,
    describe_indicator,
    describe_outcome,
    describe_routes,
    name_people,
    name_person,
)


def sentence(code: str, kind: str = "indicators") -> str:
    plan = parse(get_template("tf-2015"))
    measure = next(each for each in getattr(plan, kind) if each.code == code)
    return (describe_indicator if kind == "indicators" else describe_outcome)(measure, plan)


def test_an_indicator_says_who_counts_and_when():
    assert sentence("1.1") == (
        "A child aged 10 to 17 counts here when “Proven offence” is recorded at least once in the last 12 months."
    )


def test_a_share_of_sessions_is_said_with_its_terms():
    assert "“School sessions missed of sessions possible” comes to 10% or more over the last three terms" in sentence("2.1")  # fmt: skip


@pytest.mark.parametrize(
    ("group", "one", "many"),
    [
        (Group("a", 5, 15), "child aged 5 to 15", "children aged 5 to 15"),
        (Group("a", None, 17), "child aged 17 or under", "children aged 17 or under"),
        (Group("a", 18), "adult", "adults"),
        (Group("a", 18, 64), "adult aged 18 to 64", "adults aged 18 to 64"),
        (Group("a", 16, 18), "member aged 16 to 18", "members aged 16 to 18"),
        (Group("a", None, 18, resident=True), "member aged 18 or under who lives with the family", "members aged 18 or under who live with the family"),
        (Group("a", 18, None, resident=False), "adult who lives elsewhere", "adults who live elsewhere"),
        (Group("anyone"), "member", "members"),
    ],
)  # fmt: skip
def test_people_are_named_by_age_and_home(group, one, many):
    assert (name_person(group), name_people(group)) == (one, many)


@pytest.mark.parametrize("document", PLANS, ids=NAMES)
def test_every_measure_of_every_plan_is_a_sentence(document):
    plan = parse(document)
    sentences = [describe_indicator(measure, plan) for measure in plan.indicators]
    sentences += [describe_outcome(measure, plan) for measure in (*plan.outcomes, *plan.always)]
    sentences += [*describe_eligibility(plan), *describe_routes(plan)]

    for each in sentences:
        assert each[0].isupper()
        assert each.endswith(".")
        assert "None" not in each
        assert "_" not in each.replace("made_up", "")
