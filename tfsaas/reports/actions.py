"""Asking for an edition of the annual report, and making it."""

import hashlib
from datetime import date
from uuid import uuid4

from tfsaas import clock
from tfsaas.audit.trail import record_act
from tfsaas.db import db
from tfsaas.jobs.actions import ask_for
from tfsaas.jobs.models import Job
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.outcomes.queries import find_run
from tfsaas.reports.annual import collect
from tfsaas.reports.models import Edition
from tfsaas.reports.queries import find_newest_number
from tfsaas.reports.rendering import write_html
from tfsaas.reports.years import FinancialYear, read_year
from tfsaas.tenants.models import Programme
from tfsaas.tenants.queries import get_programme, list_programmes
from tfsaas.tenants.scope import actor, lock

ANNUAL = "annual-report"
TEMPLATE_VERSION = "1"


class YearRefused(Exception):
    """There can be no report of that year; the text says why."""


def ask_for_edition(year: FinancialYear) -> tuple[Edition, Job]:
    """A new edition of a year's report, made by a job.

    Raises:
        YearRefused: the programme did not run in that year, or it has not begun.
    """
    edition = add_edition(year)
    return edition, ask_for(ANNUAL, edition.id)


def add_edition(year: FinancialYear) -> Edition:
    """A new edition that is still to be made.

    Raises:
        YearRefused: the programme did not run in that year, or it has not begun.
    """
    programme = get_programme()
    lock("editions")
    today = clock.today()
    ends = programme.ends_on or date.max
    if year.first > today or year.last < programme.starts_on or year.first > ends:
        raise YearRefused(f"The programme has no year {year.name} to report on")
    edition = Edition(
        id=uuid4(), programme_id=programme.id, year=year.name, number=find_newest_number(programme.id, year.name) + 1,
        as_at=min(year.last, today, ends), asked_at=clock.now(), asked_by_id=actor(),
    )  # fmt: skip
    db.session.add(edition)
    db.session.flush()
    return edition


def make_edition(edition: Edition) -> None:
    """Evaluate the day if nobody has, collect the figures, write HTML and PDF. Does nothing the second time."""
    if edition.pdf is not None:
        return
    # WeasyPrint takes half a second to load, which only those who print should wait for
    from tfsaas.reports.pdf import make_pdf, versions  # noqa: PLC0415

    programme = next(p for p in list_programmes() if p.id == edition.programme_id)
    run = find_run(programme.id, edition.as_at)
    if run is None or run.known_at is None:
        evaluate_council(edition.as_at)
    edition.figures = _figures(programme, edition)
    edition.html = write_html(edition.figures, edition.number)
    edition.pdf = make_pdf(edition.html)
    edition.sha256 = hashlib.sha256(edition.pdf).hexdigest()
    edition.versions = versions() | {"template": TEMPLATE_VERSION}
    record_act("make", "edition", edition.id, {"sha256": edition.sha256})


def _figures(programme: Programme, edition: Edition) -> dict[str, object]:
    run = find_run(programme.id, edition.as_at)
    return collect(programme, read_year(edition.year), edition.as_at, run)
