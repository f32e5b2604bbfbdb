"""The programme's set-up by an administrator."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.builders import Council, errors_on, set_up_programme
from tests.world import START, TODAY, boxes
from tfsaas.db import db
from tfsaas.permissions import Role
from tfsaas.tenants.actions import (
    Funding,
    ProgrammeRefused,
    arrange_funding,
)
from tfsaas.tenants.models import (
    FundingArrangement,
    FundingModel,
    TargetRevision,
    Term,
)
from tfsaas.tenants.queries import find_target, get_programme


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

    page = admin.get("/programme").text
    assert "1,200 families" in page
    assert "£800 for each result" in page
    assert "Family Help, from" in page
    assert "1,200" in admin.get("/programme/targets").text
    assert "£1,000 for each family taken on" in admin.get("/programme/funding").text
    assert "5 January 2026" in admin.get("/programme/terms").text


def test_the_particulars_are_changed_and_the_second_of_two_editors_is_told(council: Council):
    set_up(council)
    admin = council.browser(Role.ADMINISTRATOR)
    told = {"title": "Family Help", "version": "1"} | boxes("starts_on", START)

    admin.post("/programme/particulars/change", told)
    page = admin.post("/programme/particulars/change", told | {"title": "Other"}, status=409)

    assert "Somebody else saved this" in page.text
    assert "Family Help" in admin.get("/programme/particulars").text


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
