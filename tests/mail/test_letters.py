"""Letters: written once, sent by a job, to a folder or to a real mail server, with nothing about a family in them."""

import socketserver
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from tests.builders import Council
from tests.loads.deliveries import do_jobs
from tests.recording.test_contacts import give
from tests.referrals.test_triage import decide
from tests.referrals.walking import open_for_referrals, read, refer
from tests.world import World, build_world
from tfsaas import clock
from tfsaas.accounts.models import User
from tfsaas.cases.reminding import remind
from tfsaas.db import db
from tfsaas.families.models import Allocation
from tfsaas.jobs.models import Job
from tfsaas.mail.actions import send_again, write_letter
from tfsaas.mail.models import Letter
from tfsaas.permissions import Role
from tfsaas.referrals.models import Referral

MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)  # in England too


@pytest.fixture
def world(council: Council) -> World:
    return build_world(council)


@pytest.fixture
def outbox(app, tmp_path):
    """A folder that letters go into."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, mail_url=f"file://{tmp_path}")
    yield tmp_path
    app.config["SETTINGS"] = before


def letters(folder) -> list[EmailMessage]:
    paths = sorted(folder.glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]


def test_a_letter_is_written_once_and_sent_once(council: Council, outbox):
    with council.work(Role.WORKER):
        for _ in range(2):
            write_letter("a", "Subject", "Text", user_id=council.people[Role.WORKER])
    do_jobs(council)
    do_jobs(council)

    (letter,) = letters(outbox)
    assert (letter["To"], letter["Subject"]) == (f"worker@{council.slug}.example", "Subject")
    assert letter.get_content().strip() == "Text"


def test_without_a_mail_server_nothing_is_written(council: Council):
    with council.work():
        write_letter("a", "Subject", "Text", to="ira@hill.example")

    assert read(council, select(Letter)) == []


def test_an_address_is_kept_encrypted_and_forgotten_once_it_was_used(council: Council, outbox):
    with council.work():
        write_letter("a", "Subject", "Text", to="ira@hill.example")
    assert b"ira@" not in read(council, select(Letter.address))[0]

    do_jobs(council)

    assert letters(outbox)[0]["To"] == "ira@hill.example"
    assert read(council, select(Letter.address)) == [None]


def test_who_has_left_is_written_to_no_more(council: Council, outbox):
    with council.work():
        write_letter("a", "Subject", "Text", user_id=council.people[Role.WORKER])
        db.session.execute(update(User).values(disabled_at=clock.now()))

    do_jobs(council)

    assert letters(outbox) == []


class TakesLetters(socketserver.StreamRequestHandler):
    """As much of a mail server as one letter needs."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                body = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    body += part
                self.server.taken.append(body)
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 fine\r\n")


def test_it_goes_to_a_mail_server_and_waits_while_that_is_away(app, council: Council, outbox):
    with socketserver.TCPServer(("127.0.0.1", 0), TakesLetters) as server:
        server.taken = []
        url = f"smtp://127.0.0.1:{server.server_address[1]}?from=families@council.example"
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_url="smtp://127.0.0.1:9")
        with council.work():
            write_letter("a", "Subject", "Text", to="ira@hill.example")
        do_jobs(council)
        assert "The mail server does not answer" in read(council, select(Job.message))[0]

        app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_url=url)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        with council.work():
            send_again()
        do_jobs(council)
        server.shutdown()

    assert b"From: families@council.example" in server.taken[0]
    assert read(council, select(Letter).where(Letter.sent_at.is_(None))) == []


@pytest.fixture
def morning(monkeypatch):
    """Let it be another moment."""

    def at(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return at


def begin_long_ago(council: Council, world: World) -> None:
    give(council, world, Role.WORKER)
    with council.work():
        db.session.execute(update(Allocation).values(from_at=MONDAY - timedelta(days=90)))


def test_on_a_working_morning_whoever_has_something_due_is_told_how_much_and_not_what(council: Council, world: World, outbox, morning):  # fmt: skip
    begin_long_ago(council, world)
    morning(MONDAY)

    for _ in range(2):
        with council.work():
            remind()
    do_jobs(council)

    (letter,) = letters(outbox)
    assert letter["To"] == f"worker@{council.slug}.example"
    assert "1 family overdue, 0 due today" in letter.get_content()
    assert f"http://{council.slug}.localhost:8000/my-work" in letter.get_content()
    assert "Okafor" not in letter.as_string()


@pytest.mark.parametrize(
    "moment",
    [MONDAY.replace(hour=6, minute=59), MONDAY.replace(hour=10), MONDAY - timedelta(days=1), datetime(2026, 12, 25, 8, tzinfo=UTC)],
    ids=["before seven", "at ten", "a Sunday", "Christmas"],
)  # fmt: skip
def test_at_other_times_nobody_is(council: Council, world: World, outbox, morning, moment):
    begin_long_ago(council, world)
    morning(moment)

    with council.work():
        remind()

    assert read(council, select(Letter)) == []


def test_who_wants_none_gets_none(council: Council, world: World, outbox, morning):
    begin_long_ago(council, world)
    browser = council.browser(Role.WORKER)
    browser.post("/account/reminders")
    assert "You get no emails" in browser.get("/account").text
    morning(MONDAY)
    with council.work():
        remind()

    assert read(council, select(Letter)) == []


def test_a_professional_is_told_that_there_is_something_to_read_and_not_what(council: Council, outbox):  # fmt: skip
    build_world(council)
    open_for_referrals(council)
    referral = refer(council, None, {"given_name": "Sam", "family_name": "Okafor", "role": "child", "resident": "yes"})  # fmt: skip

    decide(council, referral, "decline")
    do_jobs(council)

    (letter,) = letters(outbox)
    assert letter["To"] == "ira@hill.example"
    assert "/refer/status" in letter.get_content()
    reference = read(council, select(Referral.reference))[0]
    for said in ("Okafor", "Sam", "declin", "Hill School", reference):
        assert said not in letter.as_string()


def test_a_letter_that_nobody_can_take_keeps_no_other_waiting(council: Council, outbox):
    with council.work():
        write_letter("a", "Bad\nSubject", "Text", to="ira@hill.example")
        write_letter("b", "Subject", "Text", to="ira@hill.example")

    do_jobs(council)

    assert len(letters(outbox)) == 1
    found = read(council, select(Letter).order_by(Letter.key))
    assert [(row.sent_at is None, row.refused_at is None) for row in found] == [(True, False), (False, True)]  # fmt: skip
