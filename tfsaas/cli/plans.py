"""flask outcomes run, import-plan, export-plan: evaluations and plans of a council."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

import click

from tfsaas import clock
from tfsaas.cli.needs import council, leave, refuse, requires_servers
from tfsaas.cli.outcomes import DAY, PLAN_FILE, outcomes, read_text
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.rules.parse import PlanRefused, read_document
from tfsaas.tenants.models import PlanVersion
from tfsaas.tenants.queries import find_plan_in_force, find_programme, list_plan_versions
from tfsaas.tenants.scope import unit_of_work
from tfsaas.tenants.versions import draft_plan

__all__ = ["outcomes"]

TENANT = click.option("--tenant", required=True, metavar="SLUG", help="The council's short name.")


def _programme_id() -> UUID:
    programme = find_programme()
    if programme is None:
        leave("The council has no programme yet: an administrator sets it up under Programme.")
    return programme.id


@outcomes.command("run")
@TENANT
@click.option("--as-at", type=DAY, help="The day, as 2019-03-31. Default: today.")
@requires_servers()
def run(tenant: str, as_at: datetime | None) -> None:
    """Evaluate every family of a council, now."""
    day = as_at.date() if as_at else clock.today()
    with unit_of_work(council(tenant)):
        _programme_id()
        with click.progressbar(length=1, label=f"Evaluating as at {day}", file=None) as bar:
            summary = evaluate_council(day, lambda done, _: bar.update(done))
    click.echo(f"{summary.families:,} families evaluated as at {day}, {summary.changed:,} changed")


@outcomes.command("import-plan")
@TENANT
@click.argument("plan", type=PLAN_FILE)
@requires_servers()
def import_plan(tenant: str, plan: Path) -> None:
    """Make a draft of a council's outcomes plan from a file."""
    try:
        document = read_document(read_text(plan))
        with unit_of_work(council(tenant)):
            version = draft_plan(_programme_id(), document)
            click.echo(f"Draft {version.number} of {version.title}")
    except PlanRefused as refused:
        refuse(refused.faults)


@outcomes.command("export-plan")
@TENANT
@click.option(
    "--version", "number", type=int, help="Which version. Default: the one in force today."
)
@requires_servers()
def export_plan(tenant: str, number: int | None) -> None:
    """Print a version of a council's outcomes plan."""
    with unit_of_work(council(tenant)):
        version = _find_version(_programme_id(), number)
        if version is None:
            leave("There is no such version." if number else "No version is in force today.")
        click.echo(version.document, nl=False)


def _find_version(programme_id: UUID, number: int | None) -> PlanVersion | None:
    if number is None:
        return find_plan_in_force(programme_id, clock.today())
    versions = list_plan_versions(programme_id)
    return next((version for version in versions if version.number == number), None)
