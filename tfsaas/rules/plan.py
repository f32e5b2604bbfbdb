"""What an outcomes plan says: groups, signals, headlines, their measures and tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

ANYONE = "anyone"
DEPENDENT_CHILD = "dependent_child"
EXPECTING = "expecting"
PRINCIPLES = ("whole_family_assessment", "whole_family_plan", "lead_worker", "plan_aligned")
PRINCIPLE_TITLES = {
    "whole_family_assessment": "Whole-family assessment",
    "whole_family_plan": "Whole-family plan",
    "lead_worker": "Lead worker recognised by the family",
    "plan_aligned": "Plan aligned to the outcomes plan",
}


class SignalKind(Enum):
    """What shape the facts of a signal have."""

    EVENT = "event"
    PERIOD = "period"
    SPELL = "spell"
    SCORE = "score"
    ATTESTATION = "attestation"


class Scope(Enum):
    """How the people a measure is asked of are combined."""

    EVERY = "every"
    ANY = "any"
    FAMILY = "family"


class Comparison(Enum):
    """How a value is held against a threshold."""

    AT_LEAST = "at_least"
    ABOVE = "above"
    AT_MOST = "at_most"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Window:
    """The last `length` months, weeks or terms before and including the day asked about."""

    unit: str
    length: int


@dataclass(frozen=True, slots=True)
class Count:
    """Events in a window, at least or at most so many."""

    signal: str
    window: Window
    comparison: Comparison
    threshold: int


@dataclass(frozen=True, slots=True)
class Fall:
    """Events fell by `percent` or more from the window ending on the baseline."""

    signal: str
    window: Window
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Rate:
    """A percentage over school terms, together or each by itself."""

    signal: str
    terms: int
    comparison: Comparison
    threshold: Decimal
    each_term: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A state held on `weeks` × 7 days of the last `within_weeks` weeks."""

    signal: str
    weeks: int
    within_weeks: int


@dataclass(frozen=True, slots=True)
class HasSpell:
    """A state holds on the day, or held on some day of the window."""

    signal: str
    window: Window | None


@dataclass(frozen=True, slots=True)
class NoSpell:
    """A state held on no day of the window."""

    signal: str
    window: Window


@dataclass(frozen=True, slots=True)
class ScoreReached:
    """The latest score is high enough, or rose enough since the baseline, or both."""

    signal: str
    months: int | None
    at_least: Decimal | None
    rise: Decimal | None


@dataclass(frozen=True, slots=True)
class Attested:
    """A professional said so, in the window if there is one."""

    signal: str
    months: int | None


@dataclass(frozen=True, slots=True)
class Combined:
    """Several tests of the same person, by *every* (all of) or *any* (any of)."""

    every: bool
    tests: "tuple[Test, ...]"


Single = Count | Fall | Rate | Held | HasSpell | NoSpell | ScoreReached | Attested
Test = Single | Combined


def singles(test: Test) -> Iterator[Single]:
    """The tests that a test is made of, however deep they are nested; of a single one itself."""
    if isinstance(test, Combined):
        for part in test.tests:
            yield from singles(part)
    else:
        yield test


@dataclass(frozen=True, slots=True)
class Group:
    """A set of people by age on the day (limits included) and by living with the family."""

    code: str
    min_age: int | None = None
    max_age: int | None = None
    resident: bool | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """A kind of fact that partners or workers supply."""

    code: str
    kind: SignalKind
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A question asked of the people of a group: an indicator or an outcome."""

    code: str
    title: str
    who: str
    scope: Scope
    test: Test


@dataclass(frozen=True, slots=True)
class Headline:
    """A problem: how it is identified, and what must be shown for it."""

    code: str
    number: int | None
    title: str
    goal: str
    indicators: tuple[Measure, ...]
    outcomes: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Who qualifies. None: no limit."""

    minimum_headlines: int = 0
    minimum_needs: int = 0
    nonresident_headlines: int | None = None
    dependent_child: bool = False
    expectant_parent: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """Continuous employment for those who came from the `prior` state."""

    prior: str
    weeks: int
    within_weeks: int


@dataclass(frozen=True, slots=True)
class Employment:
    """The signal of being in work, and the benefits that must not be held beside it."""

    signal: str
    benefits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """One version of an outcomes plan, valid by construction: `parse` made it."""

    key: str
    title: str
    version: int
    effective_from: date | None
    effective_to: date | None
    eligibility: Eligibility
    principles: tuple[str, ...]
    groups: dict[str, Group]
    signals: dict[str, Signal]
    headlines: tuple[Headline, ...]
    always: tuple[Measure, ...]
    employment: Employment | None
    routes: tuple[Route, ...]
    prefer_ssp: bool

    @property
    def indicators(self) -> tuple[Measure, ...]:
        """Every indicator, in the plan's order."""
        return tuple(measure for headline in self.headlines for measure in headline.indicators)

    @property
    def outcomes(self) -> tuple[Measure, ...]:
        """Every outcome of a headline, in the plan's order; `always` apart."""
        return tuple(measure for headline in self.headlines for measure in headline.outcomes)
