"""What must hold between the rows of files of facts, and their way to the rules."""

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from tfsaas.evidence.reader import FactsRefused, Row, Rows, read_rows
from tfsaas.rules.facts import Tables
from tfsaas.rules.plan import Plan

SIGNAL_FILES = ("events", "periods", "spells", "scores", "attestations", "coverage", "gaps")


def read_facts(files: Mapping[str, bytes]) -> Rows:
    """The rows of `files`, checked each by itself and against each other.

    Raises:
        FactsRefused: with every fault.
    """
    faults: list[str] = []
    rows = read_rows(files, faults)
    if not faults:
        faults += _cross_check(rows)
    if faults:
        raise FactsRefused(tuple(faults))
    return rows


def _cross_check(rows: Rows) -> Iterator[str]:
    families = {row["family_id"] for row in rows["families"]}
    people = {row["person_id"] for row in rows["people"]}
    yield from _repeated_families(rows["families"])
    yield from _unknown(rows, "people", "family_id", families, "families.csv")
    yield from _births(rows["people"])
    yield from _memberships(rows["people"])
    for name in ("events", "periods", "spells", "scores", "attestations", "gaps"):
        yield from _unknown(rows, name, "person_id", people, "people.csv")
    for name in ("attestations", "identified"):
        yield from _unknown(rows, name, "family_id", families, "families.csv")
    yield from _one_subject(rows["attestations"])
    yield from _shares(rows["periods"])
    yield from _terms(rows["terms"])


def _unknown(
    rows: Rows, name: str, column: str, known: Container[str], listed: str
) -> Iterator[str]:
    for row in rows[name]:
        if row[column] is not None and row[column] not in known:
            yield f"{name}.csv: line {row.line}, column {column}: {row[column]!r} is not in {listed}"


def _repeated_families(rows: list[Row]) -> Iterator[str]:
    first: dict[str, int] = {}
    for row in rows:
        if (line := first.setdefault(row["family_id"], row.line)) != row.line:
            yield (
                f"families.csv: line {row.line}, column family_id: {row['family_id']!r} stands on line {line} already"
            )


def _births(rows: list[Row]) -> Iterator[str]:
    known: dict[str, tuple[date, int]] = {}
    for row in rows:
        if born := row["date_of_birth"]:
            before, line = known.setdefault(row["person_id"], (born, row.line))
            if before != born:
                yield (
                    f"people.csv: line {row.line}, column date_of_birth: {row['person_id']!r} was born on {before} "
                    f"by line {line}; a person has one date of birth"
                )


def _memberships(rows: list[Row]) -> Iterator[str]:
    stays: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        stays[row["person_id"], row["family_id"]].append(row)
    for held in stays.values():
        if len(held) > 1:
            yield from _overlaps(sorted(held, key=lambda row: row["joined_on"]))


def _overlaps(stays: list[Row]) -> Iterator[str]:
    present = [row for row in stays if row["left_on"] != row["joined_on"]]
    for before, after in pairwise(present):
        if before["left_on"] is None or before["left_on"] > after["joined_on"]:
            yield (
                f"people.csv: line {after.line}, column joined_on: {after['person_id']!r} is in "
                f"{after['family_id']!r} already by line {before.line}; say when they left, or leave the line out"
            )


def _one_subject(rows: list[Row]) -> Iterator[str]:
    for row in rows:
        if (row["family_id"] is None) == (row["person_id"] is None):
            yield f"attestations.csv: line {row.line}, column family_id: give family_id or person_id, exactly one"


def _shares(rows: list[Row]) -> Iterator[str]:
    for row in rows:
        if row["part"] > row["possible"]:
            yield f"periods.csv: line {row.line}, column part: {row['part']} is above possible, {row['possible']}"


def _terms(rows: list[Row]) -> Iterator[str]:
    for before, after in pairwise(rows):
        if after["from"] <= before["to"]:
            yield (
                f"terms.csv: line {after.line}, column from: {after['from']} is not after {before['to']}, where "
                "the term before ends; list terms in order, without overlap"
            )


def as_tables(rows: Rows) -> Tables:
    """Checked rows as the rules want them; each fact is named by its file and line."""

    def labelled(name: str, *columns: str) -> list[Any]:
        return [
            (*(row[column] for column in columns), f"{name}.csv:{row.line}") for row in rows[name]
        ]

    def plain(name: str, *columns: str) -> list[Any]:
        return [tuple(row[column] for column in columns) for row in rows[name]]

    births = {
        row["person_id"]: row["date_of_birth"] for row in rows["people"] if row["date_of_birth"]
    }
    return Tables(
        families=plain(
            "families", "family_id", "baseline_on", "whole_family_assessment_on", "whole_family_plan_on",
            "lead_worker_on", "plan_aligned_on",
        ),
        people=[
            (row["person_id"], row["family_id"], births.get(row["person_id"]), row["resident"], row["joined_on"],
             row["left_on"])
            for row in rows["people"]
        ],
        events=labelled("events", "person_id", "signal", "on"),
        periods=labelled("periods", "person_id", "signal", "from", "to", "part", "possible"),
        spells=labelled("spells", "person_id", "signal", "from", "to"),
        scores=labelled("scores", "person_id", "signal", "on", "value"),
        attestations=labelled("attestations", "person_id", "family_id", "signal", "on"),
        coverage=plain("coverage", "signal", "from", "to"),
        gaps=plain("gaps", "person_id", "signal", "from", "to"),
        cohorts={row["person_id"]: row["person_id"] for row in rows["gaps"]},
        terms=plain("terms", "from", "to"),
        identified=plain("identified", "family_id", "headline", "on"),
    )  # fmt: skip


def count_undeclared(rows: Rows, plan: Plan) -> int:
    """How many rows speak of signals or headlines that the plan does not declare."""
    headlines = {headline.code for headline in plan.headlines}
    signals = sum(row["signal"] not in plan.signals for name in SIGNAL_FILES for row in rows[name])
    return signals + sum(row["headline"] not in headlines for row in rows["identified"])
