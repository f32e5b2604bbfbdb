"""A found family as a triage officer takes it: some of its people, into this family or that, or after all."""

from sqlalchemy import select

from tests.builders import Council, errors_on
from tests.loads.deliveries import do_jobs
from tests.loads.test_finding import NEW, found, only, take, without_number
from tests.world import build_world
from tfsaas.db import db
from tfsaas.families.models import Membership, Person
from tfsaas.loads.models import FamilyProposal, ProposalStatus
from tfsaas.permissions import Role


def members(council: Council) -> dict[str, object]:
    """Of the people found who are in a family, by first name which."""
    with council.work():
        rows = db.session.execute(
            select(Person.given_name, Membership.family_id)
            .join(Membership, Membership.person_id == Person.id)
            .where(Person.family_name == "Adeyemi")
        )
        return dict(rows.tuples().all())


def person(council: Council, name: str) -> str:
    with council.work():
        return str(db.session.scalars(select(Person.id).where(Person.given_name == name)).one())


def test_whoever_is_left_out_is_no_member_and_is_proposed_again(council: Council):
    build_world(council)
    found(council, without_number(NEW))
    proposal, browser = only(council), council.browser(Role.SUPERVISOR)
    assert "Who belongs to the family?" in browser.get(f"/evidence/families/{proposal.id}").text

    take(browser, council, proposal, person=[person(council, "Ife")])

    assert set(members(council)) == {"Ife"}
    browser.post("/evidence/families/find")
    do_jobs(council)
    with council.work():
        statuses = set(db.session.scalars(select(FamilyProposal.status)))
    assert statuses == {ProposalStatus.ACCEPTED, ProposalStatus.OPEN}


def test_without_anybody_nothing_is_accepted(council: Council):
    build_world(council)
    found(council, without_number(NEW))
    proposal, browser = only(council), council.browser(Role.SUPERVISOR)

    refused = take(browser, council, proposal, status=400, person=[])

    assert errors_on(refused.text) == ["Select who belongs to the family"]
    assert only(council).id == proposal.id


def test_they_may_belong_to_any_family_on_record_by_its_reference(council: Council):
    world = build_world(council)
    found(council, without_number(NEW))
    proposal, browser = only(council), council.browser(Role.SUPERVISOR)

    refused = take(browser, council, proposal, status=400, family="other", reference="NOSUCH").text
    assert "No family has this reference" in errors_on(refused)[0]
    assert 'value="NOSUCH"' in refused
    assert members(council) == {}
    take(browser, council, proposal, family="other", reference="ready")

    assert set(members(council).values()) == {world.families["READY"]}


def test_what_was_set_aside_can_wait_again(council: Council):
    build_world(council)
    found(council, without_number(NEW))
    proposal, browser = only(council), council.browser(Role.SUPERVISOR)
    browser.post(f"/evidence/families/{proposal.id}/set-aside", {"version": str(proposal.version), "reason": "Moved away"})  # fmt: skip
    with council.work():
        version = str(db.session.scalars(select(FamilyProposal.version)).one())
    assert "Let it wait again" in browser.get(f"/evidence/families/{proposal.id}").text

    for _ in range(2):  # the second press does nothing
        browser.post(f"/evidence/families/{proposal.id}/take-back", {"version": version})

    assert only(council).reason == ""
    council.browser(Role.AUDITOR).post(f"/evidence/families/{proposal.id}/take-back", {"version": version}, status=403)  # fmt: skip
