"""Whom the people of a referral are on record: what is shown, and what becomes of them when it is accepted."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.builders import Council
from tests.loads.deliveries import do_jobs
from tests.referrals.test_triage import TWIN, agree, decide, recognise
from tests.referrals.walking import SAM, open_for_referrals, read, refer
from tests.world import TODAY, World, build_world
from tfsaas import clock
from tfsaas.db import db
from tfsaas.evidence.models import Event
from tfsaas.families.keys import index_people
from tfsaas.families.models import Episode, Membership, Person
from tfsaas.jobs.models import Job
from tfsaas.permissions import Role


@pytest.fixture
def world(council: Council) -> World:
    open_for_referrals(council)
    return build_world(council)


def test_who_they_may_be_and_earlier_help_stand_beside_it(council: Council, world: World):
    with council.work(Role.SUPERVISOR):
        episode = db.session.scalars(select(Episode).where(Episode.family_id == world.families["READY"])).one()  # fmt: skip
        episode.closed_on = TODAY - timedelta(days=30)
        sam = db.session.scalars(select(Person.id).where(Person.reference == "R2")).one()
        for days in (10, 40):
            db.session.add(Event(person_id=sam, signal="police.asb", happened_on=TODAY - timedelta(days=days), recorded_at=clock.now(), recorded_by_id=council.people[Role.SUPERVISOR]))  # fmt: skip
    referral_id = refer(council, None, TWIN)

    page = council.browser(Role.SUPERVISOR).get(f"/referrals/{referral_id}").text

    assert "May be <strong>Sam Okafor</strong>" in page
    assert "Okafor, READY</a>: helped since" in page
    assert "It did not all hold: 1 incident on record since" in page
    assert "If support began today" not in page, "nobody has said yet who they are"


def test_why_they_would_qualify_is_told_once_somebody_is_recognised(council: Council, world: World):
    referral_id = refer(council, None, TWIN)
    recognise(council, referral_id)

    page = council.browser(Role.SUPERVISOR).get(f"/referrals/{referral_id}").text

    assert "On record as <strong>Sam Okafor</strong>, R2" in page
    assert "If support began today, they would not qualify by what is on record." in page


def test_the_people_are_looked_for_again_when_somebody_asks(council: Council, world: World):
    referral_id = refer(council, None, SAM | {"given_name": "Zara"})
    with council.work(Role.SUPERVISOR):
        db.session.execute(update(Person).where(Person.reference == "R2").values(given_name="Zara", postcode="ME4 4TR"))  # fmt: skip
        index_people(db.session.scalars(select(Person.id).where(Person.reference == "R2")).all())

    council.browser(Role.SUPERVISOR).post(f"/referrals/{referral_id}/look-again")
    do_jobs(council)

    assert "May be <strong>Zara Okafor" in council.browser(Role.SUPERVISOR).get(f"/referrals/{referral_id}").text  # fmt: skip


def test_who_left_and_is_referred_again_comes_back(council: Council, world: World):
    family, sam = world.families["READY"], read(council, select(Person.id).where(Person.reference == "R2"))[0]  # fmt: skip
    gone = TODAY - timedelta(days=200)
    with council.work():
        db.session.execute(update(Membership).where(Membership.person_id == sam).values(left_on=gone))  # fmt: skip
    referral_id = refer(council, None, TWIN)
    recognise(council, referral_id)
    agree(council, referral_id)

    decide(council, referral_id, "accept", family=str(family))

    stays = read(council, select(Membership).where(Membership.person_id == sam).order_by(Membership.joined_on))  # fmt: skip
    assert [(row.joined_on, row.left_on) for row in stays][1:] == [(TODAY, None)]


@pytest.mark.parametrize(
    ("told", "resident", "postcode"),
    [
        ({"resident": "yes"}, True, "ME4 4TR"),
        ({"resident": "no"}, False, ""),
        ({"resident": "unknown"}, True, ""),
        ({"resident": "unknown", "role": "other"}, False, ""),
    ],
)
def test_nobody_is_given_a_home_that_was_not_said(council: Council, world: World, told, resident, postcode):  # fmt: skip
    referral_id = refer(council, None, SAM | {"given_name": "Zed"} | told)
    agree(council, referral_id)
    decide(council, referral_id, "accept")

    (person,) = read(council, select(Person).where(Person.given_name == "Zed"))
    (stay,) = read(council, select(Membership).where(Membership.person_id == person.id))
    assert (stay.resident, person.postcode) == (resident, postcode)


def test_before_anybody_looked_nobody_is_said_to_be_unknown(council: Council, world: World):
    referral_id = refer(council, None, TWIN)
    with council.work():
        db.session.execute(update(Job).where(Job.subject_id == referral_id).values(finished_at=None, message=""))  # fmt: skip
    page = council.browser(Role.SUPERVISOR).get("/referrals").text

    assert "Not looked yet" in page
    assert "Nobody found" not in page
