"""Families nearly there: ranked by day, with what is missing and who can supply it; and the forecast."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from tests.builders import Council
from tests.world import TODAY, build_world
from tfsaas.db import db
from tfsaas.families.actions import assign_lead_worker
from tfsaas.families.models import Episode
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.outcomes.confirmation import confirm_all
from tfsaas.outcomes.models import Outlook
from tfsaas.permissions import Role
from tfsaas.planning.forecast import MonthRow, draw, list_months
from tfsaas.planning.nearly import count_by_month, count_gaps, describe_step, list_near
from tfsaas.rules.parse import parse
from tfsaas.rules.templates import get_template
from tfsaas.tenants.actions import end_funding
from tfsaas.tenants.queries import list_arrangements, list_plan_versions

TOMORROW = TODAY + timedelta(days=1)


def near(council: Council):
    """PLANLESS lacks its whole-family plan alone; STUCK lacks a better score; READY has a result."""
    world = build_world(council)
    with council.work(Role.SUPERVISOR):
        db.session.execute(
            update(Episode)
            .where(Episode.family_id == world.families["PLANLESS"])
            .values(
                whole_family_assessment_on=TODAY, lead_worker_on=TODAY, plan_aligned_on=TODAY, whole_family_plan_on=None
            )
        )  # fmt: skip
        worker_id = council.people[Role.WORKER]
        assign_lead_worker([world.families["PLANLESS"]], worker_id)
        evaluate_council(TODAY)
    return world


def test_a_family_that_lacks_one_principle_names_its_lead_worker(council: Council):
    world = near(council)

    with council.work():
        page = list_near(world.programme_id, list_plan_versions(world.programme_id))
        rows = {row.family_id: row for row in page.rows}

    row = rows[world.families["PLANLESS"]]
    assert [step.title for step in row.steps] == ["Whole-family plan"]
    assert (row.lead_worker, row.steps[0].supplier) == ("Worker Person", "")
    assert row.possible_on == TODAY
    assert world.families["READY"] not in rows
    assert world.families["NEW"] not in rows


def test_a_plan_dated_tomorrow_brings_the_result_tomorrow_by_time_alone(council: Council):
    world = near(council)
    with council.work(Role.SUPERVISOR):
        episode = db.session.scalars(
            select(Episode).where(Episode.family_id == world.families["PLANLESS"])
        ).one()
        episode.whole_family_plan_on = TOMORROW
        db.session.flush()
        evaluate_council(TODAY)

        outlook = db.session.scalars(
            select(Outlook).where(Outlook.family_id == world.families["PLANLESS"])
        ).one()

        assert outlook.earliest_on == TOMORROW
        assert outlook.next_change_on == TOMORROW


def test_the_page_shows_families_to_those_who_may_see_them(council: Council):
    world = near(council)

    page = council.browser(Role.WORKER).get("/nearly-there").text

    assert str(world.families["PLANLESS"]) in page
    assert "Whole-family plan" in page
    assert "Worker Person" in page
    assert "if it is done now" in page


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR])
def test_others_see_the_forecast_and_no_family(council: Council, role):
    near(council)

    page = council.browser(role).get("/nearly-there").text

    assert "Results to come, by month" in page
    assert "Whole-family plan: 1 to 4 families" in page
    assert "/families/" not in page


def test_the_list_is_narrowed_to_one_thing_missing(council: Council):
    world = near(council)
    browser = council.browser(Role.WORKER)

    here = browser.get("/nearly-there?missing=principle:whole_family_plan").text
    there = browser.get("/nearly-there?missing=principle:lead_worker").text
    browser.get("/nearly-there?after=nonsense")

    assert str(world.families["PLANLESS"]) in here
    assert str(world.families["PLANLESS"]) not in there
    with council.work():
        versions = list_plan_versions(world.programme_id)
        gaps = {gap.name: gap.families for gap in count_gaps(world.programme_id, versions)}
        assert gaps["principle:whole_family_plan"] == 1


def test_a_long_list_goes_on_where_the_page_before_ended(council: Council, monkeypatch):
    world = near(council)
    monkeypatch.setattr("tfsaas.planning.nearly.PAGE", 1)
    with council.work():
        versions = list_plan_versions(world.programme_id)
        seen, after = [], None
        for _ in range(4):
            page = list_near(world.programme_id, versions, after=after)
            seen += [row.family_id for row in page.rows]
            after = page.after
            if after is None:
                break

        assert len(seen) == len(set(seen)) >= 1
        assert after is None


def test_families_are_ranked_by_what_is_missing_then_by_day(council: Council):
    world = near(council)
    with council.work():
        programme, versions = world.programme_id, list_plan_versions(world.programme_id)
        late = TODAY + timedelta(days=9)
        places = {
            "PLANLESS": (["principle:whole_family_plan"], None, TODAY),
            "STUCK": ([], late, None),
        }
        for reference, (missing, earliest, possible) in places.items():
            db.session.execute(
                update(Outlook)
                .where(Outlook.family_id == world.families[reference])
                .values(missing=missing, earliest_on=earliest, possible_on=possible)
            )

        ranked = [row.reference for row in list_near(programme, versions).rows]

        assert ranked == ["STUCK", "PLANLESS"], "time alone comes first, though its day is later"


def test_the_forecast_counts_each_family_once_in_its_size(council: Council):
    world = near(council)

    with council.work(Role.SUPERVISOR):
        counted = count_by_month(world.programme_id, TODAY)
        month = TODAY.replace(day=1)
        assert counted["ready"] == {month: 1}
        assert sum(counted["possible"].values()) >= 1
        confirm_all(TODAY)
        assert count_by_month(world.programme_id, TODAY)["ready"] == {month: 0}


def test_income_follows_the_arrangement_of_each_month(council: Council):
    world = near(council)
    first = date(2026, 11, 1)
    counted = {"ready": {first: 2}, "likely": {date(2026, 12, 1): 1}, "possible": {}}

    with council.work():
        arrangements = list_arrangements(world.programme_id)
        end_funding(arrangements[0], date(2026, 12, 30))
        rows = list_months(counted, date(2026, 11, 22), arrangements)

    assert rows[0] == MonthRow(first, 2, 0, 0, 1600)
    assert rows[1] == MonthRow(date(2026, 12, 1), 0, 1, 0, 0)
    assert [row.first for row in rows][-1] == date(2027, 10, 1)


def test_the_picture_stacks_the_numbers_of_the_table():
    rows = [MonthRow(date(2026, 11, 1), 1, 2, 1, 0), MonthRow(date(2026, 12, 1), 0, 0, 0, 0)]

    picture = draw(rows)

    heights = [bar.height for bar in picture.bars]
    assert picture.most == 4
    assert heights == [46.0, 92.0, 46.0]
    assert picture.bars[0].y == picture.bars[1].y + picture.bars[1].height


def test_a_step_is_named_by_its_own_headline_where_two_share_a_code():
    document = get_template("tf-2015")
    for headline, title in zip(document["headline"][:2], ("First", "Second"), strict=True):
        headline["outcome"][0] |= {"code": "x", "title": title}
    plan = parse(document)
    codes = [headline["code"] for headline in document["headline"][:2]]

    assert [describe_step(plan, f"outcome:{code}/x").title for code in codes] == ["First", "Second"]


def test_another_councils_families_are_not_there(council: Council, other_council: Council):
    world = near(other_council)
    build_world(council)

    page = council.browser(Role.WORKER).get("/nearly-there").text

    assert str(world.families["PLANLESS"]) not in page
