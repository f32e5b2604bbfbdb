"""Setting up a programme: particulars, targets, funding and terms."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tfsaas.db import db
from tfsaas.tenants.models import (
    FundingArrangement,
    FundingModel,
    Programme,
    PublishedFigure,
    TargetRevision,
    Term,
)  # fmt: skip


class ProgrammeRefused(Exception):
    """The change cannot be; `faults` gives for each field what to do, in the user's words."""

    def __init__(self, **faults: str) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults: dict[str, Sequence[str]] = {
            name: [message] for name, message in faults.items()
        }


@dataclass(frozen=True, slots=True)
class Funding:
    """How a council is paid between two days, both included. None: see `FundingArrangement`."""

    model: FundingModel
    starts_on: date
    ends_on: date | None = None
    attachment_fee_pounds: int | None = None
    result_pounds: int | None = None
    grant_pounds: int | None = None
    strands: Sequence[str] = field(default_factory=list)
    source: str = ""


def add_programme(
    key: str, title: str, starts_on: date, ends_on: date | None, *, is_current: bool
) -> Programme:
    """A new programme of the council."""
    programme = Programme(
        id=uuid4(),
        key=key,
        title=title,
        starts_on=starts_on,
        ends_on=ends_on,
        is_current=is_current,
    )
    db.session.add(programme)
    db.session.flush()
    return programme


def change_programme(
    programme: Programme, title: str, starts_on: date, ends_on: date | None
) -> None:
    """Give a programme another name or other days."""
    programme.title, programme.starts_on, programme.ends_on = title, starts_on, ends_on


def revise_target(programme_id: UUID, from_on: date, families: int, reason: str) -> TargetRevision:
    """A new target from a day on.

    Raises:
        ProgrammeRefused: there is one from that day already.
    """
    revision = TargetRevision(
        id=uuid4(), programme_id=programme_id, from_on=from_on, families=families, reason=reason
    )
    _add(
        revision,
        ProgrammeRefused(from_on="There is a target from this day already. Choose another day"),
    )
    return revision


def arrange_funding(programme_id: UUID, funding: Funding) -> FundingArrangement:
    """A new funding arrangement.

    Raises:
        ProgrammeRefused: another is in force on some of these days.
    """
    pays = funding.model is FundingModel.PAYMENT_BY_RESULTS
    arrangement = FundingArrangement(
        id=uuid4(),
        programme_id=programme_id,
        model=funding.model,
        starts_on=funding.starts_on,
        ends_on=funding.ends_on,
        attachment_fee_pounds=funding.attachment_fee_pounds if pays else None,
        result_pounds=funding.result_pounds if pays else None,
        grant_pounds=None if pays else funding.grant_pounds,
        strands=[] if pays else list(funding.strands),
        source=funding.source,
    )
    _add(
        arrangement,
        ProgrammeRefused(
            starts_on="Another arrangement is in force on some of these days. End that one first"
        ),
    )
    return arrangement


def end_funding(arrangement: FundingArrangement, ends_on: date) -> None:
    """Let an arrangement end on a day, which is its last.

    Raises:
        ProgrammeRefused: the day is before it starts, or another arrangement is in force until then.
    """
    if ends_on < arrangement.starts_on:
        raise ProgrammeRefused(ends_on="The last day must not be before the first")
    try:
        with db.session.begin_nested():
            arrangement.ends_on = ends_on
            db.session.flush()
    except IntegrityError:
        raise ProgrammeRefused(
            ends_on="Another arrangement is in force on some of these days. Choose an earlier day"
        ) from None


def add_term(first_on: date, last_on: date) -> Term:
    """A new school term.

    Raises:
        ProgrammeRefused: it overlaps another.
    """
    term = Term(id=uuid4(), first_on=first_on, last_on=last_on)
    _add(term, ProgrammeRefused(first_on="This term overlaps another. Check the days"))
    return term


def remove_term(term_id: UUID) -> None:
    """Take a term away that was entered by mistake."""
    term = db.session.scalar(select(Term).where(Term.id == term_id))
    if term is not None:
        db.session.delete(term)


def _add(row: TargetRevision | FundingArrangement | Term, refusal: ProgrammeRefused) -> None:
    """Let the database judge a row at once, and say in words what it refuses."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        raise refusal from None


def add_published_figure(
    programme_id: UUID, measure: str, value: str, source: str, *, days: tuple[date | None, date]
) -> None:
    """Keep a figure that somebody published, as published. `days`: first (None: only the last counts) and last."""
    from_on, to_on = days
    db.session.add(
        PublishedFigure(
            programme_id=programme_id,
            measure=measure,
            value=value,
            source=source,
            from_on=from_on,
            to_on=to_on,
        )
    )
