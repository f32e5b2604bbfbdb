"""Migrations make exactly what the models say, and can be undone."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, text

from tests.servers import fresh_database, settings_for
from tfsaas.app import create_app
from tfsaas.db import Model


def test_the_migrated_database_equals_the_models(app):
    engine = create_engine(app.config["SETTINGS"].database_owner_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, Model.metadata)
    engine.dispose()

    assert difference == []


def test_every_migration_can_be_undone_and_done_again(servers, process_number):
    database = f"undone_{process_number}"
    fresh_database(servers, database)
    app = create_app(settings_for(servers, database))

    with app.app_context():
        upgrade()
        downgrade(revision="base")
        upgrade()
        app.extensions["sqlalchemy"].engine.dispose()

    engine = create_engine(app.config["SETTINGS"].database_owner_url)
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from tenant")) == 0
    engine.dispose()
    app.extensions["tfsaas.redis"].close()


def test_migrating_does_not_silence_the_log(app, caplog):
    app.logger.warning("still heard")

    assert "still heard" in caplog.text
