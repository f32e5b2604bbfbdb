"""The programme's set-up by an administrator."""

import re
from datetime import date, timedelta

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
from tfsaas.tenants.actions import (
    Funding,
    ProgrammeRefused,
    arrange_funding,
    draft_plan,
    publish_plan,
)
from tfsaas.tenants.models import (
    FundingArrangement,
    FundingModel,
    PlanStatus,
    PlanVersion,
    TargetRevision,
    Term,
)
from tfsaas.tenants.queries import find_plan_in_force, find_target, get_programme


def set_up(council: Council) -> None:
    with council.work():
        set_up_programme(starts_on=START, in_force_from=START)


def test_an_administrator_sets_the_programme_up_from_nothing(council: Council):
    admin = council.browser(Role.ADMINISTRATOR)
    admin.get("/programme")

    admin.post("/programme/new", {"title": "Family Help"} | boxes("starts_on", START))
    admin.post(
        "/programme/targets/new",
        {"families": "1,200", "reason": "Agreed"} | boxes("from_on", START),
    )
    admin.post(
        "/programme/funding/new",
        {"model": "payment_by_results", "attachment_fee": "£1,000", "result": "800"}
        | boxes("starts_on", START),
    )
    admin.post(
        "/programme/terms/new",
        boxes("first_on", date(2026, 1, 5)) | boxes("last_on", date(2026, 3, 27)),
    )
    led = admin.post("/programme/plans/new", {"start": "template:sf-2022"})
    admin.post(led.location.replace("/edit", "/publish"), boxes("in_force_from", START))

    page = admin.get("/programme").text
    assert "1,200" in page
    assert "£800 for each result" in page
    assert "Supporting Families outcome framework" in page
    assert "Published, in force" in page


def test_a_target_is_revised_and_both_stay_on_record(council: Council):
    set_up(council)
    changed = TODAY - timedelta(days=10)
    council.browser(Role.ADMINISTRATOR).post(
        "/programme/targets/new",
        {"families": "250", "reason": "Raised"} | boxes("from_on", changed),
    )

    with council.work():
        programme_id = get_programme().id
        assert find_target(programme_id, changed - timedelta(days=1)).families == 100
        assert find_target(programme_id, changed).families == 250


def test_two_targets_from_one_day_are_refused_in_words(council: Council):
    set_up(council)

    page = council.browser(Role.ADMINISTRATOR).post(
        "/programme/targets/new",
        {"families": "250", "reason": "x"} | boxes("from_on", START),
        status=400,
    )

    assert errors_on(page.text) == ["There is a target from this day already. Choose another day"]


def test_every_fault_of_a_funding_arrangement_is_told_at_once(council: Council):
    set_up(council)

    page = council.browser(Role.ADMINISTRATOR).post(
        "/programme/funding/new",
        {
            "model": "payment_by_results",
            "attachment_fee": "lots",
            "result": "",
            "starts_on": ["1", "", "2020"],
        },
        status=400,
    )

    assert len(errors_on(page.text)) == 3
    with council.work():
        assert len(db.session.scalars(select(FundingArrangement)).all()) == 1


def test_arrangements_never_overlap(council: Council):
    set_up(council)
    with council.work(), pytest.raises(ProgrammeRefused, match="Another arrangement"):
        arrange_funding(get_programme().id, Funding(FundingModel.EARNED_AUTONOMY, TODAY))


def test_an_arrangement_ends_and_another_follows_it(council: Council):
    set_up(council)
    admin = council.browser(Role.ADMINISTRATOR)
    with council.work():
        arrangement_id = db.session.scalars(select(FundingArrangement.id)).one()

    admin.post(f"/programme/funding/{arrangement_id}/end", boxes("ends_on", TODAY))
    admin.post(
        "/programme/funding/new",
        {"model": "earned_autonomy", "strands": "One\n\nTwo "}
        | boxes("starts_on", TODAY + timedelta(days=1)),
    )

    with council.work():
        strands = db.session.scalars(
            select(FundingArrangement.strands).where(FundingArrangement.ends_on.is_(None))
        ).one()
        assert strands == ["One", "Two"]


def test_a_term_is_added_and_taken_away(council: Council):
    set_up(council)
    admin = council.browser(Role.ADMINISTRATOR)
    told = boxes("first_on", date(2026, 1, 5)) | boxes("last_on", date(2026, 3, 27))
    admin.post("/programme/terms/new", told)
    assert "overlaps" in admin.post("/programme/terms/new", told, status=400).text
    with council.work():
        term_id = db.session.scalars(select(Term.id)).one()

    admin.post(f"/programme/terms/{term_id}/remove")

    with council.work():
        assert db.session.scalars(select(Term)).all() == []


@pytest.mark.parametrize("role", [Role.WORKER, Role.LEADER, Role.AUDITOR, Role.SUPERVISOR])
def test_others_see_the_programme_and_change_nothing(council: Council, role):
    set_up(council)
    browser = council.browser(role)

    browser.get("/programme")
    browser.post("/programme/targets/new", {"families": "1"}, status=403)

    with council.work():
        assert len(db.session.scalars(select(TargetRevision)).all()) == 1


def draft(council: Council) -> str:
    set_up(council)
    with council.work():
        return str(draft_plan(get_programme().id, get_template("tf-2015")).id)


def test_the_plan_is_shown_in_plain_sentences(council: Council):
    version_id = draft(council)

    page = council.browser(Role.LEADER).get(f"/programme/plans/{version_id}").text

    assert "At least two headline problems when support begins." in page
    assert "10% or more over the last three terms" in page
    assert "no police call-out to a domestic incident in the last six months" in page.lower()


def edit(council: Council, version_id: str, **numbers: str):
    admin = council.browser(Role.ADMINISTRATOR)
    page = admin.get(f"/programme/plans/{version_id}/edit").text
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    names = {key.replace("__", "."): value for key, value in numbers.items()}
    return admin, {"version": found[1]} | names


def test_a_drafts_numbers_are_changed_and_nothing_else(council: Council):
    version_id = draft(council)
    admin, told = edit(council, version_id, eligibility__minimum_headlines="3")

    admin.post(f"/programme/plans/{version_id}/edit", told)

    with council.work():
        document = read_document(
            db.session.scalars(
                select(PlanVersion.document).where(PlanVersion.status == PlanStatus.DRAFT)
            ).one()
        )
        expected = get_template("tf-2015")
        expected["eligibility"]["minimum_headlines"] = 3
        assert document == expected


@pytest.mark.parametrize("value", ["", "many", "-1", "1.5", "9" * 30])
def test_a_number_that_cannot_be_is_refused_beside_its_field(council: Council, value):
    version_id = draft(council)
    admin, told = edit(council, version_id, eligibility__minimum_headlines=value)

    page = admin.post(f"/programme/plans/{version_id}/edit", told, status=400)

    assert 'href="#eligibility-minimum_headlines"' in page.text
    assert "Who qualifies, Headlines needed: " in page.text


def test_the_second_of_two_editors_of_a_draft_is_shown_both_numbers(council: Council):
    version_id = draft(council)
    admin, first = edit(council, version_id, eligibility__minimum_headlines="3")
    second = first | {"eligibility.minimum_headlines": "4"}
    admin.post(f"/programme/plans/{version_id}/edit", first)

    page = admin.post(f"/programme/plans/{version_id}/edit", second, status=409)

    assert "Saved by them: 3" in page.text
    assert 'value="4"' in page.text


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


def test_a_new_version_takes_over_on_its_day_and_the_old_one_answers_before(council: Council):
    version_id = draft(council)

    council.browser(Role.ADMINISTRATOR).post(
        f"/programme/plans/{version_id}/publish", boxes("in_force_from", TODAY)
    )

    with council.work():
        programme_id = get_programme().id
        assert str(find_plan_in_force(programme_id, TODAY).id) == version_id
        before = find_plan_in_force(programme_id, TODAY - timedelta(days=1))
        assert (before.number, before.status) == (1, PlanStatus.RETIRED)


def test_a_version_cannot_take_over_before_the_one_in_force(council: Council):
    set_up(council)
    with council.work():
        version = draft_plan(get_programme().id, get_template("tf-2015"))
        with pytest.raises(ProgrammeRefused, match="Choose a later day"):
            publish_plan(version, START)


def test_a_version_is_downloaded_as_the_file_it_can_be_made_from(council: Council):
    version_id = draft(council)

    answer = council.browser(Role.AUDITOR).client.get(
        f"/programme/plans/{version_id}/toml", base_url=council.base_url
    )

    assert read_document(answer.text) == get_template("tf-2015")


def test_another_councils_plan_is_not_there(council: Council, other_council: Council):
    set_up(council)
    theirs = draft(other_council)

    council.browser(Role.ADMINISTRATOR).get(f"/programme/plans/{theirs}", status=404)
    council.browser(Role.ADMINISTRATOR).get(f"/programme/plans/{theirs}/edit", status=404)
