"""The overview and the annual report."""

import hashlib
import io
import re
from datetime import date, timedelta

import page as validation
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from tests.builders import Council
from tests.tenants.test_settings import LOOK, picture
from tests.world import TODAY, build_world
from tfsaas.db import db
from tfsaas.jobs.models import Job
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.outcomes.confirmation import confirm_all
from tfsaas.permissions import Role
from tfsaas.reports.actions import YearRefused, add_edition, make_edition
from tfsaas.reports.models import Edition
from tfsaas.reports.pdf import Fetched, make_pdf
from tfsaas.reports.progress import find_progress
from tfsaas.reports.rendering import write_html
from tfsaas.reports.years import FinancialYear, NotAYear, read_year, year_of, years_between
from tfsaas.tenants.actions import revise_target
from tfsaas.tenants.queries import get_programme


def evaluated(council: Council) -> None:
    build_world(council)
    with council.work():
        evaluate_council(TODAY)
        confirm_all(TODAY)


def made(council: Council) -> Edition:
    evaluated(council)
    with council.work(Role.LEADER):
        edition = add_edition(year_of(TODAY))
        make_edition(edition)
        db.session.flush()
        db.session.expunge(edition)
    return edition


@pytest.mark.parametrize(
    ("text", "first"), [("2016-17", date(2016, 4, 1)), ("1999-00", date(1999, 4, 1))]
)
def test_a_financial_year_is_read(text, first):
    year = read_year(text)

    assert (year.first, year.name) == (first, text)


@pytest.mark.parametrize("text", ["2016", "2016-18", "16-17", "2016-2017", "", "1066-67"])
def test_what_names_no_year_is_refused(text):
    with pytest.raises(NotAYear):
        read_year(text)


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2017, 3, 31), 2016), (date(2017, 4, 1), 2017)],
    ids=["last day", "first day"],
)
def test_the_year_turns_on_the_first_of_april(day, year):
    assert year_of(day) == FinancialYear(year)


def test_the_years_of_a_programme_come_latest_first():
    found = years_between(date(2015, 4, 1), date(2017, 3, 31))

    assert [year.name for year in found] == ["2016-17", "2015-16"]


def test_the_overview_counts_what_was_confirmed_and_what_was_evaluated(council: Council):
    evaluated(council)
    with council.work():
        found = find_progress(get_programme(), TODAY)

        assert (found.ssp, found.ce, found.results) == (1, 0, 1)
        assert found.figures["eligible"] == 3
        assert found.figures["worked_with"] == 2
        assert found.evaluated_on == TODAY


def test_the_overview_of_a_later_day_names_the_evaluation_it_uses(council: Council):
    build_world(council)
    earlier = TODAY - timedelta(days=30)
    with council.work():
        evaluate_council(earlier)

    page = council.browser(Role.LEADER).get("/progress").text

    assert "the nearest one before" in page


def test_the_percent_has_one_decimal(council: Council):
    evaluated(council)
    with council.work():
        revise_target(get_programme().id, TODAY, 2060, "Revised")

    assert "0.0%" in council.browser(Role.LEADER).get("/progress").text


def test_a_day_outside_the_programme_is_refused_in_words(council: Council):
    evaluated(council)

    page = council.browser(Role.LEADER).get(
        "/progress?on-day=1&on-month=1&on-year=1990", status=400
    )

    assert "Enter a day from" in page.text


@pytest.mark.parametrize(
    "query", ["on-day=x&on-month=1&on-year=2016", "on-day=31&on-month=2&on-year=2026", "on-day=1"]
)
def test_a_day_that_is_none_is_refused(council: Council, query):
    evaluated(council)

    council.browser(Role.LEADER).get(f"/progress?{query}", status=400)


def test_a_supervisor_has_a_day_evaluated_by_a_job_once(council: Council):
    build_world(council)
    browser = council.browser(Role.SUPERVISOR)
    told = {"on-day": TODAY.day, "on-month": TODAY.month, "on-year": TODAY.year}

    first = browser.post("/progress/evaluate", told)
    second = browser.post("/progress/evaluate", told)

    assert first.location == second.location
    with council.work():
        assert len(db.session.scalars(select(Job)).all()) == 1


def test_the_report_is_tagged_and_says_what_the_figures_say(council: Council):
    edition = made(council)

    report = validation.validate_pdf_bytes(
        edition.pdf, profile=validation.ValidationProfile.PDF_UA_1
    )
    assert report.is_compliant, report
    reader = PdfReader(io.BytesIO(edition.pdf))
    assert reader.metadata.title.startswith("Expanded programme: annual report")
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert not reader.attachments


def test_the_cover_carries_the_councils_name_and_logo(council: Council, tmp_path):
    build_world(council)
    told = LOOK | {"logo_file": (io.BytesIO(picture()), "l.png")}
    council.browser(Role.ADMINISTRATOR).post("/programme/branding", told)

    with council.work(Role.LEADER):
        evaluate_council(TODAY)
        edition = add_edition(year_of(TODAY))
        make_edition(edition)
        (tmp_path / "report.pdf").write_bytes(edition.pdf)
        found = PdfReader(io.BytesIO(edition.pdf))

    report = validation.validate_pdf(
        tmp_path / "report.pdf", profile=validation.ValidationProfile.PDF_UA_1
    )
    assert report.is_compliant, report
    assert "Our Council" in found.pages[0].extract_text()
    assert len(found.pages[0].images) == 1


def test_the_same_edition_can_be_made_again_byte_for_byte(app, council: Council):
    edition = made(council)

    with app.app_context():
        again = make_pdf(write_html(edition.figures, edition.number))

    assert (
        hashlib.sha256(again).hexdigest()
        == edition.sha256
        == hashlib.sha256(edition.pdf).hexdigest()
    )


def test_making_an_edition_twice_changes_nothing(council: Council):
    edition = made(council)
    with council.work():
        found = db.session.scalars(select(Edition)).one()
        make_edition(found)

        assert found.sha256 == edition.sha256


def test_small_counts_are_hidden_everywhere(council: Council):
    edition = made(council)

    figures = edition.figures
    assert figures["so_far"] == {"ssp": None, "ce": 0, "total": None}
    assert figures["families"] == {"identified": None, "eligible": None, "worked_with": None}
    assert figures["percent"] is None
    assert figures["funding"]["rows"][0]["earned_pounds"] is None
    assert "too few families" in figures["sentences"][0]
    text = re.sub(
        r"\s+", " ", "".join(p.extract_text() for p in PdfReader(io.BytesIO(edition.pdf)).pages)
    )
    assert "£800 £800" not in text


def test_a_leader_asks_with_one_click_and_another_role_may_not(council: Council):
    build_world(council)
    name = year_of(TODAY).name
    council.browser(Role.WORKER).post(f"/reports/annual/{name}/editions", status=403)
    leader = council.browser(Role.LEADER)

    led = leader.post(f"/reports/annual/{name}/editions")

    assert "Making the annual report" in leader.get(led.location).text
    leader.get(f"{led.location}/pdf", status=404)


def test_an_edition_is_read_as_a_page_and_downloaded(council: Council):
    edition = made(council)
    browser = council.browser(Role.AUDITOR)

    page = browser.get(f"/reports/editions/{edition.id}")
    answer = browser.client.get(f"/reports/editions/{edition.id}/pdf", base_url=council.base_url)

    assert edition.sha256 in page.text
    assert answer.data == edition.pdf
    assert "annual-report" in answer.headers["Content-Disposition"]


def test_another_councils_edition_is_not_there(council: Council, other_council: Council):
    theirs = made(other_council)

    council.browser(Role.LEADER).get(f"/reports/editions/{theirs.id}", status=404)
    council.browser(Role.LEADER).get(f"/reports/editions/{theirs.id}/pdf", status=404)


@pytest.mark.parametrize(
    "year", [FinancialYear(1990), FinancialYear(TODAY.year + 2)], ids=["before", "to come"]
)
def test_a_year_without_the_programme_has_no_report(council: Council, year):
    build_world(council)

    with council.work(), pytest.raises(YearRefused):
        add_edition(year)


@pytest.mark.parametrize(
    "hostile",
    [
        '<img src="http://127.0.0.1:9/x.png">',
        '<img src="file:///etc/hostname">',
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
        '<link rel="attachment" href="file:///etc/hostname">',
        '<a rel="attachment" href="file:///etc/hostname">x</a>',
        '<style>@import url("http://127.0.0.1:9/x.css");</style>',
        '<p style="background: url(file:///etc/hostname)">x</p>',
        '<style>@font-face { font-family: x; src: url("http://127.0.0.1:9/x.woff") } p { font-family: x }</style><p>x</p>',
        '<svg width="9" height="9"><image href="http://127.0.0.1:9/x.png" width="9" height="9"/></svg>',
        '<object data="file:///etc/hostname"></object>',
        '<embed src="http://169.254.169.254/latest">',
    ],
)
def test_a_report_fetches_nothing(app, hostile):
    html = f'<html lang="en"><head><title>t</title></head><body><h1>t</h1>{hostile}</body></html>'

    with app.app_context(), pytest.raises(Fetched):
        make_pdf(html)
