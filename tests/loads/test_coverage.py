"""Coverage by month: green only where covered, with what hangs on it and whom to ask."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from tests.builders import Council
from tests.loads.deliveries import HEAD, agree, store
from tests.loads.test_steps import ROW
from tests.world import TODAY, build_world
from tfsaas.db import db
from tfsaas.evidence.models import Coverage
from tfsaas.evidence.silence import join_days
from tfsaas.loads.coverage import (
    OF_FEEDS,
    _list_asked,
    _month,
    _whom_to_chase,
    list_months,
    show_coverage,
)
from tfsaas.loads.left_open import (
    _places,
    count_cannot_tell,
    list_whole,
    signals_of_measure,
)
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.permissions import Role
from tfsaas.rules.parse import parse
from tfsaas.rules.templates import get_template
from tfsaas.tenants.plans import pick_in_force, plan_of
from tfsaas.tenants.queries import get_programme, list_plan_versions
from tfsaas.tenants.versions import draft_plan

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


def test_the_families_that_a_gap_leaves_are_listed_and_led_to(
    council: Council, other_council: Council
):
    world = build_world(council)
    with council.work(Role.SUPERVISOR):
        db.session.execute(update(Coverage).where(Coverage.signal == "police.domestic_incident").values(to_on=TODAY - 200 * DAY))  # fmt: skip
        evaluate_council(TODAY)
    path, browser = "/evidence/coverage/police.domestic_incident", council.browser(Role.WORKER)

    page = browser.get(path).text

    count = rows_of(council)["police.domestic_incident"].families
    assert page.split("<tbody", 1)[1].count("<tr") == count > 0
    assert "READY" in page
    assert f'href="{path}"' in browser.get("/evidence/coverage").text
    assert "There are no more" in browser.get(f"{path}?after={UUID(int=2**128 - 1)}").text
    council.browser(Role.ADMINISTRATOR).get(path, status=403)
    browser.get("/evidence/coverage/nothing", status=404)
    build_world(other_council)
    assert str(world.families["READY"]) not in other_council.browser(Role.WORKER).get(path).text


def test_a_test_of_several_signals_is_held_against_the_one_that_stopped():
    plan = parse(get_template("sf-2022"))
    compound = next(m for m in (*plan.indicators, *plan.outcomes) if len(signals_of_measure(m)) > 1)
    stopped, *others = sorted(signals_of_measure(compound))

    every, fewer = _places(plan, ()), _places(plan, others)

    assert all(len(fewer.get(signal, [])) < len(every[signal]) for signal in others)
    assert fewer[stopped] == every[stopped]


@pytest.mark.parametrize(
    ("held", "whole"),
    [
        ([(MAY - 10 * DAY, MAY + 30 * DAY)], True),
        ([(MAY, MAY + 30 * DAY)], True),
        ([(MAY + DAY, MAY + 30 * DAY)], False),  # begins too late
        ([(MAY, MAY + 29 * DAY)], False),  # another reaches further
        ([(MAY, MAY + 9 * DAY), (MAY + 11 * DAY, MAY + 30 * DAY)], False),  # a gap
    ],
)
def test_a_signal_is_whole_when_it_reaches_as_far_as_any_without_a_gap(held, whole):
    stretches = {"asked": held, "other": [(MAY, MAY + 30 * DAY)]}

    assert ("asked" in list_whole(stretches, MAY)) is whole


def test_what_an_older_plan_alone_asks_is_shown_while_a_family_waits_for_it(council: Council):
    world = build_world(council)
    with council.work(Role.ADMINISTRATOR):
        older = draft_plan(world.programme_id, get_template("sf-2022"))
        in_force = parse(get_template("tf-2012"))
        only_older = next(s.code for s in plan_of(older).signals.values() if s.code not in in_force.signals and s.kind in OF_FEEDS)  # fmt: skip

        waited = {signal.code for signal, _ in _list_asked(in_force, [older], {only_older: 3})}
        nobody = {signal.code for signal, _ in _list_asked(in_force, [older], {})}

    assert only_older in waited
    assert only_older not in nobody
    assert nobody == {s.code for s in in_force.signals.values() if s.kind in OF_FEEDS}
