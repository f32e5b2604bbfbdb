"""Each kind of test, with both sides of its boundary.

Source: contract, section 6.
"""

from datetime import date, timedelta

import pytest

from tests.rules.cases import BASELINE, TERMS, Case, ask

END = date(2017, 8, 31)
FALL = '{ kind = "fall", signal = "police.asb", months = 6, percent = 60 }'


def person() -> Case:
    return Case().person("adult", date(1980, 1, 1))


def child() -> Case:
    return Case().person("child", date(2005, 1, 1)).always_covered("school.attended")


def falling(before: int, after: int) -> Case:
    case = person().always_covered("police.asb", "police.offence")
    case.events("adult", "police.asb", *[BASELINE - timedelta(days=n) for n in range(before)])
    return case.events("adult", "police.asb", *[END - timedelta(days=n) for n in range(after)])


@pytest.mark.parametrize(
    ("before", "after", "percent", "expected"),
    [
        (5, 2, "60", "met"),
        (5, 3, "60", "not_met"),
        (3, 2, "33", "met"),
        (4, 3, "33", "not_met"),
        (3, 2, "33.3", "met"),
        (3, 2, "33.4", "not_met"),
        (0, 0, "60", "not_applicable"),
        (0, 3, "60", "not_applicable"),
        (1, 0, "100", "met"),
        (2, 2, "0", "met"),
    ],
)
def test_fall(before, after, percent, expected):
    test = FALL.replace("60", percent)

    assert ask(test, falling(before, after), END) == expected


def test_a_fall_without_coverage_of_either_window_is_not_enough_evidence():
    case = falling(5, 0)
    case.tables.coverage = [("police.asb", date(2017, 1, 1), END)]

    assert ask(FALL, case, END) == "insufficient_evidence"


def test_a_fall_of_the_family_sums_its_people():
    case = falling(3, 2).person("other", date(1985, 1, 1))
    case.events("other", "police.asb", BASELINE, BASELINE - timedelta(days=1))

    assert ask(FALL, case, END) == "not_met"
    assert ask(FALL, case, END, scope="family") == "met"


@pytest.mark.parametrize(
    ("attended", "comparison", "expected"),
    [
        ((90, 90, 90), "at_least = 90", "met"),
        ((89, 90, 90), "at_least = 90", "not_met"),
        ((90, 90, 90), "above = 90", "not_met"),
        ((90, 90, 91), "above = 90", "met"),
        ((90, 90, 90), "at_most = 90", "met"),
        ((90, 90, 91), "at_most = 90", "not_met"),
        ((90, 90, 90), "below = 90", "not_met"),
        ((90, 90, 89), "below = 90", "met"),
        ((100, 100, 70), "at_least = 90", "met"),
        ((100, 100, 70), "at_least = 90, each_term = true", "not_met"),
        ((91, 92, 90), "at_least = 90, each_term = true", "met"),
        ((None, 100, 100), "at_least = 90", "insufficient_evidence"),
        ((None, 100, 100), "at_least = 90, each_term = true", "insufficient_evidence"),
        ((None, 100, 70), "at_least = 90, each_term = true", "not_met"),
        ((None, None, None), "at_least = 90", "not_applicable"),
        ((None, None, None), "at_least = 90, each_term = true", "not_applicable"),
    ],
)
def test_rate(attended, comparison, expected):
    test = f'{{ kind = "rate", signal = "school.attended", terms = 3, {comparison} }}'

    assert ask(test, child().terms_attended("child", *attended), END) == expected


def test_no_row_and_no_coverage_is_not_enough_evidence():
    case = Case().person("child", date(2005, 1, 1))

    assert ask(
        '{ kind = "rate", signal = "school.attended", terms = 3, at_least = 90 }', case, END
    ) == ("insufficient_evidence")


def test_a_term_in_which_nothing_was_possible_is_a_term_without_a_row():
    case = child().terms_attended("child", 95, 95).period("child", *TERMS[-3], "0", "0")

    assert ask(
        '{ kind = "rate", signal = "school.attended", terms = 3, at_least = 90 }', case, END
    ) == ("insufficient_evidence")


def test_shares_are_compared_exactly_never_as_binary_floats():
    case = child().period("child", *TERMS[-1], "0.3", "1").period("child", *TERMS[-1], "0", "0")

    assert (
        ask('{ kind = "rate", signal = "school.attended", terms = 1, at_least = 30 }', case, END)
        == "met"
    )
    assert (
        ask('{ kind = "rate", signal = "school.attended", terms = 1, above = 30 }', case, END)
        == "not_met"
    )


def test_very_large_numbers_are_compared_exactly():
    case = child().period("child", *TERMS[-1], "9" * 28 + "8", "9" * 28 + "9")

    test = '{{ kind = "rate", signal = "school.attended", terms = 1, {} = 100 }}'
    assert ask(test.format("at_least"), case, END) == "not_met"
    assert ask(test.format("below"), case, END) == "met"


def test_a_period_belongs_to_the_term_that_contains_its_last_day():
    first = TERMS[-1][0]
    case = child().period("child", TERMS[-2][0], first, "95", "100")

    assert (
        ask('{ kind = "rate", signal = "school.attended", terms = 1, at_least = 90 }', case, END)
        == "met"
    )


@pytest.mark.parametrize(
    ("first", "to", "expected"),
    [
        (END, None, "met"),
        (END + timedelta(days=1), None, "not_met"),
        (date(2017, 1, 1), END + timedelta(days=1), "met"),
        (date(2017, 1, 1), END, "not_met"),
        (END, END, "not_met"),
    ],
    ids=[
        "begins that day",
        "begins the day after",
        "ends the day after",
        "ends that day",
        "holds on no day",
    ],
)
def test_spell_on_the_day(first, to, expected):
    case = person().spell("adult", "care.need", first, to).always_covered("care.need")

    assert ask('{ kind = "spell", signal = "care.need" }', case, END) == expected


@pytest.mark.parametrize(
    ("to", "expected", "opposite"),
    [(date(2017, 3, 1), "not_met", "met"), (date(2017, 3, 2), "met", "not_met")],
    ids=["ended before the window", "held on its first day"],
)
def test_spell_and_no_spell_in_a_window(to, expected, opposite):
    case = person().spell("adult", "care.need", date(2016, 1, 1), to).always_covered("care.need")

    assert ask('{ kind = "spell", signal = "care.need", months = 6 }', case, END) == expected
    assert ask('{ kind = "no_spell", signal = "care.need", months = 6 }', case, END) == opposite


@pytest.mark.parametrize(
    ("days", "expected"),
    [(90, "not_met"), (91, "met"), (92, "met")],
    ids=["90 days", "91 days", "92 days"],
)
def test_held_for_thirteen_weeks(days, expected):
    began = END - timedelta(days=days - 1)
    case = person().spell("adult", "work.employed", began, None).always_covered("work.employed")

    assert ask('{ kind = "held", signal = "work.employed", weeks = 13 }', case, END) == expected


@pytest.mark.parametrize(("gap", "expected"), [(28, "met"), (29, "not_met")])
def test_held_with_gaps_within_a_longer_window(gap, expected):
    begins = END - timedelta(days=209)
    case = person().always_covered("work.employed")
    case.spell("adult", "work.employed", begins, begins + timedelta(days=50))
    case.spell("adult", "work.employed", begins + timedelta(days=50 + gap), None)

    assert (
        ask('{ kind = "held", signal = "work.employed", weeks = 26, within_weeks = 30 }', case, END)
        == expected
    )


def test_overlapping_spells_count_a_day_once():
    began = END - timedelta(days=60)
    case = person().always_covered("work.employed")
    case.spell("adult", "work.employed", began, None).spell("adult", "work.employed", began, None)

    assert ask('{ kind = "held", signal = "work.employed", weeks = 13 }', case, END) == "not_met"


@pytest.mark.parametrize(
    ("scores", "keys", "expected"),
    [
        ([(END, "8")], "at_least = 8", "met"),
        ([(END, "7.9")], "at_least = 8", "not_met"),
        ([], "at_least = 8", "insufficient_evidence"),
        ([(END, "7"), (END, "8")], "at_least = 8", "met"),
        ([(END + timedelta(days=1), "9"), (END, "7")], "at_least = 8", "not_met"),
        ([(BASELINE, "5"), (END, "7")], "rise = 2", "met"),
        ([(BASELINE, "5.1"), (END, "7")], "rise = 2", "not_met"),
        ([(END, "9")], "rise = 2", "insufficient_evidence"),
        ([(BASELINE, "5")], "rise = 0", "met"),
        ([(BASELINE, "5")], "rise = 1", "not_met"),
        ([(BASELINE, "5"), (END, "7")], "rise = 2, at_least = 8", "not_met"),
        ([(BASELINE, "5")], "months = 6, rise = 0", "insufficient_evidence"),
        ([(date(2017, 2, 28), "9")], "months = 6, at_least = 8", "insufficient_evidence"),
        ([(date(2017, 3, 1), "9")], "months = 6, at_least = 8", "met"),
    ],
)
def test_score(scores, keys, expected):
    case = person()
    for day, value in scores:
        case.score("adult", day, value)

    assert ask(f'{{ kind = "score", signal = "star", {keys} }}', case, END) == expected


@pytest.mark.parametrize(
    ("day", "keys", "expected"),
    [
        (END, "", "met"),
        (END + timedelta(days=1), "", "not_met"),
        (date(2017, 2, 28), ", months = 6", "not_met"),
        (date(2017, 3, 1), ", months = 6", "met"),
    ],
)
def test_attested_of_the_person_or_of_the_family(day, keys, expected):
    test = f'{{ kind = "attested", signal = "said"{keys} }}'

    assert ask(test, person().said(day, person="adult"), END) == expected
    assert ask(test, person().said(day), END) == expected


@pytest.mark.parametrize(
    ("baseline", "expected"),
    [
        (None, "insufficient_evidence"),
        (END + timedelta(days=1), "insufficient_evidence"),
        (END, "met"),
    ],
    ids=["no baseline", "baseline to come", "baseline today"],
)
def test_without_a_baseline_nothing_has_fallen(baseline, expected):
    case = Case(baseline=baseline).person("adult", date(1980, 1, 1)).always_covered("police.asb")
    case.events("adult", "police.asb", END - timedelta(days=1))

    assert ask(FALL.replace("60", "0"), case, END) == expected


@pytest.mark.parametrize(
    ("first", "second", "all_of", "any_of"),
    [
        ("met", "met", "met", "met"),
        ("met", "not_met", "not_met", "met"),
        ("met", "insufficient", "insufficient_evidence", "met"),
        ("not_met", "insufficient", "not_met", "insufficient_evidence"),
        ("not_applicable", "met", "met", "met"),
        ("not_applicable", "not_met", "not_met", "not_met"),
        ("not_applicable", "not_applicable", "not_applicable", "not_applicable"),
        ("not_applicable", "insufficient", "insufficient_evidence", "insufficient_evidence"),
    ],
)
def test_ways_to_combine(first, second, all_of, any_of):
    tests = {
        "met": '{ kind = "count", signal = "police.offence", months = 1, at_least = 0 }',
        "not_met": '{ kind = "count", signal = "police.offence", months = 1, at_least = 1 }',
        "insufficient": '{ kind = "spell", signal = "care.need" }',
        "not_applicable": FALL,
    }
    case = falling(0, 0)
    both = f"tests = [{tests[first]}, {tests[second]}]"

    assert ask(f'{{ kind = "all_of", {both} }}', case, END) == all_of
    assert ask(f'{{ kind = "any_of", {both} }}', case, END) == any_of
