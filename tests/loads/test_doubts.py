"""Who people of a file are where the file could mislead: numbers only, numbers given anew, two of a file for one here."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from tests.builders import Council
from tests.loads.census_files import census
from tests.loads.deliveries import KAI, SAM, agree, bring_in, look, store
from tests.loads.test_steps import spells
from tests.world import BEGAN, TODAY, build_world
from tfsaas.db import db
from tfsaas.families.actions import Particulars, add_family, add_person, set_identifier
from tfsaas.families.models import Person, Scheme
from tfsaas.loads.models import IncomingMatch, MatchStatus, Step
from tfsaas.loads.queries import get_delivery

UPN = "B801200005001"
ATTENDED = f"UPN,From,To,Possible,Attended\n{UPN},{BEGAN},{BEGAN + timedelta(days=80)},100,40\n"
HEAD = "Reference,First name,Last name,Date of birth,From,To\n"
HOME = "Reference,First name,Last name,Date of birth,Address,Postcode,From,To\n"
BORN = date(2015, 1, 5)
LATER = BEGAN + timedelta(days=9)


def change(council: Council, reference: str, **values: object):
    with council.work():
        person = db.session.scalars(select(Person).where(Person.reference == reference)).one()
        for name, value in values.items():
            setattr(person, name, value)
        return person.id


def child(given: str, family_name: str = "Brown", born: date = BORN, at: str = "3 High Street"):
    family = add_family(family_name)
    told = Particulars(given, family_name, born, at, "ME4 4TR")
    person = add_person(family.id, told, resident=True, joined_on=born)
    db.session.flush()
    return person.id


@pytest.mark.parametrize(
    ("born", "covers"),
    [
        (date(2014, 3, 9), False),
        (TODAY - timedelta(days=21 * 365), False),
        (date(1985, 3, 9), True),
        (TODAY - timedelta(days=100), True),
    ],
)
def test_numbers_that_are_not_on_record_tell_nobody_from_a_child_without_one(
    council: Council, born, covers
):
    build_world(council)
    with council.work():
        db.session.execute(update(Person).values(date_of_birth=born))

    delivery = look(council, bring_in(council, agree(council), ATTENDED, feed="school-attendance", covers=["school.attended"]))  # fmt: skip

    assert (delivery.covers == ["school.attended"]) == covers, (
        "adults and babies have no pupil's number"
    )
    assert any("no number that everybody here" in text for text in delivery.warnings) != covers


def test_numbers_tell_who_people_are_once_every_child_here_has_one(council: Council):
    build_world(council)
    sam = change(council, "R2", date_of_birth=date(2014, 3, 9))
    with council.work():
        set_identifier(sam, Scheme.UPN, UPN)
    with council.work():
        db.session.execute(
            update(Person).where(Person.id != sam).values(date_of_birth=date(1985, 1, 1))
        )

    delivery = look(council, bring_in(council, agree(council), ATTENDED, feed="school-attendance", covers=["school.attended"]))  # fmt: skip

    assert (delivery.people["linked"], delivery.covers) == (1, ["school.attended"])


def test_a_child_of_a_census_with_an_unknown_number_may_be_one_born_the_same_day(council: Council):
    build_world(council)
    change(council, "R2", date_of_birth=date(2014, 3, 9))

    delivery = look(council, bring_in(council, agree(council), census(2025), feed="cin-census"))

    assert (delivery.step, delivery.people["review"]) == (Step.PEOPLE, 1)


@pytest.mark.parametrize("at", ["3 High Street", "8 Low Road"])
def test_a_number_of_somebody_else_is_for_somebody_to_decide(council: Council, at):
    build_world(council)
    with council.work():
        nadia = child("Nadia", born=date(2013, 4, 9), at=at)
        child("Tom")
        set_identifier(nadia, Scheme.UPN, UPN)

    delivery = bring_in(council, agree(council), f"UPN,First name,Last name,Date of birth,Address,Postcode,From,To\n{UPN},Tom,Brown,{BORN},3 High Street,ME4 4TR,{BEGAN},\n")  # fmt: skip

    assert look(council, delivery).step is Step.PEOPLE
    with council.work():
        pairs = select(IncomingMatch.status).where(IncomingMatch.delivery_id == delivery)
        assert db.session.scalars(pairs).all() == [MatchStatus.REVIEW] * 2


@pytest.mark.parametrize(("one", "two"), [("Tom", "Tim"), ("Mia", "Mya"), ("Jay", "Kay")])
def test_two_of_a_file_are_not_one_here_without_a_question(council: Council, one, two):
    build_world(council)
    with council.work():
        child(one)
    rows = "".join(f"{number},{name},Brown,{BORN},3 High Street,ME4 4TR,{day},\n" for number, name, day in (("A1", one, BEGAN), ("A2", two, LATER)))  # fmt: skip

    delivery = bring_in(council, agree(council), HOME + rows)

    assert look(council, delivery).step is Step.PEOPLE
    with council.work():
        asked = select(IncomingMatch.number).where(IncomingMatch.delivery_id == delivery, IncomingMatch.status == MatchStatus.REVIEW)  # fmt: skip
        assert db.session.scalars(asked).all() == [1], "the first is plainly the one on record"


def test_one_of_a_file_who_is_written_in_two_ways_is_one(council: Council):
    build_world(council)
    with council.work():
        child("Thomas")
    head = HOME.replace("Reference,", "")
    rows = f"Thomas,Brown,{BORN},3 High Street,ME4 4TR,{BEGAN},\nTom,Brown,{BORN},3 High St,ME4 4TR,{LATER},\n"  # fmt: skip

    assert look(council, bring_in(council, agree(council), head + rows)).step is Step.READY


def test_a_number_that_comes_with_another_name_is_not_believed(council: Council):
    build_world(council)
    change(council, "R2", postcode="ME4 4TR")
    change(council, "S2", postcode="ME7 1AA")
    agreement = agree(council)
    store(council, agreement, HEAD + f"A1,{SAM}{BEGAN},\n")

    named = "Reference,First name,Last name,Postcode,From,To\n"
    delivery = bring_in(council, agreement, named + f"A1,Kai,Lee,ME7 1AA,{LATER},\n")

    with council.work():
        kai = db.session.scalars(select(Person.id).where(Person.reference == "S2")).one()
        found = select(IncomingMatch.person_id).where(IncomingMatch.delivery_id == delivery)
        assert db.session.scalars(found).all() == [kai]


def test_a_number_that_was_given_anew_leads_to_whom_it_was_given(council: Council):
    build_world(council)
    change(council, "S2", date_of_birth=date(2012, 2, 3))
    agreement = agree(council)
    store(council, agreement, HEAD + f"A1,{SAM}{BEGAN},\n")
    store(council, agreement, HEAD + f"A1,Kai,Lee,2012-02-03,{LATER},\n")

    store(council, agreement, f"Reference,From,To\nA1,{LATER + timedelta(days=30)},\n")

    assert [who for who, _, _ in spells(council)].count("S2") == 2


def test_nobody_of_whom_nothing_is_told_is_kept_to_find_families(council: Council):
    build_world(council)

    delivery = look(council, store(council, agree(council), f"Reference,From,To\nQ9,{BEGAN},\n", finds=True))  # fmt: skip

    assert (delivery.effect["found"], delivery.effect["dropped"]) == (0, 1)


def test_text_that_no_name_can_be_is_a_fault_on_its_line(council: Council):
    build_world(council)

    delivery = look(council, bring_in(council, agree(council), HEAD + f"A1,Sam,{'x' * 201},{BORN},{BEGAN},\nA2,{KAI}{BEGAN},\n"))  # fmt: skip

    assert delivery.step is Step.REFUSED
    assert [(line, column) for line, column, _ in delivery.faults] == [(2, "Last name")]
    with council.work():
        assert get_delivery(delivery.id).content is None
