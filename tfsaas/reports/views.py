"""The overview, and the annual report's editions."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.accounts.queries import name_users
from tfsaas.fields import ActionForm
from tfsaas.jobs.queries import find_latest_job
from tfsaas.outcomes.actions import ask_for_run, working_day
from tfsaas.permissions import Permission, requires
from tfsaas.reports import actions
from tfsaas.reports.actions import ANNUAL, YearRefused
from tfsaas.reports.progress import find_progress
from tfsaas.reports.queries import get_edition, list_editions
from tfsaas.reports.rendering import chart_of
from tfsaas.reports.years import FinancialYear, NotAYear, read_year, years_between
from tfsaas.tenants.models import Programme
from tfsaas.tenants.queries import find_programme, get_programme, get_tenant

blueprint = Blueprint("reports", __name__)
Page = AnyResponse | tuple[str, int]


def _asked_day(programme: Programme) -> tuple[date, str | None]:
    """The day that three boxes ask for, with what is wrong with it."""
    boxes = [request.values.get(f"on-{part}", "").strip() for part in ("year", "month", "day")]
    last = working_day(programme)
    if not any(boxes):
        return last, None
    try:
        day = date(*(int(box) for box in boxes))
    except (ValueError, OverflowError):
        return last, "Enter a real date, such as 28 2 2017"
    if not programme.starts_on <= day <= last:
        return last, f"Enter a day from {programme.starts_on:%d %m %Y} to {last:%d %m %Y}"
    return day, None


@blueprint.get("/progress")
@requires(Permission.SEE_FIGURES)
def overview() -> Page:
    """Progress to target as at a chosen day."""
    programme = find_programme()
    if programme is None:
        return render_template("reports/no_programme.html"), 200
    day, fault = _asked_day(programme)
    page = render_template(
        "reports/overview.html",
        programme=programme,
        progress=find_progress(programme, day),
        fault=fault,
        asked=[request.args.get(f"on-{part}", "") for part in ("day", "month", "year")],
    )
    return page, 400 if fault else 200


@blueprint.post("/progress/evaluate")
@requires(Permission.EVALUATE)
def evaluate() -> AnyResponse:
    """Have the chosen day evaluated by a job."""
    programme = get_programme()
    day, fault = _asked_day(programme)
    if fault:
        flash(fault, "error")
        return redirect(url_for("reports.overview"))
    job = ask_for_run(day)
    return redirect(url_for("jobs.show", job_id=job.id, **_boxes(day)))


def _boxes(day: date) -> dict[str, Any]:
    return {"on-day": day.day, "on-month": day.month, "on-year": day.year}


@blueprint.get("/reports")
@requires(Permission.SEE_FIGURES)
def index() -> str:
    """Every year with its latest edition."""
    programme = find_programme()
    if programme is None:
        return render_template("reports/no_programme.html")
    latest: dict[str, Any] = {}
    for edition in list_editions(programme.id):
        latest.setdefault(edition.year, edition)
    years = years_between(programme.starts_on, working_day(programme))
    return render_template("reports/index.html", years=years, latest=latest)


def _year(text: str) -> FinancialYear:
    try:
        return read_year(text)
    except NotAYear:
        abort(404)


@blueprint.get("/reports/annual/<year>")
@requires(Permission.SEE_FIGURES)
def annual(year: str) -> Page:
    """A year's editions."""
    financial = _year(year)
    programme = get_programme()
    editions = [
        edition for edition in list_editions(programme.id) if edition.year == financial.name
    ]
    page = render_template(
        "reports/annual.html",
        year=financial,
        editions=editions,
        users=name_users(),
        form=ActionForm(),
    )
    return page, 200


@blueprint.post("/reports/annual/<year>/editions")
@requires(Permission.MAKE_REPORTS)
def make(year: str) -> AnyResponse:
    """A new edition, made by a job."""
    try:
        edition, _ = actions.ask_for_edition(_year(year))
    except YearRefused as refused:
        flash(f"{refused}.", "error")
        return redirect(url_for("reports.index"))
    return redirect(url_for("reports.edition", edition_id=edition.id))


@blueprint.get("/reports/editions/<uuid:edition_id>")
@requires(Permission.SEE_FIGURES)
def edition(edition_id: UUID) -> str:
    """One edition: how far it is, or the report as a page."""
    found = get_edition(edition_id)
    if found.figures is None:
        job = find_latest_job(ANNUAL, edition_id)
        return render_template("reports/making.html", edition=found, job=job)
    return render_template(
        "reports/edition.html",
        edition=found,
        f=found.figures,
        chart=chart_of(found.figures),
        number=found.number,
    )


@blueprint.get("/reports/editions/<uuid:edition_id>/pdf")
@requires(Permission.SEE_FIGURES)
def pdf(edition_id: UUID) -> Response:
    """The edition as it was printed, byte for byte."""
    found = get_edition(edition_id)
    if found.pdf is None:
        abort(404)
    name = f"{get_tenant().slug}-annual-report-{found.year}-edition-{found.number}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(found.pdf, mimetype="application/pdf", headers=headers)
