"""Removing, moving, and two editors of one draft."""

import pytest

from tests.rules.test_editing import changed_item
from tfsaas.rules.editing import ELSEWHERE, ItemChanged, ItemRefused, remove_item, save_item
from tfsaas.rules.items import fingerprint, move_item, put_item
from tfsaas.rules.templates import get_template


def test_what_other_parts_need_cannot_be_removed():
    document = get_template("tf-2015")
    at = [row["code"] for row in document["signal"]].index("police.offence")
    base = fingerprint(document["signal"][at])

    with pytest.raises(ItemRefused) as refused:
        remove_item(document, f"signal.{at}", base)

    assert "1.1" in refused.value.faults[ELSEWHERE]


def test_the_last_outcome_of_a_headline_stays():
    document = get_template("tf-2015")
    while len(document["headline"][0]["outcome"]) > 1:
        base = fingerprint(document["headline"][0]["outcome"][0])
        document = remove_item(document, "headline.0.outcome.0", base)

    with pytest.raises(ItemRefused):
        remove_item(
            document, "headline.0.outcome.0", fingerprint(document["headline"][0]["outcome"][0])
        )


def test_two_editors_of_two_parts_both_keep_theirs_though_the_parts_have_moved():
    document = get_template("tf-2015")
    mine, base = changed_item(document, "headline.1.indicator.1", title="Mine")
    theirs = remove_item(
        document, "headline.1.indicator.0", fingerprint(document["headline"][1]["indicator"][0])
    )

    both = save_item(theirs, "headline.1.indicator.1", mine, base)

    assert [row["title"] for row in both["headline"][1]["indicator"]].count("Mine") == 1
    assert len(both["headline"][1]["indicator"]) == len(document["headline"][1]["indicator"]) - 1


def test_two_editors_of_one_part_are_told():
    document = get_template("tf-2015")
    mine, base = changed_item(document, "eligibility", minimum_headlines="3")
    theirs = put_item(document, "eligibility", document["eligibility"] | {"minimum_headlines": 1})

    with pytest.raises(ItemChanged):
        save_item(theirs, "eligibility", mine, base)


def test_a_part_moves_up_and_the_first_stays():
    document = get_template("tf-2015")
    titles = [row["title"] for row in document["headline"]]

    moved = move_item(document, "headline.1")

    assert [row["title"] for row in moved["headline"]] == [titles[1], titles[0], *titles[2:]]
    assert move_item(document, "headline.0") == document
