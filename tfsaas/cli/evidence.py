"""flask evidence: files of facts in and out."""

from pathlib import Path

import click
from flask.cli import AppGroup

from tfsaas.cli.needs import council, leave, refuse, requires_servers
from tfsaas.evidence.actions import load_files
from tfsaas.evidence.export import export_files
from tfsaas.evidence.layouts import BY_NAME
from tfsaas.evidence.reader import FactsRefused, read_folder
from tfsaas.tenants.scope import unit_of_work

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
    except OSError as error:
        leave(f"{error.filename or folder}: {error.strerror}")
    click.echo(f"{len(files)} files written to {folder}")
