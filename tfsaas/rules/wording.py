"""Measures and eligibility as sentences that a committee member understands."""

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
TIMES = {1: "once", 2: "twice"}
OLDEST_CHILD, YOUNGEST_ADULT = 17, 18
COMPARISONS = {
    Comparison.AT_LEAST: "{}% or more",
    Comparison.ABOVE: "more than {}%",
    Comparison.AT_MOST: "{}% or less",
    Comparison.BELOW: "less than {}%",
}
INDICATORS = {
    Scope.ANY: "{one} counts here when {test}.",
    Scope.EVERY: "The family counts here when, for every {who}, {test}.",
    Scope.FAMILY: "The family counts here when, over all its {many} together, {test}.",
}
OUTCOMES = {
    Scope.EVERY: "Shown when, for every {who}, {test}.",
    Scope.ANY: "Shown when, for at least one {who}, {test}.",
    Scope.FAMILY: "Shown when, over all its {many} together, {test}.",
}


def describe_indicator(measure: Measure, plan: Plan) -> str:
    """An indicator as one sentence: who counts, and when."""
    return _sentence(INDICATORS[measure.scope], measure, plan)


def describe_outcome(measure: Measure, plan: Plan) -> str:
    """An outcome as one sentence: when it is shown, and for whom."""
    return _sentence(OUTCOMES[measure.scope], measure, plan)


def _sentence(pattern: str, measure: Measure, plan: Plan) -> str:
    group = plan.groups[measure.who]
    who = name_person(group)
    one = f"{'An' if who[0] in 'aeiou' else 'A'} {who}"
    return pattern.format(
        one=one, who=who, many=name_people(group), test=describe(measure.test, plan)
    )


def name_measure(code: str, title: str) -> str:
    """A measure with its number; a code that is no number is for machines only."""
    return f"{code} {title}" if code[:1].isdigit() else title


def name_person(group: Group) -> str:
    """One person of a group: "child aged 5 to 15 who lives with the family"."""
    return _people(group, ("member", "child", "adult"), "lives")


def name_people(group: Group) -> str:
    """The people of a group: "children aged 5 to 15 who live with the family"."""
    return _people(group, ("members", "children", "adults"), "live")


def _people(group: Group, nouns: tuple[str, str, str], live: str) -> str:
    if group.code == ANYONE:
        return nouns[0]
    youngest, oldest = group.min_age, group.max_age
    noun, ages = nouns[0], _ages(youngest, oldest)
    if oldest is not None and oldest <= OLDEST_CHILD:
        noun = nouns[1]
    elif youngest is not None and youngest >= YOUNGEST_ADULT:
        noun = nouns[2]
        ages = "" if (youngest, oldest) == (YOUNGEST_ADULT, None) else ages
    where = {
        None: "",
        True: f" who {live} with the family",
        False: f" who {live} elsewhere",
    }
    return f"{noun}{ages}{where[group.resident]}"


def _ages(youngest: int | None, oldest: int | None) -> str:
    if youngest is not None and oldest is not None:
        return f" aged {youngest} to {oldest}"
    if youngest is not None:
        return f" aged {youngest} or over"
    return "" if oldest is None else f" aged {oldest} or under"


def describe(test: Test, plan: Plan) -> str:
    """A test as part of a sentence."""
    return DESCRIBERS[type(test)](test, plan)


def plain_number(value: Decimal | int) -> str:
    """A number without needless noughts."""
    return f"{Decimal(value).normalize():f}"


def number_word(value: int) -> str:
    """Numbers below ten as words."""
    return NUMBERS[value] if value < len(NUMBERS) else str(value)


def _many(count: int, thing: str) -> str:
    return f"{number_word(count)} {thing}" if count == 1 else f"{number_word(count)} {thing}s"


def _title(code: str, plan: Plan) -> str:
    return f"“{plan.signals[code].title}”" if code in plan.signals else f"“{code}”"


def _window(window: Window) -> str:
    unit = window.unit[:-1] if window.length == 1 else window.unit
    return (
        f"the last {number_word(window.length)} {unit}" if window.length > 1 else f"the last {unit}"
    )


def _count(test: Count, plan: Plan) -> str:
    title, window = _title(test.signal, plan), _window(test.window)
    if test.comparison is Comparison.AT_MOST and test.threshold == 0:
        return f"no {title} is recorded in {window}"
    word = "at least" if test.comparison is Comparison.AT_LEAST else "at most"
    times = TIMES.get(test.threshold, f"{number_word(test.threshold)} times")
    return f"{title} is recorded {word} {times} in {window}"


def _fall(test: Fall, plan: Plan) -> str:
    window = _window(test.window)
    return (
        f"{_title(test.signal, plan)} is down by {plain_number(test.percent)}% or more: {window} "
        f"against the {window.removeprefix('the last ')} before support began"
    )


def _rate(test: Rate, plan: Plan) -> str:
    terms = _window(Window("terms", test.terms))
    span = f"in each of {terms}" if test.each_term else f"over {terms}"
    share = COMPARISONS[test.comparison].format(plain_number(test.threshold))
    return f"{_title(test.signal, plan)} comes to {share} {span}"


def _spell(test: HasSpell, plan: Plan) -> str:
    if test.window is None:
        return f"{_title(test.signal, plan)} applies on the day"
    return f"{_title(test.signal, plan)} applied at some time in {_window(test.window)}"


def _no_spell(test: NoSpell, plan: Plan) -> str:
    return f"{_title(test.signal, plan)} applied on no day of {_window(test.window)}"


def _held(test: Held, plan: Plan) -> str:
    weeks = f"all of the last {test.weeks} weeks"
    if test.within_weeks > test.weeks:
        weeks = f"{test.weeks} of the last {test.within_weeks} weeks"
    return f"{_title(test.signal, plan)} applied for {weeks}"


def _score(test: ScoreReached, plan: Plan) -> str:
    limits = []
    if test.at_least is not None:
        limits.append(f"is {plain_number(test.at_least)} or more")
    if test.rise is not None:
        limits.append(f"is up by {plain_number(test.rise)} or more since support began")
    within = f", scored in {_window(Window('months', test.months))}" if test.months else ""
    return f"the latest score of {_title(test.signal, plan)} {' and '.join(limits)}{within}"


def _attested(test: Attested, plan: Plan) -> str:
    within = f" in {_window(Window('months', test.months))}" if test.months else ""
    return f"a professional confirmed {_title(test.signal, plan)}{within}"


def _combined(test: Combined, plan: Plan) -> str:
    parts = [
        f"({describe(part, plan)})" if isinstance(part, Combined) else describe(part, plan)
        for part in test.tests
    ]
    if len(parts) == 1:
        return parts[0]
    return "; and ".join(parts) if test.every else f"either {'; or '.join(parts)}"


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
            f"Members who live elsewhere may bring {number_word(asks.nonresident_headlines)} of those headlines."
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
    beside = ", and on none of the benefits listed" if plan.employment.benefits else ""
    sentences = []
    for route in plan.routes:
        weeks = f"all of the last {route.weeks} weeks"
        if route.within_weeks > route.weeks:
            weeks = f"{route.weeks} of the last {route.within_weeks} weeks"
        sentences.append(
            f"An adult who was on {_title(route.prior, plan)} when support began or since: "
            f"{employed} applied for {weeks}{beside}."
        )
    return sentences
