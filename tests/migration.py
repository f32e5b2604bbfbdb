"""`make migration`: compare the models with the head and write the next numbered migration."""

import importlib
import re
import sys
from pathlib import Path

from flask_migrate import revision, upgrade

from tests.servers import fresh_database, private_servers, settings_for
from tfsaas import config
from tfsaas.app import create_app
from tfsaas.db import Model

PLATFORM = {"tenant", "host"}
FROZEN = {"audit_entry", "reading"}


def main(message: str) -> None:
    """Write migrations/versions/NNNN_message.py, with each new tenant table protected."""
    number = f"{len(list((config.CHECKOUT / 'migrations' / 'versions').glob('*.py'))) + 1:04d}"
    with private_servers() as servers:
        fresh_database(servers, "migration")
        app = create_app(settings_for(servers, "migration"))
        with app.app_context():
            upgrade()
            script = revision(message=message, autogenerate=True, rev_id=number)
    _protect(Path(script.path) if script else _newest())


def _newest() -> Path:
    return max((config.CHECKOUT / "migrations" / "versions").glob("*.py"))


def _protect(path: Path) -> None:
    source = path.read_text()
    upgrade_part, downgrade_part = source.split("def downgrade")
    lines = []
    for table in re.findall(
        r'op\.create_table\(\s*"(\w+)"|op\.create_table\(\'(\w+)\'', upgrade_part
    ):
        name = "".join(table)
        if name in PLATFORM:
            lines.append(f'    share("{name}")')
        elif name in FROZEN:
            lines += [f'    protect("{name}", allow="select, insert")', f'    freeze("{name}")']
        elif "tenant_id" in Model.metadata.tables[name].columns:
            lines.append(f'    protect("{name}")')
    source = (
        upgrade_part.rstrip() + "\n" + "\n".join(lines) + "\n\n\ndef downgrade" + downgrade_part
    )
    if lines:
        source = source.replace(
            "from alembic import op\n",
            "from alembic import op\n\nfrom tfsaas.tenants.rls import freeze, protect, share\n",
        )
    path.write_text(source)
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    for module in sys.argv[2:]:
        importlib.import_module(module)
    main(sys.argv[1])
