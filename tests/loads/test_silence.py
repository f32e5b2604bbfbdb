"""Silence is never taken for evidence: what a file cannot say, or of whom it cannot tell, it does not cover."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from tests.builders import Council
from tests.loads.census_files import census
from tests.loads.deliveries import HEAD, agree, bring_in, do_jobs, look, store
from tests.loads.test_steps import spells
from tests.world import BEGAN, TODAY, build_world
from tfsaas.db import db
from tfsaas.evidence.models import Coverage, Spell
from tfsaas.families.actions import Particulars, add_family, add_person, set_identifier
from tfsaas.families.models import Person, Scheme
from tfsaas.loads.actions import approve
from tfsaas.loads.feeds import get_feed
from tfsaas.loads.linking import link_people
from tfsaas.loads.mapping import list_spoken
from tfsaas.loads.match_queries import list_to_review
from tfsaas.loads.models import Step
from tfsaas.loads.opening import signals_of
from tfsaas.loads.queries import get_delivery
from tfsaas.loads.reviewing import decide_match, go_on
from tfsaas.outcomes.models import StaleMark
from tfsaas.permissions import Role

UPN = "<UPN>B801200005001</UPN>"
PLAN = "<CINPlanDates><CINPlanStartDate>{0}</CINPlanStartDate><CINPlanEndDate>{1}</CINPlanEndDate></CINPlanDates>"


def child_of_the_census(council: Council) -> None:
    """Sam is the child of the census, by number and date of birth."""
    build_world(council)
    with council.work():
        sam = db.session.scalars(select(Person).where(Person.reference == "R2")).one()
        sam.date_of_birth = sam.date_of_birth.replace(year=2014, month=3, day=9)
        set_identifier(sam.id, Scheme.UPN, "B801200005001")


def test_every_plan_of_a_child_in_a_census_is_stored(council: Council):
    child_of_the_census(council)
    twice = census(2025).replace(
        "</CINPlanDates>", "</CINPlanDates>" + PLAN.format("2025-01-05", "2025-01-20")
    )

    store(council, agree(council), twice, feed="cin-census")

    with council.work():
        held = db.session.scalars(select(Spell.from_on).where(Spell.signal == "care.child_in_need"))
        assert sorted(map(str, held)) == ["2024-05-10", "2025-01-05"]


def test_a_census_that_holds_a_child_who_may_be_somebody_waits_for_somebody_to_say(
    council: Council,
):
    """A child without a number, born the same day as somebody here; what is said of them is not asked again."""
    child_of_the_census(council)
    agreement, text = agree(council), census(2025).replace(UPN, "")
    delivery_id = bring_in(council, agreement, text, feed="cin-census")
    assert look(council, delivery_id).step is Step.PEOPLE
    assert look(council, delivery_id).people["unsure"] == 0

    with council.work(Role.SUPERVISOR):
        rows = list_to_review(delivery_id)
        assert [row.person.reference for row in rows] == ["R2"]
        assert "nothing else is told" in rows[0].match.why
        decide_match(get_delivery(delivery_id), rows[0].match.id, same=False)
        go_on(get_delivery(delivery_id))
    do_jobs(council)

    assert look(council, delivery_id).step is Step.READY
    assert look(council, delivery_id).covers
    again = bring_in(council, agreement, text, feed="cin-census")
    assert look(council, again).step is Step.READY, "nobody is asked twice"


def test_a_child_of_whom_neither_number_nor_birth_is_told_leaves_the_file_covering_nothing(
    council: Council,
):
    child_of_the_census(council)
    text = census(2025).replace(UPN, "").replace("<PersonBirthDate>2014-03-09</PersonBirthDate>", "")  # fmt: skip

    delivery = look(council, bring_in(council, agree(council), text, feed="cin-census"))

    assert delivery.people["unsure"] == 1
    assert delivery.covers == []
    assert any("too little is said" in warning for warning in delivery.warnings)


def test_a_childs_number_of_the_social_care_system_is_known_in_the_census_and_corrects_it(
    council: Council,
):
    child_of_the_census(council)
    agreement = agree(council)
    store(council, agreement, "LAchildID,UPN,Plan type,From,To\nC1,B801200005001,cin,2024-05-10,\n", feed="social-care")  # fmt: skip

    delivery = look(council, store(council, agreement, census(2025).replace(UPN, ""), feed="cin-census"))  # fmt: skip

    assert delivery.people["linked"] == 1
    assert delivery.effect["counts"]["care.child_in_need"] == {"changed": 1}


def test_a_child_born_when_nobody_here_was_born_is_surely_nobody_here(council: Council):
    child_of_the_census(council)
    other = census(2025).replace(UPN, "").replace("2014-03-09", "2014-03-10")

    delivery = look(council, bring_in(council, agree(council), other, feed="cin-census"))

    assert delivery.people["unsure"] == 0
    assert delivery.covers


def test_a_census_of_days_to_come_is_refused(council: Council):
    child_of_the_census(council)
    later = f"{TODAY + timedelta(days=1)}"

    delivery = look(
        council,
        bring_in(
            council, agree(council), census(2026).replace("2026-03-31", later), feed="cin-census"
        ),
    )

    assert delivery.step is Step.REFUSED
    assert "has not come yet" in delivery.faults[0][2]


@pytest.mark.parametrize(
    ("feed", "mapping", "spoken"),
    [
        ("school-attendance", {"from", "to", "sessions_possible", "sessions_missed"}, {"school.attended", "school.absent"}),
        ("school-attendance", {"from", "to", "sessions_possible", "sessions_unauthorised"}, {"school.unauthorised"}),
        ("youth-offending", {"date"}, {"police.offence"}),
        ("youth-offending", {"order_from"}, {"justice.supervision"}),
        ("youth-offending", set(), set()),
        ("early-help", {"from"}, {"care.early_help"}),
        ("school-exclusions", {"date"}, set()),
    ],
)  # fmt: skip
def test_a_file_speaks_only_of_what_its_columns_can_say(feed, mapping, spoken):
    assert set(list_spoken(get_feed(feed), dict.fromkeys(mapping, "x"))) == spoken


def test_what_the_columns_cannot_say_is_not_covered(council: Council):
    build_world(council)
    head = "First name,Last name,Date of birth,From,To,Possible,Attended\n"
    sam = f"Sam,Okafor,{BEGAN - timedelta(days=900)}"
    row = f"{sam},{BEGAN},{BEGAN + timedelta(days=80)},100,90\n"
    with council.work():
        said = list(signals_of("school-attendance"))

    delivery = look(
        council,
        bring_in(council, agree(council), head + row, feed="school-attendance", covers=said),
    )

    assert set(delivery.covers) == set(said) - {"school.unauthorised"}


def test_a_row_without_any_day_is_a_fault(council: Council):
    build_world(council)
    head = "First name,Last name,Date of birth,Offence date,Order start\n"

    delivery = look(
        council,
        bring_in(
            council, agree(council), head + "Sam,Okafor,2014-03-09,,\n", feed="youth-offending"
        ),
    )

    assert delivery.step is Step.REFUSED
    assert "the row says nothing" in delivery.faults[0][2]


def test_a_child_added_between_matching_and_approval_is_not_passed_over(council: Council):
    build_world(council)
    delivery_id = bring_in(council, agree(council), HEAD + f"Nia,Stone,2015-05-05,,{BEGAN},\n")
    with council.work(Role.WORKER):
        family = add_family("Stone")
        born = TODAY.replace(year=2015, month=5, day=5)
        add_person(family.id, Particulars("Nia", "Stone", born), resident=True, joined_on=born)

    for expected in (Step.READY, Step.STORED):
        with council.work(Role.SUPERVISOR):
            delivery = get_delivery(delivery_id)
            approve(delivery, version=delivery.version)
        do_jobs(council)
        assert look(council, delivery_id).step is expected, "matched again, and approved again"

    assert len(spells(council)) == 1


def test_two_people_linked_after_the_dry_run_may_not_contradict_each_other(council: Council):
    build_world(council)
    head = "NHS,First name,Last name,Date of birth,From,To\n"
    rows = f"9990079196,,,,{BEGAN},\n,Sam,Okafor,{BEGAN - timedelta(days=900)},{BEGAN},{TODAY}\n"
    delivery_id = bring_in(council, agree(council), head + rows)
    with council.work(Role.SUPERVISOR):
        people = {row.reference: row.id for row in db.session.scalars(select(Person))}
        link_people(people["R1"], people["R2"], "x")

    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(delivery_id)
        approve(delivery, version=delivery.version)
    do_jobs(council)

    assert look(council, delivery_id).step is Step.REFUSED
    assert spells(council) == []
    with council.work():
        load_id = look(council, delivery_id).load_id
        assert db.session.scalars(select(Coverage).where(Coverage.load_id == load_id)).all() == []


def test_the_same_number_in_two_systems_of_a_partner_is_two_people(council: Council):
    build_world(council)
    agreement = agree(council)
    head = "Reference,First name,Last name,Date of birth,From,To\n"
    sam = f"Sam,Okafor,{BEGAN - timedelta(days=900)}"
    store(council, agreement, head + f"1047,{sam},{BEGAN},\n")

    other = look(
        council,
        bring_in(
            council,
            agreement,
            "Reference,Problem,From,To\n" + f"1047,arrears,{BEGAN},\n",
            feed="housing-and-debt",
        ),
    )

    assert (other.people["linked"], other.people["unsure"]) == (0, 1)
    assert other.covers == []


def test_a_fact_of_a_linked_record_marks_the_families_of_all(council: Council):
    world = build_world(council)
    with council.work(Role.SUPERVISOR):
        people = {row.reference: row.id for row in db.session.scalars(select(Person))}
        link_people(people["S1"], people["N1"], "x")
    with council.work():
        db.session.execute(delete(StaleMark))
        load_id = db.session.scalars(select(Spell.load_id).limit(1)).one()
        db.session.add(
            Spell(
                person_id=people["N1"],
                signal="care.early_help",
                from_on=BEGAN,
                load_id=load_id,
                recorded_at=db.session.scalar(select(Spell.recorded_at).limit(1)),
            )
        )

    with council.work():
        marked = set(db.session.scalars(select(StaleMark.family_id)))
    assert marked == {world.families["STUCK"], world.families["NEW"]}


def test_births_of_linked_records_mark_all_too(council: Council):
    world = build_world(council)
    with council.work(Role.SUPERVISOR):
        people = {row.reference: row.id for row in db.session.scalars(select(Person))}
        link_people(people["S1"], people["N1"], "x")
    with council.work():
        db.session.execute(delete(StaleMark))
        db.session.execute(
            update(Person).where(Person.id == people["N1"]).values(date_of_birth=BEGAN)
        )

    with council.work():
        assert world.families["STUCK"] in set(db.session.scalars(select(StaleMark.family_id)))
