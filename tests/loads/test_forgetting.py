"""People kept to find families among them are erased when the council's time is over, unless they became somebody's."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests.builders import Council
from tests.loads.deliveries import do_jobs
from tests.loads.test_finding import NEW, found, only, take, without_number
from tests.loads.test_undo import undo_it
from tests.referrals.test_triage import agree as agree_to
from tests.referrals.test_triage import decide
from tests.referrals.walking import SAM, open_for_referrals, read, refer
from tests.world import TODAY, build_world
from tfsaas import clock
from tfsaas.audit.models import AuditEntry
from tfsaas.db import db
from tfsaas.evidence.models import Event, Load
from tfsaas.families.actions import add_member
from tfsaas.families.finding_models import PersonKey, PersonPair
from tfsaas.families.models import Membership, Person, Relationship, RelationshipKind
from tfsaas.loads.linking import link_people
from tfsaas.loads.models import FamilyProposal, FoundPerson
from tfsaas.loads.tending import tend
from tfsaas.permissions import Role
from tfsaas.referrals.models import ReferralMatch, ReferralPerson
from tfsaas.tenants.council import save_setting
from tfsaas.tenants.settings import Retention

TOLD = {"family_years": 25, "referral_months": 12, "found_months": 12, "audit_years": 7}


def age(council: Council, days: int, *, told: bool = True) -> None:
    """The found people were brought so many days ago; the council has said how long they are kept."""
    with council.work():
        if told:
            save_setting(Retention, TOLD, None)
        db.session.execute(update(Load).values(ended_at=clock.now() - timedelta(days=days)))
    with council.work():
        tend()


def kept(council: Council) -> list[str]:
    with council.work():
        names = select(Person.given_name).where(Person.family_name == "Adeyemi")
        return sorted(db.session.scalars(names))


@pytest.mark.parametrize(("days", "names"), [(365, ["Ife", "Tolu"]), (366, [])])
def test_strangers_are_erased_with_their_facts_the_day_after_their_time(council: Council, days, names):  # fmt: skip
    build_world(council)
    found(council, without_number(NEW))

    age(council, days)

    assert kept(council) == names
    with council.work():
        facts = db.session.scalar(select(func.count()).select_from(Event).where(Event.signal == "police.domestic_incident", Event.withdrawn_at.is_(None)))  # fmt: skip
        proposals = db.session.scalars(select(FamilyProposal)).all()
        keys = db.session.scalars(select(PersonKey).where(PersonKey.key == "w:adeyemi")).all()
        entries = db.session.scalars(select(AuditEntry.changes).where(AuditEntry.action == "retention")).all()  # fmt: skip
    assert (bool(facts), bool(proposals), bool(keys)) == (bool(names),) * 3
    assert entries == ([] if names else [{"people found": [None, 2]}])


def test_without_a_decision_of_the_council_nobody_is_erased(council: Council):
    build_world(council)
    found(council, without_number(NEW))

    age(council, 4000, told=False)

    assert kept(council) == ["Ife", "Tolu"]


def test_whoever_is_in_a_family_or_linked_stays(council: Council):
    world = build_world(council)
    found(council, without_number(NEW))
    with council.work(Role.SUPERVISOR):
        people = dict(db.session.execute(select(Person.given_name, Person.id).where(Person.family_name == "Adeyemi")).tuples().all())  # fmt: skip
        add_member(world.families["NEW"], people["Ife"], resident=True, joined_on=TODAY)
        sam = db.session.scalars(select(Person.id).where(Person.reference == "R2")).one()
        link_people(people["Tolu"], sam, "a supervisor says so")

    age(council, 4000)

    assert kept(council) == ["Ife", "Tolu"]


def test_whoever_left_a_family_is_found_again_with_it_named(council: Council):
    """Somebody on record who is in no family now belongs with those who live where they do."""
    world = build_world(council)
    with council.work():
        person = db.session.scalars(select(Person).where(Person.reference == "R1")).one()
        person.address, person.postcode = "12 Mill Lane", "ME4 4TR"
        stay = db.session.scalars(select(Membership).where(Membership.person_id == person.id)).one()
        stay.left_on = TODAY - timedelta(days=1)
        name, person_id = person.given_name, person.id
    found(council, without_number(NEW))
    proposal, browser = only(council), council.browser(Role.SUPERVISOR)

    page = browser.get(f"/evidence/families/{proposal.id}").text
    assert "one of these people was in it" in page
    assert name in page
    led = take(browser, council, proposal)

    with council.work():
        stays = {row.family_id: row for row in db.session.scalars(select(Membership).where(Membership.person_id == person_id))}  # fmt: skip
        assert len(stays) == 2
        moved = next(row for key, row in stays.items() if key != world.families["READY"])
        assert moved.joined_on == TODAY - timedelta(days=1)
        assert led.location.endswith(str(moved.family_id))


def test_strangers_who_are_linked_with_each_other_alone_are_erased_together(council: Council):
    build_world(council)
    found(council, without_number(NEW))
    with council.work(Role.SUPERVISOR):
        people = db.session.scalars(select(Person.id).where(Person.family_name == "Adeyemi")).all()
        link_people(people[0], people[1], "x")

    age(council, 4000)

    assert kept(council) == []
    with council.work():
        stand = select(Person.id).where(Person.id.in_(people), Person.same_as_id.is_not(None))
        assert db.session.scalars(stand).all() == []
        assert db.session.scalars(select(PersonPair)).all() == []


def test_a_stranger_who_only_resembled_somebody_referred_is_erased(council: Council):
    open_for_referrals(council)
    build_world(council)
    found(council, without_number(NEW))
    born = TODAY.replace(year=TODAY.year - 9)
    tolu = SAM | {"given_name": "Tolu", "family_name": "Adeyemi", "born": [str(born.day), str(born.month), str(born.year)]}  # fmt: skip
    referral = refer(council, None, tolu)
    do_jobs(council)
    assert read(council, select(ReferralMatch))
    age(council, 1500)
    assert kept(council) == ["Tolu"], "somebody may still say that it is the one"

    agree_to(council, referral)
    decide(council, referral, "accept")
    age(council, 1500, told=False)

    with council.work():
        named = select(Person.id).join(FoundPerson, FoundPerson.person_id == Person.id)
        assert db.session.scalars(named).all() == []


@pytest.mark.parametrize("how", ["referred", "related", "linked"])
def test_undoing_a_load_leaves_those_whom_somebody_named(council: Council, how):
    open_for_referrals(council)
    build_world(council)
    delivery = found(council, without_number(NEW))
    with council.work(Role.SUPERVISOR):
        tolu = db.session.scalars(select(Person.id).where(Person.given_name == "Tolu")).one()
        ready = db.session.scalars(select(Person.id).where(Person.reference == "R1")).one()
        if how == "related":
            db.session.add(Relationship(person_id=ready, other_id=tolu, kind=RelationshipKind.CARER))  # fmt: skip
        elif how == "linked":
            link_people(ready, tolu, "x")
    if how == "referred":
        refer(council, None, SAM)
        do_jobs(council)
        with council.work():
            db.session.execute(update(ReferralPerson).values(person_id=tolu))

    undo_it(council, delivery)

    assert kept(council) == ["Tolu"]


def test_the_reason_why_a_found_family_was_set_aside_goes_with_its_people(council: Council):
    build_world(council)
    found(council, without_number(NEW))
    council.browser(Role.SUPERVISOR).post(f"/evidence/families/{only(council).id}/set-aside", {"version": "1", "reason": "Ife moved to Leeds"})  # fmt: skip

    age(council, 1500)

    with council.work():
        assert db.session.scalars(select(FamilyProposal.reason)).one() == ""
