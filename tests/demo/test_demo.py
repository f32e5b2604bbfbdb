"""The demo councils: what was published is what the engine finds."""

from dataclasses import replace
from datetime import date

import pytest

from tfsaas import clock
from tfsaas.demo.families import LATE
from tfsaas.demo.load import DemoRefused, load_all
from tfsaas.evidence.queries import list_coverage
from tfsaas.families.finding_models import PairStatus
from tfsaas.loads.linking import list_pairs
from tfsaas.outcomes.queries import count_results, list_states, total_by_arrangement
from tfsaas.reports.progress import find_progress
from tfsaas.tenants.models import FundingModel
from tfsaas.tenants.queries import find_target, find_tenant_by_slug, get_programme
from tfsaas.tenants.scope import unit_of_work
from tfsaas.words import percent

pytestmark = pytest.mark.timeout(200)


@pytest.fixture(scope="session")
def demo(app):
    """The demo councils, loaded once for the run; loading again changes nothing."""
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch, app.app_context():
        patch.setenv("TFSAAS_DEMO_PASSWORD", "three random words")
        load_all(told.append)
        load_all(told.append)
    assert len(told) == 3
    return app


def in_council(app, slug: str):
    with app.app_context():
        tenant_id = find_tenant_by_slug(slug).id
    return unit_of_work(tenant_id)


@pytest.mark.parametrize(
    ("day", "ssp", "ce", "share"),
    [
        (date(2017, 2, 28), 100, 73, "8.4%"),
        (date(2017, 3, 31), 100, 73, "8.4%"),
        (date(2020, 3, 31), 1750, 310, "100.0%"),
    ],
)
def test_medways_results_are_those_published(demo, day, ssp, ce, share):
    with demo.app_context(), in_council(demo, "medway"):
        found = find_progress(get_programme(), day)

        assert (found.ssp, found.ce) == (ssp, ce)
        assert percent(found.results, found.target.families) == share


def test_every_result_is_given_by_the_evaluation_of_its_day(demo):
    with demo.app_context(), in_council(demo, "medway"):
        programme = get_programme()
        found = list_states(date(2017, 2, 28), with_result=True)
        confirmed = sum(count_results(programme.id, date(2017, 2, 28)).values())
        before = sum(count_results(programme.id, date(2017, 1, 31)).values())

        assert confirmed - before <= len(found)


def test_kents_target_and_funding_turn_on_their_days(demo):
    with demo.app_context(), in_council(demo, "kent"):
        programme = get_programme()
        totals = total_by_arrangement(programme.id)

        assert find_target(programme.id, date(2018, 3, 31)).families == 8960
        assert find_target(programme.id, date(2018, 4, 1)).families == 9200
        assert [row.arrangement.model for row in totals] == list(FundingModel)
        assert totals[0].pounds == 800 * totals[0].results > 0
        assert (totals[1].pounds, totals[1].results > 0) == (0, True)
        assert totals[1].arrangement.grant_pounds is None


def test_westshire_has_families_in_every_state_today(demo):
    with demo.app_context(), in_council(demo, "westshire"):
        standings = {state.standing for state in list_states(clock.today()).values()}

        assert len(standings) >= 4


def test_westshire_shows_what_a_late_file_and_a_second_record_do(demo):
    with demo.app_context(), in_council(demo, "westshire"):
        last = {signal: until for signal, _, until in list_coverage()}
        states = list_states(clock.today()).values()

        assert last["money.arrears"] == clock.today() - LATE
        assert "insufficient_evidence" in {state.ssp for state in states}
        assert len(list_pairs(PairStatus.OPEN)) >= 2


def test_the_demo_is_not_loaded_into_a_real_service(app, monkeypatch):
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], demo=False))
    with app.app_context(), pytest.raises(DemoRefused):
        load_all(print)
