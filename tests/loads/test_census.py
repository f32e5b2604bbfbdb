"""The Children in Need census of each collection becomes spells, with the days it covers."""

import re

import pytest

from tests.loads.census_files import census
from tfsaas.loads.census import YEARS, known_elements
from tfsaas.loads.feeds import read_census_sample
from tfsaas.loads.sandbox import read_file
from tfsaas.loads.table import TableRefused


@pytest.mark.parametrize("year", YEARS)
def test_plans_become_rows_and_the_header_says_what_is_covered(year):
    table = read_file(census(year, children=2).encode())

    assert table.header == ["person_reference", "upn", "date_of_birth", "plan", "from", "to"]
    rows = list(zip(*table.columns, strict=True))
    who = ("C1", "B801200005001", "2014-03-09")
    assert rows[:5] == [
        (*who, "in need", f"{year - 1}-05-10", f"{year - 1}-09-30"),
        (*who, "protection", f"{year - 1}-10-01", f"{year}-02-01"),
        (*who, "enquiry", f"{year - 1}-09-20", f"{year}-02-01"),
        (*who, "assessment", f"{year - 1}-04-25", f"{year}-02-01"),
        (*who, "open case", f"{year - 1}-04-20", f"{year}-02-01"),
    ]
    assert table.lines == [1] * 5 + [2] * 5
    assert table.notes == ["The file says that it is of local authority 886. If that is not yours, set it aside"]  # fmt: skip
    assert table.covers == (f"{year - 1}-04-01", f"{year}-03-31")


def test_a_namespace_changes_nothing():
    assert read_file(census(2025, space=' xmlns="urn:example:cin"').encode()).lines == [1] * 5


def test_a_plan_without_an_end_goes_on_unless_the_case_was_closed():
    text = census(2025)
    closed = "<CINclosureDate>2025-02-01</CINclosureDate>"

    assert read_file(text.replace(closed, "").encode()).columns[5] == ["2024-09-30", "", "", "", ""]
    died = text.replace(closed, "").replace("</PersonBirthDate>", "</PersonBirthDate><PersonDeathDate>2025-01-04</PersonDeathDate>")  # fmt: skip
    assert read_file(died.encode()).columns[5] == ["2024-09-30", *["2025-01-04"] * 4]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("<Collection>CIN</Collection>", "<Collection>SSDA903</Collection>", "not CIN"),
        ("<Year>2025</Year>", "<Year>2019</Year>", "collections 2023 to 2026"),
        ("2025-03-31", "31/03/2025", "ReferenceDate"),
        ("<LAchildID>C1</LAchildID>", "", "Child 1: LAchildID is missing"),
        ("2024-05-10", "10/05/2024", "Child 1, CINPlanStartDate: “10/05/2024” is not a date"),
        (">NEG<", ">BAD<", "Child 1, InitialCategoryOfAbuse: “BAD” is not one of EMO, MUL, NEG, PHY, SAB"),
        (">false<", ">maybe<", "Child 1, ICPCnotRequired: “maybe” is not true or false"),
        ("<Children>", "<Others>", "not whole XML"),
    ],
)  # fmt: skip
def test_each_fault_names_the_child_and_the_element(before, after, words):
    with pytest.raises(TableRefused) as refused:
        read_file(census(2025).replace(before, after).encode())

    assert any(words in fault for fault in refused.value.faults)


def test_all_faults_of_a_census_are_told_at_once():
    text = census(2025, children=3).replace("2024-05-10", "x").replace(">NEG<", ">BAD<")

    with pytest.raises(TableRefused) as refused:
        read_file(text.encode())

    assert len(refused.value.faults) == 6


def test_a_census_without_plans_says_so():
    text = census(2025)
    start = text.index("<CINdetails>")

    with pytest.raises(TableRefused, match="no plan, no enquiry"):
        read_file((text[:start] + "</Child></Children></Message>").encode())


def test_the_element_list_knows_every_element_of_the_file():
    known = {path.rpartition("/")[2] for path in known_elements()}
    used = set(re.findall(r"<(\w+)>[^<]+</\1>", census(2023) + census(2025)))

    assert used - known == set()


def test_a_referral_without_further_action_is_no_open_case():
    text = census(2025).replace("<ReferralNFA>0<", "<ReferralNFA>1<")

    assert "open case" not in read_file(text.encode()).columns[3]


def test_unborn_children_are_counted_and_passed_over():
    text = census(2025, children=2).replace("<PersonBirthDate>2014-03-09</PersonBirthDate>", "<ExpectedPersonBirthDate>2025-06-01</ExpectedPersonBirthDate>", 1)  # fmt: skip

    table = read_file(text.encode())

    assert set(table.columns[0]) == {"C2"}
    assert "1 child was not born yet and is passed over" in table.notes


def test_an_element_that_nobody_knows_is_named_and_not_passed_over_silently():
    text = census(2025).replace("<Section47>", "<Section47New><Start>2024-09-20</Start></Section47New><Section47>")  # fmt: skip

    notes = read_file(text.encode()).notes

    assert any("Not known to this service" in note and "Start" in note for note in notes)


def test_a_plan_without_its_first_day_is_a_fault():
    with pytest.raises(TableRefused, match="Child 1, Section47: S47ActualStartDate is missing"):
        read_file(census(2025).replace("<S47ActualStartDate>2024-09-20</S47ActualStartDate>", "").encode())  # fmt: skip


@pytest.mark.parametrize("code", ["utf-16", "utf-16-be"])
def test_a_census_in_another_encoding_is_read(code):
    mark = "" if code == "utf-16" else "\ufeff"
    text = census(2025).replace('encoding="UTF-8"', 'encoding="UTF-16"')

    assert read_file((mark + text).encode(code)).lines == [1] * 5


def test_the_sample_is_a_census_that_can_be_read():
    table = read_file(read_census_sample().encode())

    assert set(table.columns[0]) == {"C1", "C2"}
    assert table.covers == ("2024-04-01", "2025-03-31")
