"""Next year's set-up proposed from last year's: terms a year later, target and funding carried on."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from tfsaas.tenants.actions import Funding, add_term, arrange_funding, revise_target
from tfsaas.tenants.importing_programmes import Step
from tfsaas.tenants.models import FundingArrangement, Programme
from tfsaas.tenants.queries import list_arrangements, list_targets, list_terms
from tfsaas.words import day

SCHOOL_YEAR = timedelta(weeks=52)  # the same weekdays a year later


def list_proposals(programme: Programme, today: date) -> list[Step]:
    """What could be copied for the year to come, each to be taken or left. Empty: there is nothing to copy."""
    return [*_terms(), *_target(programme, today), *_funding(programme)]


def _terms() -> Iterator[Step]:
    known = list_terms()
    if not known:
        return
    latest = known[-1].last_on
    for term in known:
        if term.last_on > latest - SCHOOL_YEAR:
            first, last = term.first_on + SCHOOL_YEAR, term.last_on + SCHOOL_YEAR
            sentence = f"School term from {day(first)} to {day(last)}"
            yield Step(f"term-{first}", sentence, partial(_add_term, first, last))


def _add_term(first: date, last: date) -> bool:
    add_term(first, last)
    return True


def _target(programme: Programme, today: date) -> Iterator[Step]:
    known = list_targets(programme.id)
    year = today.year + (today >= date(today.year, 4, 1))
    starts = date(year, 4, 1)
    if not known or known[-1].from_on >= starts or (programme.ends_on or date.max) < starts:
        return
    families = known[-1].families
    reason = f"Carried on from the target of {day(known[-1].from_on)}"
    yield Step(
        f"target-{starts}",
        f"Target of {families:,} families from {day(starts)}",
        lambda: bool(revise_target(programme.id, starts, families, reason)),
    )


def _funding(programme: Programme) -> Iterator[Step]:
    known = list_arrangements(programme.id)
    if not known or known[-1].ends_on is None:
        return
    last = known[-1].ends_on
    starts, ends = last + timedelta(days=1), _year_later(last)
    if programme.ends_on and programme.ends_on < starts:
        return
    yield Step(
        f"funding-{starts}",
        f"The funding arrangement carried on from {day(starts)} to {day(ends)}",
        lambda: bool(arrange_funding(programme.id, _carried_on(known[-1], starts, ends))),
    )


def _carried_on(row: FundingArrangement, starts: date, ends: date) -> Funding:
    return Funding(
        row.model, starts, ends, row.attachment_fee_pounds, row.result_pounds, None, list(row.strands), row.source
    )  # fmt: skip


def _year_later(last: date) -> date:
    """The same day a year later; a 29 February becomes 28 February."""
    try:
        return last.replace(year=last.year + 1)
    except ValueError:
        return last.replace(year=last.year + 1, day=28)
