"""Servers for the run, an application on a database of its own a process, a council a test."""

import gc
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade

from tests.builders import Council, found_council
from tests.copying import connect
from tests.every_page import stock
from tests.servers import fresh_database, private_servers, settings_for
from tfsaas.app import create_app
from tfsaas.embedded.servers import Servers

TEMPLATE = "tfsaas_template"
STACK = pytest.StashKey[ExitStack]()
SERVERS = pytest.StashKey[Servers]()


def pytest_configure(config: pytest.Config) -> None:
    """The process that steers starts the servers and migrates one database, which the others clone."""
    gc.set_threshold(
        100_000, 50, 50
    )  # what is imported is never garbage, and is looked at in every search
    told = getattr(config, "workerinput", {}).get("servers")
    if told:
        config.stash[SERVERS] = Servers(**told)
        return
    if config.option.collectonly or _only_rules(config):
        return
    stack = ExitStack()
    servers = stack.enter_context(private_servers())
    config.stash[STACK], config.stash[SERVERS] = stack, servers
    fresh_database(servers, TEMPLATE)
    app = create_app(settings_for(servers, TEMPLATE))
    with app.app_context():
        upgrade()
        app.extensions["sqlalchemy"].engine.dispose()


def _only_rules(config: pytest.Config) -> bool:
    return bool(config.args) and all("tests/rules" in argument for argument in config.args)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each test process where the servers are."""
    servers = node.config.stash.get(SERVERS, None)
    if servers:
        names = ("owner_url", "app_url", "redis_url", "superuser")
        node.workerinput["servers"] = {name: getattr(servers, name) for name in names}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers with the run."""
    if stack := config.stash.get(STACK, None):
        stack.close()


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Servers:
    """The private servers of this run."""
    return request.config.stash[SERVERS]


@pytest.fixture(scope="session")
def process_number(request: pytest.FixtureRequest) -> int:
    """0 for a run in one process, otherwise 1, 2 and so on."""
    name = getattr(request.config, "workerinput", {}).get("workerid", "gw-1")
    return int(name.removeprefix("gw")) + 1


@pytest.fixture(scope="session")
def app(servers: Servers, process_number: int) -> Iterator[Flask]:
    """The real application, on a clone of the migrated database."""
    database = f"tfsaas_test_{process_number}"
    fresh_database(servers, database, template=TEMPLATE)
    app = create_app(settings_for(servers, database, redis_number=process_number))
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    connect(app, servers.superuser, database)
    with app.app_context():
        app.extensions["tfsaas.redis"].flushdb()
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
    app.extensions["tfsaas.redis"].close()
    app.extensions["tests.superuser"].close()


@pytest.fixture
def council(app: Flask) -> Council:
    """A council that no other test knows, with a person in every role."""
    return found_council(app)


@pytest.fixture
def other_council(app: Flask) -> Council:
    """A second council, which must never be seen from the first."""
    return found_council(app)


@pytest.fixture(scope="session")
def stocked(app: Flask) -> tuple[Council, dict[str, object]]:
    """A council with one of everything, and what the paths name; only to be looked at."""
    council = found_council(app)
    return council, stock(council)
