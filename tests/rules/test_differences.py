"""What changed between two plans, in plain words."""

from copy import deepcopy
from random import Random

import pytest

from tests.rules.generate import random_plan
from tfsaas.rules.differences import ChangeKind, Difference, list_differences
from tfsaas.rules.parse import Document
from tfsaas.rules.templates import TITLES, get_template


def changed(place: str, value: object) -> tuple[Document, Document]:
    """The expanded programme before and after one value changed."""
    before = get_template("tf-2015")
    after = deepcopy(before)
    *steps, last = place.split(".")
    table = after
    for step in steps:
        table = table[int(step)] if isinstance(table, list) else table[step]
    table[last] = value
    return before, after


@pytest.mark.parametrize("key", list(TITLES))
def test_a_plan_does_not_differ_from_itself(key):
    assert list_differences(get_template(key), get_template(key)) == []


@pytest.mark.parametrize(
    ("place", "value", "place_shown", "told"),
    [
        ("headline.1.indicator.0.test.at_least", 15, "headline.1.indicator.0", "10% became 15%"),
        ("headline.0.indicator.0.test.at_least", 2, "headline.0.indicator.0", "once became twice"),
        ("headline.0.indicator.0.test.months", 6, "headline.0.indicator.0", "12 months became 6 months"),
        ("headline.0.outcome.0.test.tests.0.percent", 60, "headline.0.outcome.0", "33% became 60%"),
        ("eligibility.minimum_headlines", 3, "eligibility", "headlines needed: 2 became 3"),
        ("eligibility.dependent_child", False, "eligibility", "a dependent child: Yes became No"),
        ("headline.0.title", "Crime", "headline.0", "name: “Parents or children involved in crime or anti-social behaviour” became “Crime”"),
        ("headline.0.indicator.0.who", "anyone", "headline.0.indicator.0", "people: children aged 10 to 17 became members"),
        ("headline.0.indicator.0.test", {"kind": "attested", "signal": "x"}, "headline.0.indicator.0",
         "“how often something happened” became “a professional’s statement”"),
        ("worked_with.principles", ["lead_worker"], "worked_with", "Whole-family assessment no longer listed"),
    ],
)  # fmt: skip
def test_a_changed_value_is_told_with_its_unit(place, value, place_shown, told):
    found = list_differences(*changed(place, value))

    assert [difference.after for difference in found] == [place_shown]
    assert found[0].became[0] == told


def test_parts_that_come_and_go_are_told():
    before = get_template("tf-2015")
    after = deepcopy(before)
    after["signal"].append({"code": "local.x", "kind": "event", "title": "X"})
    gone = after["headline"][0]["indicator"].pop(0)

    assert list_differences(before, after) == [
        Difference(ChangeKind.ADDED, "", f"signal.{len(after['signal']) - 1}", ()),
        Difference(ChangeKind.REMOVED, "headline.0.indicator.0", "", ()),
    ]
    assert gone["code"] == "1.1"


def test_of_two_parts_with_one_code_the_second_is_seen_too():
    before = get_template("tf-2015")
    before["employment_route"].append(deepcopy(before["employment_route"][0]))
    after = deepcopy(before)
    last = len(after["employment_route"]) - 1
    after["employment_route"][last]["weeks"] = 1

    assert [found.after for found in list_differences(before, after)] == [
        f"employment_route.{last}"
    ]


def test_the_order_of_parts_makes_no_difference():
    before = get_template("tf-2015")
    after = deepcopy(before)
    after["headline"].reverse()
    after["signal"].reverse()

    assert list_differences(before, after) == []


@pytest.mark.parametrize("seed", range(20))
def test_any_two_plans_can_be_set_side_by_side(seed):
    one, other = random_plan(Random(seed)), random_plan(Random(seed + 1000))

    there, back = list_differences(one, other), list_differences(other, one)

    assert len(there) == len(back)
