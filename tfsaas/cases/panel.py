"""What still stands between a family and a result, as rows a worker reads in a minute."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from tfsaas.outcomes.facts import Batch
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import evaluate
from tfsaas.rules.explanation import HeadlineWhy, MeasureWhy, Why, why
from tfsaas.rules.grounds import TestWhy
from tfsaas.rules.plan import Plan

STATES = {
    "met": ("Met", "green"),
    "not_met": ("Not yet", "yellow"),
    "insufficient_evidence": ("Cannot tell", "purple"),
    "not_applicable": ("Does not apply", "grey"),
}
COMPARISONS = {
    "at_least": "at least",
    "above": "more than",
    "at_most": "at most",
    "below": "less than",
    "rise": "a rise of",
}


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a row says what it says: a sentence, and the facts it rests on by their place on the page."""

    text: str
    facts: tuple[str, ...]
    uncovered: str | None


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One condition: what, how it stands, and why."""

    title: str
    state: str
    colour: str
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class PanelSection:
    """Conditions under one heading."""

    title: str
    rows: tuple[PanelRow, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """The whole panel, as at a day, by a version of the plan."""

    as_at: date
    plan_number: int
    why: Why
    summary: str
    sections: tuple[PanelSection, ...]


def make_panel(batch: Batch, names: dict[str, str], as_at: date) -> Panel:
    """The panel of the one family of a batch as at a day. `names`: its people by id as text."""
    explained = why(evaluate(batch.plan, assemble(batch.tables), as_at), 0)
    return Panel(
        as_at=as_at,
        plan_number=batch.version.number,
        why=explained,
        summary=_summary(explained),
        sections=tuple(
            section for section in _sections(explained, batch.plan, names) if section.rows
        ),
    )


def _summary(explained: Why) -> str:
    if explained.result:
        route = {"ssp": "significant and sustained progress", "ce": "continuous employment"}[
            explained.result
        ]
        return f"This family has a result by {route}."
    if explained.baseline_on is None:
        return "Support has not begun: give the day it did, and the family can be judged."
    if not explained.eligibility.eligible:
        return "This family does not qualify for the programme."
    waiting = [row for row in explained.headlines if row.identified and not _is_shown(row)]
    words = (
        [f"{len(waiting)} of its headlines" if len(waiting) != 1 else "one of its headlines"]
        if waiting
        else []
    )
    if not explained.worked_with:
        words.append("the programme’s principles")
    if any(measure.result in {"not_met", "insufficient_evidence"} for measure in explained.always):
        words.append("what is asked of every family")
    return f"Still open: {', '.join(words)}." if words else "Nothing has been shown yet."


def _is_shown(headline: HeadlineWhy) -> bool:
    return all(outcome.result in {"met", "not_applicable"} for outcome in headline.outcomes)


def _sections(explained: Why, plan: Plan, names: dict[str, str]) -> Iterator[PanelSection]:
    yield PanelSection("Does the family qualify?", (_eligibility(explained),))
    principles = (
        _row(row.title, "met" if row.on else "not_met", _since(row.on))
        for row in explained.principles
    )
    yield PanelSection("Are we working with it?", tuple(principles))
    for headline in explained.headlines:
        if headline.identified:
            rows = tuple(_measure(outcome, plan, names) for outcome in headline.outcomes)
            yield PanelSection(headline.title, rows)
    yield PanelSection(
        "Asked of every family",
        tuple(_measure(measure, plan, names) for measure in explained.always),
    )
    yield PanelSection("Or: continuous employment", tuple(_routes(explained, plan, names)))


def _since(on: date | None) -> tuple[Ground, ...]:
    return (Ground(f"Since {_day(on)}.", (), None),) if on else ()


def _row(title: str, result: str, grounds: tuple[Ground, ...]) -> PanelRow:
    state, colour = STATES[result]
    return PanelRow(title, state, colour, grounds)


def _eligibility(explained: Why) -> PanelRow:
    found = explained.eligibility
    parts = []
    if found.minimum_headlines:
        parts.append(f"{found.headlines} of {found.minimum_headlines} headlines when support began")
    if found.minimum_needs:
        parts.append(f"{found.needs} of {found.minimum_needs} needs when support began")
    if found.asks_child:
        parts.append("a dependent child" if found.has_child else "no dependent child")
    text = "; ".join(parts)
    ground = (
        Ground(f"{text[:1].upper()}{text[1:]}.", (), None)
        if parts
        else Ground("Every family does.", (), None)
    )
    return _row("Enough problems at once", "met" if found.eligible else "not_met", (ground,))


def _measure(measure: MeasureWhy, plan: Plan, names: dict[str, str]) -> PanelRow:
    grounds: list[Ground] = []
    for person in measure.people:
        if measure.result != "met" and person.result == "met" and measure.scope != "family":
            continue  # the panel is about what is missing
        grounds += _grounds(person.test, plan, names.get(person.person_id, "Somebody"))
    if measure.value is not None and len(measure.people) > 1:
        grounds.insert(0, Ground(f"{measure.value} in the family together.", (), None))
    return _row(measure.title, measure.result, tuple(grounds))


def _grounds(test: TestWhy, plan: Plan, who: str) -> Iterator[Ground]:
    if test.tests:
        decisive = (
            test.kind == "any_of" and test.result == "met"
        )  # then what is not met does not matter
        for part in test.tests:
            if not decisive or part.result == "met":
                yield from _grounds(part, plan, who)
        return
    title = plan.signals[test.signal].title if test.signal in plan.signals else str(test.signal)
    span = f", {_day(test.first_day)} to {_day(test.last_day)}" if test.first_day else ""
    uncovered = (
        test.signal if test.covered is False and test.result == "insufficient_evidence" else None
    )
    text = f"{who}: {title}{span}: {_finding(test)}."
    yield Ground(text, tuple(label.split(":", 1)[1] for label in test.facts), uncovered)


def _finding(test: TestWhy) -> str:
    return FINDINGS[test.kind](test)


def _limit(test: TestWhy) -> str:
    word, _, number = (test.threshold or "").partition(" ")
    return f"{COMPARISONS.get(word, word)} {number}".strip()


def _of_rate(test: TestWhy) -> str:
    found = f"{test.value}%" if test.value else "no sessions on record"
    return f"{found}, needs {_limit(test)}%"


def _of_fall(test: TestWhy) -> str:
    return f"{test.earlier} before support, {test.value} now, needs a fall of {_limit(test)}%"


def _of_score(test: TestWhy) -> str:
    before = f", {test.earlier} at the start" if test.earlier else ""
    return f"{test.value or 'no score'}{before}, needs {(test.threshold or '').replace('_', ' ')}"


FINDINGS: dict[str, Callable[[TestWhy], str]] = {
    "count": lambda test: f"{test.value}, needs {_limit(test)}",
    "fall": _of_fall,
    "rate": _of_rate,
    "spell": lambda test: "yes" if test.value == "yes" else "not on record",
    "no_spell": lambda test: "it holds in this time" if test.value == "yes" else "not on record",
    "held": lambda test: f"{test.value} days, needs {_limit(test)}",
    "score": _of_score,
    "attested": lambda test: "said" if int(test.value or 0) else "not said yet",
}


def _routes(explained: Why, plan: Plan, names: dict[str, str]) -> Iterator[PanelRow]:
    for route in explained.routes:
        who = names.get(route.person_id, "Somebody")
        benefit = plan.signals[route.prior].title if route.prior in plan.signals else route.prior
        grounds = [*_grounds(route.held, plan, who)]
        if route.on_benefit:
            grounds.append(Ground(f"{who} is on a benefit that rules it out.", (), None))
        yield _row(f"{who}, who was on {benefit}", route.result, tuple(grounds))


def _day(value: date | None) -> str:
    return f"{value.day} {value:%B %Y}" if value else "?"
