"""Search: by what somebody remembers, in the council's scope, without names in addresses."""

from datetime import date

import pytest

from tests.builders import Council
from tests.world import boxes, build_world
from tfsaas.db import db
from tfsaas.families import search as looking
from tfsaas.families.actions import Particulars, add_family, add_person
from tfsaas.families.models import Person
from tfsaas.families.search import search
from tfsaas.loads.linking import link_people
from tfsaas.permissions import Role

PEOPLE = (
    ("Elizabeth", "Okafor-Hill", date(2012, 5, 4), "ME4 4TR"),
    ("Muhammad", "Khan", date(1980, 1, 2), "DA1 1AA"),
    ("José", "O’Brien", date(1975, 11, 30), ""),
    ("Elsa", "Stone", date(2012, 5, 4), ""),
)


def searchable(council: Council) -> None:
    build_world(council)
    with council.work(Role.WORKER):
        for given, family, born, postcode in PEOPLE:
            added = add_family(family)
            add_person(added.id, Particulars(given, family, born, "", postcode), resident=True, joined_on=born)  # fmt: skip


def names(council: Council, words: str, born: date | None = None) -> set[str]:
    with council.work(Role.WORKER):
        return {hit.person.given_name for hit in search(words, born).people}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Elizabeth", {"Elizabeth"}), ("eliz", {"Elizabeth"}), ("ELIZ oka", {"Elizabeth"}), ("Hill", {"Elizabeth"}), ("Okafor Hill", {"Elizabeth"}),
        ("Liz", {"Elizabeth"}), ("Betty Okafor", {"Elizabeth"}), ("Mohammed Khan", {"Muhammad"}), ("Muhammed", {"Muhammad"}),
        ("jose", {"José"}), ("O'Brien", {"José"}), ("OBrien", {"José"}), ("O Brien", {"José"}), ("jose o brien", {"José"}), ("obrian", {"José"}), ("Stoan", {"Elsa"}),
        ("ME4 4TR", {"Elizabeth"}), ("Okafor ME4 4TR", {"Elizabeth"}), ("me44tr Khan", set()), ("me44tr", {"Elizabeth"}), ("999 007 9196", {"Ada"}), ("9990079196", {"Ada"}),
        ("nobody", set()), ("e", set()), ("", set()), ("%", set()), ("'; drop table person", set()),
    ],
)  # fmt: skip
def test_people_are_found_by_what_is_remembered(council: Council, words, expected):
    searchable(council)

    found = names(council, words)

    assert expected <= found
    assert len(found - expected) <= 1, found


@pytest.fixture
def many(monkeypatch):
    """More than one person with a word is too many to be asked one by one."""
    monkeypatch.setattr(looking, "FEW", 1)
    for kept in (looking._narrowing, looking._counting):
        kept.cache_clear()
    yield
    for kept in (looking._narrowing, looking._counting):
        kept.cache_clear()


@pytest.mark.parametrize(
    ("words", "born", "expected"),
    [
        ("Okafor", None, {"Ada", "Elizabeth", "Sam"}), ("Sam Okafor", None, {"Sam"}), ("Okafor Elizabeth", None, {"Elizabeth"}),
        ("Okafor Okafor", None, {"Ada", "Elizabeth", "Sam"}), ("Nobody Okafor", None, set()), ("Els Stone", date(2012, 5, 4), {"Elsa"}),
        ("El", date(2012, 5, 4), {"Elizabeth", "Elsa"}),
    ],
)  # fmt: skip
def test_what_many_have_in_common_is_found_as_well(council: Council, many, words, born, expected):
    searchable(council)

    found = names(council, words, born)
    looking.FEW = 5000
    looking._narrowing.cache_clear()
    looking._counting.cache_clear()

    assert found == names(council, words, born) == expected


def test_a_date_of_birth_alone_or_with_a_name(council: Council):
    searchable(council)

    assert names(council, "", date(2012, 5, 4)) == {"Elizabeth", "Elsa"}
    assert names(council, "Els", date(2012, 5, 4)) == {"Elsa"}
    assert names(council, "Els", date(2012, 5, 5)) == set()


@pytest.mark.parametrize("written", ["2012-05-04", "04/05/2012", "4.5.2012", "4 5 2012", " 2012-5-4 "])  # fmt: skip
def test_a_date_of_birth_may_be_written_where_names_are(council: Council, written):
    searchable(council)

    assert names(council, written) == {"Elizabeth", "Elsa"}
    assert names(council, "31/02/2012") == set()


def test_another_record_of_the_same_person_leads_to_the_family(council: Council):
    """What only a linked record says, which is in no family, is found all the same; strangers are not."""
    searchable(council)
    with council.work(Role.SUPERVISOR):
        other, stranger = (Person(reference=f"X{name}", given_name=name, family_name="Elsewhere") for name in ("Lilibet", "Nobody"))  # fmt: skip
        db.session.add_all([other, stranger])
        db.session.flush()
        elizabeth = search("Elizabeth", None).people[0]
        link_people(elizabeth.person.id, other.id, "x")
    with council.work(Role.WORKER):
        hits = search("Elsewhere", None).people

        assert [(hit.person.given_name, hit.by_link) for hit in hits] == [("Lilibet", True)]
        assert [family.name for family in hits[0].families] == ["Okafor-Hill"]
    assert "By another record of this person" in council.browser(Role.WORKER).post("/search", {"words": "Elsewhere"}, status=200).text  # fmt: skip


def test_references_lead_to_people_and_families(council: Council):
    searchable(council)
    with council.work():
        found = search("ready", None)
        assert [family.reference for family in found.families] == ["READY"]


def test_changed_names_are_found_at_once_and_old_ones_no_longer(council: Council):
    searchable(council)
    with council.work(Role.WORKER):
        person = search("Elizabeth", None).people[0].person
        person.given_name = "Ottilie"

    assert names(council, "Ottil") == {"Ottilie"}
    assert names(council, "Elizabeth") == set()


def test_another_councils_people_are_never_found(council: Council, other_council: Council):
    searchable(other_council)

    assert names(council, "Elizabeth") == set()
    assert names(council, "ME4 4TR") == set()


def test_the_page_tells_how_it_searched_and_shows_the_families(council: Council):
    searchable(council)
    browser = council.browser(Role.WORKER)

    page = browser.post("/search", {"words": "liz okafor"}, status=200).text

    assert "1 person</strong> found by name" in page
    assert "Okafor-Hill, F-" in page
    assert "at least two letters" in browser.post("/search", {"words": "x"}, status=200).text
    assert browser.post("/search", {"words": "x" * 200}, status=400)
    born = browser.post("/search", {"words": ""} | boxes("born", date(2012, 5, 4)), status=200).text
    assert "2 people" in born


def test_the_box_stands_on_every_page_of_those_who_may_see_families(council: Council):
    assert "header-words" in council.browser(Role.WORKER).get("/account").text
    assert "header-words" not in council.browser(Role.LEADER).get("/account").text
    council.browser(Role.LEADER).get("/search", status=403)
