"""A feed is silent about people who came on record after its files; days at both sides of each edge."""

from datetime import date, timedelta

import numpy as np
import pytest

from tests.rules.cases import TERMS, Case, ask, plan_of
from tfsaas.rules.assembly import assemble
from tfsaas.rules.changes import next_changes
from tfsaas.rules.explanation import why

END = date(2017, 8, 31)
DAY = timedelta(days=1)
NONE_IN_SIX_MONTHS = '{ kind = "count", signal = "police.asb", months = 6, at_most = 0 }'
OPENS = date(2017, 3, 1)  # the first day of those six months
GONE = date(2017, 5, 1)  # the first day on which the adult's gap is over


def case() -> Case:
    found = Case().person("adult", date(1980, 1, 1)).person("child", date(2005, 1, 1))
    found.always_covered("police.asb", "care.need", "school.attended")
    return found


def silent(about: str, signal: str, first: date, last: date) -> Case:
    """Everything covered, but for one person's gap."""
    found = case()
    found.tables.gaps = [("late", signal, first, last)]
    found.tables.cohorts = {about: "late"}
    return found


@pytest.mark.parametrize(
    ("first", "last", "result"),
    [
        (date(2010, 1, 1), OPENS - DAY, "met"),
        (date(2010, 1, 1), OPENS, "insufficient_evidence"),
        (END, END, "insufficient_evidence"),
        (END + DAY, END + DAY, "met"),
        (date(2017, 5, 5), date(2017, 5, 5), "insufficient_evidence"),
    ],
)
def test_a_window_that_holds_a_day_of_the_gap_says_nothing(first, last, result):
    assert ask(NONE_IN_SIX_MONTHS, silent("child", "police.asb", first, last), END) == result


def test_the_gap_is_the_persons_alone():
    gap = silent("child", "police.asb", OPENS, END)

    assert ask(NONE_IN_SIX_MONTHS, gap, END, who="adult") == "met"
    assert ask(NONE_IN_SIX_MONTHS, gap, END, who="child") == "insufficient_evidence"
    assert ask(NONE_IN_SIX_MONTHS, gap, END, scope="family") == "insufficient_evidence"
    assert ask(NONE_IN_SIX_MONTHS, gap, END, who="adult", scope="family") == "met"


def test_the_gap_is_the_signals_alone():
    assert ask(NONE_IN_SIX_MONTHS, silent("child", "care.need", OPENS, END), END) == "met"


def test_what_is_on_record_counts_in_spite_of_a_gap():
    gap = silent("child", "police.asb", OPENS, END).events("child", "police.asb", OPENS)

    assert ask(NONE_IN_SIX_MONTHS, gap, END) == "not_met"


def test_a_state_on_the_day_itself():
    asked = '{ kind = "spell", signal = "care.need" }'

    before, then = silent("child", "care.need", OPENS, END - DAY), silent("child", "care.need", END, END)  # fmt: skip

    assert ask(asked, before, END, who="child") == "not_met"
    assert ask(asked, then, END, who="child") == "insufficient_evidence"


def test_a_fall_needs_both_windows():
    asked = '{ kind = "fall", signal = "police.asb", months = 6, percent = 50 }'
    before = date(2016, 3, 1)
    gap = silent("child", "police.asb", before, before).events("adult", "police.asb", before)

    assert ask(asked, gap, END, scope="family") == "insufficient_evidence"
    assert ask(asked, gap, END, who="adult") == "met"


def test_holidays_between_terms_need_no_coverage():
    asked = '{ kind = "rate", signal = "school.attended", terms = 2, at_least = 90 }'
    (_, ends), (begins, _) = TERMS[-2:]

    assert ask(asked, silent("child", "school.attended", ends + DAY, begins - DAY), END, who="child") == "not_applicable"  # fmt: skip
    assert ask(asked, silent("child", "school.attended", ends, ends), END, who="child") == "insufficient_evidence"  # fmt: skip


def test_the_explanation_tells_a_gap_of_the_person_from_one_of_the_feed():
    plan = plan_of(NONE_IN_SIX_MONTHS)
    gap = silent("child", "police.asb", OPENS, END).recorded("h", date(2016, 6, 30))
    people = why(gap.evaluate(plan, END), 0).headlines[0].outcomes[0].people

    tests = {row.person_id: row.test for row in people}
    assert (tests["child"].covered, tests["child"].unheard) == (False, True)
    assert (tests["adult"].covered, tests["adult"].unheard) == (True, False)
    gap.tables.coverage = []
    people = why(gap.evaluate(plan, END), 0).headlines[0].outcomes[0].people
    assert not any(row.test.unheard for row in people)


def test_a_family_is_due_on_the_day_a_gap_leaves_its_window():
    gap = silent("adult", "police.asb", date(2010, 1, 1), GONE - DAY)
    gap.tables.people = gap.tables.people[:1]
    gap.tables.coverage = [("police.asb", date(2000, 1, 1), date(2030, 12, 31))]
    plan, asked = plan_of(NONE_IN_SIX_MONTHS), date(2017, 8, 31)
    facts = assemble(gap.tables)

    due = next_changes(plan, facts, np.array([asked.toordinal()]))

    later = [asked + ahead * DAY for ahead in range(400)]
    told = [ask(NONE_IN_SIX_MONTHS, gap, day) for day in later]
    changes = later[told.index("met")]
    assert told[0] == "insufficient_evidence"
    assert asked < date.fromordinal(int(due[0])) <= changes
