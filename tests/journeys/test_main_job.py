"""The main job, end to end: from a plan to the PDF, in a browser, with and without JavaScript."""

import io
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path

import page as validation
import pytest

from tests.builders import Council
from tests.journeys.conftest import Visitor
from tfsaas import clock
from tfsaas.demo.families import FEEDS
from tfsaas.permissions import Role
from tfsaas.tenants.actions import Funding, add_programme, arrange_funding, revise_target
from tfsaas.tenants.models import FundingModel

pytestmark = pytest.mark.journey

TODAY = clock.today()
LONG_AGO = TODAY - timedelta(days=800)
BEGAN = TODAY - timedelta(days=400)


def fill_day(visitor: Visitor, name: str, day: date) -> None:
    for part, value in (("day", day.day), ("month", day.month), ("year", day.year)):
        visitor.page.locator(f"#{name}-{part}").fill(str(value))


def archive(family: str, people: list[str]) -> bytes:
    """What a partner would send: a need that goes away, covered by every feed."""
    mother, child = people
    rows = {
        "families": f"family_id,baseline_on,whole_family_assessment_on,whole_family_plan_on,lead_worker_on,"
        f"plan_aligned_on\n{family},,,,,\n",
        "people": "person_id,family_id,date_of_birth,resident,joined_on,left_on\n"
        f"{mother},{family},,true,{LONG_AGO},\n{child},{family},,true,{LONG_AGO},\n",
        "spells": f"person_id,signal,from,to\n{mother},health.treatment,{BEGAN - timedelta(days=30)},\n",
        "scores": f"person_id,signal,on,value\n{mother},health.star,{BEGAN},4\n"
        f"{mother},health.star,{TODAY - timedelta(days=5)},8\n",
        "coverage": "signal,from,to\n" + "".join(f"{feed},{LONG_AGO},{TODAY}\n" for feed in FEEDS),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        for name, text in rows.items():
            opened.writestr(f"{name}.csv", text)
    return made.getvalue()


def set_up(council: Council) -> None:
    with council.work():
        programme = add_programme("p", "Stronger Families", LONG_AGO, None, is_current=True)
        revise_target(programme.id, LONG_AGO, 50, "Agreed")
        arrange_funding(
            programme.id, Funding(FundingModel.PAYMENT_BY_RESULTS, LONG_AGO, None, 1000, 800)
        )


def publish_with_one_headline(admin: Visitor, leader: Visitor) -> None:
    admin.open("/programme")
    admin.press("Outcomes plan")
    admin.press("New draft")
    admin.page.get_by_label("What do you want to begin with?").select_option("template:tf-2015")
    admin.press("Make the draft")
    admin.press("Change who qualifies")
    admin.page.get_by_label("How many headline problems must a family have?").fill("1")
    admin.page.get_by_role("button", name="Save").last.click()
    assert "At least one headline problem when" in admin.text()
    admin.press("Send for approval")
    admin.page.get_by_label("What does it change, and why?").fill("The first plan")
    admin.press("Send")
    leader.open(admin.page.url.removeprefix(admin.base))
    leader.press("Approve")
    admin.page.reload()
    admin.press("Publish")
    fill_day(admin, "in_force_from", LONG_AGO)
    admin.press("Publish")
    assert "In force from" in admin.text()


def add_family(worker: Visitor) -> str:
    worker.open("/families")
    worker.press("Add a family")
    worker.page.get_by_label("What is the family called?").fill("Okafor")
    worker.press("Add the family")
    for name, born in (("Ada", date(1985, 4, 3)), ("Sam", BEGAN - timedelta(days=700))):
        worker.page.get_by_label("First name").fill(name)
        fill_day(worker, "date_of_birth", born)
        worker.page.get_by_label("Yes", exact=True).check()
        fill_day(worker, "joined_on", LONG_AGO)
        worker.press("Save")
        if name == "Ada":
            worker.press("Add a person")
    worker.press("Change dates and lead worker")
    fill_day(worker, "baseline_on", BEGAN)
    for name in (
        "whole_family_assessment_on",
        "whole_family_plan_on",
        "lead_worker_on",
        "plan_aligned_on",
    ):
        fill_day(worker, name, BEGAN + timedelta(days=20))
    worker.press("Save")
    return worker.page.url.split("/")[-1]


def references(worker: Visitor, family_id: str) -> tuple[str, list[str]]:
    worker.open(f"/families/{family_id}")
    family = re.search(r"F-\w{6}", worker.text())
    people = []
    for name in ("Ada", "Sam"):
        worker.press(name)
        found = re.search(r"P-\w{6}", worker.text())
        assert found
        people.append(found[0])
        worker.page.go_back()
    assert family
    return family[0], people


def wait_until(visitor: Visitor, words: str) -> None:
    for _ in range(60):
        if words in visitor.text():
            return
        visitor.page.wait_for_timeout(500)
        visitor.page.reload()
    raise AssertionError(f"{words!r} never came: {visitor.text()}")


def download(visitor: Visitor, name: str, to: Path) -> Path:
    """What a link or button gives to keep."""
    with visitor.page.expect_download() as found:
        visitor.page.get_by_role("button", name=name).or_(
            visitor.page.get_by_role("link", name=name)
        ).click()
    found.value.save_as(to)
    return to


@pytest.mark.timeout(240)
@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_from_a_threshold_to_the_pdf(council: Council, visit, worker, javascript, tmp_path):
    set_up(council)
    admin, leader = (
        visit(council, role, javascript=javascript) for role in (Role.ADMINISTRATOR, Role.LEADER)
    )
    publish_with_one_headline(admin, leader)
    lead = visit(council, Role.WORKER, javascript=javascript)
    family_id = add_family(lead)
    family, people = references(lead, family_id)
    lead.open(f"/families/{family_id}")
    assert "does not qualify" in lead.text()

    supervisor = visit(council, Role.SUPERVISOR, javascript=javascript)
    supervisor.open("/evidence")
    supervisor.press("Bring a file")
    supervisor.press("Load a ZIP of families, people and facts")
    supervisor.page.get_by_label("Who sent it?").fill("Health, week 1")
    file = {"name": "facts.zip", "mimeType": "application/zip", "buffer": archive(family, people)}
    supervisor.page.locator("input[type=file]").set_input_files(file)
    supervisor.page.get_by_role("button", name="Load").click()
    wait_until(supervisor, "rows were stored")
    supervisor.open("/progress")
    supervisor.press("Evaluate")
    wait_until(supervisor, "1 family evaluated")
    supervisor.open(f"/families/{family_id}")
    assert "has a result by significant and sustained progress" in supervisor.text()
    supervisor.press("Confirm the result")
    assert "worth £800" in supervisor.text()

    leader.open("/reports")
    leader.press("Make a new edition")
    wait_until(leader, "Download as PDF")
    leader.check()
    saved = download(leader, "Download as PDF", tmp_path / "report.pdf")

    assert saved.read_bytes().startswith(b"%PDF")
    report = validation.validate_pdf(saved, profile=validation.ValidationProfile.PDF_UA_1)
    assert report.is_compliant, report
