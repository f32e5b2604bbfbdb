"""What still stands between a family and a result, as rows a worker reads in a minute."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tfsaas.families.queries import Member
from tfsaas.outcomes.facts import Batch
from tfsaas.outcomes.models import Outlook
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import evaluate
from tfsaas.rules.explanation import MeasureWhy, Why, why
from tfsaas.rules.grounds import TestWhy
from tfsaas.rules.plan import Plan
from tfsaas.rules.prose import (
    ROUTES,
    is_shown,
    plain_day,
    tell_family,
    tell_finding,
    tell_headline,
    title_of,
)

STATES = {
    "met": ("Met", "green"),
    "not_met": ("Not yet", "yellow"),
    "insufficient_evidence": ("Cannot tell", "purple"),
    "not_applicable": ("Does not apply", "grey"),
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
    """Conditions under one heading, with why in a paragraph ("" where the rows say it all)."""

    title: str
    rows: tuple[PanelRow, ...]
    told: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """The whole panel, as at a day, by a version of the plan. `told`: why, in a paragraph."""

    as_at: date
    plan_number: int
    why: Why
    summary: str
    told: str
    sections: tuple[PanelSection, ...]


def make_panel(batch: Batch, names: dict[str, str], as_at: date) -> Panel:
    """The panel of the one family of a batch as at a day. `names`: its people by id as text."""
    explained = why(evaluate(batch.plan, assemble(batch.tables), as_at), 0)
    return Panel(
        as_at=as_at,
        plan_number=batch.version.number,
        why=explained,
        summary=_summary(explained),
        told=tell_family(explained, batch.plan, names),
        sections=tuple(
            section for section in _sections(explained, batch.plan, names) if section.rows
        ),
    )


def unnamed(members: Sequence[Member], on: date) -> dict[str, str]:
    """What to call a family's people where no name may stand: by their age on a day."""
    found = {}
    for member in members:
        age = member.age(on)
        word = "somebody" if age is None else f"a child of {age}" if age < 18 else "an adult"
        found[str(member.person.id)] = word
    return found


def tell_outlook(outlook: Outlook | None) -> str:
    """The first day of a result, as the latest evaluation saw it; "" where it gives none."""
    if outlook is None:
        return ""
    if outlook.earliest_on == outlook.evaluated_on and outlook.missing:
        return "It would have a result now if the next load of each feed holds nothing new."
    if outlook.earliest_on and outlook.earliest_on > outlook.evaluated_on:
        return (
            f"It would have a result on {plain_day(outlook.earliest_on)} if nothing new happens "
            "and every feed goes on."
        )
    if outlook.earliest_on is None and outlook.possible_on:
        when = f"on {plain_day(outlook.possible_on)} if nothing new happens"
        at_once = outlook.possible_on == outlook.evaluated_on
        return f"One thing is missing: done now, it would have a result {'at once' if at_once else when}."
    return ""


def _summary(explained: Why) -> str:
    if explained.result:
        return f"This family has a result by {ROUTES[explained.result]}."
    if explained.baseline_on is None:
        return "Support has not begun: give the day it did, and the family can be judged."
    if not explained.eligibility.eligible:
        return "This family does not qualify for the programme."
    waiting = [row for row in explained.headlines if row.identified and not is_shown(row)]
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
            yield PanelSection(headline.title, rows, tell_headline(headline, plan, names))
    yield PanelSection(
        "Asked of every family",
        tuple(_measure(measure, plan, names) for measure in explained.always),
    )
    yield PanelSection("Or: continuous employment", tuple(_routes(explained, plan, names)))


def _since(on: date | None) -> tuple[Ground, ...]:
    return (Ground(f"Since {plain_day(on)}.", (), None),) if on else ()


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
    title = title_of(test, plan)
    span = f", {plain_day(test.first_day)} to {plain_day(test.last_day)}" if test.first_day else ""
    uncovered = (
        test.signal if test.covered is False and test.result == "insufficient_evidence" else None
    )
    text = f"{who}: {title}{span}: {tell_finding(test)}."
    yield Ground(text, tuple(label.split(":", 1)[1] for label in test.facts), uncovered)


def _routes(explained: Why, plan: Plan, names: dict[str, str]) -> Iterator[PanelRow]:
    for route in explained.routes:
        who = names.get(route.person_id, "Somebody")
        benefit = plan.signals[route.prior].title if route.prior in plan.signals else route.prior
        grounds = [*_grounds(route.held, plan, who)]
        if route.on_benefit:
            grounds.append(Ground(f"{who} is on a benefit that rules it out.", (), None))
        yield _row(f"{who}, who was on {benefit}", route.result, tuple(grounds))
