"""Reading editions, and the counts that only reports need."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from tfsaas.db import NotFound, db
from tfsaas.families.models import Episode
from tfsaas.outcomes.models import Evaluation, Result
from tfsaas.reports.models import Edition


def list_editions(programme_id: UUID) -> Sequence[Edition]:
    """Every edition of a programme's reports, the latest year and edition first, without contents."""
    return db.session.scalars(
        select(Edition)
        .where(Edition.programme_id == programme_id)
        .order_by(Edition.year.desc(), Edition.number.desc())
        .options(defer(Edition.pdf), defer(Edition.html), defer(Edition.figures))
    ).all()


def get_edition(edition_id: UUID) -> Edition:
    """One edition of this council.

    Raises:
        NotFound: there is none with that id here.
    """
    edition = db.session.scalar(select(Edition).where(Edition.id == edition_id))
    if edition is None:
        raise NotFound("no such edition")
    return edition


def find_newest_number(programme_id: UUID, year: str) -> int:
    """The number of the latest edition of a year; 0 when there is none."""
    newest = db.session.scalar(
        select(func.max(Edition.number)).where(
            Edition.programme_id == programme_id, Edition.year == year
        )
    )
    return newest or 0


def count_results_between(arrangement_id: UUID, first: date, last: date) -> int:
    """Results confirmed under an arrangement between two days, both included."""
    found = db.session.scalar(
        select(func.count())
        .select_from(Result)
        .where(Result.funding_arrangement_id == arrangement_id)
        .where(Result.confirmed_on >= first, Result.confirmed_on <= last)
    )
    return found or 0


def count_started_between(programme_id: UUID, first: date, last: date) -> int:
    """Families found eligible whose support began between two days, both included."""
    found = db.session.scalar(
        select(func.count())
        .select_from(Episode)
        .join(
            Evaluation,
            (Evaluation.tenant_id == Episode.tenant_id)
            & (Evaluation.family_id == Episode.family_id)
            & Evaluation.is_current,
        )
        .where(Episode.programme_id == programme_id, Evaluation.eligible)
        .where(Episode.baseline_on >= first, Episode.baseline_on <= last)
    )
    return found or 0
