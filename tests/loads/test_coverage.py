"""Coverage by month: green only where covered, with what hangs on it and whom to ask."""

from datetime import date, timedelta

from sqlalchemy import update

from tests.builders import Council
from tests.loads.deliveries import HEAD, agree, store
from tests.loads.test_steps import ROW
from tests.world import TODAY, build_world
from tfsaas.db import db
from tfsaas.evidence.models import Coverage
from tfsaas.evidence.silence import join_days
from tfsaas.loads.coverage import (
    _month,
    _whom_to_chase,
    count_cannot_tell,
    list_months,
    show_coverage,
)
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.permissions import Role
from tfsaas.tenants.plans import pick_in_force
from tfsaas.tenants.queries import get_programme, list_plan_versions

DAY = timedelta(days=1)
MAY = date(2026, 5, 1)


def test_a_month_is_covered_only_when_every_day_is():
    whole, all_but_one = [(MAY, date(2026, 5, 31))], [(MAY, date(2026, 5, 30))]
    after = date(2026, 7, 1)

    assert _month(MAY, whole, after).state == "covered"
    assert _month(MAY, all_but_one, after).state == "in part"
    assert _month(MAY, [(date(2026, 6, 1), after)], after).state == "not covered"
    assert _month(MAY, [(MAY, MAY + 9 * DAY)], MAY + 9 * DAY).state == "covered", "up to today"


def test_stretches_that_adjoin_are_one():
    assert join_days([(MAY + 10 * DAY, MAY + 20 * DAY), (MAY, MAY + 9 * DAY)]) == [(MAY, MAY + 20 * DAY)]  # fmt: skip
    assert len(join_days([(MAY, MAY + 9 * DAY), (MAY + 11 * DAY, MAY + 20 * DAY)])) == 2


def test_the_last_months_end_with_this_one():
    months = list_months(date(2026, 3, 31))

    assert (months[0], months[-1], len(months)) == (date(2024, 10, 1), date(2026, 3, 1), 18)


def rows_of(council: Council):
    with council.work():
        programme = get_programme()
        versions = list_plan_versions(programme.id)
        return {row.signal: row for row in show_coverage(programme.id, versions, pick_in_force(versions, TODAY), TODAY)}  # fmt: skip


def test_a_feed_that_stops_is_listed_first_with_the_families_it_leaves(council: Council):
    world = build_world(council)
    with council.work(Role.SUPERVISOR):
        db.session.execute(
            update(Coverage)
            .where(Coverage.signal == "police.domestic_incident")
            .values(to_on=TODAY - 200 * DAY)
        )
        evaluate_council(TODAY)

    rows = rows_of(council)

    first = next(iter(rows.values()))
    assert first.signal == "police.domestic_incident"
    assert first.months[-1].state == "not covered"
    assert first.families > 0
    assert first.measures
    with council.work():
        counted = count_cannot_tell(world.programme_id, list_plan_versions(world.programme_id))
    assert counted["police.domestic_incident"] == first.families


def chased(council: Council) -> list[str]:
    with council.work():
        return [row.partner for row in _whom_to_chase(TODAY)["care.early_help"]]


def test_the_partner_who_sent_it_before_is_the_one_to_ask(council: Council):
    build_world(council)
    sender = agree(council)
    agree(council, partner="Another")
    before = chased(council)

    store(council, sender, HEAD + ROW)

    assert before == ["Another", "Children’s services"]
    assert chased(council) == ["Children’s services"]


def test_the_page_says_it_in_words_too(council: Council):
    build_world(council)

    page = council.browser(Role.WORKER).get("/evidence/coverage").text

    assert 'id="feed-police.asb"' in page
    assert "No sharing agreement in date names it" in page
    assert '<span class="govuk-visually-hidden">covered</span>' in page
