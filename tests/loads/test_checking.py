"""A mapped file against its feed: every fault by line and column, and what good rows become."""

from datetime import date
from decimal import Decimal

import pytest

from tfsaas.families.models import Scheme
from tfsaas.loads.cells import read_day
from tfsaas.loads.checking import Checked, Fault, check_table
from tfsaas.loads.facts_of_rows import Known
from tfsaas.loads.feeds import Feed, get_feed, list_feeds, write_sample
from tfsaas.loads.mapping import guess, list_missing
from tfsaas.loads.sandbox import read_file
from tfsaas.rules.parse import parse
from tfsaas.rules.templates import get_template

TODAY = date(2026, 3, 1)
ALL = {signal for feed in list_feeds() for signal in feed.signals}
SPELLS = "UPN,From,To\n"


def check(code: str, text: str, known=ALL) -> Checked:
    feed = get_feed(code)
    table = read_file(text.encode())
    mapping = guess(feed, table.header, {})
    assert list_missing(feed, mapping) == {}
    return check_table(feed, table, mapping, Known(known), TODAY)


@pytest.mark.parametrize("feed", list_feeds(), ids=lambda feed: feed.code)
def test_the_sample_of_every_feed_maps_itself_and_passes(feed: Feed):
    checked = check(feed.code, write_sample(feed))

    assert checked.faults == []
    assert sum(len(found.lines) for found in checked.facts.values()) >= 1
    assert checked.people[0].identifiers == {
        Scheme.UPN: "B801200005001", Scheme.NHS_NUMBER: "9990079196", Scheme.NINO: "AB123456C",
    }  # fmt: skip


def test_every_signal_of_every_feed_is_asked_for_by_some_shipped_plan_but_what_councils_may_add():
    plans = [parse(get_template(key)) for key in ("tf-2012", "tf-2015", "sf-2022")]
    asked = {code for plan in plans for code in plan.signals}

    assert ALL - asked == {"care.section_47", "care.assessment", "care.open_case"}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-03-31", date(2019, 3, 31)), ("31/03/2019", date(2019, 3, 31)), ("1/3/2019", date(2019, 3, 1)), ("31.03.2019", date(2019, 3, 31)),
        ("31-03-2019", date(2019, 3, 31)), ("31 Mar 2019", date(2019, 3, 31)), ("31-March-2019", date(2019, 3, 31)), ("20190331", date(2019, 3, 31)),
        ("2019-03-31 00:00:00", date(2019, 3, 31)), ("31/03/2019 00:00", date(2019, 3, 31)), ("43555", date(2019, 3, 31)), ("29/02/2020", date(2020, 2, 29)),
        ("31/03/2019 14:30", date(2019, 3, 31)), ("2019-03-31T23:59:59.5", date(2019, 3, 31)), ("31/03/2019 2:30 PM", date(2019, 3, 31)),
    ],
)  # fmt: skip
def test_days_are_read_as_british_files_write_them(text, day):
    assert read_day(text) == day


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("03/31/2019", "days come before months"), ("29/02/2019", "not a real date"), ("31/3/19", "a year of two figures"), ("soon", "is not a date"),
        ("31/03/1819", "from 1900"), ("31 Foo 2019", "is not a date"), ("2019-03-31T23:30Z", "is not a date"), ("2019-03-31 1400", "is not a date"),
    ],
)  # fmt: skip
def test_days_that_could_be_two_or_none_are_refused(text, words):
    with pytest.raises(ValueError, match=words):
        read_day(text)


def test_every_fault_is_told_by_line_and_the_files_own_column():
    checked = check(
        "school-exclusions",
        "UPN,Start date,Type\nB801200005001,31/31/2025,suspended maybe\nB801200005001,,PEX\nB801200005001,01/04/2026,perm\n,01/02/2026,perm\n",
    )

    assert [(fault.line, fault.column) for fault in checked.faults] == [
        (2, "Start date"), (2, "Type"), (3, "Start date"), (4, "Start date"), (5, ""),
    ]  # fmt: skip
    assert "is not one of: suspension, lunchtime, permanent, withdrawn" in checked.faults[1].message
    assert "has not come yet" in checked.faults[3].message
    assert "says too little about who it is" in checked.faults[4].message


def test_a_code_may_be_written_in_many_ways_and_may_count_for_nothing():
    rows = "".join(
        f"B801200005001,0{at}/02/2026,{how}\n"
        for at, how in enumerate(("PERM", "Permanent  exclusion", "fixt", "withdrawn"), start=1)
    )
    found = check("school-exclusions", "UPN,Date,Kind of exclusion\n" + rows).facts["event"]

    assert found.signals == ["school.permanent_exclusion"] * 2 + ["school.exclusion"]
    assert found.lines == [2, 3, 4]


def test_attendance_is_kept_as_attended_and_missed_whichever_is_given():
    head = "UPN,Start,End,Possible,Attended,Missed,Unauthorised\n"
    days = "B801200005001,01/09/2025,19/12/2025,140,"

    found = check("school-attendance", head + days + "126,,4\n").facts["period"]
    rest = check("school-attendance", head + days + ",14,\n").facts["period"]

    ends = [date(2025, 9, 1), date(2025, 12, 19)]
    assert list(zip(found.signals, *found.values, strict=True)) == [
        ("school.attended", *ends, Decimal(126), Decimal(140)),
        ("school.absent", *ends, Decimal(14), Decimal(140)),
        ("school.unauthorised", *ends, Decimal(4), Decimal(140)),
    ]
    assert rest.values[2] == [Decimal(126), Decimal(14)]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("01/09/2025,19/12/2025,140,141,,", "Attended", "more than the sessions possible"),
        ("01/09/2025,19/12/2025,140,,,", "Attended", "so is its counterpart"),
        ("19/12/2025,01/09/2025,140,1,,", "End", "before the first day"),
        ("01/02/2026,01/04/2026,140,1,,", "End", "has not come yet"),
        ("01/09/2025,19/12/2025,-1,0,,", "Possible", "below 0"),
        ("01/09/2025,19/12/2025,many,0,,", "Possible", "is not a number"),
    ],
)
def test_a_wrong_period_is_one_fault_though_it_makes_three_facts(row, column, words):
    checked = check("school-attendance", "UPN,Start,End,Possible,Attended,Missed,Unauthorised\nB801200005001," + row)  # fmt: skip

    told = [fault for fault in checked.faults if fault.column == column and words in fault.message]
    assert len(told) == 1
    assert checked.fault_count == len(checked.faults)


def test_spells_may_go_on_and_may_not_end_before_they_begin():
    good = check("early-help", SPELLS + "B801200005001,01/02/2025,\n").facts["spell"]
    bad = check("early-help", SPELLS + "B801200005001,01/02/2025,31/01/2025\n")

    assert good.values == [[date(2025, 2, 1)], [None]]
    assert "31/01/2025 is before the first day, 01/02/2025" in bad.faults[0].message


def test_rows_about_what_no_plan_asks_are_counted_and_dropped():
    known = {"health.treatment"}
    text = "NHS,Service,From,To\n9990079196,substance,01/02/2025,\n9990079196,midwifery,01/02/2025,\n"  # fmt: skip

    checked = check("health-referrals", text, known)

    assert checked.facts["spell"].signals == ["health.treatment"], "its own signal is not asked for"
    assert any("“expecting”, which no version" in warning for warning in checked.warnings)


def test_a_number_that_cannot_be_right_is_passed_over_and_told():
    checked = check("early-help", "Surname,DOB,UPN,From,To\nOkafor,09/03/2014,A801200005001,01/02/2025,\n")  # fmt: skip

    assert checked.faults == []
    assert checked.people[0].identifiers == {}
    assert any("wrong for 1 people (the first on line 2)" in warning for warning in checked.warnings)  # fmt: skip


def test_rows_with_the_partners_own_number_are_one_person():
    text = "Reference,Surname,DOB,Address,From,To\nA1,Okafor,09/03/2014,,01/02/2025,02/02/2025\nA1,Okafor,,12 Mill Lane,03/03/2025,\nA2,Lee,,,03/03/2025,\n"  # fmt: skip

    checked = check("early-help", text)

    assert [(p.reference, p.date_of_birth, p.address) for p in checked.people] == [
        ("A1", date(2014, 3, 9), "12 Mill Lane"), ("A2", None, ""),
    ]  # fmt: skip
    assert checked.facts["spell"].people == [0, 0, 1]


def test_one_person_with_two_dates_of_birth_is_a_fault():
    checked = check("early-help", "Reference,DOB,From,To\nA1,09/03/2014,01/02/2025,\nA1,09/03/2015,01/02/2025,\n")  # fmt: skip

    assert checked.faults == [Fault(3, "", "gives another date of birth for A1 than line 2")]


def test_faults_beyond_a_thousand_are_counted():
    checked = check("early-help", SPELLS + "B801200005001,soon,\n" * 1500)

    assert (len(checked.faults), checked.fault_count) == (1000, 1500)


class TestMapping:
    """Columns are placed by what was said before, then by their names."""

    def test_what_was_said_before_stands(self):
        feed = get_feed("early-help")

        found = guess(feed, ["Opened", "Start", "UPN"], {"from": "Start", "upn": "UPN"})

        assert found == {"from": "Start", "upn": "UPN"}

    def test_a_column_that_is_called_otherwise_now_is_found_by_its_name(self):
        found = guess(get_feed("early-help"), ["From", "UPN"], {"from": "Opened on"})

        assert found["from"] == "From"

    @pytest.mark.parametrize(("seen", "is_placed"), [(("From", "UPN"), False), (("UPN",), True)])
    def test_that_a_column_is_not_there_stands_for_the_columns_that_were_seen(
        self, seen, is_placed
    ):
        found = guess(get_feed("early-help"), ["From", "UPN"], {"from": "", "upn": "UPN"}, seen)

        assert ("from" in found) == is_placed

    def test_what_is_missing_is_asked_all_at_once(self):
        missing = list_missing(get_feed("school-attendance"), {"given_name": "A", "family_name": "A"})  # fmt: skip

        assert set(missing) == {
            "from", "to", "sessions_possible", "sessions_attended", "given_name", "family_name", "person_reference",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("number", "words"),
    [("1.00061E+11", "a spreadsheet shortened"), ("1,5e+10", "a spreadsheet shortened"), ("100061234567", None), ("E10", None), ("1E", None)],
)  # fmt: skip
def test_a_number_that_a_spreadsheet_shortened_is_a_fault(number, words):
    """Many people would share it, and be taken for one."""
    checked = check("early-help", f'Reference,UPN,From,To\n"{number}",B801200005001,2024-01-02,\n')

    assert [words in fault.message for fault in checked.faults] == ([True] if words else [])
