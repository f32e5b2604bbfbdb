"""The chronology and the files of a family."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from tests.builders import Council, errors_on
from tests.family_plans.test_meetings import meet
from tests.family_plans.test_plans import aim
from tests.recording.test_contacts import give, path_of, person, record
from tests.referrals.walking import read
from tests.world import BEGAN, TODAY, World, boxes, build_world
from tfsaas.attachments.models import StoredFile
from tfsaas.db import db
from tfsaas.permissions import Role
from tfsaas.recording.models import FamilyFile


@pytest.fixture
def world(council: Council) -> World:
    return build_world(council)


def chronology(council: Council, world: World, query: str = "") -> str:
    page = council.browser(Role.AUDITOR).get(f"/families/{world.families['READY']}/chronology{query}").text  # fmt: skip
    return page[page.index("<h1") :]


def test_everything_stands_in_order_with_who_it_was_about(council: Council, world: World):
    sam = person(council, "R2")
    plan = f"/families/{world.families['READY']}/plan"
    aim(council, plan)
    meet(council, plan)
    give(council, world, Role.WORKER)
    record(council, path_of(world), when="other", **boxes("happened_on", TODAY - timedelta(days=1)), **{f"person-{sam}": "seen"})  # fmt: skip

    told = chronology(council, world)

    places = [told.index(words) for words in ("Team around the family met", "Sam was at home.", "Whole-family support began")]  # fmt: skip
    assert places == sorted(places)
    assert "Sam Okafor (seen)" in told
    assert "New lead worker" in told


def test_it_is_narrowed_by_kind_person_and_days(council: Council, world: World):
    ada, sam = person(council, "R1"), person(council, "R2")
    record(council, path_of(world), note="About Ada.", **{f"person-{ada}": "seen"})
    record(council, path_of(world), note="About Sam.", when="yesterday", **{f"person-{sam}": "seen"})  # fmt: skip

    assert "support began" not in chronology(council, world, "?kinds=CONTACT")
    about_sam = chronology(council, world, f"?kinds=CONTACT&person={sam}")
    assert "About Sam." in about_sam
    assert "About Ada." not in about_sam
    day = f"first={TODAY.day}&first={TODAY.month}&first={TODAY.year}"
    recent = chronology(council, world, f"?{day}")
    assert "About Ada." in recent
    assert "About Sam." not in recent
    assert "support began" in chronology(council, world, f"?person={sam}&last={BEGAN.day}&last={BEGAN.month}&last={BEGAN.year}")  # fmt: skip


def test_a_day_that_is_none_is_told(council: Council, world: World):
    page = council.browser(Role.WORKER).get(f"/families/{world.families['READY']}/chronology?first=31&first=2&first=2026", status=400)  # fmt: skip

    assert "From must be a real date" in errors_on(page.text)


def add(council: Council, world: World, content: bytes = b"Well done.", *, status: int = 302, **told: object):  # fmt: skip
    sent = {"title": "School report", "file": (io.BytesIO(content), "report.txt")} | told
    return council.browser(Role.WORKER).post(f"/families/{world.families['READY']}/files/new", sent, status=status)  # fmt: skip


def test_a_file_is_kept_and_can_be_saved_again(council: Council, world: World):
    add(council, world)
    add(council, world)

    (file_id,) = read(council, select(FamilyFile.stored_file_id))
    assert len(read(council, select(StoredFile.id))) == 1
    answer = council.browser(Role.AUDITOR).client.get(f"/families/{world.families['READY']}/files/{file_id}", base_url=council.base_url)  # fmt: skip
    assert answer.data == b"Well done."
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "File added: School report" in chronology(council, world)


def test_a_sensitive_file_is_for_few(council: Council, world: World):
    add(council, world, sensitive="yes", title="Medical letter")
    (file_id,) = read(council, select(FamilyFile.stored_file_id))
    files = f"/families/{world.families['READY']}/files"

    council.browser(Role.AUDITOR).get(f"{files}/{file_id}", status=403)
    assert "Medical letter" not in council.browser(Role.AUDITOR).get(files).text
    assert "Medical letter" not in chronology(council, world)
    council.browser(Role.SUPERVISOR).client.get(f"{files}/{file_id}", base_url=council.base_url)
    assert "Medical letter" in council.browser(Role.SUPERVISOR).get(files).text


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"title": ""}, "Enter what it is"),
        ({"file": (io.BytesIO(b""), "")}, "Select a file"),
        ({"file": (io.BytesIO(b"MZ\x00\x01"), "report.txt")}, "The file must be a PDF, JPEG, PNG or plain text file"),
    ],
    ids=["no title", "no file", "a program"],
)  # fmt: skip
def test_a_file_that_cannot_be_taken_is_refused_in_words(council: Council, world: World, told, fault):  # fmt: skip
    page = add(council, world, status=400, **told)

    assert fault in errors_on(page.text)[0]
    assert read(council, select(FamilyFile.id)) == []


def test_files_stay_where_they_are(council: Council, other_council: Council, world: World):
    add(council, world)
    (file_id,) = read(council, select(FamilyFile.stored_file_id))
    for page in (f"/families/{world.families['READY']}/{rest}" for rest in ("files", "files/new", f"files/{file_id}", "chronology")):  # fmt: skip
        other_council.browser(Role.SUPERVISOR).get(page, status=404)
    council.browser(Role.WORKER).get(f"/families/{world.families['STUCK']}/files/{file_id}", status=404)  # fmt: skip
    council.browser(Role.WORKER).get(f"/families/{world.families['READY']}/files/{uuid4()}", status=404)  # fmt: skip
    council.browser(Role.AUDITOR).get(f"/families/{world.families['READY']}/files/new", status=403)
    with council.work(), pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text("update family_file set title = 'other'"))


def test_a_file_is_made_sensitive_or_taken_out_with_a_reason(council: Council, world: World):
    add(council, world)
    (file_id,) = read(council, select(FamilyFile.stored_file_id))
    files = f"/families/{world.families['READY']}/files"
    give(council, world, Role.WORKER)
    browser = council.browser(Role.WORKER)

    browser.post(f"{files}/{file_id}/mend", {"what": "sensitive"})
    council.browser(Role.AUDITOR).get(f"{files}/{file_id}", status=403)
    assert "Enter why it does not belong here" in errors_on(browser.post(f"{files}/{file_id}/mend", {"what": "withdraw"}, status=400).text)  # fmt: skip
    browser.post(f"{files}/{file_id}/mend", {"what": "withdraw", "why": "Another family’s"})

    council.browser(Role.SUPERVISOR).get(f"{files}/{file_id}", status=404)
    assert "School report" not in council.browser(Role.SUPERVISOR).get(files).text
    assert read(council, select(FamilyFile.why_withdrawn)) == ["Another family’s"]


def test_added_again_as_sensitive_it_is_sensitive(council: Council, world: World):
    add(council, world)
    add(council, world, sensitive="yes")

    assert read(council, select(FamilyFile.sensitive)) == [True]
