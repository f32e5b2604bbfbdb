"""The Children in Need census of each collection becomes spells, with the days it covers."""

import re

import pytest

from tests.loads.census_files import census
from tfsaas.loads.census import YEARS, known_elements
from tfsaas.loads.sandbox import read_file
from tfsaas.loads.table import TableRefused


@pytest.mark.parametrize("year", YEARS)
def test_plans_become_rows_and_the_header_says_what_is_covered(year):
    table = read_file(census(year, children=2).encode())

    assert table.header == ["person_reference", "upn", "date_of_birth", "plan", "from", "to"]
    rows = list(zip(*table.columns, strict=True))
    assert rows[:2] == [
        ("C1", "B801200005001", "2014-03-09", "in need", f"{year - 1}-05-10", f"{year - 1}-09-30"),
        ("C1", "B801200005001", "2014-03-09", "protection", f"{year - 1}-10-01", f"{year}-02-01"),
    ]
    assert table.lines == [1, 1, 2, 2]
    assert table.covers == (f"{year - 1}-04-01", f"{year}-03-31")


def test_a_namespace_changes_nothing():
    assert read_file(census(2025, space=' xmlns="urn:example:cin"').encode()).lines == [1, 1]


def test_a_plan_without_an_end_goes_on_unless_the_case_was_closed():
    text = census(2025)
    closed = "<CINclosureDate>2025-02-01</CINclosureDate>"

    assert read_file(text.replace(closed, "").encode()).columns[5] == ["2024-09-30", ""]
    died = text.replace(closed, "").replace("</PersonBirthDate>", "</PersonBirthDate><PersonDeathDate>2025-01-04</PersonDeathDate>")  # fmt: skip
    assert read_file(died.encode()).columns[5] == ["2024-09-30", "2025-01-04"]


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

    with pytest.raises(TableRefused, match="no child in need plan"):
        read_file((text[:start] + "</Child></Children></Message>").encode())


def test_the_element_list_knows_every_element_of_the_file():
    known = {path.rpartition("/")[2] for path in known_elements()}
    used = set(re.findall(r"<(\w+)>[^<]+</\1>", census(2023) + census(2025)))

    assert used - known == {"SourceLevel"}
