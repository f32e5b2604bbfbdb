"""flask evidence bring: a partner's file from the command line, through the same steps."""

from pathlib import Path

import pytest
from sqlalchemy import select

from tests.builders import Council
from tests.loads.census_files import census
from tests.loads.deliveries import HEAD, agree, do_jobs
from tests.loads.test_steps import ROW
from tests.world import BEGAN, TODAY, build_world
from tfsaas.db import db
from tfsaas.loads.models import Delivery, Step


def run(
    council: Council,
    file: Path,
    *more: str,
    partner: str = "Children’s services",
    feed: str = "early-help",
):
    words = ["evidence", "bring", "--tenant", council.slug, "--partner", partner, "--feed", feed]
    return council.app.test_cli_runner().invoke(args=[*words, *more, str(file)])


def days() -> list[str]:
    return ["--from", str(BEGAN), "--to", str(TODAY)]


def test_a_file_is_brought_and_waits_like_any_other(council: Council, tmp_path):
    build_world(council)
    agree(council)
    (tmp_path / "f.csv").write_text(HEAD + ROW)

    answer = run(council, tmp_path / "f.csv", *days())
    do_jobs(council)

    assert answer.exit_code == 0, answer.output
    assert "/evidence/deliveries/" in answer.output
    with council.work():
        assert db.session.scalars(select(Delivery.step)).one() is Step.COLUMNS


def test_a_census_needs_no_days_and_no_columns(council: Council, tmp_path):
    build_world(council)
    agree(council)
    (tmp_path / "cin.xml").write_text(census(2026))

    assert run(council, tmp_path / "cin.xml", feed="cin-census").exit_code == 0
    do_jobs(council)

    with council.work():
        delivery = db.session.scalars(select(Delivery)).one()
        assert (str(delivery.covers_from), str(delivery.covers_to)) == ("2025-04-01", "2026-03-31")
        assert delivery.step is Step.READY
        assert delivery.people["people"] == 1


@pytest.mark.parametrize(
    ("partner", "more", "words"),
    [
        ("Nobody", None, "No sharing agreement in date"),
        ("Children’s services", [], "Enter the first day"),
    ],
)
def test_what_cannot_be_brought_is_refused_with_the_reason(
    council: Council, tmp_path, partner, more, words
):
    build_world(council)
    agree(council)
    (tmp_path / "f.csv").write_text(HEAD + ROW)

    answer = run(council, tmp_path / "f.csv", *(days() if more is None else more), partner=partner)

    assert answer.exit_code == 2
    assert words in answer.stderr


@pytest.mark.parametrize(
    ("more", "covers"),
    [([], []), (["--covers", "care.early_help"], ["care.early_help"]), (["--covers", "all"], ["care.early_help"])],
)  # fmt: skip
def test_a_file_is_complete_for_what_is_said_and_otherwise_for_nothing(council: Council, tmp_path, more, covers):  # fmt: skip
    build_world(council)
    agree(council)
    (tmp_path / "f.csv").write_text(HEAD + ROW)

    answer = run(council, tmp_path / "f.csv", *days(), *more, "--finds-families", partner="children’s services")  # fmt: skip

    assert answer.exit_code == 0, answer.output
    with council.work():
        delivery = db.session.scalars(select(Delivery)).one()
        assert (delivery.covers, delivery.finds_families) == (covers, True)


def test_a_signal_that_the_feed_does_not_say_is_refused(council: Council, tmp_path):
    build_world(council)
    agree(council)
    (tmp_path / "f.csv").write_text(HEAD + ROW)

    answer = run(council, tmp_path / "f.csv", *days(), "--covers", "police.offence")

    assert answer.exit_code == 2
    assert "complete" in answer.stderr
