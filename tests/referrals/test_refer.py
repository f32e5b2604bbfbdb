"""The referral form: what is asked, kept, sent once, and never lost or shown to another."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests.builders import Browser, Council, errors_on
from tests.referrals.walking import (
    PROFESSIONAL,
    SAM,
    begin,
    fill,
    hurry,
    look,
    open_for_referrals,
    read,
    refer,
    send,
)
from tfsaas import clock
from tfsaas.attachments.models import StoredFile
from tfsaas.db import db
from tfsaas.permissions import Role
from tfsaas.referrals import drafts
from tfsaas.referrals.models import (
    Referral,
    ReferralAttempt,
    ReferralDraft,
    ReferralPerson,
)
from tfsaas.referrals.tending import tend
from tfsaas.tenants.council import save_form

FAMILY = {
    "name": {"given_name": "Ada", "family_name": "Okafor"},
    "born": {"born": ["27", "3", "1985"]},
    "contact": {"phone": "01632 960123", "safe": "Only before noon."},
    "worries": {"areas": ["work", "unknown"], "told": "We may lose the flat."},
    "people": {}, "files": {}, "agreement": {"agreed": "no"},
}  # fmt: skip
QUESTION = {"code": "q1", "text": "Which school?", "hint": "", "kind": "line", "choices": [], "audience": "both"}  # fmt: skip


def count(council: Council, model) -> int:
    with council.work():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_family_asks_for_help_in_its_own_words(council: Council):
    open_for_referrals(council)
    browser = council.browser()
    draft = begin(browser, "family")
    safety = browser.get(f"{draft}/safety").text
    fill(browser, draft, FAMILY, first="name")

    sent = browser.get(send(council, browser, draft)).text

    assert "Exit this page" in safety
    reference = re.search(r"R-[A-Z2-9]{8}", sent)
    assert reference
    (referral,) = read(council, select(Referral))
    people = read(council, select(ReferralPerson))
    assert referral.reference == reference[0]
    assert referral.areas == ["work"], "“I do not know” is no area"
    assert (referral.name, referral.referrer) == ("Okafor", "The family itself")
    assert [person.given_name for person in people] == ["Ada"]
    told = {page["title"]: dict(page["rows"]) for page in referral.answers}
    assert told["How can we reach you safely?"]["Telephone number"] == "01632 960123"
    assert told["What is going well?"]["What is going well?"] == "I do not know"
    assert "flat" not in sent, "the confirmation holds nothing of what was said"


def test_a_professional_refers_and_the_family_is_named(council: Council):
    open_for_referrals(council)

    referral_id = refer(council, None, SAM, SAM | {"given_name": "Ada", "role": "parent"})

    referral = look(council, referral_id)
    assert referral.referrer == "Ira Bell, Teacher, Hill School"
    rows = read(council, select(ReferralPerson).order_by(ReferralPerson.number))
    assert [(row.given_name, row.postcode) for row in rows] == [("Sam", "ME4 4TR"), ("Ada", "ME4 4TR")]  # fmt: skip


def test_a_page_says_every_fault_and_keeps_what_was_written(council: Council):
    open_for_referrals(council)
    browser = council.browser()
    draft = begin(browser)

    page = browser.post(f"{draft}/you", {"name": "Ira", "email": "ira at hill"}, status=400)

    assert errors_on(page.text) == ["Enter where you work", "Enter an email address with an @ in it, like name@example.com"]  # fmt: skip
    assert 'value="ira at hill"' in page.text


@pytest.mark.parametrize(
    ("code", "told", "fault"),
    [
        ("you", {"name": "I", "agency": "S"}, "Enter a telephone number or an email address"),
        ("home", {"postcode": "nowhere"}, "Enter a full UK postcode"),
        ("contact", {"phone": "12"}, "Enter a telephone number, like"),
        ("worries", {}, "Choose what you are worried about"),
        ("agreement", {}, "Select whether the family knows and agrees"),
        ("worries", {"told": "x" * 5001}, "5000 characters or fewer"),
    ],
)
def test_what_cannot_be_is_refused_in_words(council: Council, code, told, fault):
    open_for_referrals(council)
    browser = council.browser()
    draft = begin(browser)

    page = browser.post(f"{draft}/{code}", told, status=400)

    assert any(fault in error for error in errors_on(page.text))
    with council.work():
        assert db.session.scalars(select(ReferralDraft.answers)).one() == {}


def test_what_is_missing_is_named_before_anything_is_sent(council: Council):
    open_for_referrals(council)
    browser = council.browser()
    draft = begin(browser)
    hurry(council)

    page = browser.post(f"{draft}/check", status=400).text

    assert "Answer this page: About you" in page
    assert "Answer this page: What are you worried about?" in page
    assert count(council, Referral) == 0


def test_sending_twice_is_sending_once(council: Council):
    open_for_referrals(council)
    browser = council.browser()
    draft = begin(browser)
    fill(browser, draft, PROFESSIONAL)

    first, second = send(council, browser, draft), browser.post(f"{draft}/check").location

    assert first == second
    assert count(council, Referral) == 1
    assert browser.get(f"{draft}/you", status=302).location == first
    with council.work():
        assert db.session.scalars(select(ReferralDraft.answers)).one() == {}


def test_machines_are_told_so_and_nothing_is_lost(council: Council):
    open_for_referrals(council)
    browser = council.browser()
    draft = begin(browser)
    fill(browser, draft, PROFESSIONAL)

    quick = browser.post(f"{draft}/check", status=400).text
    hurry(council)
    trapped = browser.post(f"{draft}/check", {"website": "x"}, status=400).text

    assert "That was very quick" in quick
    assert "Leave the box empty" in trapped
    assert count(council, Referral) == 0
    assert "/sent" in browser.post(f"{draft}/check").location


def test_one_address_cannot_send_without_end(council: Council, monkeypatch):
    open_for_referrals(council)
    monkeypatch.setitem(drafts.LIMITS, "begin", 2)
    browser = council.browser()
    begin(browser)
    begin(browser)

    browser.post("/refer/begin/professional")

    assert "done very often" in browser.get("/refer").text
    assert count(council, ReferralDraft) == 2
    with council.work():
        db.session.execute(update(ReferralAttempt).values(at=clock.now() - timedelta(hours=2)))
    begin(browser)
    assert count(council, ReferralAttempt) == 1, "nothing is kept longer than an hour"


def test_a_draft_is_its_writers_alone(council: Council, other_council: Council):
    open_for_referrals(council)
    open_for_referrals(other_council)
    visitor, worker = council.browser(), council.browser(Role.WORKER)
    theirs, own = begin(visitor), begin(worker)

    for page in ("you", "check", "people/0", "sent"):
        worker.get(f"{theirs}/{page}", status=404)
        visitor.get(f"{own}/{page}", status=404)
        other_council.browser().get(f"{theirs}/{page}", status=404)
        council.browser(Role.SUPERVISOR).get(f"{own}/{page}", status=404)
    worker.post(f"{theirs}/delete", status=404)


def test_a_professional_who_is_signed_in_goes_on_later(council: Council):
    open_for_referrals(council)
    draft = begin(council.browser(Role.WORKER))
    council.browser(Role.WORKER).post(f"{draft}/you", PROFESSIONAL["you"])

    page = council.browser(Role.WORKER).get("/refer").text

    assert "What you have begun" in page
    assert f"{draft}/check" in page
    assert "Hill School" in council.browser(Role.WORKER).get(f"{draft}/check").text
    council.browser(Role.WORKER).post(f"{draft}/delete")
    assert count(council, ReferralDraft) == 0


def test_drafts_lapse_with_their_files(council: Council):
    open_for_referrals(council)
    browser = council.browser()
    draft = begin(browser)
    fill(browser, draft, PROFESSIONAL)
    upload(browser, draft, "note.txt", b"Attendance 60%")
    with council.work():
        db.session.execute(update(ReferralDraft).values(expires_at=clock.now()))

    with council.work():
        tend()

    assert (count(council, ReferralDraft), count(council, StoredFile)) == (0, 0)


def upload(browser: Browser, draft: str, name: str, content: bytes, *, status: int = 302):
    return browser.post(f"{draft}/files", {"files": (io.BytesIO(content), name), "add": "yes"}, status=status)  # fmt: skip


def test_a_file_goes_with_the_referral_and_only_its_readers_have_it(council: Council):
    open_for_referrals(council)
    browser = council.browser()
    draft = begin(browser)
    fill(browser, draft, PROFESSIONAL)
    upload(browser, draft, "../home/note.html.txt", b"Attendance 60%")
    send(council, browser, draft)
    with council.work():
        referral_id = db.session.scalars(select(Referral.id)).one()
        file_id = db.session.scalars(select(StoredFile.id)).one()
    path = f"/referrals/{referral_id}/files/{file_id}"

    answer = council.browser(Role.SUPERVISOR).client.get(path, base_url=council.base_url)

    assert answer.data == b"Attendance 60%"
    assert answer.headers["Content-Disposition"] == "attachment; filename=note.html.txt"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    council.browser(Role.WORKER).get(path, status=403)
    council.browser(Role.SUPERVISOR).get(f"/referrals/{referral_id}/files/{referral_id}", status=404)  # fmt: skip


def test_a_file_that_is_not_taken_is_refused_and_none_is_kept(council: Council):
    open_for_referrals(council)
    browser = council.browser()
    draft = begin(browser)

    page = upload(browser, draft, "game.exe", b"MZ\x00\x01", status=400)

    assert errors_on(page.text) == ["game.exe: The file must be a PDF, JPEG, PNG or plain text file. Save it as a PDF, or take a photograph of it"]  # fmt: skip
    assert count(council, StoredFile) == 0


def test_a_council_asks_its_own_questions_and_keeps_the_words(council: Council):
    open_for_referrals(council)
    with council.work(Role.ADMINISTRATOR):
        save_form("For families in Hill.", "We ring you.", [QUESTION], 0)
    browser = council.browser()
    draft = begin(browser)
    with council.work(Role.ADMINISTRATOR):
        save_form("", "", [QUESTION | {"text": "Which nursery?"}], 1)
    fill(browser, draft, PROFESSIONAL | {"own-q1": {"answer": "Hill School"}})
    send(council, browser, draft)

    (referral,) = read(council, select(Referral))
    titles = [page["title"] for page in referral.answers]
    assert "Which school?" in titles, "asked as on the day on which it was begun"
    assert "Which nursery?" not in titles
    assert referral.referral_form_id is not None


def test_self_referral_can_be_switched_off(council: Council):
    open_for_referrals(council, self_referral=False)
    browser = council.browser()

    page = browser.get("/refer").text

    assert "Ask somebody who knows you" in page
    assert "Ask for help for my family" not in page
    browser.post("/refer/begin/family", status=404)


def test_a_council_that_has_not_decided_takes_none_but_says_what_to_do_in_danger(council: Council):
    browser = council.browser()

    assert "999" in browser.get("/refer").text
    browser.post("/refer/begin/professional", status=404)
