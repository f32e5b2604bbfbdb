"""Two users at once, what is taken back, and what is told of it: deciding, accepting, approving."""

import io
import re
import threading
from datetime import timedelta

from sqlalchemy import select, update

from tests.builders import Council
from tests.loads.deliveries import HEAD, agree, bring_in, do_jobs, look, store
from tests.loads.test_answers import again, answer
from tests.loads.test_finding import ALONE, NEW, found, take, without_number
from tests.loads.test_finding import only as proposal_of
from tests.loads.test_people import doubtful
from tests.loads.test_steps import ROW
from tests.loads.test_views import only
from tests.world import BEGAN, TODAY, boxes, build_world
from tfsaas import clock
from tfsaas.audit.models import Reading
from tfsaas.db import db
from tfsaas.families.finding_models import PersonPair
from tfsaas.families.models import Episode, Membership, Person, Relationship, RelationshipKind
from tfsaas.families.protecting import HiddenAddress, protect_address
from tfsaas.loads.actions import approve
from tfsaas.loads.answer_models import RememberedAnswer
from tfsaas.loads.linking import link_people
from tfsaas.loads.match_queries import list_to_review
from tfsaas.loads.models import Delivery, FamilyProposal, IncomingMatch, MatchStatus, Step
from tfsaas.loads.proposals import accept, get_proposal, list_people
from tfsaas.loads.queries import get_agreement, get_delivery
from tfsaas.loads.reviewing import go_on
from tfsaas.loads.storing import undo_delivery
from tfsaas.permissions import Role

DAY = timedelta(days=1)


def id_of(reference: str):
    return db.session.scalars(select(Person.id).where(Person.reference == reference)).one()


def test_a_stale_click_changes_nothing_and_says_so(council: Council):
    delivery = doubtful(council)
    with council.work():
        match = list_to_review(delivery)[0].match.id
    path = f"/evidence/deliveries/{delivery}/people/{match}"
    council.browser(Role.SUPERVISOR).post(path + "/same")

    late = council.browser(Role.ANALYST)
    led = late.post(path + "/other").location

    assert "Somebody decided about these two meanwhile" in late.get(led).text
    with council.work():
        assert db.session.scalars(select(IncomingMatch.status)).one() is MatchStatus.SAME
        assert db.session.scalars(select(RememberedAnswer.is_same)).all() == [True]


def test_a_wrong_no_is_listed_and_can_be_taken_back_for_the_files_to_come(council: Council):
    delivery = doubtful(council)
    answer(council, delivery, same=False)
    with council.work(Role.SUPERVISOR):
        go_on(get_delivery(delivery))
    do_jobs(council)
    with council.work(Role.SUPERVISOR):
        found_it = get_delivery(delivery)
        approve(found_it, version=found_it.version)
    do_jobs(council)
    browser = council.browser(Role.SUPERVISOR)

    listed = browser.get(f"/evidence/deliveries/{delivery}/people/decided").text
    person = re.search(r'href="(/evidence/matches/of/[^"]+)"', listed)[1]
    page = browser.get(person).text
    assert "is not this person" in page
    browser.post(re.search(r'action="([^"]+/answers/[^"]+)"', page)[1])

    assert "is not this person" not in browser.get(person).text
    assert look(council, again(council)).step is Step.PEOPLE, "it is asked about again"


def test_what_was_said_of_another_person_or_council_cannot_be_taken_back(
    council: Council, other_council: Council
):
    delivery = doubtful(council)
    answer(council, delivery, same=False)
    with council.work():
        said = db.session.scalars(select(RememberedAnswer)).one()
        answer_id, person = said.id, said.person_id
        other = db.session.scalars(select(Person.id).where(Person.id != person)).first()
    mine, theirs = council.browser(Role.SUPERVISOR), other_council.browser(Role.SUPERVISOR)

    mine.post(f"/evidence/matches/of/{other}/answers/{answer_id}", status=404)
    theirs.post(f"/evidence/matches/of/{person}/answers/{answer_id}", status=404)
    council.browser(Role.AUDITOR).post(f"/evidence/matches/of/{person}/answers/{answer_id}", status=403)  # fmt: skip

    assert only(council, RememberedAnswer).id == answer_id


def test_the_file_says_how_many_people_still_wait(council: Council):
    delivery = doubtful(council)
    browser = council.browser(Role.SUPERVISOR)
    assert "1 of them still waits" in browser.get(f"/evidence/deliveries/{delivery}").text

    answer(council, delivery, same=True)

    assert "All of them are decided about" in browser.get(f"/evidence/deliveries/{delivery}").text


def test_undoing_a_load_waits_for_whoever_accepts_a_family_of_it(council: Council):
    build_world(council)
    delivery, proposal = found(council, without_number(NEW)), proposal_of(council)

    def undo() -> None:
        with council.work():
            undo_delivery(get_delivery(delivery), clock.now())

    other = threading.Thread(target=undo)
    with council.work(Role.SUPERVISOR):
        it = get_proposal(proposal.id, locked=True)
        people = {person.id for person in list_people(proposal.id)}
        accept(it, people, version=it.version)
        db.session.flush()
        other.start()
        other.join(1)
        assert other.is_alive()
    other.join(30)

    with council.work():
        names = db.session.scalars(select(Person.given_name).where(Person.id.in_(people)))
        assert all(names)


def test_an_open_page_of_a_found_family_outlives_the_next_look(council: Council):
    build_world(council)
    agreement = agree(council)
    found(council, without_number(NEW), agreement=agreement)
    proposal = proposal_of(council)

    found(council, without_number(ALONE), agreement=agreement)
    council.browser(Role.SUPERVISOR).post(f"/evidence/families/{proposal.id}/set-aside", {"version": "1", "reason": "Moved away"})  # fmt: skip

    with council.work():
        kept = db.session.scalars(select(FamilyProposal).where(FamilyProposal.id == proposal.id))
        assert kept.one().reason == "Moved away"


def test_former_partners_are_no_family(council: Council):
    build_world(council)
    with council.work(Role.SUPERVISOR):
        one, other = id_of("R1"), id_of("S1")
        db.session.execute(update(Person).where(Person.id == one).values(address="1 Safe Road"))
        db.session.execute(update(Person).where(Person.id == other).values(address="9 Far Road"))
        db.session.add(Relationship(person_id=one, other_id=other, kind=RelationshipKind.FORMER_PARTNER))  # fmt: skip
        left = update(Membership).where(Membership.person_id.in_([one, other]))
        db.session.execute(left.values(left_on=TODAY - 30 * DAY))
    store(council, agree(council), "First name,Last name,Date of birth,Date,Role\n" + f"Ada,Okafor,1985-01-01,{TODAY - 20 * DAY},victim\n", feed="domestic-incidents")  # fmt: skip

    council.browser(Role.SUPERVISOR).post("/evidence/families/find")
    do_jobs(council)

    with council.work():
        assert not [p for p in db.session.scalars(select(FamilyProposal)) if len(list_people(p.id)) > 1]  # fmt: skip


def test_a_family_whose_support_has_ended_is_opened_anew_for_those_who_join_it(council: Council):
    world = build_world(council)
    found(council, without_number(NEW))
    of_it = Episode.family_id == world.families["READY"]
    with council.work():
        db.session.execute(update(Episode).where(of_it).values(closed_on=TODAY - 30 * DAY))

    take(council.browser(Role.SUPERVISOR), council, proposal_of(council), family="other", reference="READY")  # fmt: skip

    with council.work():
        assert None in db.session.scalars(select(Episode.closed_on).where(of_it)).all()


def test_a_second_person_is_no_maker_of_the_link(council: Council):
    build_world(council)
    agreement = agree(council, second_person=True)
    browser, partner = council.browser(Role.SUPERVISOR), council.browser()
    made = browser.post("/evidence/links", {"place": f"{agreement}/early-help", "days": "7"}, status=200).text  # fmt: skip
    path = re.search(r"(/drop/[\w-]+)", made)[1]
    partner.get(path)
    told = {"file": (io.BytesIO((HEAD + ROW).encode()), "f.csv"), "covers": ["care.early_help"]}
    partner.post(path, told | boxes("covers_from", BEGAN) | boxes("covers_to", TODAY), status=200)
    do_jobs(council)
    delivery = only(council, Delivery)
    page = f"/evidence/deliveries/{delivery.id}"
    browser.post(page + "/columns", delivery.mapping | {"version": str(delivery.version)})
    do_jobs(council)

    browser.post(page + "/approve", {"version": str(only(council, Delivery).version)})

    assert only(council, Delivery).step is Step.READY
    assert "You brought this file, or made the link for it" in browser.get(page).text


def test_a_name_of_a_file_that_is_no_text_is_refused(council: Council):
    build_world(council)
    browser, agreement = council.browser(Role.SUPERVISOR), agree(council)
    told = {"file": (io.BytesIO(b"x"), "a\0b.csv"), "covers": ["care.early_help"]}

    browser.post(f"/evidence/bring/{agreement}/early-help", told, status=400)
    browser.get(f"/evidence/deliveries/{bring_in(council, agreement, HEAD + ROW)}/people/known?after=999999999999")  # fmt: skip


def test_the_address_of_a_protected_persons_double_is_withheld(council: Council):
    build_world(council)
    with council.work(Role.SUPERVISOR):
        one = db.session.scalars(select(Person).where(Person.reference == "R2")).one()
        one.address, one.postcode = "12 Mill Lane", "ME4 4TR"
        double = Person(reference="R9", given_name="Sam", family_name="Okafor", address="12 Mill Lane", postcode="ME4 4TR")  # fmt: skip
        db.session.add(double)
        db.session.flush()
        protect_address(one, HiddenAddress("12 Mill Lane", "ME4 4TR"))
        first, second = sorted((one.id, double.id))
        db.session.add(PersonPair(person_id=first, other_id=second, score=0.9, why="x", found_at=clock.now()))  # fmt: skip

    page = council.browser(Role.ANALYST).get("/evidence/matches").text

    assert "Withheld: this person’s address is protected" in page
    assert "Mill Lane" not in page


def test_a_link_by_hand_that_is_taken_back_is_no_question(council: Council):
    build_world(council)
    with council.work(Role.SUPERVISOR):
        one, pair = id_of("R1"), link_people(id_of("R1"), id_of("S1"), "said by hand: both papers")
        told = {"version": str(pair.version), "person": str(one)}
        path = f"/evidence/matches/{pair.id}/undo"

    council.browser(Role.SUPERVISOR).post(path, told)

    with council.work():
        assert db.session.scalars(select(PersonPair)).all() == []


def test_both_records_that_somebody_looks_at_are_written_down(council: Council):
    build_world(council)
    with council.work():
        one, other = id_of("R1"), id_of("S1")
    browser = council.browser(Role.SUPERVISOR)

    browser.post(f"/evidence/matches/of/{one}/look", {"reference": "S1"}, status=200)

    with council.work():
        looked = select(Reading.subject_id).where(Reading.route == "matches.look")
        assert set(db.session.scalars(looked)) == {one, other}


def test_a_link_under_an_agreement_that_has_ended_tells_the_partner_whom_to_ask(council: Council):
    build_world(council)
    agreement = agree(council)
    made = council.browser(Role.SUPERVISOR).post("/evidence/links", {"place": f"{agreement}/early-help", "days": "7"}, status=200).text  # fmt: skip
    with council.work(Role.ADMINISTRATOR):
        get_agreement(agreement).ends_on = TODAY - DAY

    page = council.browser().get(re.search(r"(/drop/[\w-]+)", made)[1], status=404).text

    assert "the agreement under which you may send it has ended" in page
