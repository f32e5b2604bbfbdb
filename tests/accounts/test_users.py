"""Invitations and the administration of accounts."""

import re
from datetime import timedelta

from sqlalchemy import select, update

from tests.builders import Council, errors_on
from tfsaas import clock
from tfsaas.accounts import actions
from tfsaas.accounts.models import Invitation, User
from tfsaas.audit.models import AuditEntry
from tfsaas.db import db
from tfsaas.permissions import Role

NEW = {"name": "New Person", "email": "new@example.org", "role": "worker"}


def link_on(html: str) -> str:
    found = re.search(r"https?://[^/]+(/invitations/[\w-]+)", html)
    assert found
    return found[1]


def test_an_invited_person_chooses_a_password_and_is_in(council: Council):
    page = council.browser(Role.ADMINISTRATOR).post("/users/invite", NEW, status=200)
    guest = council.browser()

    guest.post(link_on(page.text), {"password": "three random words"})

    assert "New Person" in guest.get("/account").text


def test_a_link_works_once(council: Council):
    path = link_on(council.browser(Role.ADMINISTRATOR).post("/users/invite", NEW, status=200).text)
    council.browser().post(path, {"password": "three random words"})

    council.browser().get(path, status=410)


def test_a_link_lapses_after_an_hour(council: Council):
    path = link_on(council.browser(Role.ADMINISTRATOR).post("/users/invite", NEW, status=200).text)
    with council.work():
        db.session.execute(update(Invitation).values(expires_at=clock.now() - timedelta(seconds=1)))

    council.browser().get(path, status=410)


def test_a_new_link_ends_the_one_before(council: Council):
    admin = council.browser(Role.ADMINISTRATOR)
    first = link_on(admin.post("/users/invite", NEW, status=200).text)
    with council.work():
        user_id = db.session.scalar(select(User.id).where(User.email == NEW["email"]))
    second = link_on(admin.post(f"/users/{user_id}/link", status=200).text)

    council.browser().get(first, status=410)
    council.browser().get(second)


def test_an_address_that_is_taken_is_refused_in_words(council: Council):
    admin = council.browser(Role.ADMINISTRATOR)
    admin.post("/users/invite", NEW, status=200)

    page = admin.post("/users/invite", NEW | {"email": "NEW@example.org"}, status=400)

    assert errors_on(page.text) == ["There is already an account with this e-mail address"]


def test_every_fault_of_an_invitation_is_shown_at_once(council: Council):
    page = council.browser(Role.ADMINISTRATOR).post(
        "/users/invite", {"name": "", "email": "no", "role": "king"}, status=400
    )

    assert len(errors_on(page.text)) == 3


def test_a_weak_first_password_keeps_the_link_usable(council: Council):
    path = link_on(council.browser(Role.ADMINISTRATOR).post("/users/invite", NEW, status=200).text)
    guest = council.browser()
    guest.post(path, {"password": "short"}, status=400)

    guest.post(path, {"password": "three random words"})


def test_disabling_ends_the_sessions(council: Council):
    worker = council.browser(Role.WORKER)
    worker.get("/account")

    council.browser(Role.ADMINISTRATOR).post(f"/users/{council.people[Role.WORKER]}/disable")

    worker.get("/account", status=302)


def test_an_administrator_cannot_lock_themselves_out(council: Council):
    admin = council.browser(Role.ADMINISTRATOR)
    own = council.people[Role.ADMINISTRATOR]

    admin.post(f"/users/{own}/disable")
    admin.post(f"/users/{own}/role", {"role": "leader"}, status=400)

    admin.get("/users")


def test_another_councils_account_is_not_there(council: Council, other_council: Council):
    admin = council.browser(Role.ADMINISTRATOR)
    theirs = other_council.people[Role.WORKER]

    admin.get(f"/users/{theirs}", status=404)
    admin.post(f"/users/{theirs}/disable", status=404)


def test_changes_to_accounts_are_on_the_trail_without_their_secrets(council: Council):
    with council.work(Role.ADMINISTRATOR):
        actions.invite("x@example.org", "X", Role.LEADER)

    with council.work():
        entry = db.session.scalars(
            select(AuditEntry).where(
                AuditEntry.subject == "invitation", AuditEntry.action == "create"
            )
        ).one()
        assert entry.actor_id == council.people[Role.ADMINISTRATOR]
        assert entry.changes["token_hash"] == []
