"""Changing a plan part by part: nothing is lost on the way through a form, and every fault is found."""

from collections.abc import Iterator
from copy import deepcopy
from random import Random

import pytest

from tests.rules.generate import random_plan
from tfsaas.rules.editing import ELSEWHERE, ItemRefused, save_item
from tfsaas.rules.items import (
    Item,
    find_table,
    fingerprint,
    item_from_form,
    kind_of,
    read_item,
)
from tfsaas.rules.nodes import Node, change_node, find_node
from tfsaas.rules.parse import Document, parse
from tfsaas.rules.slots import SHAPES
from tfsaas.rules.templates import TITLES, get_template

SINGLE = ("plan", "eligibility", "worked_with", "employment", "result")
PLANS = [get_template(key) for key in TITLES] + [random_plan(Random(seed)) for seed in range(60)]
NAMES = [*TITLES, *(f"random {seed}" for seed in range(60))]


def places(document: Document) -> Iterator[str]:
    """Where every part of a plan stands."""
    yield from (name for name in SINGLE if name in document)
    for kind in ("group", "signal", "always", "employment_route", "headline"):
        yield from (f"{kind}.{at}" for at in range(len(document.get(kind, []))))
    for at, headline in enumerate(document["headline"]):
        for kind in ("indicator", "outcome"):
            yield from (f"headline.{at}.{kind}.{n}" for n in range(len(headline.get(kind, []))))


def as_sent(item: Item) -> tuple[dict[str, str], dict[str, list[str]]]:
    """What a browser sends for an item whose page was opened and saved."""
    sent = dict(item.values)

    def add(node: Node, name: str) -> None:
        sent[f"{name}.kind"] = node.kind
        sent.update({f"{name}.{key}": value for key, value in node.values.items()})
        for at, inner in enumerate(node.tests):
            add(inner, f"{name}.tests.{at}")

    if item.test is not None:
        add(item.test, "test")
    return sent, item.many


def opened(document: Document, place: str) -> tuple[Item, str]:
    table = find_table(document, place)
    return read_item(kind_of(place), table), fingerprint(table)


@pytest.mark.parametrize("document", PLANS, ids=NAMES)
def test_opening_and_saving_every_part_changes_nothing(document):
    found = list(places(document))
    assert len(found) > 10
    for place in found:
        item, base = opened(document, place)
        sent = item_from_form(kind_of(place), *as_sent(item))

        assert save_item(document, place, sent, base) == document, place


@pytest.mark.parametrize("place", ["", "headline", "headline.x", "nowhere.0", "group.0.code", "headline.0.always.0", "plan.0", "always.0.test"])  # fmt: skip
def test_what_is_no_place_has_no_kind(place):
    assert kind_of(place) == ""


def changed_item(document: Document, place: str, **values: str) -> tuple[Item, str]:
    item, base = opened(document, place)
    sent, many = as_sent(item)
    named = {key.replace("__", "."): value for key, value in values.items()}
    return item_from_form(kind_of(place), sent | named, many), base


def save(place: str, **values: str) -> Document:
    document = get_template("tf-2015")
    item, base = changed_item(document, place, **values)
    return save_item(document, place, item, base)


def test_a_threshold_is_changed_and_nothing_else():
    changed = save("headline.1.indicator.0", test__threshold="15")

    expected = get_template("tf-2015")
    expected["headline"][1]["indicator"][0]["test"]["at_least"] = 15
    assert changed == expected


MEASURE = {"code": "9", "title": "New", "who": "anyone", "for": "any"}
BUILT = {
    "count": (
        {"signal": "police.asb", "comparison": "at_most", "threshold": "0", "length": "6", "unit": "weeks"},
        {"kind": "count", "signal": "police.asb", "weeks": 6, "at_most": 0},
    ),
    "fall": (
        {"signal": "police.asb", "percent": "33.3", "length": "6", "unit": "months"},
        {"kind": "fall", "signal": "police.asb", "months": 6, "percent": "33.3"},
    ),
    "rate": (
        {"signal": "school.absent", "comparison": "below", "threshold": "10", "terms": "3", "each_term": "yes"},
        {"kind": "rate", "signal": "school.absent", "terms": 3, "below": 10, "each_term": True},
    ),
    "spell": (
        {"signal": "benefit.jsa", "when": "window", "length": "2", "unit": "terms"},
        {"kind": "spell", "signal": "benefit.jsa", "terms": 2},
    ),
    "no_spell": (
        {"signal": "benefit.jsa", "length": "6", "unit": "months"},
        {"kind": "no_spell", "signal": "benefit.jsa", "months": 6},
    ),
    "held": (
        {"signal": "work.employed", "weeks": "26", "within_weeks": "30"},
        {"kind": "held", "signal": "work.employed", "weeks": 26, "within_weeks": 30},
    ),
    "score": (
        {"signal": "local.star", "at_least": "", "rise": "2", "months": "6"},
        {"kind": "score", "signal": "local.star", "months": 6, "rise": 2},
    ),
    "attested": (
        {"signal": "local.said", "months": ""},
        {"kind": "attested", "signal": "local.said"},
    ),
}  # fmt: skip


def with_signals() -> Document:
    document = get_template("tf-2015")
    for code, kind in (("local.star", "score"), ("local.said", "attestation")):
        document["signal"].append({"code": code, "kind": kind, "title": code})
    return document


@pytest.mark.parametrize("kind", [kind for kind in SHAPES if kind not in {"all_of", "any_of"}])
def test_every_kind_of_test_can_be_built(kind):
    values, expected = BUILT[kind]
    sent = MEASURE | {"test.kind": kind} | {f"test.{key}": value for key, value in values.items()}
    item = item_from_form("indicator", sent, {})

    changed = save_item(with_signals(), "headline.0.indicator.new", item, "")

    built = changed["headline"][0]["indicator"][-1]["test"]
    assert {
        key: str(value) if key == "percent" else value for key, value in built.items()
    } == expected
    parse(changed)


def test_tests_are_nested_by_buttons():
    root = Node("count", {"signal": "police.asb"})
    for order in (
        "any_of:test",
        "all_of:test.tests.1",
        "add:test",
        "remove:test.tests.2",
        "add:test.tests.1",
    ):
        change_node(root, order)

    assert root.kind == "any_of"
    assert [node.kind for node in root.tests] == ["count", "all_of"]
    assert root.tests[0].values == {"signal": "police.asb"}
    assert len(find_node(root, "test.tests.1").tests) == 3
    before = deepcopy(root)
    for order in (
        "remove:test.tests.9",
        "add:test.tests.0",
        "nonsense",
        "remove:test",
        "add:x.tests.5",
    ):
        change_node(root, order)
    assert root == before


def test_nested_tests_are_saved_as_a_plan_has_them():
    sent = MEASURE | {
        "test.kind": "any_of", "test.tests.0.kind": "all_of",
        "test.tests.0.tests.0.kind": "attested", "test.tests.0.tests.0.signal": "local.said",
        "test.tests.1.kind": "spell", "test.tests.1.signal": "benefit.jsa", "test.tests.1.when": "day",
    }  # fmt: skip

    changed = save_item(
        with_signals(), "headline.0.outcome.new", item_from_form("outcome", sent, {}), ""
    )

    assert changed["headline"][0]["outcome"][-1]["test"] == {
        "kind": "any_of",
        "tests": [
            {"kind": "all_of", "tests": [{"kind": "attested", "signal": "local.said"}]},
            {"kind": "spell", "signal": "benefit.jsa"},
        ],
    }


FAULTY = [
    ("indicator", {"code": "", "title": "", "test.kind": "spell", "test.signal": "work.employed"}, {"code", "title"}),
    ("indicator", {"test.kind": "count"}, {"test.signal", "test.threshold", "test.length"}),
    ("indicator", {"test.kind": "count", "test.signal": "police.asb", "test.threshold": "-1", "test.length": "0"}, {"test.threshold", "test.length"}),
    ("indicator", {"test.kind": "fall", "test.signal": "police.asb", "test.percent": "lots", "test.length": "1.5"}, {"test.percent", "test.length"}),
    ("indicator", {"test.kind": "held", "test.signal": "work.employed", "test.weeks": "26", "test.within_weeks": "25"}, {"test.within_weeks"}),
    ("indicator", {"test.kind": "spell", "test.signal": "work.employed", "test.when": "window"}, {"test.length"}),
    ("indicator", {"test.kind": "score", "test.signal": ""}, {"test.signal", "test.at_least"}),
    ("indicator", {"test.kind": "any_of"}, {"test.kind"}),
    ("indicator", {"for": "family", "test.kind": "attested", "test.signal": "x"}, {"for"}),
    ("indicator", {"who": "nobody", "test.kind": "spell", "test.signal": "police.asb"}, {"who", "test.signal"}),
    ("indicator", {"code": "1.1", "test.kind": "spell", "test.signal": "work.employed"}, {ELSEWHERE}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "values", "expected"), FAULTY)
def test_every_fault_is_told_at_its_field(kind, values, expected):
    item = item_from_form(kind, MEASURE | values, {})

    with pytest.raises(ItemRefused) as refused:
        save_item(get_template("tf-2015"), f"headline.0.{kind}.new", item, "")

    assert set(refused.value.faults) == expected


def test_a_new_headline_comes_with_an_outcome_that_a_professional_confirms():
    sent = {"code": "", "number": "", "title": "Gambling", "goal": "", "resident": ""}
    item = item_from_form("headline", sent, {})
    item.values["first_outcome"] = "Gambling no longer harms the family"

    changed = save_item(get_template("tf-2015"), "headline.new", item, "")

    headline = changed["headline"][-1]
    assert headline["code"] == "gambling"
    assert headline["outcome"][0]["test"] == {"kind": "attested", "signal": "gambling.improved"}
    parse(changed)
    item.values["first_outcome"] = ""
    with pytest.raises(ItemRefused, match="how it is known"):
        save_item(get_template("tf-2015"), "headline.new", item, "")


@pytest.mark.parametrize(
    ("kind", "sent", "code"),
    [
        ("group", {"code": "", "min_age": "5", "max_age": "11", "resident": "yes"}, "ages_5_11"),
        ("signal", {"code": "", "title": "Food bank visit", "kind": "event", "source": ""}, "local.food_bank_visit"),
        ("group", {"code": "mine", "min_age": "", "max_age": "", "resident": "no"}, "mine"),
    ],
)  # fmt: skip
def test_a_new_part_gets_a_code_unless_it_is_given_one(kind, sent, code):
    changed = save_item(get_template("tf-2015"), f"{kind}.new", item_from_form(kind, sent, {}), "")

    assert changed[kind][-1]["code"] == code
    again = save_item(changed, f"{kind}.new", item_from_form(kind, sent | {"code": ""}, {}), "")
    assert len({row["code"] for row in again[kind]}) == len(again[kind])
