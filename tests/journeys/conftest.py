"""A real server, a real worker and a real browser."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.builders import PASSWORD, Council
from tests.jobs.queue import forget_others
from tfsaas import config
from tfsaas.permissions import Role

AXE = config.CHECKOUT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOK = """tags => !document.body.classList.contains('js-enabled') ? [] : axe
  .run(document, {runOnly: tags, resultTypes: ['violations']})
  .then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 2).join(' ')))"""
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def port(app: Flask) -> Iterator[int]:
    """The application behind a real socket, in a thread of this process."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def worker(app: Flask) -> Iterator[None]:
    """A real RQ worker in a process of its own; gone before other modules kill theirs at work."""
    forget_others(app)
    settings = app.config["SETTINGS"]
    environment = os.environ | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "TFSAAS_DATA_KEY": settings.data_key,
        "TFSAAS_DOMAIN": settings.domain,
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "work"]
    process = subprocess.Popen(command, cwd=config.CHECKOUT, env=environment)
    yield
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Headless Chromium, as Debian packages it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium-headless-shell", args=SWITCHES
        )
        yield browser
        browser.close()


@dataclass
class Visitor:
    """A person at a browser, signed in to a council."""

    page: Page
    base: str
    complaints: list[str]

    def open(self, path: str) -> None:
        """Go to a page, which must answer."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        self.check()

    def press(self, name: str) -> None:
        """Press a button or follow a link, by what it says."""
        self.page.get_by_role("button", name=name).or_(
            self.page.get_by_role("link", name=name)
        ).first.click()
        self.check()

    def text(self) -> str:
        """What the page says."""
        return self.page.locator("main").inner_text()

    def check(self) -> None:
        """Axe finds nothing and the console is quiet, once the page that was asked for is there."""
        self.page.wait_for_load_state()
        if self.page.context.pages:
            found = self.page.evaluate(LOOK, TAGS)
            assert found == [], f"{self.page.url}: {found}"
        assert self.complaints == [], f"{self.page.url}: {self.complaints}"


@pytest.fixture
def visit(chromium: Browser, port: int) -> Iterator[object]:
    """Sign a person in by the form: `visit(council, role, javascript=…)`."""
    contexts = []

    def sign_in(
        council: Council, role: Role | None, *, javascript: bool = True, width: int = 1280
    ) -> Visitor:
        size = {"width": width, "height": 900}
        context = chromium.new_context(java_script_enabled=javascript, viewport=size)
        context.add_init_script(path=AXE)
        contexts.append(context)
        page = context.new_page()
        complaints: list[str] = []
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        visitor = Visitor(page, f"http://{council.slug}.localhost:{port}", complaints)
        if role is None:
            return visitor  # somebody without an account
        visitor.open("/sign-in")
        page.get_by_label("Email address").fill(f"{role.value}@{council.slug}.example")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        visitor.press("Sign in")
        return visitor

    yield sign_in
    for context in contexts:
        context.close()
