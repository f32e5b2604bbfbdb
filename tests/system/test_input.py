"""Odd input gets a clear answer, never a failure of ours."""

import pytest

from tests.builders import Council
from tests.world import build_world
from tfsaas.permissions import Role

ODD = [
    "\0",
    "²",
    "9" * 400,
    "<script>alert(1)</script>",
    "' or 1=1 --",
    "{{ 7*7 }}",
    "\u202e",
    "\ud7ff",
    "%00",
    "-1",
]


@pytest.mark.parametrize("odd", ODD)
def test_odd_text_in_every_field_of_a_form(council: Council, odd):
    world = build_world(council)
    family_id = world.families["READY"]
    worker, admin = council.browser(Role.WORKER), council.browser(Role.ADMINISTRATOR)
    days = {
        name: [odd, odd, odd]
        for name in ("joined_on", "left_on", "date_of_birth", "on", "from_on", "starts_on")
    }
    texts = dict.fromkeys(("name", "given_name", "family_name", "version", "lead_worker", "upn", "nino", "families", "reason", "title", "model", "result", "email", "role"), odd)  # fmt: skip

    for browser, path in (
        (worker, "/families/new"),
        (worker, f"/families/{family_id}/change"),
        (worker, f"/families/{family_id}/people/new"),
        (worker, f"/families/{family_id}/facts/new"),
        (worker, f"/families/{family_id}/headlines/new"),
        (admin, "/programme/targets/new"),
        (admin, "/programme/funding/new"),
        (admin, "/programme/plans/new"),
        (admin, "/users/invite"),
    ):
        data = {"csrf_token": browser._token()} | days | texts
        answer = browser.client.post(path, data=data, base_url=council.base_url)
        assert answer.status_code in {200, 302, 400, 409}, (path, answer.status)
        assert "<script>alert(1)" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/families?headline=%00",
        "/families?worker=%00&after=x&status=%00",
        "/progress?on-year=99999999999999&on-month=1&on-day=1",
        "/progress?on-year=0&on-month=0&on-day=0",
        "/claims?day=x&before=y",
        "/reports/annual/9999-00",
        "/reports/annual/2016-99",
        "/families/not-a-uuid",
        "/jobs/00000000-0000-0000-0000-000000000000",
    ],
)
def test_odd_addresses(council: Council, path):
    build_world(council)

    answer = council.browser(Role.SUPERVISOR).client.get(path, base_url=council.base_url)

    assert answer.status_code in {200, 400, 404}


def test_an_odd_next_page_does_not_keep_anybody_out(council: Council):
    browser = council.browser()
    data = {
        "csrf_token": browser._token(),
        "email": f"worker@{council.slug}.example",
        "password": "correct-horse-battery",
    }

    answer = browser.client.post("/sign-in?next=//[", data=data, base_url=council.base_url)

    assert answer.status_code == 302


def test_a_visitor_cannot_break_the_sign_in_page(council: Council):
    browser = council.browser()
    data = {"csrf_token": browser._token(), "email": "a\0b", "password": "x"}

    assert browser.client.post("/sign-in", data=data, base_url=council.base_url).status_code == 400


def test_what_is_too_large_is_refused(council: Council):
    browser = council.browser(Role.SUPERVISOR)
    data = {"csrf_token": browser._token(), "source": "x" * (33 * 1024 * 1024)}

    answer = browser.client.post("/evidence/loads/new", data=data, base_url=council.base_url)

    assert answer.status_code == 413
