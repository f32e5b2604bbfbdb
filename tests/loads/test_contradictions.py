"""What a partner's file says otherwise is left out, kept, shown and settled by somebody."""

from sqlalchemy import select

from tests.builders import Council, errors_on
from tests.loads.deliveries import HEAD, SAM, agree, bring_in, do_jobs, store
from tests.loads.test_steps import ROW, spells
from tests.world import BEGAN, TODAY, build_world
from tfsaas.db import db
from tfsaas.evidence.models import Contradiction
from tfsaas.loads.actions import ask_to_undo, undo
from tfsaas.loads.queries import get_delivery
from tfsaas.permissions import Role

ENDED = HEAD + f"{SAM},{BEGAN},{TODAY}\n"


def contradicted(council: Council):
    build_world(council)
    store(council, agree(council), HEAD + ROW)
    return store(council, agree(council, partner="Another"), ENDED)


def test_it_is_kept_with_what_both_say_until_somebody_settles_it(council: Council):
    delivery_id = contradicted(council)
    browser = council.browser(Role.SUPERVISOR)
    page = browser.get("/evidence/contradictions").text
    assert "still going on" in page
    assert "Another: Early help" in page
    assert "Sam Okafor" in page
    assert "1 row waits" in browser.get("/evidence").text
    with council.work():
        row = db.session.scalars(select(Contradiction)).one()
        path, version = f"/evidence/contradictions/{row.id}", str(row.version)

    refused = browser.post(path, {"version": version}, status=400)
    assert errors_on(refused.text) == ["Enter what came of it, such as whom you asked"]
    browser.post(path, {"version": version, "settlement": "Asked the school: it goes on"})

    assert "Nothing waits" in browser.get("/evidence/contradictions").text
    assert "Asked the school" in browser.get(f"/evidence/contradictions/of/{delivery_id}").text
    browser.post(path, {"version": version, "settlement": "Otherwise"})
    assert "Somebody else settled this meanwhile" in browser.get("/evidence/contradictions").text


def test_the_dry_run_shows_what_both_say(council: Council):
    build_world(council)
    store(council, agree(council), HEAD + ROW)
    delivery_id = bring_in(council, agree(council, partner="Another"), ENDED)

    page = council.browser(Role.SUPERVISOR).get(f"/evidence/deliveries/{delivery_id}").text

    assert "Contradicted, and so left out" in page
    assert "still going on, said by Children’s services: Early help" in page
    with council.work():
        assert db.session.scalars(select(Contradiction)).all() == []


def test_undoing_the_load_takes_what_it_contradicted_with_it(council: Council):
    delivery_id = contradicted(council)
    with council.work(Role.SUPERVISOR):
        ask_to_undo(get_delivery(delivery_id))
    do_jobs(council)
    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(delivery_id)
        undo(delivery, "wrong", version=delivery.version)
    do_jobs(council)

    with council.work():
        assert db.session.scalars(select(Contradiction)).all() == []


def test_what_a_second_partner_said_too_the_first_does_not_correct_alone(council: Council):
    build_world(council)
    first = agree(council)
    store(council, first, HEAD + ROW)
    store(council, agree(council, partner="Another"), HEAD + ROW)

    store(council, first, ENDED)

    assert spells(council) == [("R2", str(BEGAN), None)]
    with council.work():
        assert db.session.scalars(select(Contradiction.told)).one()["to_on"] == str(TODAY)


def test_contradictions_are_for_those_who_may_see_them(council: Council, other_council: Council):
    delivery_id = contradicted(council)
    with council.work():
        row = db.session.scalars(select(Contradiction)).one().id

    council.browser(Role.AUDITOR).get("/evidence/contradictions")
    council.browser(Role.WORKER).get("/evidence/contradictions", status=403)
    council.browser(Role.AUDITOR).post(f"/evidence/contradictions/{row}", {"settlement": "x"}, status=403)  # fmt: skip
    theirs = other_council.browser(Role.SUPERVISOR)
    assert "Nothing waits" in theirs.get("/evidence/contradictions").text
    theirs.get(f"/evidence/contradictions/of/{delivery_id}", status=404)
    theirs.post(f"/evidence/contradictions/{row}", {"settlement": "x", "version": "1"}, status=404)
