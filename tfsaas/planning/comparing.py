"""Two evaluations of the same families side by side: who changes, how many, and why."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from tfsaas.rules.evaluation import Evaluated, list_spans
from tfsaas.rules.facts import Bools
from tfsaas.rules.measures import Measured
from tfsaas.rules.plan import PRINCIPLE_TITLES
from tfsaas.rules.results import Answer
from tfsaas.rules.wording import name_measure

MOST_EXAMPLES = 8
MOST_REASONS = 6
WORDS = {
    Answer.MET: "met",
    Answer.NOT_MET: "not met",
    Answer.NOT_APPLICABLE: "does not apply",
    Answer.INSUFFICIENT_EVIDENCE: "cannot tell",
}
NOT_ASKED = "not asked"


class Counted(TypedDict):
    """Families before and after, and those that join and leave."""

    before: int
    after: int
    newly: int
    no_longer: int


class HeadlineCounted(Counted):
    """The same for one headline."""

    code: str
    title: str


class Example(TypedDict):
    """A family that changes, and why, in a few words each."""

    family_id: str
    kind: str
    why: list[str]


KINDS = {
    "newly_eligible": "Newly qualify",
    "no_longer_eligible": "No longer qualify",
    "newly_result": "Newly have a result",
    "no_longer_result": "No longer have a result",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same families by one plan and by another. `counts`: families whose result is still open."""

    before: Evaluated
    after: Evaluated
    counts: Bools

    @property
    def changes(self) -> dict[str, Bools]:
        """By kind which families change."""
        old, new = self.before, self.after
        had, has = ((each.route > 0) & self.counts for each in (old, new))
        return {
            "newly_eligible": new.eligible & ~old.eligible,
            "no_longer_eligible": old.eligible & ~new.eligible,
            "newly_result": has & ~had,
            "no_longer_result": had & ~has,
        }


def compare(before: Evaluated, after: Evaluated, confirmed: Collection[str]) -> Comparison:
    """Two evaluations of the same families in the same order. `confirmed`: those whose result is."""
    counts = np.array([family not in confirmed for family in before.family_ids], dtype=bool)
    return Comparison(before, after, counts)


def count_eligible(comparison: Comparison) -> Counted:
    """Families that qualify."""
    return _count(comparison.before.eligible, comparison.after.eligible)


def count_results(comparison: Comparison) -> Counted:
    """Families with a result that is not confirmed yet."""
    had, has = (each.route > 0 for each in (comparison.before, comparison.after))
    return _count(had & comparison.counts, has & comparison.counts)


def count_headlines(comparison: Comparison) -> list[HeadlineCounted]:
    """Families with each headline, of either plan."""
    old, new = _headlines(comparison.before), _headlines(comparison.after)
    nobody = np.zeros(len(comparison.counts), dtype=bool)
    titles = {code: title for code, (title, _) in (old | new).items()}
    return [
        {
            "code": code,
            "title": title,
            **_count(old.get(code, ("", nobody))[1], new.get(code, ("", nobody))[1]),
        }
        for code, title in titles.items()
    ]


def _headlines(evaluated: Evaluated) -> dict[str, tuple[str, Bools]]:
    return {
        headline.code: (headline.title, evaluated.identified[:, column])
        for column, headline in enumerate(evaluated.plan.headlines)
    }


def _count(before: Bools, after: Bools) -> Counted:
    return {
        "before": int(before.sum()),
        "after": int(after.sum()),
        "newly": int((after & ~before).sum()),
        "no_longer": int((before & ~after).sum()),
    }


def list_examples(comparison: Comparison) -> list[Example]:
    """Some families of each kind of change, each with why."""
    found: list[Example] = []
    for kind, changed in comparison.changes.items():
        for at in np.flatnonzero(changed)[:MOST_EXAMPLES]:
            why = list(_reasons(comparison, int(at), is_eligibility="eligible" in kind))[
                :MOST_REASONS
            ]
            found.append({"family_id": comparison.before.family_ids[at], "kind": kind, "why": why})
    return found


def _reasons(comparison: Comparison, at: int, *, is_eligibility: bool) -> Iterator[str]:
    """Why one family changes: what eligibility counts first, then the measures that decide."""
    old, new = comparison.before, comparison.after
    yield from _eligibility_reasons(old, new, at)
    if is_eligibility:
        yield from _measured(_indicators(old, at), _indicators(new, at))
        return
    yield from _principles(old, new, at)
    yield from _measured(_outcomes(old, at), _outcomes(new, at))
    if old.ce[at] != new.ce[at]:
        yield f"Continuous employment: {WORDS[Answer(old.ce[at])]}, would be {WORDS[Answer(new.ce[at])]}"


def _eligibility_reasons(old: Evaluated, new: Evaluated, at: int) -> Iterator[str]:
    one, other = _needs(old, at), _needs(new, at)
    if old.eligible[at] != new.eligible[at] and one != other:
        yield f"{one}; would be {other}"


def _needs(evaluated: Evaluated, at: int) -> str:
    """What eligibility counts, beside what it asks."""
    asks = evaluated.plan.eligibility
    parts = [f"{evaluated.counted_headlines[at]} headlines, {asks.minimum_headlines} needed"]
    if asks.minimum_needs:
        parts.append(f"{evaluated.counted_needs[at]} needs, {asks.minimum_needs} needed")
    if asks.dependent_child:
        parts.append("a dependent child" if evaluated.has_child[at] else "no dependent child")
    return ", ".join(parts)


def _principles(old: Evaluated, new: Evaluated, at: int) -> Iterator[str]:
    if old.worked_with[at] != new.worked_with[at]:
        for name in set(old.plan.principles) ^ set(new.plan.principles):
            word = "asked" if name in new.plan.principles else "not asked"
            yield f"{PRINCIPLE_TITLES[name]}: would be {word}"


Told = dict[
    tuple[str, str], tuple[str, str]
]  # by headline and code: title, and the answer in words


def _indicators(evaluated: Evaluated, at: int) -> Told:
    found: Told = {}
    for headline, places, _ in list_spans(evaluated.plan):
        found |= _answers(headline.code, evaluated.indicators_then[places], at)
    return found


def _outcomes(evaluated: Evaluated, at: int) -> Told:
    """The outcomes that decide for this family: of its headlines, and those asked of all."""
    found: Told = {}
    for column, (headline, _, places) in enumerate(list_spans(evaluated.plan)):
        if evaluated.identified[at, column]:
            found |= _answers(headline.code, evaluated.outcomes[places], at)
    return found | _answers("", evaluated.always, at)


def _answers(headline: str, measures: Sequence[Measured], at: int) -> Told:
    return {
        (headline, each.measure.code): (each.measure.title, WORDS[Answer(each.result[at])])
        for each in measures
    }


def _measured(old: Told, new: Told) -> Iterator[str]:
    for key, (title, _) in (old | new).items():
        before = old.get(key, ("", NOT_ASKED))[1]
        after = new.get(key, ("", NOT_ASKED))[1]
        if before != after:
            yield f"{name_measure(key[1], title)}: {before}, would be {after}"
