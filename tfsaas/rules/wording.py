"""Tests and eligibility as sentences that a committee member understands."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tfsaas.rules.plan import (
    ANYONE,
    Attested,
    Combined,
    Comparison,
    Count,
    Fall,
    Group,
    HasSpell,
    Held,
    Measure,
    NoSpell,
    Plan,
    Rate,
    Scope,
    ScoreReached,
    Test,
    Window,
)  # fmt: skip

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
COMPARISONS = {
    Comparison.AT_LEAST: "{}% or more",
    Comparison.ABOVE: "more than {}%",
    Comparison.AT_MOST: "{}% or less",
    Comparison.BELOW: "less than {}%",
}


def describe_measure(measure: Measure, plan: Plan) -> str:
    """A measure as one sentence: of whom it is asked, and what."""
    return f"{describe_group(plan.groups[measure.who], measure.scope)}: {describe(measure.test, plan)}."


def describe_group(group: Group, scope: Scope) -> str:
    """The people of a group, and how their answers combine."""
    people = _people(group)
    if scope is Scope.FAMILY:
        return f"{people} of the family taken together"
    return (
        f"Each of {people.lower()}" if scope is Scope.EVERY else f"At least one of {people.lower()}"
    )


def _people(group: Group) -> str:
    if group.code == ANYONE:
        return "The members"
    limits = {
        (True, True): f"aged {group.min_age} to {group.max_age}",
        (True, False): f"aged {group.min_age} or over",
        (False, True): f"aged {group.max_age} or under",
        (False, False): "of any age",
    }[group.min_age is not None, group.max_age is not None]
    where = {None: "", True: " who live with the family", False: " who live elsewhere"}[
        group.resident
    ]
    return f"The members {limits}{where}"


def describe(test: Test, plan: Plan) -> str:
    """A test as part of a sentence."""
    return DESCRIBERS[type(test)](test, plan)


def plain_number(value: Decimal | int) -> str:
    """A number without needless noughts."""
    return f"{Decimal(value).normalize():f}"


def _number(value: int) -> str:
    return NUMBERS[value] if value < len(NUMBERS) else str(value)


def _many(count: int, thing: str) -> str:
    return f"{_number(count)} {thing}" if count == 1 else f"{_number(count)} {thing}s"


def _title(code: str, plan: Plan) -> str:
    title = plan.signals[code].title if code in plan.signals else code
    has_names = title[1:] != title[1:].lower()
    return title if has_names else title.lower()


def _window(window: Window) -> str:
    unit = window.unit[:-1] if window.length == 1 else window.unit
    return f"the last {_number(window.length)} {unit}" if window.length > 1 else f"the last {unit}"


def _count(test: Count, plan: Plan) -> str:
    title, window = _title(test.signal, plan), _window(test.window)
    if test.comparison is Comparison.AT_LEAST:
        return f"{title}, {_number(test.threshold)} or more times in {window}"
    if test.threshold == 0:
        return f"no {title} in {window}"
    return f"{title} at most {_number(test.threshold)} times in {window}"


def _fall(test: Fall, plan: Plan) -> str:
    window = _window(test.window).removeprefix("the last ")
    return (
        f"{_title(test.signal, plan)} down by {plain_number(test.percent)}% or more over {window}, compared with "
        f"the {window} before support began"
    )


def _rate(test: Rate, plan: Plan) -> str:
    terms = _window(Window("terms", test.terms))
    span = f"in each of {terms}" if test.each_term else f"over {terms}"
    share = COMPARISONS[test.comparison].format(plain_number(test.threshold))
    return f"{_title(test.signal, plan)}, {share} {span}"


def _spell(test: HasSpell, plan: Plan) -> str:
    when = f"at some time in {_window(test.window)}" if test.window else "on the day"
    return f"{_title(test.signal, plan)} {when}"


def _no_spell(test: NoSpell, plan: Plan) -> str:
    return f"not “{_title(test.signal, plan)}” on any day of {_window(test.window)}"


def _held(test: Held, plan: Plan) -> str:
    weeks = f"{test.weeks} weeks"
    if test.within_weeks > test.weeks:
        weeks = f"{test.weeks} of the last {test.within_weeks} weeks"
    return f"{_title(test.signal, plan)} for {weeks}"


def _score(test: ScoreReached, plan: Plan) -> str:
    limits = []
    if test.at_least is not None:
        limits.append(f"{plain_number(test.at_least)} or more")
    if test.rise is not None:
        limits.append(f"up by {plain_number(test.rise)} or more since support began")
    within = f", scored in {_window(Window('months', test.months))}" if test.months else ""
    return f"{_title(test.signal, plan)}, {' and '.join(limits)}{within}"


def _attested(test: Attested, plan: Plan) -> str:
    within = f" in {_window(Window('months', test.months))}" if test.months else ""
    return f"a professional said{within}: {_title(test.signal, plan)}"


def _combined(test: Combined, plan: Plan) -> str:
    return ("; and " if test.every else "; or ").join(describe(part, plan) for part in test.tests)


DESCRIBERS: dict[type, Callable[[Any, Plan], str]] = {
    Count: _count,
    Fall: _fall,
    Rate: _rate,
    HasSpell: _spell,
    NoSpell: _no_spell,
    Held: _held,
    ScoreReached: _score,
    Attested: _attested,
    Combined: _combined,
}


def describe_eligibility(plan: Plan) -> list[str]:
    """What a family needs to qualify, a sentence each."""
    asks, sentences = plan.eligibility, []
    if asks.minimum_headlines:
        sentences.append(
            f"At least {_many(asks.minimum_headlines, 'headline problem')} when support begins."
        )
    if asks.minimum_needs:
        sentences.append(f"At least {_many(asks.minimum_needs, 'need')} when support begins.")
    if asks.nonresident_headlines is not None:
        sentences.append(
            f"Members who live elsewhere may bring {_number(asks.nonresident_headlines)} of those headlines."
        )
    if asks.dependent_child:
        child = "A dependent child in the family"
        sentences.append(
            f"{child}, or somebody expecting one." if asks.expectant_parent else f"{child}."
        )
    return sentences or ["Every family qualifies."]


def describe_routes(plan: Plan) -> list[str]:
    """What continuous employment means, a sentence for each benefit; empty where there is no such route."""
    if plan.employment is None:
        return []
    employed = _title(plan.employment.signal, plan)
    return [
        f"An adult who was on {_title(route.prior, plan)} at the start or since, {employed} for {route.weeks}"
        + (
            f" of the last {route.within_weeks} weeks"
            if route.within_weeks > route.weeks
            else " weeks"
        )
        + (", and on none of the benefits listed." if plan.employment.benefits else ".")
        for route in plan.routes
    ]
