"""flask outcomes: plans and evaluation."""

import csv
import json
from datetime import date, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from tfsaas.cli.needs import leave, refuse
from tfsaas.evidence.checks import as_tables, count_undeclared, read_facts
from tfsaas.evidence.reader import FactsRefused, read_folder
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import ROUTES, Evaluated, evaluate
from tfsaas.rules.explanation import explain
from tfsaas.rules.parse import PlanRefused, parse, read_document
from tfsaas.rules.results import name

HEADER = ("family_id", "eligible", "worked_with", "ssp", "ce", "result", "headlines")
DAY = click.DateTime(["%Y-%m-%d"])
PLAN_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

outcomes = AppGroup("outcomes", help="Outcomes plans and evaluations.")


@outcomes.command("check-plan")
@click.argument("plan", type=PLAN_FILE)
def check_plan(plan: Path) -> None:
    """Print every fault of a plan with its path, or ok."""
    try:
        parse(read_document(read_text(plan)))
    except PlanRefused as refused:
        refuse(refused.faults)
    click.echo("ok")


@outcomes.command("evaluate")
@click.option("--plan", required=True, type=PLAN_FILE, help="The outcomes plan, TOML.")
@click.option(
    "--facts", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of facts.",
)  # fmt: skip
@click.option("--as-at", required=True, type=DAY, help="The day, as 2019-03-31.")
@click.option(
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write.",
)
@click.option(
    "--explain", "explained", metavar="FAMILY_ID", help="Print one family's explanation as JSON."
)
def evaluate_folder(
    plan: Path, facts: Path, as_at: datetime, output: Path, explained: str | None
) -> None:
    """Evaluate a folder of facts against a plan, without a database."""
    evaluated = _evaluate(plan, facts, as_at.date(), explained)
    _write(evaluated, output)
    if explained is not None:
        family = evaluated.family_ids.index(explained)
        click.echo(
            json.dumps(explain(evaluated, family), indent=2, ensure_ascii=False, default=str)
        )


def _evaluate(plan: Path, folder: Path, as_at: date, explained: str | None) -> Evaluated:
    faults: list[str] = []
    parsed, rows = None, None
    try:
        parsed = parse(read_document(read_text(plan)))
    except PlanRefused as refused:
        faults += refused.faults
    try:
        rows = read_facts(read_folder(folder))
    except FactsRefused as refused:
        faults += refused.faults
    refuse(faults)
    assert parsed is not None
    assert rows is not None
    if explained is not None and explained not in {row["family_id"] for row in rows["families"]}:
        leave(f"--explain: there is no family {explained!r} in families.csv")
    if undeclared := count_undeclared(rows, parsed):
        click.echo(
            f"{undeclared} rows of signals or headlines that the plan does not declare were ignored",
            err=True,
        )
    return evaluate(parsed, assemble(as_tables(rows)), as_at)


def read_text(path: Path) -> str:
    """The text of a file; leaves when it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        leave(f"{path}: not UTF-8")


def _write(evaluated: Evaluated, output: Path) -> None:
    unfinished = output.with_name(output.name + ".unfinished")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADER)
            for at, family_id in enumerate(evaluated.family_ids):
                writer.writerow(_line(evaluated, at, family_id))
        unfinished.replace(output)
    except OSError as error:
        leave(f"{output}: {error.strerror}")


def _line(evaluated: Evaluated, at: int, family_id: str) -> list[str]:
    return [
        family_id,
        str(bool(evaluated.eligible[at])).lower(),
        str(bool(evaluated.worked_with[at])).lower(),
        name(evaluated.ssp[at]),
        name(evaluated.ce[at]),
        ROUTES[evaluated.route[at]],
        "|".join(evaluated.headlines(at)),
    ]
