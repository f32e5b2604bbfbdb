"""The worked cases of the contract, section 10, on the expanded programme's plan."""

from datetime import date, timedelta

import pytest

from tests.rules.cases import Case
from tfsaas.rules.evaluation import ROUTES
from tfsaas.rules.parse import parse
from tfsaas.rules.results import name
from tfsaas.rules.templates import get_template

PLAN = parse(get_template("tf-2015"))
BASELINE = date(2016, 6, 30)
END = date(2017, 8, 31)
FEEDS = [signal for signal in PLAN.signals if PLAN.signals[signal].kind.value != "attestation"]


def family() -> Case:
    """An adult, a child and a sibling, every feed covered, a plan on file."""
    case = Case(baseline=BASELINE).always_covered(*FEEDS)
    case.person("adult", date(1980, 1, 1)).person("child", date(2005, 1, 1))
    return case.person("sibling", date(2007, 1, 1))


def attending(case: Case, child: str, *percentages: int) -> Case:
    for (first, last), percent in zip(case.tables.terms[-3:], percentages, strict=True):
        case.period(child, first, last, str(percent), "100")
    return case


def crime_and_education(sibling: int = 95) -> Case:
    """Case 1: two ASB interventions before the baseline, and education recorded."""
    case = family().events("adult", "police.asb", date(2016, 2, 1), date(2016, 5, 1))
    case.recorded("education", BASELINE)
    return attending(attending(case, "child", 91, 92, 90), "sibling", sibling, sibling, sibling)


def result_of(case: Case, day: date = END) -> dict[str, object]:
    found = case.evaluate(PLAN, day)
    return {
        "eligible": bool(found.eligible[0]),
        "worked_with": bool(found.worked_with[0]),
        "ssp": name(found.ssp[0]),
        "ce": name(found.ce[0]),
        "result": ROUTES[found.route[0]],
        "headlines": found.headlines(0),
    }


def test_case_1_everything_improved_and_stayed_improved():
    case = crime_and_education()

    found = result_of(case)

    assert found["eligible"]
    assert found["ssp"] == "met"
    assert found["result"] == "ssp"


def test_case_2_a_sibling_never_identified_sits_at_86_percent():
    case = crime_and_education(sibling=86)

    assert result_of(case)["ssp"] == "not_met"


def later_abuse() -> Case:
    case = crime_and_education()
    return case.events("adult", "police.domestic_incident", date(2016, 11, 20), date(2017, 8, 1))


def test_case_3_a_problem_found_later_counts():
    found = result_of(later_abuse())

    assert "domestic-abuse" in found["headlines"]
    assert found["ssp"] == "not_met"
    assert found["result"] == ""


def test_case_4_employment_is_another_way_to_the_one_result():
    case = later_abuse().spell("adult", "benefit.esa", date(2015, 1, 1), date(2017, 2, 1))
    case.spell("adult", "work.employed", END - timedelta(days=90), None)

    found = result_of(case)

    assert found["ce"] == "met"
    assert found["result"] == "ce"


@pytest.mark.parametrize(("days", "expected"), [(90, "met"), (89, "not_met")])
def test_employment_needs_all_thirteen_weeks(days, expected):
    case = family().spell("adult", "benefit.esa", date(2015, 1, 1), date(2017, 2, 1))
    case.spell("adult", "work.employed", END - timedelta(days=days), None)

    assert result_of(case)["ce"] == expected


def test_employment_beside_a_benefit_is_not_met():
    case = family().spell("adult", "benefit.esa", date(2015, 1, 1), None)
    case.spell("adult", "work.employed", date(2017, 1, 1), None)

    assert result_of(case)["ce"] == "not_met"


@pytest.mark.parametrize(
    ("ended", "expected"),
    [(BASELINE, "not_applicable"), (BASELINE + timedelta(days=1), "met")],
    ids=["ended before support", "held on its first day"],
)
def test_a_route_applies_to_those_on_the_benefit_at_or_after_the_baseline(ended, expected):
    case = family().spell("adult", "benefit.esa", date(2015, 1, 1), ended)
    case.spell("adult", "work.employed", date(2017, 1, 1), None)

    assert result_of(case)["ce"] == expected


def test_case_8_a_parent_elsewhere_may_bring_one_headline():
    case = Case(baseline=BASELINE).always_covered(*FEEDS).person("child", date(2005, 1, 1))
    case.person("father", date(1978, 1, 1), resident=False)
    case.events("father", "police.asb", date(2016, 5, 1))
    case.spell("father", "benefit.jsa", date(2015, 1, 1), None)

    found = result_of(case)

    assert found["headlines"] == ["crime", "work"]
    assert not found["eligible"]


def test_a_headline_recorded_by_a_worker_is_not_supplied_from_outside():
    case = Case(baseline=BASELINE).always_covered(*FEEDS).person("child", date(2005, 1, 1))
    case.person("father", date(1978, 1, 1), resident=False)
    case.events("father", "police.asb", date(2016, 5, 1))
    case.spell("father", "benefit.jsa", date(2015, 1, 1), None).recorded("work", BASELINE)

    assert result_of(case)["eligible"]


@pytest.mark.parametrize(
    ("day", "eligible"), [(BASELINE, True), (BASELINE + timedelta(days=1), False)]
)
def test_a_headline_recorded_after_the_baseline_makes_no_family_eligible(day, eligible):
    case = family().recorded("crime", BASELINE).recorded("health", day)

    assert result_of(case)["eligible"] == eligible


def test_case_11_without_a_plan_there_is_no_result():
    case = crime_and_education()
    row = case.tables.families[0]
    case.tables.families[0] = (*row[:3], None, *row[4:])

    found = result_of(case)

    assert found["ssp"] == "met"
    assert not found["worked_with"]
    assert found["result"] == ""


def test_without_a_dependent_child_nobody_is_eligible():
    case = Case(baseline=BASELINE).always_covered(*FEEDS).person("adult", date(1980, 1, 1))
    case.recorded("crime", BASELINE).recorded("work", BASELINE)

    assert not result_of(case)["eligible"]


def test_a_family_whose_support_has_not_begun_is_not_eligible():
    case = family()
    case.tables.families = [("F", None, None, None, None, None)]
    case.recorded("crime", BASELINE)

    assert result_of(case) == {
        "eligible": False,
        "worked_with": False,
        "ssp": "insufficient_evidence",
        "ce": "not_applicable",
        "result": "",
        "headlines": ["crime"],
    }
