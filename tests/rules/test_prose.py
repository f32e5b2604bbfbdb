"""Why, in a paragraph that a person can read."""

from datetime import date

import pytest

from tests.rules.test_changes import random_council
from tests.rules.test_worked_cases import END, PLAN, crime_and_education
from tfsaas.rules.evaluation import evaluate
from tfsaas.rules.explanation import HeadlineWhy, Why, why
from tfsaas.rules.prose import tell_family, tell_headline

NAMES = {"adult": "Ada", "child": "Sam", "sibling": "Kai"}


def told(case, day: date = END) -> tuple[str, dict[str, str]]:
    """The family's paragraph, and each headline's by code."""
    found = why(case.evaluate(PLAN, day), 0)
    return tell_family(found, PLAN, NAMES), {
        each.code: tell_headline(each, PLAN, NAMES) for each in found.headlines
    }


def test_a_family_with_a_result_is_told_whole():
    family, headlines = told(crime_and_education())

    assert family == (
        "Support began on 30 June 2016. The family qualifies. It then had two headlines of the two needed and "
        "a dependent child. All that working with a family asks for was done by 30 June 2016. Of its two headlines, "
        "all have been shown to improve. It has a result by significant and sustained progress."
    )
    assert headlines["crime"].startswith(
        "The problem was there when support began: anyone with an anti-social"
    )
    assert "(Ada)" in headlines["crime"]
    assert "a worker recorded it on 30 June 2016" in headlines["education"]


def test_what_is_not_shown_says_who_and_what_was_found():
    case = crime_and_education(sibling=86)
    case.events("adult", "police.asb", date(2017, 8, 1))

    family, headlines = told(case)

    assert "Kai, School sessions attended of sessions possible: 86.0%, needs at least 90%" in family
    assert "is not shown yet" in headlines["crime"]
    assert "It has a result" not in family


def test_a_gap_in_a_feed_is_told_as_what_cannot_be_told():
    case = crime_and_education()
    case.tables.coverage = [row for row in case.tables.coverage if row[0] != "police.asb"]
    case.covered("police.asb", date(2015, 1, 1), date(2017, 6, 30))

    _, headlines = told(case)

    assert "cannot be told" in headlines["crime"]
    assert "the feed does not cover 1 March 2017 to 31 August 2017" in headlines["crime"]


def test_a_family_whose_support_has_not_begun_is_told_so():
    case = crime_and_education()
    case.tables.families[0] = ("F", None, None, None, None, None)

    assert told(case)[0].startswith("Support has not begun")


def test_a_problem_that_is_not_there_is_told_so():
    assert (
        told(crime_and_education())[1]["health"] == "This problem has not been found in the family."
    )


@pytest.mark.parametrize("seed", range(15))
def test_every_family_of_every_plan_can_be_told(seed, tmp_path):
    plan, facts, day = random_council(4000 + seed, tmp_path)
    evaluated = evaluate(plan, facts, day)
    for at in range(len(facts.family_ids)):
        found: Why = why(evaluated, at)
        headlines: tuple[HeadlineWhy, ...] = found.headlines
        for paragraph in (
            tell_family(found, plan, {}),
            *(tell_headline(each, plan, {}) for each in headlines),
        ):
            assert paragraph[0].isupper() or paragraph[0] == "“"
            assert paragraph.endswith(".")
            assert "None" not in paragraph
            assert "  " not in paragraph
