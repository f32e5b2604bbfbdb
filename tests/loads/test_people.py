"""People of a file whom nobody is sure of: nothing is stored before somebody looked at each."""

import pytest
from sqlalchemy import select

from tests.builders import Council
from tests.loads.deliveries import HEAD, agree, bring_in, do_jobs, look, store
from tests.loads.test_steps import ROW, spells
from tests.world import BEGAN, build_world
from tfsaas.db import db
from tfsaas.families.models import Person
from tfsaas.families.protecting import HiddenAddress, protect_address
from tfsaas.loads.actions import DeliveryRefused, set_aside
from tfsaas.loads.match_queries import list_to_review
from tfsaas.loads.models import IncomingMatch, Step
from tfsaas.loads.queries import get_delivery
from tfsaas.loads.reviewing import decide_match, go_on, undo_match
from tfsaas.permissions import Role


def doubtful(council: Council):
    """A delivery that waits for somebody to say whether a child is Sam: another day, and a name alike."""
    build_world(council)
    with council.work():
        sam = db.session.scalars(select(Person).where(Person.reference == "R2")).one()
        sam.postcode, sam.address = "ME4 4TR", "12 Mill Lane"
        born = sam.date_of_birth
    head = HEAD.replace("NHS number", "Postcode")
    row = f"Zara,Okafor,{born},ME4 4TR,{BEGAN},\n"
    return bring_in(council, agree(council), head + row)


def test_a_twin_waits_for_somebody_and_nothing_goes_on_without(council: Council):
    delivery_id = doubtful(council)

    assert look(council, delivery_id).step is Step.PEOPLE
    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(delivery_id)
        rows = list_to_review(delivery_id)
        assert [row.person.reference for row in rows] == ["R2"]
        assert rows[0].match.told["given_name"] == "Zara"
        with pytest.raises(DeliveryRefused, match="Decide about everybody first"):
            go_on(delivery)


@pytest.mark.parametrize("same", [True, False])
def test_the_decision_is_what_counts(council: Council, same):
    delivery_id = doubtful(council)

    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(delivery_id)
        decide_match(delivery, list_to_review(delivery_id)[0].match.id, same=same)
        go_on(delivery)
    do_jobs(council)

    delivery = look(council, delivery_id)
    assert delivery.step is Step.READY
    assert delivery.effect["counts"] == ({"care.early_help": {"new": 1}} if same else {})
    assert delivery.effect["dropped"] == (0 if same else 1)


def test_a_decision_can_be_taken_back_until_the_file_is_approved(council: Council):
    delivery_id = doubtful(council)
    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(delivery_id)
        match_id = list_to_review(delivery_id)[0].match.id
        decide_match(delivery, match_id, same=True)
        go_on(delivery)
    do_jobs(council)

    with council.work(Role.SUPERVISOR):
        undo_match(get_delivery(delivery_id), match_id)

    assert look(council, delivery_id).step is Step.PEOPLE
    assert look(council, delivery_id).effect is None


def test_of_several_who_fit_only_one_can_be_the_person(council: Council):
    world = build_world(council)
    with council.work():
        sam = db.session.scalars(select(Person).where(Person.reference == "R2")).one()
        copy = Person(reference="COPY", given_name=sam.given_name, family_name=sam.family_name, date_of_birth=sam.date_of_birth)  # fmt: skip
        db.session.add(copy)
    delivery_id = bring_in(council, agree(council), HEAD + ROW)

    with council.work(Role.SUPERVISOR):
        rows = list_to_review(delivery_id)
        assert {row.person.reference for row in rows} == {"R2", "COPY"}
        chosen = next(row for row in rows if row.person.reference == "R2")
        decide_match(get_delivery(delivery_id), chosen.match.id, same=True)
        assert list_to_review(delivery_id) == []
    assert world.families


def test_what_a_file_says_of_people_is_not_kept_when_it_is_over(council: Council):
    delivery_id = doubtful(council)
    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(delivery_id)
        decide_match(delivery, list_to_review(delivery_id)[0].match.id, same=False)
        go_on(delivery)
    do_jobs(council)
    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(delivery_id)
        set_aside(delivery, "sent by mistake", version=delivery.version)

    with council.work():
        found = db.session.scalars(select(IncomingMatch)).one()
        assert found.told == {}
        assert get_delivery(delivery_id).content is None


def test_somebody_with_an_identifier_is_known_by_it_alone(council: Council):
    build_world(council)

    store(council, agree(council), f"NHS,From,To\n999 007 9196,{BEGAN},\n")

    assert [row[0] for row in spells(council)] == ["R1"]


def test_a_protected_address_stays_hidden_while_people_are_compared(council: Council):
    delivery_id = doubtful(council)
    with council.work(Role.SUPERVISOR):
        sam = db.session.scalars(select(Person).where(Person.reference == "R2")).one()
        protect_address(sam, HiddenAddress("9 Secret Street", "ME4 9ZZ"))

    page = council.browser(Role.SUPERVISOR).get(f"/evidence/deliveries/{delivery_id}/people").text

    assert "Withheld: this person’s address is protected" in page
    assert "ME4 4TR" not in page
