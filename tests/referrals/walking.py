"""A referrer in tests: walks the form page by page, as a browser without scripts would."""

import re
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from tests.builders import Browser, Council
from tests.loads.deliveries import do_jobs
from tfsaas.db import Model, db
from tfsaas.referrals import sending
from tfsaas.referrals.models import Referral, ReferralDraft
from tfsaas.tenants.council import save_setting
from tfsaas.tenants.settings import ReferralSettings

SETTINGS: dict[str, object] = {
    "self_referral": True, "answer_working_days": 5, "team_name": "Early help", "contact": "01632 960001",
    "danger_contact": "Front door, 01632 960002",
}  # fmt: skip
YOU = {"name": "Ira Bell", "job": "Teacher", "agency": "Hill School", "email": "ira@hill.example"}
PROFESSIONAL: dict[str, dict[str, Any]] = {
    "you": YOU, "home": {"address": "4 Mill Lane", "postcode": "me4 4tr"}, "contact": {"phone": "01632 960123"},
    "people": {}, "worries": {"areas": ["school", "health"], "told": "Sam is often away."},
    "agreement": {"agreed": "agreed"}, "risk": {"risk": "no"}, "files": {},
}  # fmt: skip
SAM = {"given_name": "Sam", "family_name": "Okafor", "role": "child", "resident": "yes"}


def open_for_referrals(council: Council, **changes: object) -> None:
    """The council takes referrals."""
    with council.work():
        save_setting(ReferralSettings, SETTINGS | changes, None)


def begin(browser: Browser, audience: str = "professional") -> str:
    """Begin, and give the draft's address."""
    led = browser.post(f"/refer/begin/{audience}")
    found = re.match(r"/refer/[0-9a-f-]{36}", led.location)
    assert found
    return found[0]


def fill(browser: Browser, draft: str, told: dict[str, dict[str, Any]], first: str = "you") -> str:
    """Answer page after page, “I do not know” where nothing is told. Gives the check's address."""
    address = f"{draft}/{first}"
    while not address.endswith("/check"):
        browser.get(address)
        code = address.rsplit("/", maxsplit=1)[-1]
        address = browser.post(address, told.get(code, {"unknown": "yes"})).location
    return address


def refer(
    council: Council,
    browser: Browser | None = None,
    *people: dict[str, Any],
    **told: dict[str, Any],
) -> UUID:
    """A professional's referral, sent; its people were looked for."""
    browser = browser or council.browser()
    draft = begin(browser)
    for person in people:
        browser.post(f"{draft}/people/0", person)
    fill(browser, draft, PROFESSIONAL | told)
    hurry(council)
    browser.post(f"{draft}/check")
    do_jobs(council)
    with council.work():
        query = select(Referral.id).order_by(Referral.received_at.desc()).limit(1)
        return db.session.scalars(query).one()


def hurry(council: Council) -> None:
    """Let every draft have been begun a while ago."""
    with council.work():
        db.session.execute(update(ReferralDraft).values(begun_at=ReferralDraft.begun_at - sending.LEAST_SECONDS))  # fmt: skip


def look(council: Council, referral_id: UUID) -> Referral:
    """A referral as it is now, to be read outside the unit of work."""
    with council.work():
        found = db.session.scalars(select(Referral).where(Referral.id == referral_id)).one()
        db.session.expunge(found)
    return found


def read(council: Council, query: Any) -> list[Any]:
    """What a query finds, to be read outside the unit of work."""
    with council.work():
        found = list(db.session.scalars(query))
        for row in found:
            if isinstance(row, Model):
                db.session.expunge(row)
    return found


def send(council: Council, browser: Browser, draft: str) -> str:
    """Send a draft that is complete, and give the address of what confirms it."""
    hurry(council)
    return browser.post(f"{draft}/check").location
