"""Two records linked by hand, taken back from wherever they are seen, and never against what was said of two people."""

import pytest
from sqlalchemy import select

from tests.builders import Council, errors_on
from tests.loads.deliveries import HEAD, agree, store
from tests.loads.test_linking import by_reference, double
from tests.world import BEGAN, build_world
from tfsaas.db import db
from tfsaas.evidence.models import Spell
from tfsaas.families.finding_models import PairStatus, PersonPair
from tfsaas.families.models import Person
from tfsaas.loads.linking import PairRefused, decide_pair, find_pairs, link_people, list_pairs
from tfsaas.loads.models import PartnerReference
from tfsaas.permissions import Role


def refs(council: Council):
    build_world(council)
    with council.work():
        return {row.reference: row.id for row in db.session.scalars(select(Person))}


def test_whoever_knows_links_two_records_by_reference_with_a_reason(council: Council):
    people = refs(council)
    browser, path = council.browser(Role.SUPERVISOR), f"/evidence/matches/of/{people['S1']}"
    assert "No other record is linked" in browser.get(path).text
    for wrong, words in (
        ("NOBODY", "No other person has this reference"),
        ("s1", "No other person has this reference"),
        ("", "Enter the reference"),
    ):
        refused = browser.post(path + "/look", {"reference": wrong}, status=400).text
        assert words in errors_on(refused)[0]
    assert "R2" in browser.post(path + "/look", {"reference": "r2"}, status=200).text

    other = {"other": str(people["R2"])}
    assert errors_on(browser.post(path, other, status=400).text) == [
        "Enter how you know that they are one person"
    ]
    browser.post(path, other | {"reason": "Seen both birth certificates"})

    page = browser.get(path).text
    assert "Said by hand: Seen both birth certificates" in page
    with council.work():
        pair = db.session.scalars(select(PersonPair)).one()
        assert pair.status is PairStatus.LINKED
        undo, told = f"/evidence/matches/{pair.id}/undo", {"version": str(pair.version), "person": str(people["S1"])}  # fmt: skip
    assert browser.post(undo, told).location.endswith(path)
    with council.work():
        assert db.session.scalars(select(Person.same_as_id).where(Person.same_as_id.is_not(None))).all() == []  # fmt: skip


def test_every_decided_pair_is_listed_and_can_be_taken_back(council: Council):
    build_world(council)
    with council.work(Role.SUPERVISOR):
        for number in range(28):
            one, other = (Person(reference=f"{side}{number}", given_name="A", family_name="B") for side in "XY")  # fmt: skip
            db.session.add_all([one, other])
            db.session.flush()
            link_people(one.id, other.id, "said by hand: x")
    browser = council.browser(Role.SUPERVISOR)

    first = browser.get("/evidence/matches/decided/link").text
    second = browser.get("/evidence/matches/decided/link?skip=25").text

    assert (first.count("Take back"), second.count("Take back")) == (25, 3)
    assert "Earlier ones" in first
    assert "Earlier ones" not in second
    browser.get("/evidence/matches/decided/undo", status=404)


def test_a_chain_never_makes_one_of_two_who_were_said_to_be_two(council: Council):
    people = refs(council)
    a, b, c = people["S1"], people["R1"], people["R2"]
    with council.work(Role.SUPERVISOR):
        pair = link_people(a, c, "x")
        decide_pair(pair.id, PairStatus.APART, version=pair.version)
        link_people(a, b, "x")

    with council.work(Role.SUPERVISOR), pytest.raises(PairRefused, match="were said to be two people"):  # fmt: skip
        link_people(b, c, "x")
    browser = council.browser(Role.SUPERVISOR)
    browser.post(f"/evidence/matches/of/{b}", {"other": str(c), "reason": "x"})
    assert "were said to be two people" in browser.get(f"/evidence/matches/of/{b}").text


def test_a_pair_that_other_links_settle_is_not_asked_about(council: Council):
    build_world(council)
    other = double(council)
    with council.work(Role.SUPERVISOR):
        find_pairs()
        assert len(list_pairs(PairStatus.OPEN)) == 1
        between = Person(reference="BETWEEN", given_name="A", family_name="B")
        db.session.add(between)
        db.session.flush()
        link_people(other, between.id, "x")
        link_people(between.id, by_reference("S1").id, "x")

        assert list_pairs(PairStatus.OPEN) == []


def test_what_is_loaded_while_two_are_linked_stays_with_the_record_that_was_meant(council: Council):
    people = refs(council)
    with council.work(Role.SUPERVISOR):
        later = Person(reference="LATER", given_name="Zoë", family_name="Unlike", date_of_birth=BEGAN.replace(year=1991))  # fmt: skip
        db.session.add(later)
        db.session.flush()
        later_id = later.id
        pair = link_people(people["R2"], later_id, "x")
        pair_id = pair.id
    head = HEAD.replace("NHS number", "Reference")
    store(council, agree(council), head + f"Zoë,Unlike,{BEGAN.replace(year=1991)},A7,{BEGAN},\n")

    with council.work(Role.SUPERVISOR):
        pair = db.session.scalars(select(PersonPair).where(PersonPair.id == pair_id)).one()
        decide_pair(pair_id, PairStatus.APART, version=pair.version)
        assert db.session.scalars(select(Spell.person_id).where(Spell.signal == "care.early_help")).all() == [later_id]  # fmt: skip
        assert db.session.scalars(select(PartnerReference.person_id)).all() == [later_id]


def test_records_of_one_person_are_for_those_who_may_see_them(council: Council, other_council: Council):  # fmt: skip
    people = refs(council)
    path = f"/evidence/matches/of/{people['S1']}"

    council.browser(Role.AUDITOR).get(path)
    council.browser(Role.WORKER).get(path, status=403)
    council.browser(Role.AUDITOR).post(
        path, {"other": str(people["R2"]), "reason": "x"}, status=403
    )
    other_council.browser(Role.SUPERVISOR).get(path, status=404)
    other_council.browser(Role.SUPERVISOR).post(path, {"other": str(people["R2"]), "reason": "x"}, status=404)  # fmt: skip


def test_how_somebody_knows_is_kept_of_a_pair_that_was_found_before(council: Council):
    build_world(council)
    other = double(council)
    with council.work(Role.SUPERVISOR):
        find_pairs()
        one = by_reference("S1").id
    browser, path = council.browser(Role.SUPERVISOR), f"/evidence/matches/of/{one}"

    browser.post(path, {"other": str(other), "reason": "Rang the school"})

    page = browser.get(path).text
    assert "Said by hand: Rang the school" in page
    assert "date of birth: the same" in page, "why it was found stands there too"


def test_a_record_is_not_linked_with_itself(council: Council):
    people = refs(council)
    browser, path = council.browser(Role.SUPERVISOR), f"/evidence/matches/of/{people['S1']}"

    browser.post(path, {"other": str(people["S1"]), "reason": "x"})

    assert "This is the same record" in browser.get(path).text
