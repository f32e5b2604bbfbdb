"""What one test rests on for one person: value, threshold, window, coverage and fact rows."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from tfsaas.rules.asked import Asked, Found
from tfsaas.rules.facts import SPAN, Dated
from tfsaas.rules.plan import (
    Attested,
    Combined,
    Count,
    Fall,
    HasSpell,
    Held,
    NoSpell,
    Rate,
    ScoreReached,
    Test,
    Window,
)  # fmt: skip
from tfsaas.rules.results import name

KINDS: dict[type, str] = {
    Count: "count", Fall: "fall", Rate: "rate", HasSpell: "spell", NoSpell: "no_spell", Held: "held",
    ScoreReached: "score", Attested: "attested",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TestWhy:
    """One test of one person. None where the kind of test has no such thing.

    `facts` names the rows it rests on; `covered` whether the feed is complete for the window and
    speaks of this person; `unheard`: it would be, but they came on record only later.
    """

    kind: str
    signal: str | None
    result: str
    value: str | None
    earlier: str | None
    threshold: str | None
    first_day: date | None
    last_day: date | None
    covered: bool | None
    unheard: bool
    facts: tuple[str, ...]
    tests: "tuple[TestWhy, ...]"


def explain_test(found: Found, asked: Asked, row: int) -> TestWhy:
    """Why the test at hand yields what it yields for the person of `row`."""
    test = found.test
    result = name(found.result[row])
    if isinstance(test, Combined):
        parts = tuple(explain_test(part, asked, row) for part in found.parts)
        kind = "all_of" if test.every else "any_of"
        return TestWhy(kind, None, result, None, None, None, None, None, None, False, (), parts)
    family = int(asked.family[row])
    first, last = _window(found, asked, family)
    return TestWhy(
        kind=KINDS[type(test)],
        signal=test.signal,
        result=result,
        value=_value(found, row),
        earlier=_earlier(found, row),
        threshold=_threshold(test),
        first_day=first,
        last_day=last,
        covered=None if found.covered is None else bool(found.covered[row]),
        unheard=_unheard(found, asked, row),
        facts=tuple(_rows(test, found, asked, row)),
        tests=(),
    )


def _unheard(found: Found, asked: Asked, row: int) -> bool:
    """The feed is complete for the windows, but its files came before the person was on record."""
    test, family = found.test, int(asked.family[row])
    if found.covered is None or found.covered[row] or isinstance(test, Combined):
        return False
    moments = [asked.moment, *([asked.baseline] if isinstance(test, Fall) else [])]
    if isinstance(test, Fall) and not asked.has_baseline[family]:
        return False
    return all(moment.covered(test.signal, _asked_window(test))[family] for moment in moments)


def _asked_window(test: Test) -> Window | None:
    if isinstance(test, Held):
        return Window("weeks", test.within_weeks)
    if isinstance(test, Rate):
        return Window("terms", test.terms)
    return test.window if isinstance(test, Count | Fall | HasSpell | NoSpell) else None


def _window(found: Found, asked: Asked, family: int) -> tuple[date | None, date | None]:
    if found.bounds is None:
        return None, date.fromordinal(max(int(asked.moment.day[family]), 1))
    if not found.bounds.known[family]:
        return None, None
    start, end = int(found.bounds.start[family]) + 1, int(found.bounds.end[family])
    return date.fromordinal(max(start, 1)), date.fromordinal(max(end, 1))


def _value(found: Found, row: int) -> str | None:
    test, value = found.test, found.value
    if value is None:
        return None
    if isinstance(test, Rate):
        return _percentages(
            test, value[:, row], np.zeros(0) if found.earlier is None else found.earlier[:, row]
        )
    if isinstance(test, ScoreReached):
        return _plain(value[row], found.scale)
    if isinstance(test, HasSpell | NoSpell):
        return "yes" if value[row] else "no"
    return str(int(value[row]))


def _earlier(found: Found, row: int) -> str | None:
    if isinstance(found.test, Fall) and found.earlier is not None:
        return str(int(found.earlier[row]))
    if isinstance(found.test, ScoreReached) and found.earlier is not None:
        return _plain(found.earlier[row], found.scale)
    return None


def _plain(value: Any, scale: int) -> str | None:
    return None if value < 0 else f"{(Decimal(int(value)) / scale).normalize():f}"


def _percentages(test: Rate, part: Any, possible: Any) -> str | None:
    """The percentage over all terms, or each term's; None without a row."""
    shares = (
        list(zip(part, possible, strict=True)) if test.each_term else [(part.sum(), possible.sum())]
    )
    shown = [_percent(int(p), int(q), test.threshold) for p, q in shares if q > 0]
    return ", ".join(shown) or None


def _percent(part: int, possible: int, threshold: Decimal) -> str:
    """To one decimal, or to three where one would hide which side of the threshold it is on."""
    exact = Fraction(100 * part, possible)
    decimal = Decimal(exact.numerator) / Decimal(exact.denominator)
    short = decimal.quantize(Decimal("0.1"), ROUND_HALF_UP)
    hides = short == threshold and exact != Fraction(threshold)
    return str(decimal.quantize(Decimal("0.001"), ROUND_HALF_UP) if hides else short)


def _threshold(test: Test) -> str | None:
    if isinstance(test, Count | Rate):
        return f"{test.comparison.value} {test.threshold}"
    if isinstance(test, Fall):
        return f"at_least {test.percent}"
    if isinstance(test, Held):
        return f"at_least {7 * test.weeks}"
    if isinstance(test, ScoreReached):
        limits = (("at_least", test.at_least), ("rise", test.rise))
        return ", ".join(f"{word} {limit}" for word, limit in limits if limit is not None)
    return None


def _rows(test: Test, found: Found, asked: Asked, row: int) -> list[str]:
    if isinstance(test, Count | Fall):
        return _event_rows(test, asked, row)
    if isinstance(test, Rate):
        return _period_rows(test, found, asked, row)
    if isinstance(test, HasSpell | NoSpell | Held):
        return _spell_rows(test.signal, found, asked, row)
    if isinstance(test, ScoreReached):
        return _score_rows(test, asked, row)
    return _attestation_rows(test, found, asked, row) if isinstance(test, Attested) else []


def _between(facts: Dated | None, owner: int, start: int, end: int) -> list[str]:
    if facts is None:
        return []
    low, high = (
        int(np.searchsorted(facts.key, owner * int(SPAN) + day, side="right"))
        for day in (start, end)
    )
    return facts.rows[low:high]


def _event_rows(test: Count | Fall, asked: Asked, row: int) -> list[str]:
    family, person = int(asked.family[row]), int(asked.person[row])
    facts = asked.facts.events.get(test.signal)
    moments = [asked.moment] if isinstance(test, Count) else [asked.baseline, asked.moment]
    bounds = [moment.bounds(test.window) for moment in moments]
    rows = [_between(facts, person, int(b.start[family]), int(b.end[family])) for b in bounds]
    return list(dict.fromkeys(label for labels in rows for label in labels))


def _period_rows(test: Rate, found: Found, asked: Asked, row: int) -> list[str]:
    periods, bounds, family = (
        asked.facts.periods.get(test.signal),
        found.bounds,
        int(asked.family[row]),
    )
    if periods is None or bounds is None or bounds.first_term is None or not bounds.known[family]:
        return []
    first = int(bounds.first_term[family])
    own = periods.owner == asked.person[row]
    inside = np.zeros(len(own), dtype=bool)
    for term in range(first, first + test.terms):
        inside |= (periods.to >= asked.facts.term_first[term]) & (
            periods.to <= asked.facts.term_last[term]
        )
    return [periods.rows[at] for at in np.flatnonzero(own & inside)]


def _spell_rows(signal: str, found: Found, asked: Asked, row: int) -> list[str]:
    spells, family = asked.facts.spells.get(signal), int(asked.family[row])
    if spells is None or found.bounds is None or not found.bounds.known[family]:
        return []
    start, end = found.bounds.start[family], found.bounds.end[family]
    own = spells.raw.owner == asked.person[row]
    touching = (
        own
        & (spells.raw.day <= end)
        & (spells.raw_to > start + 1)
        & (spells.raw_to > spells.raw.day)
    )
    return [spells.raw.rows[at] for at in np.flatnonzero(touching)]


def _score_rows(test: ScoreReached, asked: Asked, row: int) -> list[str]:
    scores, family = asked.facts.scores.get(test.signal), int(asked.family[row])
    if scores is None:
        return []
    moments = [asked.moment] if test.rise is None else [asked.baseline, asked.moment]
    labels = []
    for moment in moments:
        key = asked.person[row] * SPAN + moment.day[family]
        at = int(np.searchsorted(scores.key, key, side="right")) - 1
        if at >= 0 and scores.owner[at] == asked.person[row]:
            labels.append(scores.rows[at])
    return list(dict.fromkeys(labels))


def _attestation_rows(test: Attested, found: Found, asked: Asked, row: int) -> list[str]:
    family, person = int(asked.family[row]), int(asked.person[row])
    start = int(found.bounds.start[family]) if found.bounds else 0
    end = int(asked.moment.day[family])
    own = _between(asked.facts.attested_people.get(test.signal), person, start, end)
    return own + _between(asked.facts.attested_families.get(test.signal), family, start, end)
