"""The counts of one evaluation run, as dashboards show them."""

from collections.abc import Collection, Sequence
from typing import TypedDict

import numpy as np

from tfsaas.outcomes.models import Standing
from tfsaas.rules.evaluation import Evaluated
from tfsaas.rules.facts import NO_DAY
from tfsaas.rules.measures import Survey
from tfsaas.rules.plan import Group
from tfsaas.rules.results import Answer
from tfsaas.rules.windows import Moment

CHILD = Group("child", max_age=17)


class HeadlineFigures(TypedDict):
    """Families with a headline among the eligible, and those for whom its outcomes are all shown."""

    code: str
    title: str
    families: int


class Figures(TypedDict):
    """Counts of families, and of people in the eligible ones."""

    families: int
    identified: int
    eligible: int
    worked_with: int
    ssp_met: int
    ce_met: int
    with_result: int
    cannot_tell: int
    adults: int
    children: int
    headlines: list[HeadlineFigures]


EMPTY: Figures = {
    "families": 0, "identified": 0, "eligible": 0, "worked_with": 0, "ssp_met": 0, "ce_met": 0, "with_result": 0,
    "cannot_tell": 0, "adults": 0, "children": 0, "headlines": [],
}  # fmt: skip


def count_figures(batches: Sequence[Evaluated], confirmed: Collection[str]) -> Figures:
    """The figures of all batches of one run together.

    `confirmed`: the ids of families that have their result; it is no longer asked whether they
    progress.
    """
    total: Figures = {**EMPTY, "headlines": []}
    for evaluated in batches:
        _add(total, evaluated, confirmed)
    return total


def _add(total: Figures, evaluated: Evaluated, confirmed: Collection[str]) -> None:
    supported = evaluated.eligible & evaluated.worked_with
    children, everybody = _count_people(evaluated)
    total["families"] += len(evaluated.family_ids)
    total["identified"] += int(evaluated.identified.any(axis=1).sum())
    total["eligible"] += int(evaluated.eligible.sum())
    total["worked_with"] += int(supported.sum())
    total["ssp_met"] += int((supported & (evaluated.ssp == Answer.MET)).sum())
    total["ce_met"] += int((supported & (evaluated.ce == Answer.MET)).sum())
    total["with_result"] += int((evaluated.route > 0).sum())
    unknown = supported & (evaluated.route == 0) & (evaluated.ssp == Answer.INSUFFICIENT_EVIDENCE)
    total["cannot_tell"] += sum(
        evaluated.family_ids[at] not in confirmed for at in np.flatnonzero(unknown)
    )
    total["children"] += children
    total["adults"] += everybody - children
    _add_headlines(total, evaluated)


def _add_headlines(total: Figures, evaluated: Evaluated) -> None:
    known = {row["code"]: row for row in total["headlines"]}
    for column, headline in enumerate(evaluated.plan.headlines):
        families = int((evaluated.eligible & evaluated.identified[:, column]).sum())
        if headline.code in known:
            known[headline.code]["families"] += families
        else:
            row: HeadlineFigures = {
                "code": headline.code,
                "title": headline.title,
                "families": families,
            }
            total["headlines"].append(row)


def _count_people(evaluated: Evaluated) -> tuple[int, int]:
    """Children, and people of any age, who are members of eligible families that day; each counted once."""
    facts = evaluated.facts
    day = np.full(len(facts.family_ids), evaluated.as_at.toordinal(), dtype=np.int64)
    nothing = Moment(facts, np.full(len(day), NO_DAY, dtype=np.int64))
    survey = Survey(evaluated.plan, facts, Moment(facts, day), nothing)
    children, everybody = (survey.select(group) for group in (CHILD, Group("anyone")))
    return _distinct(evaluated, children), _distinct(evaluated, everybody)


def _distinct(evaluated: Evaluated, members: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
    facts = evaluated.facts
    inside = members[evaluated.eligible[facts.member_family[members]]]
    return len(np.unique(facts.member_person[inside]))


def standing_of(evaluated: Evaluated, family: int) -> Standing:
    """Where one family stands."""
    if evaluated.route[family]:
        return Standing.RESULT
    if evaluated.eligible[family]:
        return Standing.WORKED_WITH if evaluated.worked_with[family] else Standing.ELIGIBLE
    return Standing.IDENTIFIED if evaluated.identified[family].any() else Standing.NOTHING
