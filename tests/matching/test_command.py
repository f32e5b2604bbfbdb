"""flask families match: two files, no settings, no servers."""

import csv
from pathlib import Path

from click.testing import Result
from flask.testing import FlaskCliRunner

from tfsaas.app import create_app

HEADER = "person_id,given_name,family_name,date_of_birth,address,postcode,upn,nhs_number,nino\n"
LEFT = HEADER + "L1,Amira,Okafor,2014-03-09,12 Mill Lane,ME4 4TR,,,\nL2,Bo,Li,1950-02-03,,,,999 007 9196,\n"  # fmt: skip
RIGHT = HEADER + "R1,Amira,Okafor,09/03/2014,12 Mill Ln,ME44TR,,,\nR2,,,,,,,9990079196,\nR3,Nobody,Known,1999-09-09,,,,,\n"  # fmt: skip


def run(folder: Path, left: str, right: str) -> Result:
    (folder / "left.csv").write_text(left)
    (folder / "right.csv").write_text(right)
    words = [str(folder / "left.csv"), str(folder / "right.csv"), "--output", str(folder / "o.csv")]
    return FlaskCliRunner(create_app()).invoke(args=["families", "match", *words])


def pairs(folder: Path) -> list[dict[str, str]]:
    with (folder / "o.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_pairs_are_written_with_score_decision_and_why(tmp_path):
    result = run(tmp_path, LEFT, RIGHT)

    assert result.exit_code == 0, result.output
    assert [(row["left_id"], row["right_id"], row["decision"]) for row in pairs(tmp_path)] == [
        ("L1", "R1", "link"),
        ("L2", "R2", "link"),
    ]
    assert pairs(tmp_path)[1]["why"].startswith("NHS number: the same")
    assert all(0 <= float(row["score"]) <= 1 for row in pairs(tmp_path))


def test_only_the_id_is_needed_and_an_empty_file_gives_no_pairs(tmp_path):
    assert run(tmp_path, "person_id\nL1\n", "person_id\nR1\n").exit_code == 0
    assert run(tmp_path, "person_id\n", RIGHT).exit_code == 0
    assert pairs(tmp_path) == []


def test_every_fault_of_both_files_is_told_and_nothing_is_written(tmp_path):
    result = run(tmp_path, "person_id,shoe_size\nL1,4\nL1,5\n,6\n", "given_name\nAmira\n")

    assert result.exit_code == 2
    for words in ("unknown columns shoe_size", "line 3, column person_id: 'L1' stands on line 2", "line 4, column person_id: is empty", "right.csv: line 1: the column person_id is missing"):  # fmt: skip
        assert words in result.stderr
    assert not (tmp_path / "o.csv").exists()


def test_numbers_that_cannot_be_right_are_passed_over_and_counted(tmp_path):
    result = run(tmp_path, LEFT.replace("999 007 9196", "999 007 9197"), RIGHT)

    assert "1 numbers cannot be right" in result.stderr
    assert [row["right_id"] for row in pairs(tmp_path)] == ["R1"]
