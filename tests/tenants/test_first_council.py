"""From a council that was just added to its first family, by the list of tasks alone."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from tests.builders import Browser, Council
from tests.tenants.test_settings import LOOK, REFERRALS, RETENTION
from tests.world import START, TODAY, boxes
from tfsaas.cli.councils import add
from tfsaas.tenants.queries import find_tenant_by_slug

WORDS = "three random words"


def accept(council: Council, address: str, email: str) -> Browser:
    """Follow a one-use link, choose a password, and sign in."""
    browser = Browser(council)
    path = "/" + address.split("/", 3)[3]
    browser.get(path)
    browser.post(path, {"password": WORDS})
    browser.post("/sign-in", {"email": email, "password": WORDS})
    return browser


def invite(admin: Browser, role: str) -> str:
    """The link that a new colleague gets."""
    told = {"name": role.title(), "email": f"{role}@new.example", "role": role, "team": ""}
    page = admin.post("/users/invite", told, status=200).text
    return re.search(r"https?://[^\s<]+/invitations?/[^\s<]+|https?://[^\s<]+", page)[0]


@pytest.fixture
def added(app: Flask) -> tuple[Council, str]:
    """A council as the command leaves it, and its first administrator's link."""
    slug = f"new-{TODAY:%j}"
    answer = app.test_cli_runner().invoke(
        add, [slug, "New Council", "--gss-code", "E09999991", "--email", "first@new.example"]
    )
    assert answer.exit_code == 0, answer.output
    with app.app_context():
        tenant = find_tenant_by_slug(slug)
    return Council(app, tenant.id, slug), answer.output.strip().splitlines()[-1]


def test_an_administrator_gets_from_the_invitation_to_the_first_family_by_the_list(added):
    council, link = added
    admin = accept(council, link, "first@new.example")
    page = admin.get("/programme").text
    assert (page.count("Cannot start yet"), page.count(">Incomplete<")) == (4, 8)

    admin.post("/programme/branding", LOOK)
    admin.post("/programme/areas/new", {"name": "North"})
    admin.post("/programme/teams/new", {"name": "North team"})
    leader = accept(council, invite(admin, "leader"), "leader@new.example")
    worker = accept(council, invite(admin, "worker"), "worker@new.example")
    admin.post("/programme/new", {"title": "Family Help"} | boxes("starts_on", START))
    admin.post(
        "/programme/targets/new", {"families": "50", "reason": "Agreed"} | boxes("from_on", START)
    )
    paid = {"model": "payment_by_results", "attachment_fee": "1000", "result": "800"}
    admin.post("/programme/funding/new", paid | boxes("starts_on", START))
    ends = TODAY + timedelta(days=20)
    admin.post(
        "/programme/terms/new",
        boxes("first_on", TODAY - timedelta(days=60)) | boxes("last_on", ends),
    )
    plan = admin.post("/programme/plans/new", {"start": "template:sf-2022"}).location
    admin.post(f"{plan}/send", {"why": "Our first plan"})
    leader.post(f"{plan}/approve")
    admin.post(f"{plan}/publish", boxes("in_force_from", START))
    reviews = {"weeks": "6", "watch_months": "12", "contact_weeks": "4", "version": "0"}
    admin.post("/programme/settings/reviews", reviews)
    admin.post("/programme/settings/referrals", REFERRALS)
    admin.post("/programme/settings/retention", RETENTION)
    partner = {"partner": "Police", "feeds": ["police-offences"], "purpose": "Public task"}
    admin.post(
        "/evidence/agreements/new", partner | boxes("starts_on", START) | boxes("review_on", ends)
    )

    assert "Everything is set up" in admin.get("/programme").text
    family = worker.post("/families/new", {"name": "Okafor", "lead_worker": ""}).location
    person = {"given_name": "Ada", "family_name": "Okafor", "resident": "yes"}
    worker.post(family, person | boxes("joined_on", START))
    assert "Okafor" in worker.get("/families").text
