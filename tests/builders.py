"""Plain builders with valid defaults, and the browser-like client of the tests."""

import itertools
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import html5lib
from argon2 import PasswordHasher
from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from tfsaas.accounts.actions import start_session
from tfsaas.accounts.models import User
from tfsaas.db import db
from tfsaas.permissions import Role
from tfsaas.rules.parse import Document
from tfsaas.rules.templates import get_template
from tfsaas.tenants.actions import (
    Funding,
    add_programme,
    arrange_funding,
    revise_target,
)
from tfsaas.tenants.founding import add_council
from tfsaas.tenants.models import FundingModel, Programme
from tfsaas.tenants.scope import unit_of_work
from tfsaas.tenants.versions import take_plan_over

PASSWORD = "correct-horse-battery"
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
PLAN = get_template("tf-2015")
_numbers = itertools.count(1)


@dataclass
class Council:
    """A council of a test's own."""

    app: Flask
    tenant_id: UUID
    slug: str
    people: dict[Role, UUID] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        """Where its pages are."""
        return f"http://{self.slug}.localhost:8000"

    @contextmanager
    def work(self, role: Role | None = None) -> Iterator[None]:
        """A unit of work in this council, on behalf of its person in `role`."""
        with (
            self.app.app_context(),
            unit_of_work(self.tenant_id, self.people[role] if role else None),
        ):
            yield

    def browser(self, role: Role | None = None) -> "Browser":
        """A browser, signed in as the person in `role` if one is given."""
        browser = Browser(self)
        if role:
            browser.become(self.people[role])
        return browser


class Browser:
    """A test client that keeps to one council, and holds every page to what all pages owe."""

    def __init__(self, council: Council) -> None:
        self.council = council
        self.client: FlaskClient = council.app.test_client()

    def become(self, user_id: UUID) -> None:
        """Sign in without the form."""
        with self.council.work():
            token = start_session(user_id, "test")
        with self.client.session_transaction(base_url=self.council.base_url) as kept:
            kept["_user_id"] = token
            kept["_fresh"] = True

    def get(self, path: str, *, status: int = 200) -> TestResponse:
        """Open a page, which must answer with `status`."""
        response = self.client.get(path, base_url=self.council.base_url)
        assert response.status_code == status, f"{path}: {response.status}"
        if (response.mimetype == "text/html" and status < 300) or status >= 400:
            check_page(response.text)
        return response

    def post(
        self,
        path: str,
        data: dict[str, object] | None = None,
        *,
        status: int = 302,
        token: str | None = None,
    ) -> TestResponse:
        """Send a form with the proof that a page of ours was open; it must answer with `status`."""
        sent = {"csrf_token": self._token() if token is None else token} | (data or {})
        response = self.client.post(path, data=sent, base_url=self.council.base_url)
        assert response.status_code == status, (
            f"{path}: {response.status}\n{errors_on(response.text)}"
        )
        if response.mimetype == "text/html" and status != 302:
            check_page(response.text)
        return response

    def _token(self) -> str:
        """The proof that a page of this visit would carry, without rendering one."""
        transaction = self.client.session_transaction(base_url=self.council.base_url)
        with transaction as kept, self.council.app.test_request_context():
            if "csrf_token" in kept:
                session["csrf_token"] = kept["csrf_token"]
            token = str(generate_csrf())
            kept["csrf_token"] = session["csrf_token"]
        return token


def errors_on(html: str) -> list[str]:
    """The messages of a page's error summary."""
    return re.findall(r'<a href="#[^"]*">([^<]+)</a>', html)


def check_page(html: str) -> None:
    """What every page owes: one h1, a title, unique ids, labelled inputs, no inline style or script."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    assert len(tree.findall(".//h1")) == 1, "a page has one h1"
    title = tree.find(".//title")
    assert title is not None
    assert (title.text or "").strip(" –"), "a page has a title"
    ids = [str(element.get("id")) for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), (
        f"ids are unique: {sorted(i for i in ids if ids.count(i) > 1)}"
    )
    for element in tree.iter():
        assert "style" not in element.attrib, "no inline style under the policy"
        assert not any(str(name).startswith("on") for name in element.attrib), "no inline handlers"
    for script in tree.iter("script"):
        assert script.get("nonce"), "a script carries the nonce"
    labelled = {label.get("for") for label in tree.iter("label")}
    for kind in ("input", "select", "textarea"):
        for element in tree.iter(kind):
            if element.get("type") not in {"hidden", "submit"}:
                assert element.get("id") in labelled or element.get("aria-label"), (
                    f"unlabelled {kind}"
                )


def found_council(app: Flask) -> Council:
    """A new council with a person in every role."""
    number = next(_numbers)
    unique = f"{os.getpid()}-{number}"
    slug, code = f"c{unique}", f"E{os.getpid() % 1000000:06d}{number:04d}"
    people = {role: uuid4() for role in Role}
    superuser = app.extensions.get("tests.superuser")
    if superuser is None:
        with app.app_context():
            council = Council(app, add_council(slug, f"Council {unique}", code), slug, people)
        with council.work():
            db.session.add_all(User(**row) for row in _accounts(council))
        return council
    council = Council(app, uuid4(), slug, people)
    rows = [row | {"tenant_id": council.tenant_id, "role": row["role"].value} for row in _accounts(council)]  # fmt: skip
    with superuser.transaction(), superuser.cursor() as cursor:
        cursor.execute("insert into tenant (id, slug, name, gss_code) values (%s, %s, %s, %s)", [council.tenant_id, slug, f"Council {unique}", code])  # fmt: skip
        cursor.execute("insert into host (name, tenant_id) values (%s, %s)", [f"{slug}.localhost", council.tenant_id])  # fmt: skip
        listed = ", ".join(rows[0])
        cursor.executemany(f"insert into user_account ({listed}) values ({', '.join(f'%({name})s' for name in rows[0])})", rows)  # fmt: skip
    return council


def _accounts(council: Council) -> list[dict[str, Any]]:
    """A person in every role."""
    return [
        {
            "id": user_id, "email": f"{role.value}@{council.slug}.example", "name": f"{role.value.title()} Person",
            "role": role, "password_hash": PASSWORD_HASH, "is_reminded": True, "phone": "", "agency": "", "version": 1,
        }
        for role, user_id in council.people.items()
    ]  # fmt: skip


def set_up_programme(
    document: Document | None = None,
    *,
    starts_on: date = date(2015, 4, 1),
    in_force_from: date = date(2015, 4, 1),
    target: int = 100,
) -> Programme:
    """A programme with a target, payment by results, and a published plan; in a unit of work."""
    programme = add_programme("phase-2", "Expanded programme", starts_on, None, is_current=True)
    revise_target(programme.id, starts_on, target, "Agreed with the department")
    paid = Funding(FundingModel.PAYMENT_BY_RESULTS, starts_on, None, 1000, 800)
    arrange_funding(programme.id, paid)
    take_plan_over(programme.id, deepcopy(document or PLAN), in_force_from)
    return programme
