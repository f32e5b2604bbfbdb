"""flask tenants: new councils."""

import re

import click
from flask import current_app, url_for
from flask.cli import AppGroup

from tfsaas.accounts.actions import invite
from tfsaas.cli.needs import refuse, requires_servers
from tfsaas.permissions import Role
from tfsaas.tenants.founding import AlreadyThere, add_council
from tfsaas.tenants.scope import unit_of_work

SLUG = re.compile(r"^[a-z][a-z0-9-]{1,30}$")
GSS_CODE = re.compile(r"^E\d{8}$")

tenants = AppGroup("tenants", help="Councils of this service.")


@tenants.command("add")
@click.argument("slug")
@click.argument("name")
@click.option(
    "--gss-code", required=True, help="The council's nine-character code, such as E10000016."
)
@click.option("--email", help="The first administrator's address. Default: admin@SLUG.example")
@requires_servers(owner=True)
def add(slug: str, name: str, gss_code: str, email: str | None) -> None:
    """Add a council, empty, and print its first administrator's one-use link."""
    faults = []
    if not SLUG.match(slug):
        faults.append(
            "SLUG must be 2 to 31 small letters, figures or hyphens, and begin with a letter"
        )
    if not GSS_CODE.match(gss_code):
        faults.append("the GSS code must be the letter E and eight figures, such as E10000016")
    if not name.strip():
        faults.append("NAME must not be empty")
    refuse(faults)
    try:
        tenant_id = add_council(slug, name.strip(), gss_code)
    except AlreadyThere as error:
        refuse([str(error)])
        return
    with unit_of_work(tenant_id):
        token = invite(email or f"admin@{slug}.example", "First administrator", Role.ADMINISTRATOR)
    settings = current_app.config["SETTINGS"]
    plain = settings.domain == "localhost"
    host = f"{slug}.{settings.domain}" + (f":{settings.port}" if plain else "")
    with current_app.test_request_context(base_url=f"{'http' if plain else 'https'}://{host}"):
        click.echo(
            f"{name} is there. Its first administrator chooses a password within the hour at:"
        )
        click.echo(url_for("accounts.accept", token=token, _external=True))
