"""An answer is about this person in this partner's files, and about nobody else; nothing is half-saved on the way."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.builders import Council
from tests.loads.census_files import census
from tests.loads.deliveries import HEAD, SAM, agree, bring_in, do_jobs, look, store
from tests.loads.test_answers import POSTED, answer
from tests.loads.test_finding import NEW, found, without_number
from tests.loads.test_people import doubtful
from tests.loads.test_steps import ROW, spells
from tests.loads.test_undo import undo_it
from tests.world import BEGAN, TODAY, build_world
from tfsaas import clock
from tfsaas.db import db
from tfsaas.evidence.models import Load, LoadStatus
from tfsaas.families.models import Person
from tfsaas.loads.actions import approve
from tfsaas.loads.answer_models import RememberedAnswer
from tfsaas.loads.linking import link_people
from tfsaas.loads.match_queries import list_linked, list_to_review
from tfsaas.loads.models import Delivery, PartnerReference, Step
from tfsaas.loads.queries import get_delivery
from tfsaas.loads.reviewing import decide_match, go_on, refuse_link
from tfsaas.permissions import Role

UPN = "<UPN>B801200005001</UPN>"


def test_twins_of_a_census_without_numbers_are_answered_each_by_themselves(council: Council):
    build_world(council)
    with council.work():
        sam = db.session.scalars(select(Person).where(Person.reference == "R2")).one()
        sam.date_of_birth = sam.date_of_birth.replace(year=2014, month=3, day=9)
        db.session.add(Person(reference="TWIN", given_name="Kim", family_name="Okafor", date_of_birth=sam.date_of_birth))  # fmt: skip
    agreement, text = agree(council), census(2025, children=2).replace(UPN, "")
    first = bring_in(council, agreement, text, feed="cin-census")
    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(first)
        for number, reference in ((0, "R2"), (1, "TWIN")):
            row = next(r for r in list_to_review(first) if r.match.number == number and r.person.reference == reference)  # fmt: skip
            decide_match(delivery, row.match.id, same=True)
        go_on(delivery)
    do_jobs(council)

    again = bring_in(council, agreement, text, feed="cin-census")

    assert look(council, again).step is Step.READY
    with council.work():
        linked = {row.match.number: row.person.reference for row in list_linked(again)}
    assert linked == {0: "R2", 1: "TWIN"}


def test_one_partners_answer_is_not_another_partners(council: Council):
    answer(council, doubtful(council), same=False)
    with council.work():
        born = db.session.scalars(select(Person.date_of_birth).where(Person.reference == "R2")).one()  # fmt: skip
        own = db.session.scalars(select(RememberedAnswer.sharing_agreement_id)).one()
    row = POSTED + f"Zara,Okafor,{born},ME4 4TR,{BEGAN},\n"

    other = bring_in(council, agree(council, partner="Another"), row)
    answer(council, other, same=True)

    assert look(council, bring_in(council, own, row)).people["linked"] == 0
    with council.work():
        assert sorted(db.session.scalars(select(RememberedAnswer.is_same))) == [False, True]


def test_whoever_is_not_this_person_is_not_another_record_of_them(council: Council):
    build_world(council)
    agreement = agree(council)
    delivery_id = bring_in(council, agreement, HEAD + ROW)
    with council.work(Role.SUPERVISOR):
        sam = db.session.scalars(select(Person).where(Person.reference == "R2")).one()
        other = Person(reference="ALSO", given_name=sam.given_name, family_name=sam.family_name, date_of_birth=sam.date_of_birth)  # fmt: skip
        db.session.add(other)
        db.session.flush()
        link_people(sam.id, other.id, "x")
        refuse_link(get_delivery(delivery_id), list_linked(delivery_id)[0].match.id)

    later = bring_in(council, agreement, HEAD + f"{SAM},{BEGAN},{TODAY}\n")

    assert look(council, later).people["linked"] == 0


def test_a_wrong_number_is_forgotten_and_the_right_one_kept(council: Council):
    build_world(council)
    agreement = agree(council)
    head = "Reference,First name,Last name,Date of birth,From,To\n"
    store(council, agreement, head + f"R3,{SAM}{BEGAN},\n")
    other = BEGAN + timedelta(days=1)
    later = bring_in(council, agreement, head + f"R3,{SAM}{BEGAN},\nR7,{SAM}{other},\n")
    with council.work(Role.SUPERVISOR):
        wrong = next(row for row in list_linked(later) if row.match.number == 1)
        refuse_link(get_delivery(later), wrong.match.id)

    with council.work():
        assert len(db.session.scalars(select(PartnerReference)).all()) == 1


def test_answers_about_strangers_go_with_them(council: Council):
    build_world(council)
    agreement = agree(council)
    first = found(council, without_number(NEW), agreement=agreement)
    later = bring_in(council, agreement, POSTED + f"Ife,Adeyemi,1985-02-04,ME4 4TR,{BEGAN},\n")
    with council.work(Role.SUPERVISOR):
        refuse_link(get_delivery(later), list_linked(later)[0].match.id)
        assert db.session.scalars(select(RememberedAnswer)).all()
        db.session.execute(update(Delivery).where(Delivery.id == later).values(step=Step.SET_ASIDE))

    undo_it(council, first)

    with council.work():
        assert db.session.scalars(select(RememberedAnswer)).all() == []


def test_people_of_whom_nothing_is_said_that_counts_ask_no_question(council: Council):
    """An open case is no plan: where no plan of the council asks for it, whoever has one need be nobody here."""
    build_world(council)
    with council.work():
        sam = db.session.scalars(select(Person).where(Person.reference == "R2")).one()
        sam.date_of_birth = sam.date_of_birth.replace(year=2014, month=3, day=9)
    text = census(2025).replace(UPN, "")
    for group in ("CINPlanDates", "ChildProtectionPlans"):
        start, end = text.index(f"<{group}>"), text.index(f"</{group}>") + len(f"</{group}>")
        text = text[:start] + text[end:]

    delivery = look(council, bring_in(council, agree(council), text, feed="cin-census"))

    assert delivery.step is Step.READY
    assert delivery.covers


def test_what_was_declared_comes_back_when_the_columns_are_put_right(council: Council):
    """Without the birth column nobody could tell who the rows are about, so the file covered nothing."""
    build_world(council)
    head = "Reference,DOB,From,To\n"
    born = SAM.split(",")[2]
    delivery_id = bring_in(council, agree(council), head + f"A1,{born},{BEGAN},\n")
    browser, path = council.browser(Role.SUPERVISOR), f"/evidence/deliveries/{delivery_id}/columns"

    def map_columns(**columns: str) -> Delivery:
        delivery = look(council, delivery_id)
        browser.post(path, delivery.mapping | columns | {"version": str(delivery.version)})
        do_jobs(council)
        return look(council, delivery_id)

    assert map_columns(date_of_birth="").covers == []
    assert map_columns(date_of_birth="DOB").covers == ["care.early_help"]


@pytest.mark.parametrize("step", [Step.READY, Step.PEOPLE])
def test_a_stale_form_of_columns_changes_nothing(council: Council, step):
    delivery_id = doubtful(council)
    if step is Step.READY:
        answer(council, delivery_id, same=True)
        with council.work(Role.SUPERVISOR):
            go_on(get_delivery(delivery_id))
        do_jobs(council)
    before = look(council, delivery_id)

    council.browser(Role.SUPERVISOR).post(f"/evidence/deliveries/{delivery_id}/columns", before.mapping | {"version": "1"})  # fmt: skip

    after = look(council, delivery_id)
    assert (after.step, after.effect, after.version) == (step, before.effect, before.version)


def test_a_file_stored_between_approval_and_storing_sends_the_approved_one_back(council: Council):
    build_world(council)
    delivery_id = bring_in(council, agree(council), HEAD + ROW)
    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(delivery_id)
        approve(delivery, version=delivery.version)
        db.session.add(Load(source="another", status=LoadStatus.STORED, asked_at=clock.now(), ended_at=clock.now() + timedelta(seconds=1), sha256="x"))  # fmt: skip

    do_jobs(council)

    assert look(council, delivery_id).step is not Step.STORED
    assert look(council, delivery_id).approved_by_id is None
    assert spells(council) == []
