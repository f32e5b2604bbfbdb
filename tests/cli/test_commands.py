"""The commands that work on a council: the same code as the pages, faults told at once, status 2."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask.testing import FlaskCliRunner

from tests.builders import Council, set_up_programme
from tests.world import FILES, START, TODAY, build_world
from tfsaas.app import create_app
from tfsaas.reports.years import year_of
from tfsaas.rules.parse import read_document, write_document
from tfsaas.rules.templates import get_template


def run(council: Council, *words: str) -> Result:
    return FlaskCliRunner(council.app).invoke(args=list(words))


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def test_facts_are_loaded_and_exported_again(council: Council, other_council: Council, tmp_path):
    for one in (council, other_council):
        with one.work():
            set_up_programme(starts_on=START, in_force_from=START)
    first, second = tmp_path / "first", tmp_path / "second"

    loaded = run(council, "evidence", "load", "--tenant", council.slug, str(write(tmp_path, FILES)))
    run(council, "evidence", "export", "--tenant", council.slug, str(first))
    run(council, "evidence", "load", "--tenant", other_council.slug, str(first))
    run(council, "evidence", "export", "--tenant", other_council.slug, str(second))

    assert loaded.exit_code == 0, loaded.output
    assert {p.name: p.read_text() for p in first.iterdir()} == {
        p.name: p.read_text() for p in second.iterdir()
    }
    assert "9990079196" in (second / "people.csv").read_text()


def test_a_load_lists_every_fault_and_stores_nothing(council: Council, tmp_path):
    build_world(council)
    wrong = {"events": "person_id,signal,on\nR1,police.asb,never\nR7,police.asb,\n"}

    result = run(
        council, "evidence", "load", "--tenant", council.slug, str(write(tmp_path, FILES | wrong))
    )

    assert result.exit_code == 2
    assert result.stderr.count("events.csv: line") == 2


def test_a_folder_without_facts_is_refused(council: Council, tmp_path):
    assert run(council, "evidence", "load", "--tenant", council.slug, str(tmp_path)).exit_code == 2


def test_an_unknown_council_is_told(council: Council, tmp_path):
    result = run(council, "evidence", "export", "--tenant", "nowhere", str(tmp_path))

    assert result.exit_code == 2
    assert "There is no council called 'nowhere'" in result.stderr


def test_a_council_is_evaluated_now(council: Council):
    build_world(council)

    first = run(council, "outcomes", "run", "--tenant", council.slug, "--as-at", str(TODAY))
    second = run(council, "outcomes", "run", "--tenant", council.slug, "--as-at", str(TODAY))

    assert "4 families evaluated" in first.output
    assert "4 changed" in first.output
    assert "0 changed" in second.output


def test_a_plan_goes_in_as_a_draft_and_comes_out_the_same(council: Council, tmp_path):
    build_world(council)
    path = tmp_path / "plan.toml"
    path.write_text(write_document(get_template("sf-2022")))

    put_in = run(council, "outcomes", "import-plan", "--tenant", council.slug, str(path))
    out = run(council, "outcomes", "export-plan", "--tenant", council.slug, "--version", "2")

    assert "Draft 2" in put_in.output
    assert read_document(out.stdout) == get_template("sf-2022")
    in_force = run(council, "outcomes", "export-plan", "--tenant", council.slug)
    assert read_document(in_force.stdout) == get_template("tf-2015")


def test_a_bad_plan_is_refused_with_its_paths(council: Council, tmp_path):
    build_world(council)
    path = tmp_path / "plan.toml"
    path.write_text('[plan]\nkey = "x"\n')

    result = run(council, "outcomes", "import-plan", "--tenant", council.slug, str(path))

    assert (result.exit_code, "plan.title" in result.stderr) == (2, True)


def test_the_annual_report_is_written(council: Council, tmp_path):
    build_world(council)
    target = tmp_path / "report.pdf"

    result = run(
        council,
        "reports",
        "annual",
        "--tenant",
        council.slug,
        "--year",
        year_of(TODAY).name,
        "--output",
        str(target),
    )

    assert result.exit_code == 0, result.output
    assert target.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("year", ["2016", year_of(TODAY + timedelta(days=800)).name])
def test_a_year_that_cannot_be_is_refused(council: Council, tmp_path, year):
    build_world(council)

    result = run(
        council,
        "reports",
        "annual",
        "--tenant",
        council.slug,
        "--year",
        year,
        "--output",
        str(tmp_path / "x.pdf"),
    )

    assert result.exit_code == 2


def test_a_new_council_gets_its_first_administrators_link(council: Council):
    slug = f"n{council.slug}"

    result = run(
        council,
        "tenants",
        "add",
        slug,
        "New Council",
        "--gss-code",
        f"E9{abs(hash(slug)) % 10**7:07d}",
    )

    assert result.exit_code == 0, result.output
    found = re.search(r"http://(\S+?):8000(/invitations/\S+)", result.output)
    assert found
    page = council.app.test_client().get(found[2], base_url=f"http://{found[1]}:8000")
    assert "Choose a password" in page.text


def test_a_council_that_is_there_already_or_misspelt_is_refused(council: Council):
    again = run(council, "tenants", "add", council.slug, "Again", "--gss-code", "E99999999")
    wrong = run(council, "tenants", "add", "Not a slug", " ", "--gss-code", "X1")

    assert (again.exit_code, wrong.exit_code) == (2, 2)
    assert "already" in again.stderr
    assert len(wrong.stderr.splitlines()) == 3


def test_without_servers_commands_say_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("TFSAAS_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)

    result = FlaskCliRunner(create_app()).invoke(args=["outcomes", "run", "--tenant", "westshire"])

    assert result.exit_code == 2
    assert "run make run first" in result.stderr


def test_the_check_of_settings_names_what_is_unsafe(council: Council, monkeypatch):
    settings = council.app.config["SETTINGS"]
    told = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": "short",
        "TFSAAS_DATA_KEY": "not a key",
        "TFSAAS_DOMAIN": "",
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)

    result = FlaskCliRunner(create_app()).invoke(args=["security-check"])

    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 3


def test_safe_settings_pass_the_check(council: Council, monkeypatch):
    settings = replace(council.app.config["SETTINGS"], demo=False, domain="tfsaas.example")
    told = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "TFSAAS_DATA_KEY": settings.data_key,
        "TFSAAS_DOMAIN": settings.domain,
        "TFSAAS_DEMO": "0",
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)

    app = create_app(settings)

    result = FlaskCliRunner(app).invoke(args=["security-check"])

    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
    assert result.exit_code == 0, result.stderr
