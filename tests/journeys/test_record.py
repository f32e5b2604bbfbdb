"""A contact is recorded on a phone, and no word is lost: by time-out, on another device, without scripts, by keyboard."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.builders import PASSWORD, Council
from tests.journeys.conftest import Visitor
from tests.referrals.walking import read
from tests.world import World, build_world
from tfsaas import clock
from tfsaas.accounts.models import SignInSession
from tfsaas.db import db
from tfsaas.drafts.models import Draft
from tfsaas.permissions import Role
from tfsaas.recording.models import Contact, How

pytestmark = pytest.mark.journey
PHONE = 320
NOTE = "Sam was at home and showed me the new bed."
FIELD = "What happened, and what comes next?"


@pytest.fixture
def world(council: Council) -> World:
    return build_world(council)


def open_form(visitor: Visitor, world: World) -> None:
    visitor.open(f"/families/{world.families['READY']}/contacts/new")


def fill(visitor: Visitor) -> None:
    visitor.page.get_by_label("Home visit").check()
    visitor.page.get_by_label(FIELD).fill(NOTE)


def fill_until_kept(visitor: Visitor) -> None:
    """The same, until the service has all of it."""
    page = visitor.page
    with page.expect_response(lambda answer: "new+bed" in (answer.request.post_data or "")):
        fill(visitor)
    page.get_by_text("Draft kept at").wait_for()


def written(visitor: Visitor) -> str:
    return visitor.page.get_by_label(FIELD).input_value()


def notes(council: Council) -> list[str]:
    return read(council, select(Contact.note))


def test_what_is_written_is_kept_by_itself_and_comes_back_on_another_device(council: Council, world: World, visit):  # fmt: skip
    phone = visit(council, Role.WORKER, width=PHONE)
    open_form(phone, world)
    fill_until_kept(phone)
    assert phone.page.evaluate("localStorage.length + sessionStorage.length") == 0
    phone.page.context.close()

    desk = visit(council, Role.WORKER)
    assert "A contact" in desk.page.locator("main").inner_text()
    open_form(desk, world)
    assert written(desk) == NOTE
    desk.check()
    desk.press("Save the contact")

    assert notes(council) == [NOTE]
    assert read(council, select(Draft)) == []


def test_what_was_written_when_the_session_ended_is_there_after_signing_in_again(council: Council, world: World, visit):  # fmt: skip
    visitor = visit(council, Role.WORKER, width=PHONE)
    open_form(visitor, world)
    with council.work():
        long_ago = clock.now() - timedelta(hours=1)
        db.session.execute(update(SignInSession).values(seen_at=long_ago))
    visitor.page.get_by_label(FIELD).fill(NOTE)
    visitor.page.get_by_label("Home visit").check()
    visitor.page.wait_for_timeout(300)
    visitor.complaints.clear()  # a refused keeping is not the page's fault
    visitor.press("Save the contact")

    assert "What you wrote is kept" in visitor.page.locator("main").inner_text()
    visitor.page.get_by_label("Email address").fill(f"worker@{council.slug}.example")
    visitor.page.get_by_label("Password", exact=True).fill(PASSWORD)
    visitor.press("Sign in")
    assert written(visitor) == NOTE
    visitor.press("Save the contact")

    assert read(council, select(Contact.how)) == [How.HOME]


def test_signing_out_keeps_what_stands_in_the_form(council: Council, world: World, visit):
    visitor = visit(council, Role.WORKER)
    open_form(visitor, world)
    visitor.page.get_by_label(FIELD).press_sequentially("Half a sen")
    visitor.page.get_by_role("button", name="Sign out").click()
    visitor.page.get_by_role("heading", name="Sign in").wait_for()

    assert any("Half a sen" in str(row) for row in read(council, select(Draft.content)))


def test_without_scripts_a_button_keeps_it_and_my_work_leads_back(council: Council, world: World, visit):  # fmt: skip
    visitor = visit(council, Role.WORKER, javascript=False, width=PHONE)
    open_form(visitor, world)
    fill(visitor)
    visitor.press("Keep as a draft")

    assert notes(council) == []
    visitor.press("A contact")
    assert written(visitor) == NOTE
    visitor.press("Save the contact")

    assert notes(council) == [NOTE]


def test_it_is_done_by_keyboard_alone(council: Council, world: World, visit):
    visitor = visit(council, Role.WORKER, width=PHONE)
    open_form(visitor, world)
    keys = visitor.page.keyboard
    visitor.page.get_by_label("Today").focus()
    reached = []
    for _ in range(40):
        keys.press("Tab")
        name = str(visitor.page.evaluate("document.activeElement.id || document.activeElement.innerText"))  # fmt: skip
        reached.append(name)
        if name == "how":
            keys.press("Space")
        if name == "note":
            keys.type(NOTE)
        if name.strip() == "Save the contact":
            keys.press("Enter")
            break
    visitor.page.get_by_text("The contact is recorded.").wait_for()

    assert reached.index("how") < reached.index("note") < reached.index("words")
    assert notes(council) == [NOTE]
