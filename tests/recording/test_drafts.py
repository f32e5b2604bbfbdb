"""Nothing that was written is lost: kept while writing, after a lapsed session, on another device."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from tests.builders import Browser, Council
from tests.recording.test_contacts import contacts, path_of
from tests.referrals.walking import read
from tests.world import TODAY, World, build_world
from tfsaas import clock
from tfsaas.accounts.models import SignInSession
from tfsaas.audit.models import AuditEntry
from tfsaas.db import db
from tfsaas.drafts.keeping import forget_old_drafts
from tfsaas.drafts.models import Draft
from tfsaas.permissions import Role

NOTE = "Sam was at home. " * 300


@pytest.fixture
def world(council: Council) -> World:
    return build_world(council)


def written(path: str, note: str = NOTE) -> dict[str, str]:
    return {"key": str(uuid4()), "when": "yesterday", "how": "telephone", "note": note, "draft_path": path}  # fmt: skip


def lapse(council: Council, age: timedelta = timedelta(hours=2)) -> None:
    """Let nobody have done anything for a while."""
    with council.work():
        db.session.execute(update(SignInSession).values(seen_at=clock.now() - age))


def keep(browser: Browser, path: str, *, status: int = 302, note: str = NOTE):
    return browser.post("/drafts", written(path, note), status=status)


def test_what_is_kept_comes_back_on_another_device_until_it_is_saved(council: Council, world: World):  # fmt: skip
    path = f"{path_of(world)}/new"
    keep(council.browser(Role.WORKER), path)
    other = council.browser(Role.WORKER)

    page = other.get(path).text
    assert NOTE.strip() in page
    assert "It is not saved yet" in page
    assert contacts(council) == []
    other.post(path, written(path))

    assert read(council, select(Draft)) == []
    assert len(contacts(council)) == 1
    assert "It is not saved yet" not in other.get(path).text


def test_nobody_else_sees_a_draft(council: Council, world: World):
    path = f"{path_of(world)}/new"
    keep(council.browser(Role.WORKER), path)

    assert NOTE.strip() not in council.browser(Role.SUPERVISOR).get(path).text


def test_the_latest_stands_and_writing_leaves_no_trail(council: Council, world: World):
    path, browser = f"{path_of(world)}/new", council.browser(Role.WORKER)
    for note in ("First.", "Second."):
        keep(browser, path, note=note)

    page = browser.get(path).text
    assert "Second." in page
    assert "First." not in page
    assert read(council, select(AuditEntry).where(AuditEntry.subject == "draft")) == []


def test_it_can_be_thrown_away(council: Council, world: World):
    path, browser = f"{path_of(world)}/new", council.browser(Role.WORKER)
    keep(browser, path)

    browser.post("/drafts/drop", {"draft_path": path})

    assert NOTE.strip() not in browser.get(path).text


def test_a_long_note_sent_after_the_session_lapsed_is_there_after_signing_in(council: Council, world: World):  # fmt: skip
    path, browser = f"{path_of(world)}/new", council.browser(Role.WORKER)
    browser.get(path)
    lapse(council)

    led = browser.post(path, written(path))

    assert "/sign-in" in led.location
    assert contacts(council) == []
    assert "What you wrote is kept" in browser.get("/sign-in").text
    assert NOTE.strip() in council.browser(Role.WORKER).get(path).text


@pytest.mark.parametrize("how", ["ended", "no proof", "too long ago", "not allowed"])
def test_a_lapsed_session_keeps_nothing_for_whoever_is_not_its_owner(council: Council, world: World, how):  # fmt: skip
    path = f"{path_of(world)}/new"
    browser = council.browser(Role.AUDITOR if how == "not allowed" else Role.WORKER)
    browser.get("/account")
    sent = written(path) | {"csrf_token": "x" if how == "no proof" else browser._token()}
    lapse(council, timedelta(days=8) if how == "too long ago" else timedelta(hours=2))
    if how == "ended":
        with council.work():
            db.session.execute(SignInSession.__table__.delete())

    answer = browser.client.post(path, data=sent, base_url=council.base_url)

    assert "/sign-in" in answer.location
    assert read(council, select(Draft)) == []


@pytest.mark.parametrize("path", ["/users/invite", "/nowhere", "https://elsewhere.example/", "//elsewhere.example/x"])  # fmt: skip
def test_only_forms_that_keep_drafts_are_kept(council: Council, world: World, path):
    keep(council.browser(Role.WORKER), path, status=404)

    assert read(council, select(Draft)) == []


def test_what_one_may_not_write_is_not_kept(council: Council, other_council: Council, world: World):
    keep(council.browser(Role.AUDITOR), f"{path_of(world)}/new", status=403)
    keep(other_council.browser(Role.WORKER), f"{path_of(world)}/new", status=404)


def test_more_than_a_form_can_hold_is_refused_in_words(council: Council, world: World):
    page = keep(council.browser(Role.WORKER), f"{path_of(world)}/new", note="x" * 300_001, status=413)  # fmt: skip

    assert "more than one form can hold" in page.text


def test_drafts_are_forgotten_after_four_weeks(council: Council, world: World):
    keep(council.browser(Role.WORKER), f"{path_of(world)}/new")
    with council.work():
        db.session.execute(update(Draft).values(saved_at=clock.now() - timedelta(days=27)))
        assert forget_old_drafts() == 0
        db.session.execute(update(Draft).values(saved_at=clock.now() - timedelta(days=29)))
        assert forget_old_drafts() == 1


def test_the_button_rescues_as_well_as_saving_does(council: Council, world: World):
    path, browser = f"{path_of(world)}/new", council.browser(Role.WORKER)
    browser.get(path)
    lapse(council)

    led = keep(browser, path)

    assert led.location.endswith(f"/sign-in?next={path}")
    assert NOTE.strip() in council.browser(Role.WORKER).get(path).text


def test_today_in_a_draft_stays_the_day_on_which_it_was_written(council: Council, world: World):
    path, browser = f"{path_of(world)}/new", council.browser(Role.WORKER)
    friday = TODAY - timedelta(days=3)
    browser.post("/drafts", written(path) | {"when": "today", "day": friday.isoformat()})

    page = browser.get(path).text
    assert f"{friday.day} {friday:%B %Y}" in page
    browser.post(path, written(path) | {"when": "today", "day": friday.isoformat()})

    assert contacts(council)[0].happened_on == friday


def test_a_draft_of_what_was_saved_in_another_window_becomes_a_second_contact(council: Council, world: World):  # fmt: skip
    path, browser = f"{path_of(world)}/new", council.browser(Role.WORKER)
    sent = written(path)
    browser.post(path, sent)
    browser.post("/drafts", sent)

    page = browser.get(path).text

    assert sent["key"] not in page
