"""Families found among people nobody knew: who belongs together, what the plan says, and what becomes of them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.builders import Council, errors_on
from tests.loads.deliveries import agree, do_jobs, store
from tests.loads.test_undo import undo_it
from tests.world import TODAY, build_world
from tfsaas.db import db
from tfsaas.evidence.export import export_files
from tfsaas.families.actions import add_member
from tfsaas.families.finding_models import PersonKey
from tfsaas.families.models import Episode, Family, Identifier, Membership, Person
from tfsaas.loads.grouping import LARGEST_HOME, Home, group_people, home_of, name_family
from tfsaas.loads.models import FamilyProposal, ProposalStatus
from tfsaas.loads.proposals import list_people, list_proposals
from tfsaas.permissions import Role

HEAD = "Forename,Surname,DOB,Address,Postcode,NHS,Date,Role\n"
MILL = "12 Mill Lane,ME4 4TR"
CALLS = [TODAY - timedelta(days=days) for days in (20, 40)]
NEW = "".join(
    f"{name},Adeyemi,{born},{MILL},{number},{day},{role}\n"
    for name, born, role, number in (("Ife", "1985-02-03", "victim", "9990079196"), ("Tolu", TODAY.replace(year=TODAY.year - 9), "child", ""))
    for day in CALLS
)  # fmt: skip
ALONE = f"Jo,Stone,1990-01-01,4 Other Road,ME4 4XX,,{CALLS[0]},suspect\n"


def found(council: Council, rows: str = NEW + ALONE, *, agreement=None):
    """The council after a load for finding families."""
    return store(council, agreement or agree(council), HEAD + rows, feed="domestic-incidents", finds=True)  # fmt: skip


def take(browser, council: Council, proposal, *, status: int = 302, **told: object):
    """Accept everybody of a proposal, or whom is told."""
    with council.work():
        people = [str(person.id) for person in list_people(proposal.id)]
    return browser.post(f"/evidence/families/{proposal.id}/accept", {"version": str(proposal.version), "person": people, "family": "new"} | told, status=status)  # fmt: skip


def only(council: Council):
    with council.work():
        proposal = db.session.scalars(select(FamilyProposal).where(FamilyProposal.status == ProposalStatus.OPEN).order_by(FamilyProposal.headline_count.desc()).limit(1)).one()  # fmt: skip
        db.session.expunge(proposal)
    return proposal


def without_number(rows: str) -> str:
    return rows.replace("9990079196", "")


def test_people_of_one_home_are_proposed_and_ranked(council: Council):
    build_world(council)
    found(council, without_number(NEW + ALONE))

    with council.work():
        rows = {row.name: row for row in list_proposals()}
        assert {name: row.people for name, row in rows.items()} == {"Adeyemi": 2, "Stone": 1}
        assert (
            rows["Adeyemi"].proposal.headline_count == len(rows["Adeyemi"].proposal.headlines) >= 1
        )
        assert rows["Adeyemi"].proposal.together == ["the same address"]
    page = council.browser(Role.SUPERVISOR).get("/evidence/families").text
    assert "Adeyemi" in page


def test_without_being_asked_to_nobody_unknown_is_kept(council: Council):
    build_world(council)
    store(council, agree(council), HEAD + without_number(NEW), feed="domestic-incidents")

    with council.work():
        assert db.session.scalars(select(Person).where(Person.family_name == "Adeyemi")).all() == []
        assert db.session.scalars(select(FamilyProposal)).all() == []


def test_an_accepted_family_is_the_councils_with_its_people_and_facts(council: Council):
    build_world(council)
    found(council, without_number(NEW))
    proposal, browser = only(council), council.browser(Role.SUPERVISOR)
    browser.get(f"/evidence/families/{proposal.id}")

    led = take(browser, council, proposal)

    with council.work():
        family = db.session.scalars(select(Family).where(Family.name == "Adeyemi")).one()
        assert led.location.endswith(str(family.id))
        assert len(db.session.scalars(select(Membership).where(Membership.family_id == family.id)).all()) == 2  # fmt: skip
        assert db.session.scalars(select(Episode).where(Episode.family_id == family.id)).one().baseline_on is None  # fmt: skip
    assert "Police call-out to a domestic incident" in council.browser(Role.WORKER).get(led.location).text  # fmt: skip


def test_those_at_a_known_familys_home_may_join_it_and_its_history_is_shown(council: Council):
    world = build_world(council)
    with council.work():
        for person in db.session.scalars(select(Person).where(Person.reference == "R1")):
            person.address, person.postcode = "12, Mill Ln", "ME4 4TR"
    found(council, without_number(NEW))
    proposal, browser = only(council), council.browser(Role.SUPERVISOR)

    page = browser.get(f"/evidence/families/{proposal.id}").text
    assert "helped since" in page
    take(browser, council, proposal, family=str(world.families["READY"]))

    with council.work():
        held = db.session.scalars(select(Membership).where(Membership.family_id == world.families["READY"])).all()  # fmt: skip
        assert len(held) == 4
        assert db.session.scalars(select(FamilyProposal.status)).all() == [ProposalStatus.JOINED]


def test_what_is_set_aside_needs_a_reason_and_is_not_proposed_again(council: Council):
    build_world(council)
    agreement = agree(council)
    found(council, without_number(NEW), agreement=agreement)
    proposal, browser = only(council), council.browser(Role.SUPERVISOR)
    path = f"/evidence/families/{proposal.id}/set-aside"

    assert errors_on(browser.post(path, {"version": str(proposal.version)}, status=400).text) == ["Enter why it is set aside"]  # fmt: skip
    browser.post(path, {"version": str(proposal.version), "reason": "Moved away"})
    browser.post("/evidence/families/find")
    do_jobs(council)

    with council.work():
        assert [row.status for row in db.session.scalars(select(FamilyProposal))] == [ProposalStatus.SET_ASIDE]  # fmt: skip
    assert "Moved away" in browser.get(f"/evidence/families/{proposal.id}").text
    decided = council.browser(Role.AUDITOR).get("/evidence/families").text
    assert "set aside" in decided
    assert "Supervisor Person" in decided
    assert "Look for families" not in decided


def test_deciding_twice_is_told_and_does_nothing(council: Council):
    build_world(council)
    found(council, without_number(NEW))
    proposal, browser = only(council), council.browser(Role.SUPERVISOR)

    for _ in range(2):
        take(browser, council, proposal)

    with council.work():
        assert len(db.session.scalars(select(Family).where(Family.name == "Adeyemi")).all()) == 1


def test_an_undone_finding_load_leaves_nothing_of_strangers(council: Council):
    build_world(council)
    delivery_id = found(council, NEW.replace("9990079196", "9990237573"))
    with council.work():
        person = db.session.scalars(select(Person).where(Person.given_name == "Ife")).one().id
        assert db.session.scalars(select(Identifier).where(Identifier.person_id == person)).all()

    undo_it(council, delivery_id)

    with council.work():
        kept = db.session.scalars(select(Person).where(Person.id == person)).one()
        assert (kept.given_name, kept.family_name, kept.date_of_birth, kept.postcode) == ("", "", None, "")  # fmt: skip
        assert db.session.scalars(select(PersonKey).where(PersonKey.person_id == person)).all() == []  # fmt: skip
        assert db.session.scalars(select(Identifier).where(Identifier.person_id == person)).all() == []  # fmt: skip


def test_people_of_whom_a_later_load_speaks_outlive_the_undoing_of_the_first(council: Council):
    build_world(council)
    agreement = agree(council)
    first = found(council, without_number(NEW), agreement=agreement)
    later = without_number(NEW).replace(str(CALLS[0]), str(TODAY - timedelta(days=5)))
    store(council, agreement, HEAD + later, feed="domestic-incidents")

    undo_it(council, first)

    with council.work():
        assert db.session.scalars(select(Person.given_name).where(Person.family_name == "Adeyemi").order_by(Person.given_name)).all() == ["Ife", "Tolu"]  # fmt: skip


def test_a_family_whose_people_moved_in_elsewhere_meanwhile_is_not_accepted(council: Council):
    world = build_world(council)
    found(council, without_number(NEW))
    proposal, browser = only(council), council.browser(Role.SUPERVISOR)
    with council.work():
        ife = db.session.scalars(select(Person.id).where(Person.given_name == "Ife")).one()
        add_member(world.families["NEW"], ife, resident=True, joined_on=TODAY)

    take(browser, council, proposal)
    take(browser, council, proposal, family=str(world.families["NEW"]))

    with council.work():
        assert db.session.scalars(select(Family).where(Family.name == "Adeyemi")).all() == []
        assert db.session.scalars(select(FamilyProposal.status)).all() == [ProposalStatus.OPEN]


def test_what_is_kept_for_finding_does_not_spoil_an_export(council: Council):
    build_world(council)
    found(council, without_number(NEW))

    with council.work():
        files = export_files()

    assert "police.domestic_incident" not in files["events"]
    assert "Adeyemi" not in files["people"]


def test_found_families_are_refused_without_the_permission_and_elsewhere(council: Council, other_council: Council):  # fmt: skip
    build_world(other_council)
    found(other_council, without_number(NEW))
    theirs = only(other_council).id

    council.browser(Role.WORKER).get("/evidence/families", status=403)
    browser = council.browser(Role.SUPERVISOR)
    browser.get(f"/evidence/families/{theirs}", status=404)
    for verb in ("accept", "take-back", "set-aside"):
        browser.post(f"/evidence/families/{theirs}/{verb}", {"reason": "x", "family": str(uuid4())}, status=404)  # fmt: skip


class TestGrouping:
    """Who belongs together."""

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            (("100", "x", "y"), ("100", "", ""), True),
            (("", "12 Mill Lane", "ME4 4TR"), ("", "12, mill ln.", "me44tr"), True),
            (("100", "12 Mill Lane", "ME4 4TR"), ("", "12 Mill Lane", "ME4 4TR"), True),
            (("100", "12 Mill Lane", "ME4 4TR"), ("200", "12 Mill Lane", "ME4 4TR"), False),
            (("", "12 Mill Lane", ""), ("", "12 Mill Lane", ""), False),
            (("", "", ""), ("", "", ""), False),
        ],
    )
    def test_two_property_numbers_decide_and_otherwise_the_address(self, one, other, same):
        assert home_of(*one).is_same(home_of(*other)) is same

    def test_whoever_has_no_property_number_lives_where_the_address_is_the_same(self):
        a, b = uuid4(), uuid4()
        homes = {a: Home("100", "ME44TR|12 mill ln"), b: Home("", "ME44TR|12 mill ln")}

        assert len(group_people(homes, [])) == 1

    def test_where_an_address_has_several_properties_the_numbers_alone_tell(self):
        a, b, c, d = (uuid4() for _ in range(4))
        flats = "ME44TR|mill hse"
        homes = {a: Home("1", flats), b: Home("2", flats), c: Home("", flats), d: Home("1", "")}

        assert {frozenset(g.people) for g in group_people(homes, [])} == {frozenset({a, d}), frozenset({b}), frozenset({c})}  # fmt: skip

    def test_homes_and_ties_join_across(self):
        a, b, c, d = (uuid4() for _ in range(4))
        homes = {a: Home("1"), b: Home("1"), c: Home(), d: Home()}

        groups = group_people(homes, [(b, c, "related")])

        assert {frozenset(group.people) for group in groups} == {frozenset({a, b, c}), frozenset({d})}  # fmt: skip
        assert next(g.together for g in groups if a in g.people) == {"the same property", "related"}

    @pytest.mark.parametrize(("count", "groups"), [(LARGEST_HOME, 1), (LARGEST_HOME + 1, LARGEST_HOME + 1)])  # fmt: skip
    def test_many_at_one_address_are_no_family(self, count, groups):
        homes = {uuid4(): Home("1") for _ in range(count)}

        assert len(group_people(homes, [])) == groups

    def test_a_family_is_called_what_most_of_them_are(self):
        assert name_family(["Lee", "Okafor", "Okafor", ""]) == "Okafor"
        assert name_family(["", ""]) == "Name not known"


def test_the_day_is_the_councils_working_day(council: Council):
    build_world(council)
    found(council, without_number(NEW))

    assert only(council).evaluated_on == TODAY
