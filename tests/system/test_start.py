"""Web and worker refuse to start unsafe, in a line that says why."""

import os
import subprocess
import sys

import pytest

from tfsaas import config

WEB = ["gunicorn", "--config", "gunicorn.conf.py", "--bind", "127.0.0.1:0", "wsgi:app"]
WORKER = ["flask", "--app", "wsgi", "jobs", "work"]


def environment_of(app) -> dict[str, str]:
    settings = app.config["SETTINGS"]
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "TFSAAS_DATA_KEY": settings.data_key,
        "TFSAAS_DOMAIN": settings.domain,
    }


def start(words: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *words]
    return subprocess.run(
        command,
        cwd=config.CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize("words", [WEB, WORKER], ids=["web", "worker"])
def test_a_role_that_owns_tables_is_refused(app, words):
    owner = app.config["SETTINGS"].database_owner_url

    ended = start(words, environment_of(app) | {"DATABASE_URL": owner})

    assert ended.returncode != 0
    assert "bypasses row-level security or owns tables" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("words", [WEB, WORKER], ids=["web", "worker"])
def test_every_unsafe_setting_is_named(app, words):
    ended = start(words, environment_of(app) | {"SECRET_KEY": "short", "TFSAAS_DOMAIN": ""})

    assert ended.returncode != 0
    assert "SECRET_KEY is too short" in ended.stderr
    assert "TFSAAS_DOMAIN is not set" in ended.stderr


@pytest.mark.parametrize("words", [WEB, WORKER], ids=["web", "worker"])
def test_a_database_that_does_not_answer_is_named(app, words):
    nowhere = "postgresql+psycopg://tfsaas_app:x@/tfsaas?host=/nowhere"

    ended = start(words, environment_of(app) | {"DATABASE_URL": nowhere})

    assert ended.returncode != 0
    assert "the database does not answer" in ended.stderr
    assert "Traceback" not in ended.stderr
