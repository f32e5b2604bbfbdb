"""What happens while a file is on its way, or after: people added, plans published, files undone that others contradicted."""

import copy
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests.builders import Council
from tests.loads.deliveries import HEAD, KAI, SAM, agree, bring_in, do_jobs, look, store
from tests.loads.test_steps import ROW
from tests.world import BEGAN, FILES, START, TODAY, build_world, encoded
from tfsaas.db import db
from tfsaas.evidence.actions import load_files, withdraw_fact
from tfsaas.evidence.models import Coverage, Event, Score, Spell
from tfsaas.evidence.queries import believed
from tfsaas.families.actions import Particulars, add_family, add_person
from tfsaas.families.models import Episode, Membership, Person
from tfsaas.loads import effects, pairing, steps
from tfsaas.loads.actions import approve
from tfsaas.loads.facts_of_rows import Known, _known_signals
from tfsaas.loads.feeds import Code
from tfsaas.loads.linking import link_people
from tfsaas.loads.models import Step
from tfsaas.loads.queries import get_delivery
from tfsaas.permissions import Role
from tfsaas.rules.templates import get_template
from tfsaas.tenants.queries import find_programme, list_plan_versions
from tfsaas.tenants.versions import take_plan_over

DAY = timedelta(days=1)
NIA = f"Nia,Stone,2015-05-05,,{BEGAN},\n"
ELSE = HEAD + f"{SAM},{BEGAN},{TODAY}\n"


def add_nia():
    family, born = add_family("Stone"), date(2015, 5, 5)
    add_person(family.id, Particulars("Nia", "Stone", born), resident=True, joined_on=born)
    db.session.flush()


def publish(council: Council, extra: dict[str, str] | None = None, key: str = "sf-2022") -> None:
    with council.work(Role.ADMINISTRATOR):
        plan = copy.deepcopy(get_template(key))
        plan["signal"] = [*plan["signal"], *([extra] if extra else [])]
        take_plan_over(find_programme().id, plan, TODAY - 3 * DAY)


def store_it(council: Council, delivery_id) -> None:
    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(delivery_id)
        approve(delivery, version=delivery.version)
    do_jobs(council)


@pytest.mark.parametrize("where", [(pairing, "_weigh_all"), (steps, "has_newcomers")])
def test_whoever_comes_while_a_file_is_worked_on_is_thought_of_or_not_spoken_of(
    council: Council, monkeypatch, where
):
    build_world(council)
    module, name = where
    real, came = getattr(module, name), []

    def and_somebody_comes(delivery, people):
        found = real(delivery, people)
        if not came:
            came.append(add_nia())
        return found

    delivery_id = None
    if module is steps:
        delivery_id = bring_in(council, agree(council), HEAD + NIA)
    monkeypatch.setattr(module, name, and_somebody_comes)
    delivery_id = delivery_id or bring_in(council, agree(council), HEAD + NIA)
    store_it(council, delivery_id)

    delivery = look(council, delivery_id)
    with council.work():
        nia = db.session.scalars(select(Person).where(Person.given_name == "Nia")).one()
        said = db.session.scalars(select(Coverage.recorded_at).where(Coverage.load_id == delivery.load_id)).first()  # fmt: skip
        assert delivery.step is not Step.STORED or said < nia.recorded_at


@pytest.mark.parametrize("finds", [True, False])
def test_a_plan_published_meanwhile_has_the_file_matched_again(council: Council, finds):
    build_world(council)
    head = "First name,Last name,Date of birth,NHS,Plan,From,To\n"
    delivery_id = bring_in(council, agree(council), head + f"{SAM},in need,{BEGAN},\n{KAI},s47,{BEGAN},{TODAY}\n", feed="social-care", finds=finds)  # fmt: skip
    publish(council, {"code": "care.section_47", "kind": "spell", "title": "S47", "source": "x"})

    store_it(council, delivery_id)

    assert look(council, delivery_id).step is not Step.STORED, "it waits for approval again"
    with council.work():
        lees = select(Person.reference).where(Person.family_name == "Lee")
        assert sorted(db.session.scalars(lees)) == ["S1", "S2"], "nobody twice"


def test_what_two_versions_call_otherwise_is_stored_as_the_newer_and_covers_not_the_older(council: Council):  # fmt: skip
    build_world(council)
    publish(council)
    head = "First name,Last name,Date of birth,NHS,Service,From,To\n"
    covers = ["health.substance", "health.treatment"]

    delivery = look(council, store(council, agree(council), head + f"{KAI},substance,{BEGAN},\n", feed="health-referrals", covers=covers))  # fmt: skip

    assert set(delivery.effect["counts"]) == {"health.substance"}
    assert delivery.covers == ["health.substance"]
    assert any("its silence says nothing" in text for text in delivery.warnings)


@pytest.mark.parametrize(
    ("versions", "signals"),
    [
        ([{"health.treatment"}], ("health.treatment",)),
        ([{"health.substance"}], ("health.substance",)),
        ([{"health.treatment"}, {"health.substance"}], ("health.substance", "health.treatment")),
        ([{"health.treatment"}, {"health.substance", "health.treatment"}], ("health.substance",)),
        ([{"health.substance", "health.treatment"}], ("health.substance",)),
        ([set()], ()),
    ],
)
def test_a_code_counts_as_what_each_version_asks_for_unless_one_tells_them_apart(versions, signals):
    code = Code("substance", "Drugs", ("health.substance",), otherwise="health.treatment")

    assert _known_signals(code, Known(*versions)) == signals


def test_a_folder_loaded_again_undoes_nothing_that_people_did(council: Council):
    world = build_world(council)
    publish(council)
    with council.work(Role.ADMINISTRATOR):
        stay = select(Membership).join(Person, Person.id == Membership.person_id).where(Person.reference == "R2")  # fmt: skip
        db.session.scalars(stay).one().left_on = TODAY - 30 * DAY
        episode = select(Episode).where(Episode.family_id == world.families["READY"])
        found = db.session.scalars(episode).one()
        other = next(v.id for v in list_plan_versions(world.programme_id) if v.id != found.plan_version_id)  # fmt: skip
        found.plan_version_id = other

    with council.work():
        load_files(encoded(FILES), "again")
        assert db.session.scalars(stay).one().left_on == TODAY - 30 * DAY
        assert db.session.scalars(episode).one().plan_version_id == other


def test_a_family_added_during_the_dry_run_has_nothing_to_do_with_it(council: Council, monkeypatch):
    build_world(council)
    real, calls = effects._evaluate, []

    def evaluate(*families: object):
        calls.append(families)
        if len(calls) == 2:
            add_nia()
        return real(*families)

    monkeypatch.setattr(effects, "_evaluate", evaluate)

    assert look(council, bring_in(council, agree(council), HEAD + ROW)).step is Step.READY


def test_a_score_is_the_same_however_it_is_written(council: Council):
    build_world(council)
    agreement, head = agree(council), "First name,Last name,Date of birth,NHS,Date,Score\n"
    store(council, agreement, head + f"{KAI},{START},6\n", feed="outcomes-star")
    with council.work(Role.SUPERVISOR):
        told = select(Score.id).where(Score.value == 6, Score.scored_on == START)
        withdraw_fact("score", db.session.scalars(told).one())

    again = store(council, agreement, head + f"{KAI},{START},6.0\n", feed="outcomes-star")

    assert {kind for counts in look(council, again).effect["counts"].values() for kind in counts} == {"kept out"}  # fmt: skip


def test_two_debts_from_one_day_hold_until_the_later_ends(council: Council):
    build_world(council)
    head = "First name,Last name,Date of birth,NHS,Problem,From,To\n"
    rows = f"{SAM},debt,{BEGAN},{BEGAN + 30 * DAY}\n{SAM},arrears,{BEGAN},{BEGAN + 60 * DAY}\n"

    store(council, agree(council), head + rows, feed="housing-and-debt")

    with council.work():
        ends = select(Spell.to_on).join(Person, Person.id == Spell.person_id).where(Person.reference == "R2", Spell.from_on == BEGAN, believed(Spell))  # fmt: skip
        assert BEGAN + 60 * DAY in db.session.scalars(ends).all()


def test_an_empty_cell_in_a_column_of_absences_is_a_fault(council: Council):
    build_world(council)
    publish(council, key="tf-2012")
    head = "First name,Last name,Date of birth,NHS,From,To,Possible,Attended,Unauthorised\n"
    days = f"{BEGAN},{BEGAN + 80 * DAY},100,40"

    delivery_id = bring_in(council, agree(council), head + f"{SAM},{days},\n{KAI},{days},50\n", feed="school-attendance")  # fmt: skip

    faults = look(council, delivery_id).faults
    assert [(line, text[:8]) for line, _, text in faults] == [(2, "is empty")]


def test_a_folder_that_names_another_record_of_one_person_says_nothing_new(council: Council):
    build_world(council)
    born = BEGAN - timedelta(days=900)
    with council.work(Role.SUPERVISOR):
        other = Person(reference="R9", given_name="Sam", family_name="Okafor", date_of_birth=born)
        db.session.add(other)
        db.session.flush()
        sam = db.session.scalars(select(Person.id).where(Person.reference == "R2")).one()
        link_people(other.id, sam, "x")
        both = (sam, other.id)
    offended = select(Event.person_id).where(Event.signal == "police.offence", Event.person_id.in_(both))  # fmt: skip
    events = "person_id,signal,on\n{},police.offence," + f"{BEGAN}\n"
    people = FILES["people"] + f"R9,READY,{born},true,{START},,Sam,Okafor,\n"
    for reference in ("R2", "R9"):
        with council.work():
            load_files(encoded(FILES | {"people": people, "events": events.format(reference)}), "again")  # fmt: skip

    with council.work():
        assert db.session.scalars(offended).all() == [sam]


def test_a_folder_that_writes_a_score_otherwise_says_nothing_new(council: Council):
    build_world(council)
    with council.work():
        before = db.session.scalar(select(func.count()).select_from(Score))
        scores = [line.split(",") for line in FILES["scores"].strip().split("\n")]
        place = scores[0].index("value")
        for row in scores[1:]:
            row[place] += ".0"
        load_files(encoded(FILES | {"scores": "\n".join(map(",".join, scores)) + "\n"}), "again")

        assert before
        assert db.session.scalar(select(func.count()).select_from(Score)) == before
