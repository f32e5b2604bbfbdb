"""Signing in and out."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.builders import PASSWORD, Council, errors_on
from tfsaas import clock
from tfsaas.accounts import actions
from tfsaas.accounts.models import SignInSession, User
from tfsaas.db import db
from tfsaas.permissions import Role


def address(council: Council, role: Role) -> str:
    return f"{role.value}@{council.slug}.example"


def sign_in(council: Council, email: str, password: str, *, status: int, path: str = "/sign-in"):
    return council.browser().post(path, {"email": email, "password": password}, status=status)


def test_the_right_password_leads_in(council: Council):
    browser = council.browser()

    browser.post("/sign-in", {"email": address(council, Role.WORKER).upper(), "password": PASSWORD})

    assert "Worker Person" in browser.get("/account").text


def test_an_empty_form_names_every_fault(council: Council):
    page = sign_in(council, "", "", status=400)

    assert errors_on(page.text) == ["Enter your email address", "Enter your password"]
    assert "<title>Error: " in page.text


def test_no_answer_tells_whether_an_account_exists(council: Council):
    with council.work():
        db.session.execute(
            update(User)
            .where(User.id == council.people[Role.LEADER])
            .values(disabled_at=clock.now())
        )
    pages = [
        sign_in(council, email, "not the password", status=400).text
        for email in (
            address(council, Role.WORKER),
            address(council, Role.LEADER),
            "nobody@nowhere.example",
        )
    ]

    summaries = [errors_on(page) for page in pages]
    assert summaries[0] == summaries[1] == summaries[2]


def test_a_disabled_account_cannot_sign_in_with_the_right_password(council: Council):
    with council.work():
        actions.disable(council.people[Role.WORKER], by=council.people[Role.ADMINISTRATOR])

    sign_in(council, address(council, Role.WORKER), PASSWORD, status=400)


def test_the_eleventh_attempt_is_refused_even_with_the_right_password(council: Council):
    for _ in range(10):
        sign_in(council, address(council, Role.WORKER), "wrong", status=400)

    sign_in(council, address(council, Role.WORKER), PASSWORD, status=429)


def test_one_accounts_attempts_do_not_lock_another(council: Council):
    for _ in range(10):
        sign_in(council, address(council, Role.WORKER), "wrong", status=400)

    sign_in(council, address(council, Role.LEADER), PASSWORD, status=302)


def test_a_copied_cookie_is_worth_nothing_after_sign_out(council: Council):
    browser = council.browser(Role.WORKER)
    browser.get("/families")
    cookie = browser.client.get_cookie("session", domain=f"{council.slug}.localhost")
    browser.post("/sign-out")

    browser.client.set_cookie("session", cookie.value, domain=f"{council.slug}.localhost")

    browser.get("/families", status=302)


def test_signing_in_changes_the_cookie_and_keeps_nothing_from_before(council: Council):
    browser = council.browser()
    browser.get("/sign-in")
    with browser.client.session_transaction(base_url=council.base_url) as session:
        session["planted"] = "before"

    browser.post("/sign-in", {"email": address(council, Role.WORKER), "password": PASSWORD})

    with browser.client.session_transaction(base_url=council.base_url) as session:
        assert "planted" not in session


@pytest.mark.parametrize(
    ("seen_before", "started_before", "status"),
    [
        (timedelta(minutes=29), timedelta(hours=1), 200),
        (timedelta(minutes=31), timedelta(hours=1), 302),
        (timedelta(0), timedelta(hours=11, minutes=59), 200),
        (timedelta(0), timedelta(hours=12, minutes=1), 302),
    ],
    ids=["nearly idle", "idle", "nearly too long", "too long"],
)
def test_sessions_lapse(council: Council, seen_before, started_before, status):
    browser = council.browser(Role.WORKER)
    with council.work():
        moment = clock.now()
        db.session.execute(
            update(SignInSession).values(
                seen_at=moment - seen_before, started_at=moment - started_before
            )
        )

    browser.get("/account", status=status)


def test_changing_the_role_counts_from_the_next_page(council: Council):
    browser = council.browser(Role.WORKER)
    browser.get("/families")
    with council.work():
        actions.change_role(
            council.people[Role.WORKER], Role.LEADER, by=council.people[Role.ADMINISTRATOR]
        )

    browser.get("/families", status=403)


def test_changing_the_password_ends_the_other_sessions(council: Council):
    here, elsewhere = council.browser(Role.WORKER), council.browser(Role.WORKER)

    here.post("/account", {"old": PASSWORD, "new": "another-fine-phrase"})

    here.get("/account")
    elsewhere.get("/account", status=302)


def test_a_weak_new_password_is_refused_with_every_reason(council: Council):
    page = council.browser(Role.WORKER).post(
        "/account", {"old": PASSWORD, "new": "worker"}, status=400
    )

    assert "12 characters or more" in page.text


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil",
        "https://evil.example/",
        "/%2f%2fevil",
        "javascript:alert(1)",
        "/nowhere",
        "/a\r\nb",
    ],
)
def test_the_next_page_is_one_of_ours_or_home(council: Council, target):
    browser = council.browser()

    answer = browser.client.post(
        "/sign-in",
        query_string={"next": target},
        data={
            "csrf_token": browser._token(),
            "email": address(council, Role.WORKER),
            "password": PASSWORD,
        },
        base_url=council.base_url,
    )

    assert answer.location == "/"


def test_the_next_page_is_kept_when_it_is_ours(council: Council):
    browser = council.browser()
    led = browser.get("/families", status=302).location

    answer = browser.post(led, {"email": address(council, Role.WORKER), "password": PASSWORD})

    assert answer.location == "/families"


def test_no_token_is_kept_in_the_database(council: Council):
    with council.work():
        token = actions.start_session(council.people[Role.WORKER], "test")
    with council.work():
        assert token not in db.session.scalars(select(SignInSession.token_hash)).all()
