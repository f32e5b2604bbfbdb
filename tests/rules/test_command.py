"""flask outcomes check-plan and evaluate: without settings, servers or database."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from flask.testing import FlaskCliRunner

from tfsaas.app import create_app

PLAN = str(Path(__file__).parents[2] / "tfsaas" / "rules" / "plans" / "tf-2015.toml")
FILES = {
    "families.csv": "family_id,baseline_on,whole_family_assessment_on,whole_family_plan_on,lead_worker_on,plan_aligned_on\n"
    "F1,2016-06-30,2016-07-01,2016-07-01,2016-07-01,2016-07-01\nF2,,,,,\n",
    "people.csv": "\ufeffperson_id,family_id,date_of_birth,resident,joined_on,left_on\n"
    "P1,F1,1980-01-01,true,2010-01-01,\nP2,F1,2005-01-01,true,2010-01-01,\n",
    "events.csv": "person_id,signal,on\nP1,police.asb,2016-05-01\nP1,local.unknown,2016-05-01\n",
    "identified.csv": "family_id,headline,on\nF1,education,2016-06-30\n",
}


def write(folder: Path, **changes: str) -> Path:
    for name, content in (FILES | {f"{key}.csv": value for key, value in changes.items()}).items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def run(*words: str) -> Result:
    return FlaskCliRunner(create_app()).invoke(args=["outcomes", *words])


def evaluate(folder: Path, *more: str) -> Result:
    words = ["--plan", PLAN, "--facts", str(folder), "--as-at", "2017-08-31"]
    return run("evaluate", *words, "--output", str(folder / "out.csv"), *more)


def test_a_good_plan_is_ok():
    assert run("check-plan", PLAN).output == "ok\n"


def test_a_bad_plan_is_refused_with_every_path(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text('[plan]\nkey = "x"\n[surprise]\n')

    result = run("check-plan", str(path))

    assert result.exit_code == 2
    assert "plan.title" in result.stderr
    assert "surprise: unknown key" in result.stderr


def test_one_line_a_family_in_their_order(tmp_path):
    result = evaluate(write(tmp_path))

    assert result.exit_code == 0, result.output
    assert (tmp_path / "out.csv").read_bytes().decode() == (
        "family_id,eligible,worked_with,ssp,ce,result,headlines\n"
        "F1,true,true,insufficient_evidence,not_applicable,,crime|education\n"
        "F2,false,false,insufficient_evidence,not_applicable,,\n"
    )
    assert "1 rows of signals or headlines" in result.stderr


def test_one_family_is_explained_as_json(tmp_path):
    result = evaluate(write(tmp_path), "--explain", "F1")

    explained = json.loads(result.stdout)
    crime = explained["headlines"][0]
    assert crime["identified"]
    assert crime["indicators_then"][1]["people"][0]["test"]["facts"] == ["events.csv:2"]
    assert crime["indicators_then"][1]["people"][0]["test"]["first_day"] == "2015-07-01"


def test_an_unknown_family_cannot_be_explained(tmp_path):
    assert evaluate(write(tmp_path), "--explain", "F9").exit_code == 2
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("events", "person_id,signal,on\nP9,police.asb,2016-05-01\n", "events.csv: line 2, column person_id: 'P9'"),
        ("events", "person_id,signal,on\nP1,police.asb,2016-02-30\n", "events.csv: line 2, column on: '2016-02-30'"),
        ("events", "person_id,signal,on\nP1,police.asb,01/02/2016\n", "events.csv: line 2, column on"),
        ("events", "person_id,signal,on\n\nP1,police.asb\n", "events.csv: line 3: 2 cells"),
        ("events", "person_id,signal,on,why\n", "events.csv: line 1: unknown column 'why'"),
        ("events", "person_id,signal\n", "events.csv: line 1: the column 'on' is missing"),
        ("events", "person_id,signal,on,on\n", "events.csv: line 1: the column 'on' stands twice"),
        ("events", 'person_id,signal,on\nP1,"police.asb,2016-01-01\n', "events.csv: line"),
        ("people", "person_id,family_id,date_of_birth,resident,joined_on,left_on\nP1,,,true,2010-01-01,\n", "people.csv: line 2, column family_id"),
        ("people", "person_id,family_id,date_of_birth,resident,joined_on,left_on\nP1,F9,,true,2010-01-01,\n", "column family_id: 'F9'"),
        ("people", "person_id,family_id,date_of_birth,resident,joined_on,left_on\nP1,F1,,,2010-01-01,\n", "column resident"),
        ("people", "person_id,family_id,date_of_birth,resident,joined_on,left_on\nP1,F1,,yes,2010-01-01,\n", "column resident"),
        ("people", "person_id,family_id,date_of_birth,resident,joined_on,left_on\nP1,F1,,true,,\n", "column joined_on"),
        ("people", "person_id,family_id,date_of_birth,resident,joined_on,left_on\nP1,F1,,true,2010-01-02,2010-01-01\n", "column left_on"),
        ("people", "person_id,family_id,date_of_birth,resident,joined_on,left_on\nP1,F1,1980-01-01,true,2010-01-01,\nP1,F2,1980-01-02,true,2010-01-01,\n", "one date of birth"),
        ("people", "person_id,family_id,date_of_birth,resident,joined_on,left_on\nP1,F1,,true,2010-01-01,2012-01-02\nP1,F1,,true,2012-01-01,\n", "line 3, column joined_on"),
        ("families", FILES["families.csv"] + "F1,,,,,\n", "families.csv: line 4, column family_id"),
        ("periods", "person_id,signal,from,to,part,possible\nP1,x,2016-01-01,2016-02-01,-1,3\n", "column part: -1 is negative"),
        ("periods", "person_id,signal,from,to,part,possible\nP1,x,2016-01-01,2016-02-01,4,3\n", "4 is above possible"),
        ("periods", "person_id,signal,from,to,part,possible\nP1,x,2016-01-01,2015-02-01,1,3\n", "column to"),
        ("periods", "person_id,signal,from,to,part,possible\nP1,x,2016-01-01,2016-02-01,1e3,3\n", "column part"),
        ("spells", "person_id,signal,from,to\nP1,x,2016-01-02,2016-01-01\n", "column to"),
        ("scores", "person_id,signal,on,value\nP1,x,2016-01-02,-3\n", "column value"),
        ("attestations", "family_id,person_id,signal,on\n,,x,2016-01-01\n", "exactly one"),
        ("attestations", "family_id,person_id,signal,on\nF1,P1,x,2016-01-01\n", "exactly one"),
        ("coverage", "signal,from,to\nx,2016-01-01,\n", "coverage.csv: line 2, column to"),
        ("terms", "from,to\n2016-04-01,2016-07-01\n2016-01-01,2016-03-01\n", "terms.csv: line 3, column from"),
        ("terms", "from,to\n2016-01-01,2016-03-01\n2016-03-01,2016-07-01\n", "terms.csv: line 3, column from"),
        ("identified", "family_id,headline,on\nF9,crime,2016-01-01\n", "identified.csv: line 2, column family_id"),
    ],
)  # fmt: skip
def test_facts_that_cannot_be_are_refused_with_file_line_and_column(
    tmp_path, name, content, expected
):
    result = evaluate(write(tmp_path, **{name: content}))

    assert result.exit_code == 2
    assert expected in result.stderr
    assert not (tmp_path / "out.csv").exists()


def test_faults_of_plan_and_facts_are_told_together(tmp_path):
    write(tmp_path, events="person_id,signal,on\nP1,police.asb,never\nP2,police.asb,\n")
    plan = tmp_path / "plan.toml"
    plan.write_text('[plan]\nkey = "x"\ntitle = "y"\nversion = 0\n')

    result = run(
        "evaluate", "--plan", str(plan), "--facts", str(tmp_path), "--as-at", str(date(2017, 1, 1)),
        "--output", str(tmp_path / "out.csv"),
    )  # fmt: skip

    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 3


@pytest.mark.parametrize(
    "content", [b"person_id\xff,signal,on\n", b"person_id,signal,on\nP1,\0,2016-01-01\n"]
)
def test_files_in_another_encoding_are_refused(tmp_path, content):
    write(tmp_path)
    (tmp_path / "events.csv").write_bytes(content)

    result = evaluate(tmp_path)

    assert result.exit_code == 2
    assert "UTF-8" in result.stderr
