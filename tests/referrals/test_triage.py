"""Triage: what is known beside what was said, and a decision that is written down once."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.builders import Council, errors_on
from tests.referrals.walking import SAM, begin, look, open_for_referrals, read, refer
from tests.world import BEGAN, TODAY, World, build_world
from tfsaas import clock
from tfsaas.audit.models import Reading
from tfsaas.db import db
from tfsaas.families.models import Family, Membership, Person
from tfsaas.permissions import Role
from tfsaas.referrals.models import (
    Basis,
    Referral,
    ReferralDraft,
    ReferralMessage,
    ReferralPerson,
    Stage,
    Support,
)
from tfsaas.referrals.triage import list_of_family, list_queue

BORN = BEGAN - timedelta(days=900)
TWIN = SAM | {"born": [str(BORN.day), str(BORN.month), str(BORN.year)]}
YES = {"support": "agreed", "basis": "public task", "note": "Ms Okafor, by telephone"}


@pytest.fixture
def world(council: Council) -> World:
    open_for_referrals(council)
    return build_world(council)


def agree(council: Council, referral_id: UUID, **told: str) -> None:
    version = look(council, referral_id).version
    council.browser(Role.SUPERVISOR).post(f"/referrals/{referral_id}/agreement", YES | told | {"version": version})  # fmt: skip


def decide(
    council: Council, referral_id: UUID, decision: str, *, status: int = 302, **told: object
):
    version = look(council, referral_id).version
    sent: dict[str, object] = {"decision": decision, "reason": "Well founded", "message": "", "family": "", "version": version}  # fmt: skip
    return council.browser(Role.SUPERVISOR).post(f"/referrals/{referral_id}/decide", sent | told, status=status)  # fmt: skip


def recognise(council: Council, referral_id: UUID) -> None:
    """Sam of the referral is Sam on record."""
    (told,) = read(council, select(ReferralPerson))
    (sam,) = read(council, select(Person.id).where(Person.reference == "R2"))
    council.browser(Role.SUPERVISOR).post(f"/referrals/{referral_id}/people/{told.id}", {"person": str(sam)})  # fmt: skip


def test_nobody_is_accepted_without_agreement_and_basis(council: Council, world: World):
    referral_id = refer(council, None, TWIN)

    refused = decide(council, referral_id, "accept", status=400)
    agree(council, referral_id, support="not asked yet")
    again = decide(council, referral_id, "accept", status=400)
    agree(council, referral_id, basis="")
    third = decide(council, referral_id, "accept", status=400)

    for page in (refused, again, third):
        assert "Record that the family agrees to be supported" in errors_on(page.text)[0]
    assert look(council, referral_id).stage is Stage.RECEIVED


def test_accepting_makes_a_family_of_everybody_named(council: Council, world: World):
    referral_id = refer(council, None, TWIN, SAM | {"given_name": "Ada", "role": "parent"})
    told = read(council, select(ReferralPerson).order_by(ReferralPerson.number))[0]
    (sam,) = read(council, select(Person.id).where(Person.reference == "R2"))
    council.browser(Role.SUPERVISOR).post(f"/referrals/{referral_id}/people/{told.id}", {"person": str(sam)})  # fmt: skip
    agree(council, referral_id)

    led = decide(council, referral_id, "accept").location

    referral = look(council, referral_id)
    assert led == f"/families/{referral.family_id}"
    members = set(read(council, select(Membership.person_id).where(Membership.family_id == referral.family_id)))  # fmt: skip
    assert sam in members, "who is on record keeps their record"
    assert len(members) == 2
    (new,) = read(council, select(Person).where(Person.id.in_(members - {sam})))
    assert (new.given_name, new.postcode) == ("Ada", "ME4 4TR")
    assert (referral.support, referral.basis) == (Support.AGREED, Basis.PUBLIC_TASK)
    worker = council.browser(Role.WORKER)
    assert referral.reference in worker.get(led).text
    assert "Sam is often away." in worker.get(f"{led}/referrals/{referral_id}").text
    worker.get(f"/families/{world.families['READY']}/referrals/{referral_id}", status=404)


def test_accepting_for_a_known_family_adds_only_who_is_not_in_it(council: Council, world: World):
    referral_id = refer(council, None, TWIN, SAM | {"given_name": "Lily"})
    told = read(council, select(ReferralPerson).order_by(ReferralPerson.number))[0]
    (sam,) = read(council, select(Person.id).where(Person.reference == "R2"))
    council.browser(Role.SUPERVISOR).post(f"/referrals/{referral_id}/people/{told.id}", {"person": str(sam)})  # fmt: skip
    agree(council, referral_id)
    family = world.families["READY"]

    decide(council, referral_id, "accept", family=str(family))

    names = read(council, select(Person.given_name).join(Membership, Membership.person_id == Person.id).where(Membership.family_id == family))  # fmt: skip
    assert sorted(names) == ["Ada", "Lily", "Sam"]
    with council.work(Role.SUPERVISOR):
        assert [row.id for row in list_of_family(family)] == [referral_id]


@pytest.mark.parametrize(
    ("decision", "stage", "message"),
    [
        ("step up", Stage.STEPPED_UP, ""),
        ("signpost", Stage.SIGNPOSTED, "The food bank, 01632 960007"),
        ("decline", Stage.NOT_PROGRESSED, ""),
    ],
)
def test_other_decisions_are_told_to_the_referrer_without_the_reason(council: Council, world: World, decision, stage, message):  # fmt: skip
    referral_id = refer(council, None, SAM)

    decide(council, referral_id, decision, message=message, reason="An internal reason")

    referral = look(council, referral_id)
    assert (referral.stage, referral.reason) == (stage, "An internal reason")
    assert referral.decided_by_id == council.people[Role.SUPERVISOR]
    page = council.browser().post("/refer/status", {"reference": referral.reference}, status=200).text  # fmt: skip
    assert message in page
    assert "internal" not in page
    assert "Add it" not in page, "nothing is added to what is decided"


@pytest.mark.parametrize(
    ("decision", "told", "fault"),
    [
        ("decline", {"reason": " "}, "Enter why"),
        ("ask", {"message": ""}, "Enter what you ask"),
        ("signpost", {"message": ""}, "Enter which service can help, and how to reach it"),
        ("", {}, "Select what you decide"),
        ("nonsense", {}, "Select what you decide"),
    ],
)
def test_a_decision_that_says_too_little_is_refused(council: Council, world: World, decision, told, fault):  # fmt: skip
    referral_id = refer(council, None, SAM)

    page = decide(council, referral_id, decision, status=400, **told)

    assert fault in errors_on(page.text)
    assert look(council, referral_id).stage is Stage.RECEIVED


def test_asking_for_more_leaves_it_in_the_queue(council: Council, world: World):
    referral_id = refer(council, None, SAM)

    decide(council, referral_id, "ask", message="Which school does Sam go to?", reason="")

    referral = look(council, referral_id)
    assert referral.stage is Stage.ASKED
    page = council.browser().post("/refer/status", {"reference": referral.reference}, status=200).text  # fmt: skip
    assert "we need to know more" in page
    assert "Which school does Sam go to?" in page
    assert "More was asked" in council.browser(Role.SUPERVISOR).get("/referrals").text


def test_two_officers_lose_nothing(council: Council, world: World):
    referral_id = refer(council, None, SAM)
    stale = look(council, referral_id).version
    decide(council, referral_id, "ask", message="Which school?", reason="")

    late = decide(council, referral_id, "decline", status=409, version=stale, reason="My reason, long and good")  # fmt: skip

    assert "Somebody else changed or decided this referral" in late.text
    assert "My reason, long and good" in late.text
    assert look(council, referral_id).stage is Stage.ASKED


def test_the_queue_counts_working_days_and_marks_what_is_late(council: Council, world: World):
    old, new = refer(council, None, SAM), refer(council, None, SAM)
    monday = clock.now() - timedelta(days=14)
    with council.work():
        db.session.execute(update(Referral).where(Referral.id == old).values(received_at=monday, answer_by=TODAY - timedelta(days=7)))  # fmt: skip
    with council.work(Role.SUPERVISOR):
        rows = list_queue(TODAY)
        ids = [row.referral.id for row in rows]

    assert ids == [old, new]
    assert [row.late for row in rows] == [True, False]
    assert 8 <= rows[0].waited <= 10, "two weeks are ten working days, less bank holidays"
    assert rows[1].waited == 0


def test_only_who_may_reads_or_decides_and_reading_leaves_a_trace(
    council: Council, other_council: Council, world: World
):
    referral_id = refer(council, None, SAM)

    council.browser(Role.AUDITOR).get(f"/referrals/{referral_id}")
    for role in (Role.WORKER, Role.LEADER, Role.ADMINISTRATOR):
        council.browser(role).get("/referrals", status=403)
        council.browser(role).get(f"/referrals/{referral_id}", status=403)
    council.browser(Role.AUDITOR).post(f"/referrals/{referral_id}/decide", {"decision": "decline"}, status=403)  # fmt: skip
    other = other_council.browser(Role.SUPERVISOR)
    other.get(f"/referrals/{referral_id}", status=404)
    other.post(f"/referrals/{referral_id}/decide", {"decision": "decline", "reason": "x"}, status=404)  # fmt: skip

    assert "referral" in read(council, select(Reading.what))


def test_a_message_cannot_be_written_over(council: Council, world: World):
    referral_id = refer(council, None, SAM)
    decide(council, referral_id, "ask", message="Which school?", reason="")

    assert [row.text for row in read(council, select(ReferralMessage))] == ["Which school?"]
    assert read(council, select(Family.id).where(Family.name == "Okafor")) == [world.families["READY"]]  # fmt: skip


def test_what_the_referrer_adds_brings_it_back_and_an_open_page_is_stale(council: Council, world: World):  # fmt: skip
    referral_id = refer(council, None, SAM)
    decide(council, referral_id, "ask", message="Which school?", reason="Not clear")
    stale = look(council, referral_id)

    council.browser().post("/refer/status", {"reference": stale.reference, "text": "Hill School."}, status=200)  # fmt: skip

    assert look(council, referral_id).stage is Stage.RECEIVED
    decide(council, referral_id, "decline", status=409, version=stale.version)
    assert "Note: Not clear" in council.browser(Role.SUPERVISOR).get(f"/referrals/{referral_id}").text  # fmt: skip


def test_the_trail_tells_which_referral_was_read(council: Council, world: World):
    referral_id = refer(council, None, SAM)

    council.browser(Role.AUDITOR).get(f"/referrals/{referral_id}")

    assert referral_id in read(council, select(Reading.subject_id))


def test_a_second_form_in_the_same_browser_leaves_the_first_alone(council: Council, world: World):
    browser = council.browser()
    first = begin(browser)
    begin(browser)

    browser.get(f"{first}/you")


def test_an_answer_that_is_sent_many_times_is_one(council: Council, world: World):
    browser = council.browser()
    draft = begin(browser)
    browser.post(f"{draft}/worries", {"areas": ["school"] * 500})

    with council.work():
        kept = db.session.scalars(select(ReferralDraft.answers)).one()
    assert kept["worries"]["areas"] == ["school"]
