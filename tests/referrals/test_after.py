"""After a referral was sent: its stage by reference, what is added, and when it is forgotten."""

import re
from datetime import timedelta

from sqlalchemy import select, update

from tests.builders import Council
from tests.loads.deliveries import do_jobs
from tests.referrals.walking import (
    PROFESSIONAL,
    SAM,
    begin,
    fill,
    look,
    open_for_referrals,
    read,
    refer,
    send,
)
from tfsaas import clock
from tfsaas.db import db
from tfsaas.referrals.models import Referral, ReferralMessage, Stage
from tfsaas.referrals.tending import tend
from tfsaas.tenants.council import save_setting
from tfsaas.tenants.settings import Retention


def test_the_stage_is_told_by_reference_and_nothing_of_the_content(council: Council):
    open_for_referrals(council)
    referral = look(council, refer(council, None, SAM))
    browser = council.browser()
    bare = referral.reference.lower().replace("-", " ")

    page = browser.post("/refer/status", {"reference": bare}, status=200).text
    wrong = browser.post("/refer/status", {"reference": "R-22222222"}, status=400).text

    assert "we are reading it" in page
    for secret in ("Sam", "Okafor", "Mill Lane", "Ira"):
        assert secret not in page
    assert "There is no referral with this reference" in wrong


def test_the_referrer_can_add_something_and_reads_what_was_asked(council: Council):
    open_for_referrals(council)
    referral = look(council, refer(council, None, SAM))
    browser = council.browser()
    told = {"reference": referral.reference, "text": "They moved to Hill Street."}

    page = browser.post("/refer/status", told, status=200).text

    assert "has reached the team" in page
    assert "Hill Street" not in page.split("has reached the team")[0]
    (message,) = read(council, select(ReferralMessage))
    assert (message.text, message.user_id) == ("They moved to Hill Street.", None)


def test_two_referrals_about_one_child_are_confirmed_alike(council: Council):
    open_for_referrals(council)
    pages = []
    for _ in range(2):
        browser = council.browser()
        draft = begin(browser)
        browser.post(f"{draft}/people/0", SAM)
        fill(browser, draft, PROFESSIONAL)
        sent = browser.get(send(council, browser, draft)).text
        do_jobs(council)
        pages.append(re.sub(r"R-[A-Z2-9]{8}|nonce=\"[^\"]*\"|at \d+:\d+[ap]m", "", sent))

    assert pages[0] == pages[1]


def test_referrals_that_were_not_taken_up_are_forgotten_when_their_time_is_over(council: Council):
    open_for_referrals(council)
    kept, gone = refer(council), refer(council)
    with council.work():
        save_setting(Retention, {"family_years": 25, "referral_months": 12, "audit_years": 7}, None)
        for referral_id, days in ((kept, 364), (gone, 367)):
            db.session.execute(
                update(Referral)
                .where(Referral.id == referral_id)
                .values(stage=Stage.NOT_PROGRESSED, reason="Moved", decided_at=clock.now() - timedelta(days=days))
            )  # fmt: skip
    with council.work():
        tend()

    with council.work():
        assert list(db.session.scalars(select(Referral.id))) == [kept]


def test_leaving_quickly_closes_the_door_behind(council: Council):
    open_for_referrals(council)
    browser = council.browser()
    draft = begin(browser, "family")

    away = browser.get("/refer/leave", status=302).location

    assert away.startswith("https://www.bbc.co.uk/")
    browser.get(f"{draft}/name", status=404)
