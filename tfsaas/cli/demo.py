"""flask demo: the demo councils."""

import click
from flask.cli import AppGroup

from tfsaas.cli.needs import leave, requires_servers
from tfsaas.demo.load import DemoRefused, load_all

demo = AppGroup("demo", help="The demo councils.")


@demo.command("load")
@requires_servers(owner=True)
def load() -> None:
    """Load the demo councils; what is there already stays as it is."""
    try:
        load_all(click.echo)
    except DemoRefused as refused:
        leave(str(refused), status=1)
