"""Migrations run as the owner of the database, never as the application's role."""

import sys

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, text

from tfsaas.db import Model

LOCK_TIMEOUT = "5s"


def run() -> None:
    """Bring the database to the head, in one transaction a migration."""
    settings = current_app.config.get("SETTINGS")
    if settings is None or settings.database_owner_url is None:
        sys.exit("DATABASE_OWNER_URL is not set: migrations run as the owner of the database.")
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            transaction_per_migration=True,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
