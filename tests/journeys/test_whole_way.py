"""One family's whole way in a browser: referred, taken on, assessed, planned, reviewed, closed, back, and open again."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.builders import Council
from tests.journeys.conftest import Visitor
from tests.journeys.test_refer import take_on
from tests.referrals.walking import open_for_referrals, read, refer
from tests.world import build_world
from tfsaas import clock
from tfsaas.cases.models import WatchAlert
from tfsaas.cases.watching import watch
from tfsaas.families.models import Episode, Family
from tfsaas.permissions import Role

pytestmark = pytest.mark.journey
MIA = {"given_name": "Mia", "family_name": "Brandt", "role": "parent", "resident": "yes", "born": ["3", "4", "1991"]}  # fmt: skip
VOICE = "We sleep at night again. (Mia)"


def put_day(visitor: Visitor, name: str, day: date) -> None:
    """A day into its three boxes."""
    for part, number in (("day", day.day), ("month", day.month), ("year", day.year)):
        visitor.page.locator(f"#{name}-{part}").fill(str(number))


def answer_everything(visitor: Visitor) -> None:
    """Each part of the assessment, whatever it asks, and what it asks further."""
    parts = visitor.page.locator("a.govuk-task-list__link")
    for number in range(parts.count()):
        parts.nth(number).click()
        visitor.check()
        answer_page(visitor)
        if not parts.count():
            answer_page(visitor)  # an answer asked for one thing more


def answer_page(visitor: Visitor) -> None:
    """Something in every box, and the first of every choice."""
    form = visitor.page.locator("form[data-autosave]")
    for box in form.locator("textarea").all():
        box.fill("As Mia told me")
    for group in form.locator(".govuk-radios").all():
        group.get_by_role("radio").first.check()
    for choice in form.locator("select").all():
        choice.select_option(index=1)
    visitor.press("Save")


def allocate(supervisor: Visitor, family: str) -> None:
    """To the worker."""
    supervisor.open(f"{family}/allocate")
    leader = supervisor.page.get_by_label("Who leads?")
    leader.select_option(value=leader.locator("option", has_text="orker").first.get_attribute("value"))  # fmt: skip
    supervisor.page.locator("#weight").check()
    supervisor.press("Save")


def assess(worker: Visitor, supervisor: Visitor, family: str) -> None:
    """Written by the one, signed off by the other."""
    worker.open(f"{family}/change")
    put_day(worker, "baseline_on", clock.today() - timedelta(days=10))
    worker.press("Save")
    worker.open(f"{family}/assessment")
    worker.press("Begin the assessment")
    answer_everything(worker)
    worker.press("Send it to be signed off")
    supervisor.open(f"{family}/assessment")
    supervisor.page.get_by_label("Sign it off").check()
    supervisor.press("Save")
    assert "Signed off" in supervisor.text()


def plan(worker: Visitor, family: str) -> None:
    """An objective for what is open, one action for everybody, agreed today."""
    page = worker.page
    worker.open(f"{family}/plan")
    worker.press("Add an objective")
    page.get_by_label("What is to become better?").fill("Everybody sleeps at night")
    worker.press("Save")
    worker.press("Add an action")
    page.get_by_label("What is done?").fill("A second bed from the furniture bank")
    page.get_by_label("If somebody without an account: who?").fill("Mia")
    put_day(worker, "due_on", clock.today() + timedelta(days=14))
    worker.press("Save")
    put_day(worker, "agreed_on", clock.today())
    worker.press("The family agrees to the plan")


def review(worker: Visitor) -> None:
    """The one open action is done."""
    page = worker.page
    worker.press("Record a review")
    put_day(worker, "held_on", clock.today())
    page.get_by_label("Done", exact=True).check()
    page.get_by_label("What did you find together?").fill("The bed has come")
    page.get_by_label("In the family’s own words").fill(VOICE)
    put_day(worker, "next_on", clock.today() + timedelta(weeks=6))
    worker.press("Save the review")


def end(worker: Visitor, family: str) -> None:
    """Support has ended yesterday, with the family's voice."""
    page = worker.page
    worker.open(f"{family}/end")
    page.locator("#how").check()
    put_day(worker, "ended_on", clock.today() - clock.DAY)
    page.get_by_label("Why now?").fill("Agreed with Mia at the review")
    page.get_by_label("What has become of it?").fill("Better: the beds are there")
    page.get_by_label("What does the family say?").fill(VOICE)
    worker.press("End support")


def come_back(supervisor: Visitor, worker: Visitor, council: Council, family: str) -> None:
    """Mia is referred again and recognised; whoever led hears of it, and it is a relapse."""
    refer(council, None, MIA)
    supervisor.open("/referrals")
    supervisor.press("Brandt")
    supervisor.press("It is them")
    with council.work():
        watch()
    worker.open("/my-work")
    worker.press("Say what you do")
    worker.page.get_by_label("Yes", exact=True).check()
    worker.page.get_by_label("What do you do?").fill("Rang Mia; we open again")
    worker.press("Save")
    worker.open(f"{family}/endings")
    worker.press("Open the family again")
    worker.press("Open the family again")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_family_is_helped_from_its_referral_to_the_watch_and_back(council: Council, visit, javascript):  # fmt: skip
    open_for_referrals(council)
    build_world(council)
    refer(council, None, MIA)
    supervisor = visit(council, Role.SUPERVISOR, javascript=javascript)
    worker = visit(council, Role.WORKER, javascript=javascript, width=320)
    take_on(supervisor, "Brandt")
    (found,) = read(council, select(Family).where(Family.name == "Brandt"))
    family = f"/families/{found.id}"

    allocate(supervisor, family)
    assess(worker, supervisor, family)
    plan(worker, family)
    review(worker)
    end(worker, family)
    assert VOICE in worker.text()
    come_back(supervisor, worker, council, family)

    (alert,) = read(council, select(WatchAlert))
    spans = read(council, select(Episode).where(Episode.family_id == found.id))
    assert (alert.is_relapse, alert.happened_on) == (True, clock.today())
    assert sorted(row.closed_on is None for row in spans) == [False, True]
