"""A council's evaluation: the same as without a database, kept by change, and repeatable."""

from datetime import date
from random import Random

import pytest
from sqlalchemy import func, select

from tests.builders import Council, set_up_programme
from tests.rules.generate import as_at_day, random_facts, random_plan, write_facts
from tests.rules.oracle import evaluate as evaluate_slowly
from tfsaas.db import db
from tfsaas.evidence.actions import load_files
from tfsaas.evidence.checks import SIGNAL_FILES
from tfsaas.evidence.export import export_files
from tfsaas.evidence.queries import list_facts
from tfsaas.evidence.reader import read_folder
from tfsaas.families.models import Family
from tfsaas.families.queries import find_episode, list_members
from tfsaas.outcomes.actions import evaluate_council, evaluate_days, evaluate_family
from tfsaas.outcomes.at_hand import batch_of_family
from tfsaas.outcomes.models import Evaluation
from tfsaas.outcomes.queries import find_run_by, list_states
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import evaluate
from tfsaas.rules.templates import get_template
from tfsaas.tenants.queries import get_programme, list_plan_versions
from tfsaas.tenants.versions import take_plan_over

LONG_AGO = date(1990, 1, 1)


def load_random(council: Council, seed: int, folder, families: int = 12):
    random = Random(seed)
    document = random_plan(random)
    facts = random_facts(random, document, families)
    day = as_at_day(random)
    for name, column in [*((name, "signal") for name in SIGNAL_FILES), ("identified", "headline")]:
        facts[name] = [row for row in facts.get(name, []) if row[column] != "unknown"]
    write_facts(facts, folder)
    with council.work():
        set_up_programme(document, starts_on=LONG_AGO, in_force_from=LONG_AGO)
        load_files(read_folder(folder), "test")
    return document, facts, day


def found_on(council: Council, day: date) -> dict[str, tuple[str, ...]]:
    """What the council's evaluation kept for each family, by reference, as text."""
    with council.work():
        references = {row.id: row.reference for row in db.session.scalars(select(Family))}
        return {
            references[family_id]: (
                str(row.eligible).lower(),
                str(row.worked_with).lower(),
                row.ssp,
                row.ce,
                row.result,
                "|".join(row.headlines),
            )
            for family_id, row in list_states(day).items()
        }


def expected(document, facts, day) -> dict[str, tuple[str, ...]]:
    keys = ("eligible", "worked_with", "ssp", "ce", "result", "headlines")
    return {
        row["family_id"]: tuple(row[key] for key in keys)
        for row in evaluate_slowly(document, facts, day)
    }


@pytest.mark.parametrize("seed", range(20, 26))
def test_a_council_is_evaluated_as_the_files_are(council: Council, tmp_path, seed):
    document, facts, day = load_random(council, seed, tmp_path)

    with council.work():
        evaluate_council(day)

    assert found_on(council, day) == expected(document, facts, day)


@pytest.mark.parametrize("seed", range(30, 33))
def test_export_loaded_into_an_empty_council_gives_the_same(
    council: Council, other_council: Council, tmp_path, seed
):
    document, facts, day = load_random(council, seed, tmp_path)
    with council.work():
        exported = export_files()

    with other_council.work():
        set_up_programme(document, starts_on=LONG_AGO, in_force_from=LONG_AGO)
        load_files({name: text.encode() for name, text in exported.items()}, "test")
        evaluate_council(day)
        again = export_files()

    assert found_on(other_council, day) == expected(document, facts, day)
    assert again == exported


def test_running_again_writes_nothing(council: Council, tmp_path):
    _, _, day = load_random(council, 40, tmp_path)
    with council.work():
        evaluate_council(day)

    with council.work():
        count = db.session.scalar(select(func.count()).select_from(Evaluation))
        known_at = find_run_by(get_programme().id, day).known_at
        summary = evaluate_council(day)

        assert summary.changed == 0
        assert db.session.scalar(select(func.count()).select_from(Evaluation)) == count
        assert find_run_by(get_programme().id, day).known_at == known_at


def test_an_earlier_day_evaluated_later_changes_no_later_day(council: Council, tmp_path):
    document, facts, _ = load_random(council, 41, tmp_path)
    first, middle, last = date(2016, 9, 30), date(2017, 6, 30), date(2018, 3, 31)
    for day in (first, last, middle):
        with council.work():
            evaluate_council(day)

    for day in (first, middle, last):
        assert found_on(council, day) == expected(document, facts, day)


@pytest.mark.parametrize(
    "already", [[], [date(2017, 3, 31)], [date(2017, 6, 30)], [date(2018, 9, 30)], [date(2017, 3, 31), date(2017, 12, 31)]]
)  # fmt: skip
def test_several_days_at_once_are_the_same_as_one_by_one(council: Council, tmp_path, already):
    document, facts, _ = load_random(council, 42, tmp_path)
    days = [date(2016, 12, 31), date(2017, 6, 30), date(2017, 12, 31)]
    for day in already:
        with council.work():
            evaluate_council(day)
    told: list[tuple[date, int]] = []
    with council.work():
        evaluate_days(days, lambda day, moved: told.append((day, len(moved))))
    assert [day for day, _ in told] == days
    days += already

    for day in days:
        assert found_on(council, day) == expected(document, facts, day)


def test_one_row_a_family_is_current_and_it_is_the_latest(council: Council, tmp_path):
    load_random(council, 43, tmp_path)
    for day in (date(2018, 3, 31), date(2016, 9, 30), date(2017, 6, 30)):
        with council.work():
            evaluate_council(day)

    with council.work():
        latest = {row.id for row in list_states(date.max).values()}
        current = set(db.session.scalars(select(Evaluation.id).where(Evaluation.is_current)))
        assert current == latest


def test_one_family_evaluated_alone_is_as_among_all(council: Council, tmp_path):
    document, facts, day = load_random(council, 44, tmp_path)
    with council.work():
        families = db.session.scalars(select(Family)).all()
        for family in families:
            evaluate_family(family.id, day)

    assert found_on(council, day) == expected(document, facts, day)


def test_two_plan_versions_judge_each_their_own_families(council: Council, tmp_path):
    strict = get_template("tf-2015")
    strict["eligibility"]["minimum_headlines"] = 9
    with council.work():
        programme = set_up_programme()
        take_plan_over(programme.id, strict, date(2017, 1, 1))
        files = {
            "families": "family_id,baseline_on,whole_family_assessment_on,whole_family_plan_on,lead_worker_on,"
            "plan_aligned_on\nOLD,2016-06-30,,,,\nNEW,2017-06-30,,,,\n",
            "people": "person_id,family_id,date_of_birth,resident,joined_on,left_on\n"
            "P1,OLD,2005-01-01,true,2010-01-01,\nP2,NEW,2005-01-01,true,2010-01-01,\n",
            "identified": "family_id,headline,on\nOLD,crime,2016-01-01\nOLD,work,2016-01-01\n"
            "NEW,crime,2016-01-01\nNEW,work,2016-01-01\n",
        }
        load_files({name: text.encode() for name, text in files.items()}, "test")
        evaluate_council(date(2018, 1, 1))

    found = found_on(council, date(2018, 1, 1))
    assert found["OLD"][0] == "true"
    assert found["NEW"][0] == "false"


def test_the_familys_file_judges_as_the_run_does(council: Council, tmp_path):
    _, _, day = load_random(council, 45, tmp_path)
    with council.work():
        evaluate_council(day)
        programme = get_programme()
        states = list_states(day)
        versions = list_plan_versions(programme.id)
        assert states
        for family_id, state in states.items():
            members = list_members(family_id)
            facts = list_facts(family_id, [member.person.id for member in members])
            episode = find_episode(family_id, programme.id)
            batch = batch_of_family(versions[0], episode, members, facts)
            found = evaluate(batch.plan, assemble(batch.tables), day)

            assert found.findings(0) == state.findings
            assert found.headlines(0) == state.headlines
