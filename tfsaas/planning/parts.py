"""What the parts of a plan are called, and each as a sentence."""

from tfsaas.rules.items import find_table, kind_of
from tfsaas.rules.parse import Document, parse
from tfsaas.rules.plan import Plan
from tfsaas.rules.wording import (
    describe_eligibility,
    describe_indicator,
    describe_outcome,
    describe_routes,
    name_measure,
    name_people,
)  # fmt: skip

NAMES = {
    "plan": "the plan’s name",
    "eligibility": "who qualifies",
    "worked_with": "working with a family",
    "group": "group of people",
    "signal": "signal",
    "headline": "headline",
    "indicator": "indicator",
    "outcome": "outcome",
    "always": "outcome asked of every family",
    "employment": "continuous employment",
    "employment_route": "way through employment",
    "result": "what counts first",
}
KINDS_OF_FACT = {
    "event": "happens on a day",
    "period": "a share over days",
    "spell": "holds for a time",
    "score": "a score",
    "attestation": "a professional’s statement",
}


def name_part(document: Document, place: str) -> str:
    """What people call the part at a place; what kind it is where it has no name."""
    table = find_table(document, place) or {}
    named = name_measure(str(table.get("code", "")), str(table.get("title", "")))
    kind = kind_of(place)
    if kind in {"headline", "signal", "plan"} and table:
        return str(table["title"])
    if kind == "group" and table:
        return name_people(parse(document).groups[table["code"]]).capitalize()
    return named or NAMES[kind].capitalize()


def describe_part(document: Document, place: str) -> str:
    """The part at a place as a sentence; "" where it says nothing but its name."""
    plan, kind, table = parse(document), kind_of(place), find_table(document, place) or {}
    steps = [int(step) for step in place.split(".") if step.isdigit()]
    if kind in {"indicator", "outcome", "always"}:
        return _measure(plan, kind, steps)
    if kind == "eligibility":
        return " ".join(describe_eligibility(plan))
    if kind == "employment_route":
        sentences = describe_routes(plan)
        return sentences[steps[0]] if sentences else ""
    if kind == "group":
        return f"{name_people(plan.groups[table['code']]).capitalize()}."
    if kind == "signal":
        source = f", from {table['source']}" if table.get("source") else ""
        return f"{table['title']}: {KINDS_OF_FACT[table['kind']]}{source}."
    return str(table.get("goal") or table.get("title") or "")


def _measure(plan: Plan, kind: str, steps: list[int]) -> str:
    if kind == "always":
        return describe_outcome(plan.always[steps[0]], plan)
    headline = plan.headlines[steps[0]]
    if kind == "indicator":
        return describe_indicator(headline.indicators[steps[1]], plan)
    return describe_outcome(headline.outcomes[steps[1]], plan)
