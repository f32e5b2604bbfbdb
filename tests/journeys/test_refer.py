"""The referral form in a browser: on a phone, with a keyboard, with and without JavaScript; then triage."""

import re
import time

import pytest

from tests.builders import Council
from tests.journeys.conftest import Visitor
from tests.loads.deliveries import do_jobs
from tests.referrals.walking import open_for_referrals
from tests.world import build_world
from tfsaas.permissions import Role
from tfsaas.referrals import sending

pytestmark = pytest.mark.journey


def go_on(visitor: Visitor, name: str = "Go on") -> None:
    """Press with the keyboard alone, and hold the page that follows to what all pages owe."""
    button = visitor.page.get_by_role("button", name=name, exact=True).last
    button.focus()
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    visitor.check()


def tell_about_the_family(visitor: Visitor) -> None:
    """From the first page to the one about the family’s people; one answer is wrong at first."""
    page = visitor.page
    go_on(visitor, "Ask for help for my family")
    go_on(visitor)
    page.locator("#given_name").fill("Tara")
    go_on(visitor)
    go_on(visitor, "I do not know")
    go_on(visitor, "I do not know")
    page.locator("#phone").fill("1")
    with page.expect_navigation():
        page.get_by_role("button", name="Go on").click()
    assert page.title().startswith("Error: ")
    visitor.complaints.clear()  # the browser notes the refusal
    page.locator("#phone").fill("01632 960055")
    go_on(visitor)
    go_on(visitor, "Add a person")
    page.locator("#given_name").fill("Leo")
    go_on(visitor, "Save")
    go_on(visitor)


def tell_the_rest(visitor: Visitor) -> None:
    """What it is about, agreement, a letter, up to the check."""
    page = visitor.page
    page.get_by_label("School or nursery").check()
    go_on(visitor)
    for _ in range(3):
        go_on(visitor, "I do not know")
    page.get_by_label("Yes", exact=True).check()
    go_on(visitor)
    letter = {"name": "letter.txt", "mimeType": "text/plain", "buffer": b"Dear parent"}
    page.set_input_files("input[type=file]", letter)
    go_on(visitor, "Add the file")
    go_on(visitor)
    assert "letter.txt" in page.content()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def take_on(officer: Visitor, family: str = "Name not known") -> None:
    """Record the agreement, and accept."""
    officer.open("/referrals")
    with officer.page.expect_navigation():
        officer.page.get_by_role("link", name=family).click()
    officer.check()
    officer.page.get_by_label("They agree").check()
    officer.page.get_by_label("Public task: the council’s duty to help families early").check()
    go_on(officer, "Record")
    officer.page.get_by_label("Accept: we support this family").check()
    officer.page.get_by_label("Why?").fill("Two needs at once")
    go_on(officer, "Decide")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_family_asks_for_help_on_a_phone_and_is_taken_on(council: Council, visit, javascript):
    open_for_referrals(council)
    build_world(council)
    visitor = visit(council, None, javascript=javascript, width=320)
    visitor.open("/refer")
    begun = time.monotonic()
    tell_about_the_family(visitor)
    tell_the_rest(visitor)
    time.sleep(max(0, sending.LEAST_SECONDS.total_seconds() + 1 - (time.monotonic() - begun)))
    go_on(visitor, "Send")
    reference = re.search(r"R-[A-Z2-9]{8}", visitor.page.content())
    assert reference
    do_jobs(council)

    officer = visit(council, Role.SUPERVISOR, javascript=javascript)
    take_on(officer)
    assert reference[0] in officer.page.content()
    visitor.open("/refer/status")
    visitor.page.locator("#reference").fill(reference[0])
    go_on(visitor, "See")
    assert "we are helping the family" in visitor.page.content()


def test_leaving_quickly_works_with_one_press(council: Council, visit):
    open_for_referrals(council)
    visitor = visit(council, None, javascript=False)
    visitor.open("/refer")
    go_on(visitor, "Ask for help for my family")
    draft = visitor.page.url

    with visitor.page.expect_request("https://www.bbc.co.uk/**"):
        visitor.page.get_by_role("button", name="Exit this page").click()

    answer = visitor.page.goto(draft)
    assert answer is not None
    assert answer.status == 404
