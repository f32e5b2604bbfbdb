"""The time machine: a past day, by any version, by what is or was known."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.builders import Council
from tests.planning.test_rehearsals import stricter
from tests.world import TODAY, World, boxes, build_world
from tfsaas import clock
from tfsaas.db import db
from tfsaas.evidence.actions import Statement, record_fact
from tfsaas.evidence.models import Coverage, Load, RecordedHeadline, Score, Spell
from tfsaas.families.models import Membership, Person
from tfsaas.jobs.models import Job
from tfsaas.jobs.worker import run
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.outcomes.models import Evaluation
from tfsaas.permissions import Role
from tfsaas.planning.models import LookBack
from tfsaas.rules.plan import SignalKind
from tfsaas.tenants.queries import list_plan_versions
from tfsaas.tenants.versions import take_plan_over

YESTERDAY = TODAY - timedelta(days=1)


def look(council: Council, role: Role = Role.AUDITOR, **asked: object) -> LookBack:
    """Ask as a person does, run the job, and give what was kept."""
    told = {"knowledge": "now", "version": ""} | boxes("on", TODAY) | asked
    led = council.browser(role).post("/progress/look-back", told)
    with council.work():
        job_id = db.session.scalars(select(Job.id).order_by(Job.asked_at.desc()).limit(1)).one()
    with council.app.app_context():
        run(str(council.tenant_id), str(job_id))
    with council.work():
        row_id = UUID(led.location.split("/")[-1])
        row = db.session.scalars(select(LookBack).where(LookBack.id == row_id)).one()
        db.session.expunge(row)
    return row


def corrected(council: Council, world: World) -> None:
    """READY's good score was recorded three days ago, and corrected to a bad one this morning."""
    with council.work(Role.WORKER):
        long_ago = clock.now() - timedelta(days=3)
        for model in (Score, Coverage, Spell, RecordedHeadline, Load, Person):
            column = "ended_at" if model is Load else "recorded_at"
            db.session.execute(update(model).values({column: long_ago}))
        person_id = db.session.scalars(
            select(Membership.person_id)
            .where(Membership.family_id == world.families["READY"])
            .join(
                Score,
                (Score.tenant_id == Membership.tenant_id)
                & (Score.person_id == Membership.person_id),
            )
            .limit(1)
        ).one()
        score = db.session.scalars(
            select(Score)
            .where(Score.person_id == person_id)
            .order_by(Score.scored_on.desc())
            .limit(1)
        ).one()
        better = Statement(
            "health.star", SignalKind.SCORE, person_id, score.scored_on, value=Decimal(4)
        )
        record_fact(world.families["READY"], better, replaces=score)


def test_what_we_knew_then_and_what_we_know_now_differ_by_a_correction(council: Council):
    world = build_world(council)
    corrected(council, world)

    then = look(council, knowledge="then", **boxes("on", YESTERDAY))
    now = look(council, knowledge="now", **boxes("on", YESTERDAY))

    assert then.figures["with_result"] == 1
    assert now.figures["with_result"] == 0


def test_before_anything_was_recorded_nothing_was_known(council: Council):
    world = build_world(council)
    corrected(council, world)

    row = look(council, knowledge="then", **boxes("on", TODAY - timedelta(days=10)))

    assert row.loads == 0
    assert row.figures["identified"] == 0


def test_any_version_can_judge_any_day_for_ever(council: Council):
    world = build_world(council)
    with council.work():
        own = list_plan_versions(world.programme_id)[0].id
        take_plan_over(world.programme_id, stricter(), YESTERDAY)
        newest = list_plan_versions(world.programme_id)[0].id

    assert look(council, version=str(newest)).figures["eligible"] == 0
    assert look(council, version=str(own)).figures["eligible"] == 3
    assert look(council).figures["eligible"] == 3


def test_looking_back_changes_nothing_else_and_agrees_with_the_evaluation(council: Council):
    build_world(council)
    with council.work():
        evaluate_council(TODAY)
        before = db.session.scalars(select(Evaluation.id)).all()

    row = look(council)

    with council.work():
        assert db.session.scalars(select(Evaluation.id)).all() == before
    assert row.figures["with_result"] == 1


def test_the_page_states_day_version_and_what_was_known(council: Council):
    world = build_world(council)
    corrected(council, world)
    row = look(council, knowledge="then", **boxes("on", YESTERDAY))

    page = council.browser(Role.LEADER).get(f"/progress/look-back/{row.id}").text

    assert "with what was known by the end of that day: 1 load stored by then" in page
    assert "each family’s own version" in page
    listed = council.browser(Role.LEADER).get("/progress/look-back").text
    assert "known then" in listed


def test_a_family_is_seen_as_at_a_past_day_by_what_was_known(council: Council):
    world = build_world(council)
    corrected(council, world)
    browser = council.browser(Role.WORKER)
    day = f"on={YESTERDAY.day}&on={YESTERDAY.month}&on={YESTERDAY.year}"
    path = f"/families/{world.families['READY']}/look-back"

    then = browser.get(f"{path}?{day}&version=&knowledge=then").text
    now = browser.get(f"{path}?{day}&version=&knowledge=now").text

    assert "has a result by significant and sustained progress" in then
    assert "1 load stored by then" in then
    assert "has a result" not in now
    assert "with what is known now" in now
    assert "recorded" in browser.get(path).text


@pytest.mark.parametrize(
    "told",
    [
        {"on": ["31", "2", "2025"]},
        {"on": ["", "", ""]},
        {"on": ["1", "1", "2199"]},
        {"on": ["1", "1", "1999"]},
        {"version": "nonsense"},
        {"knowledge": "nonsense"},
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(council: Council, told):
    build_world(council)
    asked = {"knowledge": "now", "version": ""} | boxes("on", TODAY) | told

    page = council.browser(Role.AUDITOR).post("/progress/look-back", asked, status=400)

    assert "There is a problem" in page.text
    with council.work():
        assert db.session.scalars(select(LookBack)).all() == []


def test_another_councils_past_is_not_there(council: Council, other_council: Council):
    theirs = build_world(other_council)
    row = look(other_council)
    build_world(council)

    council.browser(Role.AUDITOR).get(f"/progress/look-back/{row.id}", status=404)
    council.browser(Role.WORKER).get(f"/families/{theirs.families['READY']}/look-back", status=404)
    council.browser(Role.WORKER).get("/progress/look-back", status=403)
    council.browser(Role.LEADER).get(f"/families/{theirs.families['READY']}/look-back", status=403)


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (date(2026, 7, 1), datetime(2026, 7, 1, 23, 0, tzinfo=UTC)),
        (date(2026, 1, 1), datetime(2026, 1, 2, 0, 0, tzinfo=UTC)),
        (date(2026, 3, 28), datetime(2026, 3, 29, 0, 0, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 23, 0, tzinfo=UTC)),
    ],
)
def test_a_day_ends_at_midnight_in_london(day, moment):
    assert clock.end_of(day) == moment
