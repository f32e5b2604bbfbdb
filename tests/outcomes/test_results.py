"""Confirmed results: once a family and programme, and worth what the arrangement of the day pays."""

from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from tests.builders import Council
from tests.system.test_boundary import conninfo
from tests.world import START, TODAY, build_world
from tfsaas.db import db
from tfsaas.evidence.models import Score
from tfsaas.outcomes.actions import evaluate_council, evaluate_family
from tfsaas.outcomes.confirmation import NotConfirmable, confirm_all, confirm_result
from tfsaas.outcomes.models import Evaluation, Result, Route
from tfsaas.permissions import Role
from tfsaas.tenants.actions import Funding, arrange_funding, end_funding
from tfsaas.tenants.models import FundingModel
from tfsaas.tenants.queries import list_arrangements


def test_a_result_is_worth_the_arrangements_amount_of_that_day(council: Council):
    world = build_world(council)
    with council.work(Role.SUPERVISOR):
        evaluate_council(TODAY)
        result = confirm_result(world.families["READY"], TODAY)

        assert (result.route, result.amount_pounds) == (Route.SSP, 800)
        assert result.confirmed_by_id == council.people[Role.SUPERVISOR]


def test_under_earned_autonomy_a_result_counts_at_nothing(council: Council):
    world = build_world(council)
    with council.work():
        end_funding(list_arrangements(world.programme_id)[0], TODAY - timedelta(days=1))
        arrange_funding(
            world.programme_id, Funding(FundingModel.EARNED_AUTONOMY, TODAY, strands=["One"])
        )
        evaluate_council(TODAY)

        assert confirm_result(world.families["READY"], TODAY).amount_pounds == 0


def test_a_second_result_for_a_family_is_refused(council: Council):
    world = build_world(council)
    with council.work():
        evaluate_council(TODAY)
        confirm_result(world.families["READY"], TODAY)

        with pytest.raises(NotConfirmable, match="one a programme"):
            confirm_result(world.families["READY"], TODAY)


def test_the_database_itself_refuses_a_second_result(app, council: Council):
    world = build_world(council)
    with council.work():
        evaluate_council(TODAY)
        confirm_result(world.families["READY"], TODAY)

    with psycopg.connect(conninfo(app.config["SETTINGS"].database_url)) as connection:
        connection.execute(
            "select set_config('tfsaas.tenant_id', %s, true)", [str(council.tenant_id)]
        )
        columns = _columns(connection)
        values = ["gen_random_uuid()" if name == "id" else name for name in columns]
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(
                f"insert into result ({', '.join(columns)}) select {', '.join(values)} from result"
            )


def _columns(connection) -> list[str]:
    rows = connection.execute(
        "select attname::text from pg_attribute where attrelid = 'result'::regclass and attnum > 0"
    )
    return [name for (name,) in rows]


@pytest.mark.parametrize("reference", ["STUCK", "PLANLESS", "NEW"])
def test_no_result_is_confirmed_that_the_evaluation_does_not_give(council: Council, reference):
    world = build_world(council)
    with council.work():
        evaluate_council(TODAY)

        with pytest.raises(NotConfirmable, match="does not give"):
            confirm_result(world.families[reference], TODAY)


def test_without_an_arrangement_nothing_is_confirmed(council: Council):
    world = build_world(council)
    with council.work():
        end_funding(list_arrangements(world.programme_id)[0], START + timedelta(days=1))
        evaluate_council(TODAY)

        with pytest.raises(NotConfirmable, match="No funding arrangement"):
            confirm_result(world.families["READY"], TODAY)


def test_confirming_looks_at_the_family_again_first(council: Council):
    world = build_world(council)
    with council.work():
        evaluate_council(TODAY)
        db.session.execute(update(Score).values(withdrawn_at=Score.recorded_at))

    with council.work(), pytest.raises(NotConfirmable):
        confirm_result(
            world.families["READY"], TODAY, evaluate_family(world.families["READY"], TODAY)
        )


def test_confirm_all_confirms_each_once(council: Council):
    build_world(council)
    with council.work():
        evaluate_council(TODAY)
        assert (confirm_all(TODAY), confirm_all(TODAY)) == (1, 0)


def test_a_result_keeps_the_evaluation_it_stands_on(council: Council):
    world = build_world(council)
    with council.work():
        evaluate_council(TODAY)
        result = confirm_result(world.families["READY"], TODAY)
        evaluation = db.session.scalars(
            select(Evaluation).where(Evaluation.id == result.evaluation_id)
        ).one()

        assert evaluation.result == "ssp"
        assert len(evaluation.plan_hash) == 64


def test_results_cannot_be_deleted(council: Council):
    world = build_world(council)
    with council.work():
        evaluate_council(TODAY)
        confirm_result(world.families["READY"], TODAY)

    with council.work():
        db.session.delete(db.session.scalars(select(Result)).one())
        with pytest.raises(DBAPIError):
            db.session.flush()
        db.session.rollback()


def test_the_list_totals_by_arrangement(council: Council):
    world = build_world(council)
    with council.work(Role.SUPERVISOR):
        evaluate_council(TODAY)
        confirm_result(world.families["READY"], TODAY)

    worker = council.browser(Role.WORKER).get("/claims").text
    leader = council.browser(Role.LEADER).get("/claims").text

    assert "£800" in worker
    assert "Okafor" in worker
    assert "£800" in leader
    assert "Okafor" not in leader


def test_the_agreement_of_earned_autonomy_is_shown(council: Council):
    world = build_world(council)
    with council.work():
        end_funding(list_arrangements(world.programme_id)[0], TODAY - timedelta(days=1))
        arrange_funding(
            world.programme_id,
            Funding(FundingModel.EARNED_AUTONOMY, TODAY, strands=["Share pathways"]),
        )

    page = council.browser(Role.LEADER).get("/earned-autonomy").text

    assert "Share pathways" in page
    assert "The grant is not published" in page
