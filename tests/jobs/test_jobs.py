"""Background work: asked for in the transaction, done once, whatever dies."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from tests.builders import Council
from tests.jobs.queue import age, ask, job_row, queue_of, run
from tfsaas import clock
from tfsaas.db import db
from tfsaas.jobs import actions, transport, worker
from tfsaas.jobs.actions import INTERRUPTED, JobRefused, ask_for
from tfsaas.jobs.models import Job
from tfsaas.permissions import Role


@pytest.fixture
def kinds(app):
    """Room for a kind of work of the test's own."""
    functions = app.extensions["tfsaas.functions"]
    before = dict(functions)
    yield functions
    functions.clear()
    functions.update(before)


def test_rq_is_told_after_the_commit_and_of_ids_alone(app, council: Council):
    queue = queue_of(app, council)
    with council.work():
        job_id = ask_for("x", uuid4()).id
        db.session.flush()
        assert queue.count == 0

    entry = queue.jobs[0]
    assert (entry.func_name, entry.args) == (transport.RUN, [str(council.tenant_id), str(job_id)])
    assert entry.description == "tfsaas job"


def test_what_was_undone_is_never_asked_for(app, council: Council):
    with pytest.raises(ZeroDivisionError), council.work():  # noqa: PT012 (undone whole)
        ask_for("x", uuid4())
        raise ZeroDivisionError

    assert queue_of(app, council).count == 0


def test_a_savepoint_is_not_a_commit(app, council: Council):
    with council.work():
        ask_for("x", uuid4())
        with db.session.begin_nested():
            db.session.flush()
        assert queue_of(app, council).count == 0


def test_work_is_done_once_however_often_it_is_told(app, council: Council, kinds):
    done = []
    kinds["x"] = lambda subject, _tell: done.append(subject) or "Done."
    job_id = ask(council, "x")

    run(app, council, job_id)
    run(app, council, job_id)

    assert len(done) == 1
    row = job_row(council, job_id)
    assert (row.message, row.failed_at, row.attempts) == ("Done.", None, 1)


def test_work_is_done_on_behalf_of_whoever_asked(app, council: Council, kinds):
    actors = []
    kinds["x"] = lambda _subject, _tell: actors.append(db.session().info["actor_id"]) or ""

    run(app, council, ask(council, "x"))

    assert actors == [council.people[Role.SUPERVISOR]]


def test_a_refusal_is_told_to_whoever_asked(app, council: Council, kinds):
    def refuse(_subject, _tell):
        raise JobRefused("Ask again tomorrow.")

    kinds["x"] = refuse
    job_id = ask(council, "x")
    run(app, council, job_id)

    assert job_row(council, job_id).message == "Ask again tomorrow."


def test_a_failure_saves_nothing_and_tells_no_more_than_that(app, council: Council, kinds, caplog):
    def fail(_subject, _tell):
        ask_for("never", uuid4())
        db.session.flush()
        raise ValueError("the name of a family")

    kinds["x"] = fail
    job_id = ask(council, "x")
    run(app, council, job_id)

    row = job_row(council, job_id)
    assert row.failed_at is not None
    assert "family" not in row.message
    with council.work():
        assert db.session.scalar(select(func.count()).select_from(Job)) == 1


def test_progress_is_seen_while_the_work_goes_on(app, council: Council, kinds):
    seen = []

    def work(_subject, tell):
        tell(3, 10)
        seen.append((job_row(council, job_id).done, job_row(council, job_id).total))
        return ""

    kinds["x"] = work
    job_id = ask(council, "x")
    run(app, council, job_id)

    assert seen == [(3, 10)]


def test_who_lost_the_lease_leaves_no_result(app, council: Council, kinds):
    def lose(_subject, _tell):
        with council.work():
            db.session.execute(update(Job).where(Job.id == job_id).values(lease_id=uuid4()))
        ask_for("never", uuid4())
        return "Done."

    kinds["x"] = lose
    job_id = ask(council, "x")
    run(app, council, job_id)

    assert job_row(council, job_id).finished_at is None
    with council.work():
        assert db.session.scalar(select(func.count()).select_from(Job)) == 1


def test_a_held_job_is_left_alone(app, council: Council, kinds):
    kinds["x"] = lambda _subject, _tell: pytest.fail("it was held")
    job_id = ask(council, "x")
    with council.work():
        actions.take_lease(job_id)

    run(app, council, job_id)


def test_the_relay_tells_rq_of_what_it_was_not_told(app, council: Council):
    job_id = ask(council, "x")
    queue_of(app, council).empty()
    age(council, job_id, asked_at=clock.now() - timedelta(minutes=1))

    with app.app_context():
        worker.relay()
        worker.relay()

    assert [entry.id for entry in queue_of(app, council).jobs] == [str(job_id)]


def test_what_a_dead_worker_left_is_given_to_another(app, council: Council, kinds):
    kinds["x"] = lambda _subject, _tell: "Done."
    job_id = ask(council, "x")
    queue_of(app, council).empty()
    with council.work():
        actions.take_lease(job_id)
    age(council, job_id, lease_until=clock.now() - timedelta(seconds=1))

    with app.app_context():
        worker.relay()
    run(app, council, UUID(queue_of(app, council).jobs[0].args[1]))

    assert job_row(council, job_id).message == "Done."


def test_what_is_interrupted_three_times_is_given_up(app, council: Council):
    job_id = ask(council, "x")
    age(
        council,
        job_id,
        attempts=3,
        lease_until=clock.now() - timedelta(seconds=1),
        lease_id=uuid4(),
    )

    with app.app_context():
        worker.relay()

    assert job_row(council, job_id).message == INTERRUPTED


def test_nothing_is_lost_while_redis_is_away(app, council: Council):
    real = app.extensions["tfsaas.redis"]
    app.extensions["tfsaas.redis"] = transport.connect("unix:///nowhere/valkey.sock")
    try:
        job_id = ask(council, "x")
        council.browser(Role.WORKER).get("/families")
        answer = app.test_client().get("/readyz", base_url="http://localhost")
    finally:
        app.extensions["tfsaas.redis"] = real

    assert answer.status_code == 200
    assert answer.json["redis"].startswith("does not answer")
    assert job_row(council, job_id).delivered_at is None
