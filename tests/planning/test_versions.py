"""A version's life: draft, sent, approved by a second person, published, retired; and as a file."""

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select

from tests.builders import Council, errors_on, set_up_programme
from tests.system.test_boundary import conninfo
from tests.world import START, TODAY, boxes
from tfsaas.db import db
from tfsaas.permissions import Role
from tfsaas.rules.parse import read_document
from tfsaas.rules.templates import get_template
from tfsaas.tenants.actions import ProgrammeRefused
from tfsaas.tenants.models import PlanStatus, PlanVersion
from tfsaas.tenants.queries import find_plan_in_force, get_plan_version, get_programme
from tfsaas.tenants.versions import change_draft, draft_plan, send_plan, take_plan_over

WHY = {"why": "Attendance is raised to 95%, as schools asked"}


def set_up(council: Council) -> None:
    with council.work():
        set_up_programme(starts_on=START, in_force_from=START)


def draft(council: Council) -> str:
    set_up(council)
    with council.work(Role.ADMINISTRATOR):
        return str(draft_plan(get_programme().id, get_template("tf-2015")).id)


def status_of(council: Council, version_id: str) -> PlanStatus:
    with council.work():
        return get_plan_version(UUID(version_id)).status


def test_a_draft_is_sent_approved_by_a_second_person_and_published(council: Council):
    version_id = draft(council)
    admin, leader = council.browser(Role.ADMINISTRATOR), council.browser(Role.LEADER)

    admin.post(f"/programme/plans/{version_id}/send", WHY)
    leader.post(f"/programme/plans/{version_id}/approve")
    admin.post(f"/programme/plans/{version_id}/publish", boxes("in_force_from", TODAY))

    with council.work():
        programme_id = get_programme().id
        now = find_plan_in_force(programme_id, TODAY)
        before = find_plan_in_force(programme_id, TODAY - timedelta(days=1))
        assert (now.number, now.status) == (2, PlanStatus.PUBLISHED)
        assert (before.number, before.status) == (1, PlanStatus.RETIRED)
    page = leader.get(f"/programme/plans/{version_id}").text
    assert "Sent for approval on" in page
    assert "Attendance is raised to 95%" in page
    assert "by Leader Person" in page


def test_whoever_changed_or_sent_a_version_cannot_approve_it(council: Council):
    version_id = draft(council)
    admin = council.browser(Role.ADMINISTRATOR)
    admin.post(f"/programme/plans/{version_id}/send", WHY)

    assert "/approve" not in admin.get(f"/programme/plans/{version_id}").text
    admin.post(f"/programme/plans/{version_id}/approve")

    assert status_of(council, version_id) is PlanStatus.SENT
    assert "A second person approves it" in admin.get(f"/programme/plans/{version_id}").text


def test_the_database_refuses_an_approval_by_the_sender_whatever_the_code_does(
    app, council: Council
):
    version_id = draft(council)
    with council.work(Role.ADMINISTRATOR):
        send_plan(get_plan_version(UUID(version_id)), "why")

    with psycopg.connect(conninfo(app.config["SETTINGS"].database_url)) as connection:
        connection.execute(
            "select set_config('tfsaas.tenant_id', %s, true)", [str(council.tenant_id)]
        )
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(
                "update plan_version set approved_by_id = sent_by_id, approved_at = now(), status = 'approved' "
                "where id = %s",
                [version_id],
            )


def test_nothing_is_published_that_nobody_approved(council: Council):
    version_id = draft(council)
    admin = council.browser(Role.ADMINISTRATOR)
    path = f"/programme/plans/{version_id}/publish"

    page = admin.post(path, boxes("in_force_from", TODAY), status=400)

    assert errors_on(page.text) == ["Only an approved version can be published, and once"]
    assert status_of(council, version_id) is PlanStatus.DRAFT


def test_a_sent_version_is_not_changed_until_it_is_taken_back(council: Council):
    version_id = draft(council)
    council.browser(Role.ADMINISTRATOR).post(f"/programme/plans/{version_id}/send", WHY)
    with council.work(), pytest.raises(ProgrammeRefused, match="Take it back first"):
        change_draft(get_plan_version(UUID(version_id)), get_template("tf-2012"))

    council.browser(Role.LEADER).post(f"/programme/plans/{version_id}/return")

    with council.work():
        version = get_plan_version(UUID(version_id))
        assert (version.status, version.sent_by_id) == (PlanStatus.DRAFT, None)
        change_draft(version, get_template("tf-2012"))


def test_sending_says_why(council: Council):
    version_id = draft(council)

    page = council.browser(Role.ADMINISTRATOR).post(
        f"/programme/plans/{version_id}/send", {"why": " "}, status=400
    )

    assert errors_on(page.text) == ["Enter what the draft changes and why"]


def test_a_worker_neither_sends_nor_approves(council: Council):
    version_id = draft(council)
    worker = council.browser(Role.WORKER)

    worker.get(f"/programme/plans/{version_id}")
    worker.post(f"/programme/plans/{version_id}/send", WHY, status=403)
    worker.post(f"/programme/plans/{version_id}/approve", status=403)


def test_a_published_plan_never_changes_whoever_asks(app, council: Council):
    set_up(council)
    with council.work():
        version_id = db.session.scalars(select(PlanVersion.id)).one()

    with psycopg.connect(conninfo(app.config["SETTINGS"].database_owner_url)) as connection:
        connection.execute(
            "select set_config('tfsaas.tenant_id', %s, true)", [str(council.tenant_id)]
        )
        with pytest.raises(psycopg.errors.RaiseException):
            connection.execute(
                "update plan_version set document = 'other' where id = %s", [version_id]
            )


def test_a_version_before_the_one_in_force_is_refused(council: Council):
    set_up(council)
    with council.work(), pytest.raises(ProgrammeRefused, match="Choose a later day"):
        take_plan_over(get_programme().id, get_template("tf-2015"), START)


def test_a_version_is_downloaded_as_the_file_it_can_be_made_from(council: Council):
    version_id = draft(council)

    answer = council.browser(Role.AUDITOR).client.get(
        f"/programme/plans/{version_id}/toml", base_url=council.base_url
    )

    assert read_document(answer.text) == get_template("tf-2015")


def test_what_a_version_changes_is_told_in_plain_words_with_who_and_when(council: Council):
    version_id = draft(council)
    changed = get_template("tf-2015")
    changed["headline"][1]["indicator"][0]["test"]["at_least"] = 15
    changed["headline"][1]["indicator"][0]["test"]["signal"] = "school.attended"
    with council.work(Role.ADMINISTRATOR):
        change_draft(get_plan_version(UUID(version_id)), changed)

    page = council.browser(Role.LEADER).get(f"/programme/plans/{version_id}/differences").text

    assert "1 difference" in page
    assert "10% became 15%" in page
    assert "“School sessions attended of sessions possible”" in page
    assert "last changed by Administrator Person" in page


def test_two_versions_that_say_the_same_are_told_so(council: Council):
    version_id = draft(council)

    page = council.browser(Role.AUDITOR).get(f"/programme/plans/{version_id}/differences").text

    assert "The two versions say the same" in page


def test_another_councils_version_is_not_there(council: Council, other_council: Council):
    set_up(council)
    theirs = draft(other_council)
    admin = council.browser(Role.ADMINISTRATOR)

    admin.get(f"/programme/plans/{theirs}", status=404)
    admin.get(f"/programme/plans/{theirs}/send", status=404)
    admin.get(f"/programme/plans/{theirs}/differences", status=404)
    admin.post(f"/programme/plans/{theirs}/approve", status=404)
    admin.get(f"/programme/plans/{theirs}/publish", status=404)
