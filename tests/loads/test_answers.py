"""Who was known without a question can be seen and refused; what was answered is not asked again."""

import pytest
from sqlalchemy import select

from tests.builders import Council
from tests.loads.deliveries import HEAD, SAM, agree, bring_in, do_jobs, look
from tests.loads.test_people import doubtful
from tests.loads.test_steps import ROW, spells
from tests.world import BEGAN, TODAY, build_world
from tfsaas.db import db
from tfsaas.families.models import Person
from tfsaas.jobs.actions import ask_for
from tfsaas.loads.actions import MATCH, DeliveryRefused, approve
from tfsaas.loads.answer_models import RememberedAnswer
from tfsaas.loads.match_queries import list_linked, list_to_review
from tfsaas.loads.models import IncomingMatch, MatchStatus, PartnerReference, SharingAgreement, Step
from tfsaas.loads.queries import get_delivery
from tfsaas.loads.reviewing import decide_match, go_on, refuse_link, undo_match
from tfsaas.permissions import Role

POSTED = HEAD.replace("NHS number", "Postcode")


def again(council: Council, *, ends: bool = False):
    """The twin's row in the same partner's next file, which may say more of the spell."""
    with council.work():
        born = db.session.scalars(select(Person.date_of_birth).where(Person.reference == "R2")).one()  # fmt: skip
        agreement = db.session.scalars(select(SharingAgreement.id)).one()
    row = f"Zara,Okafor,{born},ME4 4TR,{BEGAN},{TODAY if ends else ''}\n"
    return bring_in(council, agreement, POSTED + row)


def answer(council: Council, delivery_id, *, same: bool):
    with council.work(Role.SUPERVISOR):
        match_id = list_to_review(delivery_id)[0].match.id
        decide_match(get_delivery(delivery_id), match_id, same=same)
    return match_id


@pytest.mark.parametrize("same", [True, False])
def test_what_was_answered_of_a_person_holds_for_the_partners_next_file(council: Council, same):
    answer(council, doubtful(council), same=same)

    later = again(council)

    delivery = look(council, later)
    assert delivery.step is Step.READY
    assert delivery.people["linked"] == int(same)
    with council.work():
        whys = [row.match.why for row in list_linked(later)]
    assert ["somebody said on" in why for why in whys] == [True] * same


def test_an_answer_that_was_taken_back_is_asked_again(council: Council):
    first = doubtful(council)
    match_id = answer(council, first, same=True)
    with council.work(Role.SUPERVISOR):
        undo_match(get_delivery(first), match_id)

    assert look(council, again(council)).step is Step.PEOPLE
    with council.work():
        assert db.session.scalars(select(RememberedAnswer)).all() == []


def test_answers_outlive_a_new_matching_of_the_same_file(council: Council):
    """Somebody added meanwhile has the file matched anew; nobody is asked the same twice."""
    delivery_id = doubtful(council)
    answer(council, delivery_id, same=True)
    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(delivery_id)
        delivery.step = Step.MATCHING

        ask_for(MATCH, delivery.id)
    do_jobs(council)

    assert look(council, delivery_id).step is Step.READY


def test_another_partner_is_asked_by_itself(council: Council):
    answer(council, doubtful(council), same=False)
    with council.work():
        born = db.session.scalars(select(Person.date_of_birth).where(Person.reference == "R2")).one()  # fmt: skip

    other = bring_in(council, agree(council, partner="Another"), POSTED + f"Zara,Okafor,{born},ME4 4TR,{BEGAN},\n")  # fmt: skip

    assert look(council, other).step is Step.PEOPLE


def test_a_wrong_link_is_refused_now_and_in_later_files(council: Council):
    build_world(council)
    agreement = agree(council)
    delivery_id = bring_in(council, agreement, HEAD + ROW)
    browser = council.browser(Role.SUPERVISOR)
    page = browser.get(f"/evidence/deliveries/{delivery_id}/people/known").text
    assert "Sam Okafor" in page
    assert "first name, last name and date of birth: the same" in page.lower()
    with council.work():
        match_id = list_linked(delivery_id)[0].match.id

    browser.post(f"/evidence/deliveries/{delivery_id}/people/{match_id}/not-them")
    with council.work(Role.SUPERVISOR):
        assert list_linked(delivery_id) == []
        go_on(get_delivery(delivery_id))
    do_jobs(council)

    assert look(council, delivery_id).effect["dropped"] == 1
    later = bring_in(council, agreement, HEAD + f"{SAM},{BEGAN},{TODAY}\n")
    assert look(council, later).people["linked"] == 0


def test_refusing_a_link_by_number_forgets_the_number(council: Council):
    build_world(council)
    agreement = agree(council)
    head, row = "Reference,First name,Last name,Date of birth,From,To\n", f"A1,{SAM}{BEGAN},\n"
    first = bring_in(council, agreement, head + row)
    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(first)
        approve(delivery, version=delivery.version)
    do_jobs(council)
    second = bring_in(council, agreement, head + row)
    with council.work(Role.SUPERVISOR):
        found = list_linked(second)[0]
        assert "the partner’s own number" in found.match.why

        refuse_link(get_delivery(second), found.match.id)

        assert db.session.scalars(select(PartnerReference)).all() == []
    assert look(council, second).step is Step.PEOPLE


def test_a_link_cannot_be_refused_once_the_file_is_stored(council: Council):
    build_world(council)
    delivery_id = bring_in(council, agree(council), HEAD + ROW)
    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(delivery_id)
        approve(delivery, version=delivery.version)
    do_jobs(council)

    with council.work(Role.SUPERVISOR):
        match_id = db.session.scalars(select(IncomingMatch.id)).one()
        with pytest.raises(DeliveryRefused):
            refuse_link(get_delivery(delivery_id), match_id)
        assert db.session.scalars(select(IncomingMatch.status)).one() is MatchStatus.LINKED
    assert spells(council) == [("R2", str(BEGAN), None)]


def test_who_was_known_is_for_those_who_may_see_it(council: Council, other_council: Council):
    build_world(council)
    path = f"/evidence/deliveries/{bring_in(council, agree(council), HEAD + ROW)}/people/known"

    council.browser(Role.AUDITOR).get(path)
    council.browser(Role.WORKER).get(path, status=403)
    other_council.browser(Role.SUPERVISOR).get(path, status=404)
