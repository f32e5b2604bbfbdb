"""flask reports: the annual report in the foreground."""

from pathlib import Path

import click
from flask.cli import AppGroup

from tfsaas.cli.needs import council, leave, requires_servers
from tfsaas.reports.actions import YearRefused, add_edition, make_edition
from tfsaas.reports.years import NotAYear, read_year
from tfsaas.tenants.queries import find_programme
from tfsaas.tenants.scope import unit_of_work

reports = AppGroup("reports", help="Reports.")


@reports.command("annual")
@click.option("--tenant", required=True, metavar="SLUG", help="The council's short name.")
@click.option("--year", required=True, help="The financial year, as 2016-17.")
@click.option(
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write.",
)
@requires_servers()
def annual(tenant: str, year: str, output: Path) -> None:
    """Make a new edition of a year's annual report and write its PDF."""
    with unit_of_work(council(tenant)):
        if find_programme() is None:
            leave("The council has no programme yet: an administrator sets it up under Programme.")
        try:
            edition = add_edition(read_year(year))
        except (NotAYear, YearRefused) as refused:
            leave(str(refused))
        make_edition(edition)
        content, number = edition.pdf or b"", edition.number
    try:
        output.write_bytes(content)
    except OSError as error:
        leave(f"{output}: {error.strerror}")
    click.echo(f"Edition {number} of {year}, {len(content):,} bytes, written to {output}")
