"""The pages of loads: each works, is refused without the permission, and is not there for another council."""

import io
import re
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from tests.builders import Council, errors_on
from tests.loads.deliveries import HEAD, SAM, agree, bring_in, do_jobs, look, store
from tests.loads.test_people import doubtful
from tests.loads.test_steps import ROW, spells
from tests.world import BEGAN, TODAY, boxes, build_world
from tfsaas import clock
from tfsaas.db import db
from tfsaas.jobs.models import Job
from tfsaas.loads.models import ColumnMapping, Delivery, Step
from tfsaas.permissions import Role


def send(
    council: Council,
    agreement,
    content: str,
    *,
    status: int = 302,
    feed: str = "early-help",
    **changes: object,
):
    told = {"file": (io.BytesIO(content.encode()), "f.csv"), "covers": ["care.early_help"]}
    told |= boxes("covers_from", BEGAN) | boxes("covers_to", TODAY) | changes
    return council.browser(Role.SUPERVISOR).post(f"/evidence/bring/{agreement}/{feed}", told, status=status)  # fmt: skip


def only(council: Council, model):
    with council.work():
        found = db.session.scalars(select(model).options(undefer("*"))).one()
        db.session.expunge(found)
    return found


def test_a_supervisor_takes_a_file_from_the_form_to_the_facts(council: Council):
    build_world(council)
    agreement = agree(council)
    browser = council.browser(Role.SUPERVISOR)
    led = send(council, agreement, "Forename,Surname,Born on,Opened,Closed\n" + SAM.replace(",", ",", 1) + f"{BEGAN},\n")  # fmt: skip
    do_jobs(council)

    page = browser.get(led.location).text
    assert "Say which column is which" in page
    columns = led.location + "/columns"
    asked = browser.get(columns).text
    assert re.search(r'<option value="Opened" selected', asked), "guessed by its name"
    mapping = {"from": "Opened", "to": "Closed", "given_name": "Forename", "family_name": "Surname", "date_of_birth": "Born on"}  # fmt: skip
    browser.post(columns, mapping | {"version": str(only(council, Delivery).version)})
    do_jobs(council)
    ready = browser.get(led.location).text
    assert "nothing is stored yet" in ready
    assert "Approve and store" in ready
    browser.post(led.location + "/approve", {"version": str(only(council, Delivery).version)})
    do_jobs(council)

    assert "The file itself is not kept" in browser.get(led.location).text
    assert spells(council) == [("R2", str(BEGAN), None)]
    assert only(council, ColumnMapping).columns["from"] == "Opened"


def test_the_next_file_needs_nobody_for_its_columns(council: Council):
    build_world(council)
    agreement = agree(council)
    store(council, agreement, HEAD + ROW)

    send(council, agreement, HEAD + f"{SAM},{BEGAN},{TODAY}\n")
    do_jobs(council)

    with council.work():
        steps = set(db.session.scalars(select(Delivery.step)))
    assert steps == {Step.STORED, Step.READY}


def test_columns_that_are_missing_are_asked_for_by_name(council: Council):
    build_world(council)
    led = send(council, agree(council), "A,B\n1,2\n")
    do_jobs(council)

    page = council.browser(Role.SUPERVISOR).post(
        led.location + "/columns", {"from": "A", "to": "A", "version": str(only(council, Delivery).version)}, status=400
    )  # fmt: skip

    told = errors_on(page.text)
    assert any("chosen twice" in text for text in told)
    assert any("say who the row is about" in text for text in told)


def test_faults_stand_on_the_page_and_in_a_file_harmless_in_a_spreadsheet(council: Council):
    build_world(council)
    led = send(council, agree(council), HEAD + f"=Sam,Okafor,soon,,{BEGAN},\n")
    do_jobs(council)
    browser = council.browser(Role.SUPERVISOR)
    with council.work():
        version = db.session.scalars(select(Delivery.version)).one()
    browser.post(led.location + "/columns", {"from": "From", "to": "To", "family_name": "Last name", "date_of_birth": "Date of birth", "version": str(version)})  # fmt: skip
    do_jobs(council)

    page = browser.get(led.location).text
    listed = browser.get(led.location + "/faults.csv").text

    assert "2 faults; nothing was stored" in page
    assert "“soon” is not a date" in page
    assert "2,Date of birth,“soon” is not a date" in listed


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"covers_from": ["", "", ""], "covers_to": ["", "", ""]}, ["first day for which the file is complete", "last day for which"]),
        (boxes("covers_to", BEGAN.replace(year=2199)), ["The last day has not come yet"]),
        (boxes("covers_from", TODAY) | boxes("covers_to", BEGAN), ["must not be before the first day"]),
        ({"covers": ["police.asb"]}, ["Choose from the list"]),
        ({"covers": []}, ["Select for what the file is complete"]),
        ({"file": (io.BytesIO(b""), "")}, ["Choose the file"]),
    ],
    ids=["no days", "to come", "wrong way", "another feed's", "nothing said", "no file"],
)  # fmt: skip
def test_what_is_declared_wrongly_is_asked_again(council: Council, changes, words):
    build_world(council)

    page = send(council, agree(council), HEAD + ROW, status=400, **changes)

    for each in words:
        assert any(each in text for text in errors_on(page.text)), errors_on(page.text)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"ends_on": TODAY.replace(year=TODAY.year - 1)}, "ended on"),
        ({"starts_on": TODAY.replace(year=TODAY.year + 1)}, "begins on"),
        ({"feeds": ["police-offences"]}, "does not name"),
    ],
)
def test_a_file_without_an_agreement_in_date_is_refused_with_the_way_out(
    council: Council, told, words
):
    build_world(council)

    page = send(council, agree(council, **told), HEAD + ROW, status=400)

    assert words in errors_on(page.text)[0]
    assert "An administrator can record the agreement" in errors_on(page.text)[0]
    with council.work():
        assert db.session.scalars(select(Delivery)).all() == []


def test_a_file_complete_for_nothing_covers_nothing(council: Council):
    build_world(council)
    led = send(council, agree(council), HEAD + ROW, covers=["none"])

    assert only(council, Delivery).covers == []
    assert "silence in it says nothing" in council.browser(Role.SUPERVISOR).get(led.location).text


def test_people_nobody_knows_are_kept_only_where_the_agreement_says_so(council: Council):
    build_world(council)
    agreement = agree(council, finds_families=False)

    page = send(council, agreement, HEAD + ROW, status=400, finds_families="y")

    assert "does not say that people you do not know may be kept" in errors_on(page.text)[0]
    form = council.browser(Role.SUPERVISOR).get(f"/evidence/bring/{agreement}/early-help").text
    assert "finds_families" not in form


def test_pairs_stand_side_by_side_and_are_decided_by_buttons(council: Council):
    delivery_id = doubtful(council)
    browser = council.browser(Role.SUPERVISOR)
    path = f"/evidence/deliveries/{delivery_id}"

    page = browser.get(path + "/people").text
    assert "<mark>Sam</mark>" in page
    match_id = re.search(r"/people/([0-9a-f-]{36})/same", page)[1]
    browser.post(f"{path}/go-on")
    assert look(council, delivery_id).step is Step.PEOPLE, "somebody still waits"
    browser.post(f"{path}/people/{match_id}/other")
    browser.post(f"{path}/people/{match_id}/undo")
    browser.post(f"{path}/people/{match_id}/same")
    assert "Everybody is decided about" in browser.get(path + "/people").text
    browser.post(f"{path}/go-on")
    do_jobs(council)

    assert look(council, delivery_id).step is Step.READY


def test_a_step_whose_job_failed_can_be_tried_again(council: Council):
    build_world(council)
    agreement = agree(council)
    store(council, agreement, HEAD + ROW)
    led = send(council, agreement, HEAD + ROW)
    browser = council.browser(Role.SUPERVISOR)
    with council.work():
        query = select(Job).where(Job.finished_at.is_(None))
        job = db.session.scalars(query).one()
        job.failed_at, job.message = clock.now(), "Something went wrong"

    assert "Try again" in browser.get(led.location).text
    browser.post(led.location + "/again")
    browser.post(led.location + "/again")
    do_jobs(council)

    with council.work():
        steps = set(db.session.scalars(select(Delivery.step)))
    assert steps == {Step.STORED, Step.READY}


def test_a_load_is_undone_from_its_page_after_its_effect(council: Council):
    build_world(council)
    path = f"/evidence/deliveries/{store(council, agree(council), HEAD + ROW)}"
    browser = council.browser(Role.SUPERVISOR)

    browser.post(path + "/undo/rehearse")
    do_jobs(council)
    assert "would be withdrawn" in browser.get(path).text
    version = str(only(council, Delivery).version)
    page = browser.post(path + "/undo", {"version": version}, status=400)
    assert errors_on(page.text) == ["Enter why the load is undone"]
    browser.post(path + "/undo", {"version": version, "reason": "The wrong school"})
    do_jobs(council)

    assert "The wrong school" in browser.get(path).text
    assert spells(council) == []


def test_a_button_pressed_twice_does_nothing_twice(council: Council):
    build_world(council)
    delivery_id = bring_in(council, agree(council), HEAD + ROW)
    browser, path = council.browser(Role.SUPERVISOR), f"/evidence/deliveries/{delivery_id}/approve"
    version = str(look(council, delivery_id).version)

    browser.post(path, {"version": version})
    browser.post(path, {"version": version})
    do_jobs(council)

    assert spells(council) == [("R2", str(BEGAN), None)]


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.WORKER, "/evidence/bring"), (Role.WORKER, "/evidence/links"), (Role.AUDITOR, "/evidence/bring"),
        (Role.SUPERVISOR, "/evidence/agreements/new"), (Role.LEADER, "/evidence"), (Role.ADMINISTRATOR, "/evidence"),
        (Role.LEADER, "/evidence/coverage"),
    ],
)  # fmt: skip
def test_pages_are_refused_without_the_permission(council: Council, role, path):
    council.browser(role).get(path, status=403)


def test_another_councils_delivery_is_not_there(council: Council, other_council: Council):
    build_world(other_council)
    theirs = bring_in(other_council, agree(other_council), HEAD + ROW)
    agreement = agree(other_council, partner="X")
    browser = council.browser(Role.SUPERVISOR)

    for path in ("", "/columns", "/people", "/people/known", "/set-aside", "/faults.csv"):
        browser.get(f"/evidence/deliveries/{theirs}{path}", status=404)
    for verb in ("approve", "set-aside", "go-on", "undo", "undo/rehearse", f"people/{uuid4()}/same"):  # fmt: skip
        browser.post(f"/evidence/deliveries/{theirs}/{verb}", {"reason": "x", "version": "1"}, status=404)  # fmt: skip
    browser.get(f"/evidence/bring/{agreement}/early-help", status=404)
    council.browser(Role.ADMINISTRATOR).get(f"/evidence/agreements/{agreement}", status=404)


def test_a_feeds_page_shows_its_format_and_a_sample(council: Council):
    browser = council.browser(Role.WORKER)

    assert "suspension" in browser.get("/evidence/feeds/school-exclusions").text
    sample = browser.get("/evidence/feeds/school-exclusions/sample")
    assert sample.headers["Content-Disposition"] == 'attachment; filename="school-exclusions-sample.csv"'  # fmt: skip
    browser.get("/evidence/feeds/nothing", status=404)


def test_a_file_that_is_no_table_is_said_so_without_lines_and_columns(council: Council):
    build_world(council)
    delivery_id = bring_in(council, agree(council), b"%PDF-1.7 nothing to see here")
    page = council.browser(Role.SUPERVISOR).get(f"/evidence/deliveries/{delivery_id}").text

    assert "The file cannot be used; nothing was stored" in page
    assert "is its header" not in page
