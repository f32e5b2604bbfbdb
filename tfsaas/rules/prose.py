"""Why, in one paragraph that a person can read: for a family, and for each of its headlines.

The words rest on the explanation alone, so that they say what the evaluation found. `names`
tells what to call a person; whoever is not in it is "somebody".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from tfsaas.rules.explanation import HeadlineWhy, MeasureWhy, PersonWhy, Why
from tfsaas.rules.grounds import TestWhy
from tfsaas.rules.plan import Plan
from tfsaas.rules.wording import number_word

Names = Mapping[str, str]

COMPARISONS = {
    "at_least": "at least",
    "above": "more than",
    "at_most": "at most",
    "below": "less than",
    "rise": "a rise of",
}
ROUTES = {"ssp": "significant and sustained progress", "ce": "continuous employment"}
OPEN = {"not_met", "insufficient_evidence"}


def tell_family(why: Why, plan: Plan, names: Names) -> str:
    """Why the family stands where it stands, in one paragraph."""
    if why.baseline_on is None:
        return "Support has not begun, so nothing is judged yet: give the day it did."
    sentences = [f"Support began on {plain_day(why.baseline_on)}.", _eligibility(why)]
    if why.eligibility.eligible:
        sentences += [_principles(why), *_progress(why, plan, names)]
    return " ".join(sentence for sentence in sentences if sentence)


def tell_prospect(why: Why, names: Names) -> str:
    """Whether people would qualify if support began on the day asked about, and what speaks for it, in one paragraph."""
    found = why.eligibility
    would = "would qualify" if found.eligible else "would not qualify by what is on record"
    parts = _counts(why)
    sentences = [
        f"If support began today, they {would}.",
        f"On record are {_listed(parts)}." if parts else "",
    ]
    for headline in why.headlines:
        met = [measure for measure in headline.indicators_now if measure.result == "met"]
        if met:
            sentences.append(
                f"{headline.title}: {_listed([_indicator(each, names) for each in met])}."
            )
    return " ".join(sentence for sentence in sentences if sentence)


def _eligibility(why: Why) -> str:
    parts = _counts(why)
    had = f" It then had {_listed(parts)}." if parts else ""
    return (
        "The family qualifies." if why.eligibility.eligible else "The family does not qualify."
    ) + had


def _counts(why: Why) -> list[str]:
    found = why.eligibility
    parts = []
    if found.minimum_headlines:
        parts.append(
            f"{_counted(found.headlines, 'headline')} of the {number_word(found.minimum_headlines)} needed"
        )
    if found.minimum_needs:
        parts.append(
            f"{_counted(found.needs, 'need')} of the {number_word(found.minimum_needs)} needed"
        )
    if found.asks_child:
        parts.append("a dependent child" if found.has_child else "no dependent child")
    return parts


def _counted(number: int, thing: str) -> str:
    return f"{number_word(number)} {thing}{'' if number == 1 else 's'}"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _principles(why: Why) -> str:
    missing = [row.title for row in why.principles if row.on is None]
    if missing:
        return f"Still to do: {_listed([title[:1].lower() + title[1:] for title in missing])}."
    days = [row.on for row in why.principles if row.on is not None]
    return (
        f"All that working with a family asks for was done by {plain_day(max(days))}."
        if days
        else ""
    )


def _progress(why: Why, plan: Plan, names: Names) -> Iterator[str]:
    identified = [headline for headline in why.headlines if headline.identified]
    shown = [headline for headline in identified if is_shown(headline)]
    if identified:
        improved = (
            "none"
            if not shown
            else "all"
            if len(shown) == len(identified)
            else number_word(len(shown))
        )
        yield f"Of its {_counted(len(identified), 'headline')}, {improved} {'has' if len(shown) == 1 else 'have'} been shown to improve."
    for measure in why.always:
        if measure.result in OPEN:
            yield _outcome(measure, plan, names)
    if why.result:
        yield f"It has a result by {ROUTES[why.result]}."
    elif why.ce == "not_met":
        yield "Nobody has yet held work for long enough for a result by continuous employment."


def is_shown(headline: HeadlineWhy) -> bool:
    """Whether every outcome of a headline is met or does not apply."""
    return all(outcome.result not in OPEN for outcome in headline.outcomes)


def tell_headline(headline: HeadlineWhy, plan: Plan, names: Names) -> str:
    """Why a headline counts for the family, and how far it has improved, in one paragraph."""
    if not headline.identified:
        return "This problem has not been found in the family."
    return " ".join(
        [_found(headline, names), *(_outcome(each, plan, names) for each in headline.outcomes)]
    )


def tell_plainly(headline: HeadlineWhy, names: Names) -> str:
    """Why a headline counts for the family, and whether it has become better: for the family itself, without the tests."""
    open_results = {outcome.result for outcome in headline.outcomes} & OPEN
    if not open_results:
        return f"{_found(headline, names)} It has become better."
    better = (
        "It is not better yet."
        if "not_met" in open_results
        else "We cannot tell yet whether it is better."
    )
    return f"{_found(headline, names)} {better}"


def _found(headline: HeadlineWhy, names: Names) -> str:
    met_then = [measure for measure in headline.indicators_then if measure.result == "met"]
    met_now = [measure for measure in headline.indicators_now if measure.result == "met"]
    recorded = (
        f"a worker recorded it on {plain_day(headline.recorded_on)}" if headline.recorded_on else ""
    )
    if headline.at_baseline:
        reasons = [
            *(_indicator(each, names) for each in met_then),
            *([recorded] if recorded else []),
        ]
        return f"The problem was there when support began: {_listed(reasons)}."
    reasons = [*(_indicator(each, names) for each in met_now), *([recorded] if recorded else [])]
    return (
        f"The problem was found later: {_listed(reasons)}."
        if reasons
        else "The problem was found later."
    )


def _indicator(measure: MeasureWhy, names: Names) -> str:
    people = [names.get(row.person_id, "somebody") for row in measure.people if row.result == "met"]
    title = measure.title[:1].lower() + measure.title[1:]
    return f"{title} ({_listed(people)})" if people else title


def _outcome(measure: MeasureWhy, plan: Plan, names: Names) -> str:
    """One outcome: shown, not shown yet and why, not to be told and why, or not asked of anybody."""
    title = f"“{measure.title}”"
    if measure.result == "met":
        return f"{title} is shown."
    if measure.result == "not_applicable":
        return f"{title} asks about nobody here."
    people = [row for row in measure.people if row.result == measure.result]
    said = [_person(row, plan, names) for row in people[:2]]
    because = f": {'; '.join(said)}" if said else ""
    more = f"; and {number_word(len(people) - 2)} more" if len(people) > 2 else ""
    how = "is not shown yet" if measure.result == "not_met" else "cannot be told"
    return f"{title} {how}{because}{more}."


def _person(row: PersonWhy, plan: Plan, names: Names) -> str:
    who = names.get(row.person_id, "somebody")
    return f"{who}, {'; '.join(_reasons(row.test, plan))}"


def _reasons(test: TestWhy, plan: Plan) -> Iterator[str]:
    if test.tests:
        for part in test.tests:
            if part.result in OPEN:
                yield from _reasons(part, plan)
        return
    yield f"{title_of(test, plan)}: {tell_finding(test)}{_uncovered(test)}"


def _uncovered(test: TestWhy) -> str:
    if test.covered is not False or test.result != "insufficient_evidence":
        return ""
    days = f"{plain_day(test.first_day)} to {plain_day(test.last_day)}"
    if test.unheard:
        return f", and the files that cover {days} came before this person was on record"
    return f", and the feed does not cover {days}"


def title_of(test: TestWhy, plan: Plan) -> str:
    """What a test is about, as people call it."""
    return plan.signals[test.signal].title if test.signal in plan.signals else str(test.signal)


def tell_finding(test: TestWhy) -> str:
    """What a test found beside what it asks: "2, needs at most 0"."""
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


def plain_day(value: date | None) -> str:
    """3 April 2019."""
    return f"{value.day} {value:%B %Y}" if value else "?"
