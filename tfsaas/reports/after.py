"""What the annual report says of families after their support: how it ended, and who relapsed."""

from datetime import date, timedelta
from typing import Any

from tfsaas.cases.models import HowEnded
from tfsaas.cases.watching import AfterEnding, count_after_ending
from tfsaas.reports.years import FinancialYear
from tfsaas.rules.disclosure import hide_alone, is_small, publish, publish_nested
from tfsaas.tenants.models import Programme

Figure = dict[str, Any]


def after_support(programme: Programme, year: FinancialYear, as_at: date) -> Figure | None:
    """How support ended in the year up to a day, and the relapses of the year; None where none has ever ended."""
    eve = year.first - timedelta(days=1)
    before, until = (count_after_ending(programme.id, day) for day in (eve, as_at))
    return figures_between(before, until) if until.ended else None


def figures_between(before: AfterEnding, until: AfterEnding) -> Figure:
    """What was told from one day to another, safe to publish; hidden counts are None.

    Of these days alone: what has been since the beginning would, taken from the next report, give
    its small counts away. `watched`: families watched at any time between, with those whose
    support ended before.
    """
    ended = [until.by_how.get(how, 0) - before.by_how.get(how, 0) for how in HowEnded]
    shown = publish(ended)
    watched = until.watched + until.over - before.over
    relapsed = until.relapsed - before.relapsed
    pair = publish_nested([watched, relapsed])
    if is_small(abs(watched - sum(ended))):  # those watched since before would be given away
        pair = (None, hide_alone(relapsed))
    cells = zip(HowEnded, shown.cells, strict=True)
    return {
        "rows": [{"how": how.value, "families": count} for how, count in cells],
        "total": shown.total,
        "watched": pair[0],
        "relapsed": pair[1],
    }
