"""Every route has a policy, keeps it for every role, and tells nothing to another council."""

import re
from uuid import uuid4

import pytest

from tests.builders import Council
from tfsaas.permissions import Role, may, policy_of

OPEN = {
    "static",
    "home.show",
    "home.accessibility",
    "home.cookies",
    "platform.health",
    "platform.ready",
    "platform.security_contact",
    "accounts.sign_in",
    "accounts.accept",
    "settings.style",
    "settings.logo",
    "agreements.drop",
    "refer.start",
    "refer.begin",
    "refer.leave",
    "refer.question",
    "refer.person",
    "refer_end.check",
    "refer_end.sent",
    "refer_end.delete",
    "refer_end.status",
}
REASON = {"home.show": "leads each person to their own page"}


def rules(app):
    """Each endpoint with its rule."""
    return {rule.endpoint: rule for rule in app.url_map.iter_rules()}


def path_of(rule) -> str:
    """The rule's path with an invented value for each argument."""
    path = re.sub(r"<uuid:\w+>", str(uuid4()), rule.rule)
    path = re.sub(r"<int:\w+>", "1", path)
    return re.sub(r"<(?:\w+:)?\w+>", "2016-17", path)


def test_every_route_declares_a_policy(app):
    undeclared = [
        endpoint for endpoint in rules(app) if policy_of(app.view_functions[endpoint]) is None
    ]

    assert undeclared == []


def test_the_routes_open_to_all_are_exactly_these(app):
    opened = {
        endpoint
        for endpoint in rules(app)
        if policy_of(app.view_functions[endpoint]).permission is None
    }

    assert opened == OPEN


def test_every_id_in_a_path_is_a_uuid_and_every_path_is_kebab_case(app):
    for endpoint, rule in rules(app).items():
        plain = re.sub(r"<[^>]+>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9/.-]*", plain), endpoint
        assert not re.search(r"<\w+_id>", rule.rule), f"{endpoint}: an id must be typed <uuid:…_id>"


def test_routes_that_show_a_family_record_the_reading(app):
    silent = [
        endpoint
        for endpoint, rule in rules(app).items()
        if "family_id" in rule.arguments and policy_of(app.view_functions[endpoint]).reads is None
    ]

    assert silent == []


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_every_route_keeps_its_policy_for_every_role(app, council: Council, role):
    browser = council.browser(role)
    for endpoint, rule in rules(app).items():
        policy = policy_of(app.view_functions[endpoint])
        if policy.permission is None:
            continue
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            token = {"csrf_token": browser._token()} if method == "POST" else None
            if endpoint == "accounts.sign_out":
                continue  # tested apart: it would end this session
            answer = browser.client.open(
                path_of(rule), method=method, data=token, base_url=council.base_url
            )
            if may(role, policy.permission):
                assert answer.status_code in {200, 302, 400, 404, 409}, (
                    endpoint,
                    method,
                    answer.status,
                )
            else:
                assert answer.status_code == 403, (endpoint, method, answer.status)


def test_a_visitor_is_led_to_the_sign_in_page(app, council: Council):
    browser = council.browser()
    for endpoint, rule in rules(app).items():
        if policy_of(app.view_functions[endpoint]).permission is None or "GET" not in rule.methods:
            continue
        answer = browser.client.get(path_of(rule), base_url=council.base_url)
        assert answer.status_code == 302, endpoint
        assert "/sign-in" in answer.location, endpoint


def test_unsafe_methods_without_proof_are_refused(app, council: Council):
    browser = council.browser(Role.ADMINISTRATOR)
    for endpoint, rule in rules(app).items():
        if "POST" in rule.methods:
            answer = browser.client.post(path_of(rule), base_url=council.base_url)
            assert answer.status_code in {400, 403}, (endpoint, answer.status)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_methods_nobody_offers_are_refused(council: Council, method):
    browser = council.browser(Role.WORKER)

    assert browser.client.open(
        "/families", method=method, base_url=council.base_url
    ).status_code in {
        400,
        405,
    }


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/nowhere", "/families", "/static/built/app.css"]
)
def test_every_answer_carries_the_headers(council: Council, path):
    headers = council.browser().client.get(path, base_url=council.base_url, buffered=True).headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"] or "/static/" in path


def test_a_host_that_leads_nowhere_is_refused(app, council: Council):
    assert app.test_client().get("/", base_url="http://elsewhere.example").status_code == 400


def test_a_councils_pages_do_not_answer_on_the_bare_host(app):
    assert app.test_client().get("/families", base_url="http://localhost:8000").status_code == 404


def test_the_bare_host_lists_the_councils(app, council: Council):
    page = app.test_client().get("/", base_url="http://localhost:8000")

    assert f"http://{council.slug}.localhost:8000/sign-in" in page.text


def test_the_cookie_is_bound_to_the_host_where_the_connection_is_not_plain_localhost(
    council: Council,
):
    answer = council.browser().client.get("/sign-in", base_url=f"https://{council.slug}.localhost")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_a_session_of_one_council_is_nothing_in_another(council: Council, other_council: Council):
    browser = council.browser(Role.WORKER)
    browser.get("/families")
    cookie = browser.client.get_cookie("session", domain=f"{council.slug}.localhost")
    browser.client.set_cookie("session", cookie.value, domain=f"{other_council.slug}.localhost")

    answer = browser.client.get("/families", base_url=other_council.base_url)

    assert answer.status_code == 302
