"""Evaluating only what can have changed gives the same as evaluating everybody."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from tests.builders import Council
from tests.outcomes.test_evaluation import load_random
from tests.planning.test_rehearsals import stricter
from tests.world import RECENT, TODAY, build_world
from tfsaas import clock
from tfsaas.cli.service import ask_for_refreshes
from tfsaas.db import db
from tfsaas.evidence.actions import Statement, record_fact, withdraw_fact
from tfsaas.evidence.models import Coverage, Event, Score, Spell
from tfsaas.families.models import Episode, Family, Membership, Person
from tfsaas.jobs.models import Job
from tfsaas.jobs.worker import run
from tfsaas.outcomes import refreshing
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.outcomes.facts import read_batches
from tfsaas.outcomes.figures import count_figures
from tfsaas.outcomes.models import Outlook
from tfsaas.outcomes.queries import find_run, list_confirmed, list_states
from tfsaas.outcomes.refreshing import (
    ask_for_refresh,
    needs_refresh,
    refresh_council,
)
from tfsaas.outcomes.stale import list_marks, list_stale
from tfsaas.permissions import Role
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import evaluate
from tfsaas.rules.plan import SignalKind
from tfsaas.rules.results import name
from tfsaas.tenants.actions import add_programme, add_term
from tfsaas.tenants.models import Term
from tfsaas.tenants.queries import get_programme
from tfsaas.tenants.versions import take_plan_over

DAY = timedelta(days=1)


def expected(on: date) -> dict[UUID, tuple[object, ...]]:
    """What evaluating everybody finds, worked out beside the tables."""
    found = {}
    for batch in read_batches(get_programme().id, on):
        evaluated = evaluate(batch.plan, assemble(batch.tables), on)
        for at, family_id in enumerate(evaluated.family_ids):
            found[UUID(family_id)] = (
                batch.version.id, bool(evaluated.eligible[at]), bool(evaluated.worked_with[at]),
                name(evaluated.ssp[at]), name(evaluated.ce[at]), evaluated.headlines(at), evaluated.findings(at),
            )  # fmt: skip
    return found


def kept(on: date) -> dict[UUID, tuple[object, ...]]:
    return {
        family_id: (row.plan_version_id, row.eligible, row.worked_with, row.ssp, row.ce, row.headlines, row.findings)
        for family_id, row in list_states(on).items()
    }  # fmt: skip


def figures(on: date) -> dict[str, object]:
    batches = read_batches(get_programme().id, on)
    evaluated = [evaluate(batch.plan, assemble(batch.tables), on) for batch in batches]
    confirmed = {str(family_id) for family_id in list_confirmed(get_programme().id, on)}
    return dict(count_figures(evaluated, confirmed))


def judge_on(day: date) -> None:
    """Let the programme's working day be this one."""
    programme = get_programme()
    programme.ends_on = day
    db.session.flush()


def pick(random: Random, model: type) -> object:
    return random.choice(db.session.scalars(select(model).order_by(model.id)).all())


def record(member: Membership, signal: str, kind: SignalKind, on: date) -> None:
    person_id = None if kind is SignalKind.ATTESTATION else member.person_id
    record_fact(member.family_id, Statement(signal, kind, person_id, on, value=Decimal(9)))


def withdraw_one(random: Random) -> None:
    model = random.choice((Event, Spell, Score))
    open_rows = select(model.id).where(model.withdrawn_at.is_(None)).order_by(model.id)
    if rows := db.session.scalars(open_rows).all():
        withdraw_fact(model.__tablename__, random.choice(rows))


def change_something(random: Random, day: date) -> None:
    """One change of a kind that an evaluation rests on."""
    on = day - random.randrange(400) * DAY
    member, episode, person = (pick(random, model) for model in (Membership, Episode, Person))
    random.choice(
        [
            lambda: record(member, "police.asb", SignalKind.EVENT, on),
            lambda: record(member, "work.employed", SignalKind.SPELL, on),
            lambda: record(member, "health.star", SignalKind.SCORE, on),
            lambda: record(member, "need.nominated", SignalKind.ATTESTATION, on),
            lambda: setattr(person, "date_of_birth", on - 16 * 365 * DAY),
            lambda: setattr(episode, "whole_family_plan_on", on),
            lambda: setattr(episode, "baseline_on", on if episode.baseline_on else None),
            lambda: setattr(
                member, "left_on", max(member.joined_on, min(on, member.left_on or on))
            ),
            lambda: withdraw_one(random),
        ]
    )()


@pytest.mark.parametrize("seed", range(106, 112))
def test_after_any_changes_and_days_the_refreshed_council_is_as_if_all_were_evaluated(
    council: Council, tmp_path, seed
):
    _, _, day = load_random(council, seed, tmp_path)
    random = Random(seed)
    with council.work(Role.SUPERVISOR):
        judge_on(day)
        evaluate_council(day)
        assert not needs_refresh()

    for _ in range(4):
        day += random.choice((0, 0, 0, 1, 40)) * DAY
        with council.work(Role.SUPERVISOR):
            judge_on(day)
            for _ in range(random.randrange(4)):
                change_something(random, day)
        with council.work(Role.SUPERVISOR):
            refresh_council()

            assert kept(day) == expected(day)
            assert find_run(get_programme().id, day).figures == figures(day)
            assert not needs_refresh()
            assert list_marks() == []


def test_a_fact_touches_its_family_alone(council: Council):
    world = build_world(council)
    with council.work(Role.SUPERVISOR):
        evaluate_council(TODAY)
    with council.work(Role.WORKER):
        person_id = db.session.scalars(
            select(Membership.person_id)
            .where(Membership.family_id == world.families["STUCK"])
            .limit(1)
        ).one()
        statement = Statement("police.asb", SignalKind.EVENT, person_id, RECENT)
        record_fact(world.families["STUCK"], statement)

    with council.work():
        assert needs_refresh()
        assert list_stale(world.programme_id, TODAY, list_marks()) == [world.families["STUCK"]]
        assert refresh_council().families == 1


def test_a_feed_touches_the_families_whose_plan_asks_for_it_and_no_other(council: Council):
    world = build_world(council)
    with council.work(Role.SUPERVISOR):
        evaluate_council(TODAY)
    with council.work(Role.SUPERVISOR):
        told = {"from_on": TODAY, "to_on": TODAY, "recorded_at": clock.now()}
        recorded_by_id = council.people[Role.SUPERVISOR]
        db.session.add(Coverage(signal="nobody.asks", recorded_by_id=recorded_by_id, **told))
    with council.work():
        assert list_stale(world.programme_id, TODAY, list_marks()) == []
        refresh_council()
    with council.work(Role.SUPERVISOR):
        db.session.add(Coverage(signal="police.asb", recorded_by_id=recorded_by_id, **told))

    with council.work():
        assert len(list_stale(world.programme_id, TODAY, list_marks())) == 4


def test_a_term_touches_the_families_whose_plan_asks_about_terms(council: Council):
    world = build_world(council)
    with council.work(Role.SUPERVISOR):
        evaluate_council(TODAY)
        add_term(date(2020, 1, 6), date(2020, 3, 27))

    with council.work():
        assert len(list_stale(world.programme_id, TODAY, list_marks())) == 4
        refresh_council()
        db.session.delete(db.session.scalars(select(Term)).one())
        db.session.flush()
        assert len(list_stale(world.programme_id, TODAY, list_marks())) == 4


def test_a_new_version_touches_only_families_whose_support_has_not_begun(council: Council):
    world = build_world(council)
    with council.work(Role.SUPERVISOR):
        evaluate_council(TODAY)
        take_plan_over(world.programme_id, stricter(), TODAY)

    with council.work():
        assert list_stale(world.programme_id, TODAY, list_marks()) == [world.families["NEW"]]


def test_a_change_made_while_a_refresh_runs_is_not_lost(council: Council, monkeypatch):
    build_world(council)
    with council.work(Role.SUPERVISOR):
        evaluate_council(TODAY)
    find_stale = refreshing.list_stale

    def changed_meanwhile(programme_id, on, marks):
        found = find_stale(programme_id, on, marks)
        with council.work(Role.WORKER):
            db.session.scalars(select(Person)).first().date_of_birth = date(2001, 1, 1)
        return found

    monkeypatch.setattr(refreshing, "list_stale", changed_meanwhile)
    with council.work():
        refresh_council()

    with council.work():
        assert needs_refresh()


def test_the_job_refreshes_once_and_the_schedule_asks_only_when_needed(council: Council):
    build_world(council)
    with council.work():
        assert needs_refresh()
        first, second = ask_for_refresh().id, ask_for_refresh().id
        assert first == second

    with council.app.app_context():
        run(str(council.tenant_id), str(first))

    with council.work():
        assert db.session.get(Job, (council.tenant_id, first)).finished_at
        assert not needs_refresh()
        assert len(list_states(TODAY)) == 4
        assert db.session.scalar(select(func.count()).select_from(Outlook)) == 4


def test_the_schedule_asks_for_the_councils_that_need_it(council: Council, other_council: Council):
    build_world(council)
    with council.app.app_context():
        ask_for_refreshes()

    with council.work():
        assert db.session.scalars(select(Job).where(Job.kind == "refresh")).one()
    with other_council.work():
        assert db.session.scalars(select(Job)).all() == []


def test_families_of_an_earlier_programme_are_never_due(council: Council):
    world = build_world(council)
    with council.work():
        evaluate_council(TODAY)
        db.session.execute(update(Outlook).values(next_change_on=TODAY))
        get_programme().is_current = False
        add_programme("next", "Next", TODAY, None, is_current=True)
        db.session.flush()
        refresh_council()

        assert not needs_refresh()
        assert world.families


def test_another_councils_changes_mark_nothing_here(council: Council, other_council: Council):
    build_world(council)
    with council.work():
        evaluate_council(TODAY)
    build_world(other_council)

    with council.work():
        assert list_marks() == []
        assert db.session.scalar(select(func.count()).select_from(Family)) == 4
