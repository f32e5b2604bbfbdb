"""flask evidence: files of facts in and out."""

from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from tfsaas import clock
from tfsaas.cli.needs import council, leave, refuse, requires_servers
from tfsaas.evidence.actions import load_files
from tfsaas.evidence.export import export_files
from tfsaas.evidence.layouts import BY_NAME
from tfsaas.evidence.reader import FactsRefused, read_folder
from tfsaas.loads.actions import Brought, DeliveryRefused, bring
from tfsaas.loads.feeds import list_feeds
from tfsaas.loads.opening import signals_of
from tfsaas.loads.queries import list_in_force
from tfsaas.tenants.scope import unit_of_work

DAY = click.DateTime(["%Y-%m-%d"])
FOLDER = click.Path(file_okay=False, path_type=Path)

evidence = AppGroup("evidence", help="Facts in files.")


@evidence.command("load")
@click.option("--tenant", required=True, metavar="SLUG", help="The council's short name.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@requires_servers()
def load(tenant: str, folder: Path) -> None:
    """Load a folder of facts into a council: all of it, or nothing and every fault."""
    tenant_id = council(tenant)
    files = read_folder(folder)
    if not files:
        leave(f"{folder} holds none of: {', '.join(layout.file for layout in BY_NAME.values())}")
    try:
        with unit_of_work(tenant_id):
            counts = load_files(files, "command line").counts
    except FactsRefused as refused:
        refuse(refused.faults)
        return
    click.echo(", ".join(f"{name} {count:,}" for name, count in counts.items()))


@evidence.command("bring")
@click.option("--tenant", required=True, metavar="SLUG", help="The council's short name.")
@click.option(
    "--partner", required=True, help="The partner's name, as the sharing agreement gives it."
)
@click.option(
    "--feed",
    required=True,
    type=click.Choice([feed.code for feed in list_feeds()]),
    help="What the file holds.",
)
@click.option(
    "--from",
    "first",
    type=DAY,
    help="The first day for which the file is complete; a census says it itself.",
)
@click.option("--to", "last", type=DAY, help="The last such day.")
@click.option(
    "--covers",
    multiple=True,
    metavar="SIGNAL",
    help="A signal for which the file is complete on those days, so that silence counts; may be given again. 'all': for all of the feed. Not given: for none.",
)
@click.option(
    "--finds-families",
    is_flag=True,
    help="Keep people nobody knows, to find families among them, where the agreement allows it.",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@requires_servers()
def bring_file(tenant: str, partner: str, feed: str, first: datetime | None, last: datetime | None, covers: tuple[str, ...], file: Path, *, finds_families: bool) -> None:  # fmt: skip  # noqa: PLR0913, PLR0917 (click tells each option by name)
    """Bring a partner's file in. It goes through the same steps as one brought by form, and waits for approval."""
    tenant_id = council(tenant)
    with unit_of_work(tenant_id):
        own = [row for row in list_in_force(clock.today()) if row.partner.casefold() == partner.casefold()]  # fmt: skip
        if not own:
            leave(f"No sharing agreement in date is with {partner!r}. An administrator records it under Programme, Sharing agreements")  # fmt: skip
        agreement = next((row for row in own if feed in row.feeds), own[0])
        first_on, last_on = (moment.date() if moment else None for moment in (first, last))
        complete = signals_of(feed) if "all" in covers else list(covers)
        told = Brought(feed, file.name, file.read_bytes(), first_on, last_on, complete, finds_families)  # fmt: skip
        try:
            delivery = bring(agreement, told)
        except DeliveryRefused as refused:
            refuse([message for messages in refused.faults.values() for message in messages])
            return
        name = f"/evidence/deliveries/{delivery.id}"
    click.echo(f"Brought. See how far it is on {name}")


@evidence.command("export")
@click.option("--tenant", required=True, metavar="SLUG", help="The council's short name.")
@click.argument("folder", type=FOLDER)
@requires_servers()
def export(tenant: str, folder: Path) -> None:
    """Write a council's facts to a folder, in the layouts they are loaded in."""
    tenant_id = council(tenant)
    with unit_of_work(tenant_id):
        files = export_files()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / BY_NAME[name].file).write_text(content, encoding="utf-8", newline="")
        for name in BY_NAME.keys() - files.keys():
            (folder / BY_NAME[name].file).unlink(missing_ok=True)  # of an earlier export
    except OSError as error:
        leave(f"{error.filename or folder}: {error.strerror}")
    click.echo(f"{len(files)} files written to {folder}")
