"""A unit of work belongs to one council."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from tests.builders import Council
from tfsaas.accounts.models import User
from tfsaas.app import create_app
from tfsaas.db import db
from tfsaas.tenants.models import Term
from tfsaas.tenants.scope import OutOfScope, enter, refuse_privileged_role, unit_of_work


def test_a_session_cannot_be_given_to_a_second_council(app, council: Council):
    with app.app_context():
        enter(council.tenant_id)

        with pytest.raises(OutOfScope):
            enter(uuid4())


def test_writing_without_a_council_is_refused_before_the_database_is_asked(app):
    with app.app_context():
        db.session.add(User(email="a@b.example", name="A"))

        with pytest.raises(OutOfScope):
            db.session.flush()


def test_reading_without_a_council_finds_nothing(app, council: Council):
    with app.app_context():
        assert db.session.scalars(select(User)).all() == []


def test_the_council_is_told_again_after_a_commit(app, council: Council):
    with app.app_context():
        enter(council.tenant_id)
        before = db.session.scalar(text("select count(*) from user_account"))
        db.session.commit()

        assert db.session.scalar(text("select count(*) from user_account")) == before > 0


def test_a_unit_of_work_that_raises_saves_nothing(app, council: Council):
    with pytest.raises(ZeroDivisionError), app.app_context(), unit_of_work(council.tenant_id):  # noqa: PT012 (undone whole)
        db.session.add(Term(first_on=date(2016, 1, 4), last_on=date(2016, 3, 4)))
        raise ZeroDivisionError

    with council.work():
        assert db.session.scalars(select(Term)).all() == []


def test_the_applications_role_is_accepted(app):
    with app.app_context():
        refuse_privileged_role()


def test_a_role_that_owns_tables_is_refused(app):
    settings = app.config["SETTINGS"]
    owner_app = create_app(replace(settings, database_url=settings.database_owner_url))

    with owner_app.app_context():
        with pytest.raises(OutOfScope):
            refuse_privileged_role()
        db.engine.dispose()
