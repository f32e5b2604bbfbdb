"""Each kind of test as a sentence with places to fill in: what an editor of a plan sees."""

from dataclasses import dataclass
from enum import Enum

from tfsaas.rules.plan import SignalKind


class SlotKind(Enum):
    """What a place in a sentence takes."""

    SIGNAL = "signal"
    WHOLE = "whole"
    DECIMAL = "decimal"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place to fill in. `label` is for those who hear the page; `needed` false: it may stay empty."""

    name: str
    kind: SlotKind
    label: str
    needed: bool = True
    least: int = 0
    choices: tuple[tuple[str, str], ...] = ()
    signal: SignalKind | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of test: its name in a list, and its sentence."""

    title: str
    parts: tuple[str | Slot, ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The places of the sentence, in order."""
        return tuple(part for part in self.parts if isinstance(part, Slot))


def _signal(kind: SignalKind) -> Slot:
    return Slot("signal", SlotKind.SIGNAL, "What is recorded", signal=kind)


def _whole(name: str, label: str, *, least: int = 0, needed: bool = True) -> Slot:
    return Slot(name, SlotKind.WHOLE, label, needed, least)


def _decimal(name: str, label: str, *, needed: bool = True) -> Slot:
    return Slot(name, SlotKind.DECIMAL, label, needed)


def _choice(name: str, label: str, *choices: tuple[str, str]) -> Slot:
    return Slot(name, SlotKind.CHOICE, label, choices=choices)


def _length(*, needed: bool = True) -> Slot:
    return _whole("length", "How long the time looked at is", least=1, needed=needed)


MONTHS, WEEKS, TERMS = ("months", "months"), ("weeks", "weeks"), ("terms", "school terms")
UNIT = _choice("unit", "Months, weeks or terms", MONTHS, WEEKS, TERMS)
AT_LEAST, AT_MOST = ("at_least", "at least"), ("at_most", "at most")
COMPARED = (AT_LEAST, ("above", "more than"), AT_MOST, ("below", "less than"))

SHAPES: dict[str, Shape] = {
    "count": Shape(
        "How often something happened",
        (
            _signal(SignalKind.EVENT), "is recorded",
            _choice("comparison", "At least or at most", AT_LEAST, AT_MOST),
            _whole("threshold", "How many times"), "times in the last", _length(), UNIT,
        ),
    ),
    "fall": Shape(
        "A fall since support began",
        (
            _signal(SignalKind.EVENT), "is down by", _decimal("percent", "By how many percent"),
            "% or more: the last", _length(), _choice("unit", "Months or weeks", MONTHS, WEEKS),
            "against the same time before support began",
        ),
    ),
    "rate": Shape(
        "A percentage over school terms",
        (
            _signal(SignalKind.PERIOD), "comes to", _choice("comparison", "How it is compared", *COMPARED),
            _decimal("threshold", "How many percent"), "% over the last",
            _whole("terms", "How many school terms", least=1), "school terms,",
            _choice("each_term", "Taken together or each by itself", ("no", "taken together"), ("yes", "each by itself")),
        ),
    ),
    "spell": Shape(
        "A state that holds, or held",
        (
            _signal(SignalKind.SPELL), "applies",
            _choice("when", "On the day or in a time", ("day", "on the day"), ("window", "at some time in the last")),
            _length(needed=False), UNIT,
        ),
    ),
    "no_spell": Shape(
        "A state that did not hold",
        (_signal(SignalKind.SPELL), "applied on no day of the last", _length(), UNIT),
    ),
    "held": Shape(
        "A state kept up for weeks",
        (
            _signal(SignalKind.SPELL), "applied for", _whole("weeks", "For how many weeks", least=1),
            "weeks of the last", _whole("within_weeks", "Of how many weeks; empty: all of them", least=1, needed=False),
            "weeks",
        ),
    ),
    "score": Shape(
        "A score",
        (
            "the latest score of", _signal(SignalKind.SCORE), "is at least",
            _decimal("at_least", "The least score; empty: any", needed=False),
            "and is up since support began by at least", _decimal("rise", "The least rise; empty: any", needed=False),
            "and was scored in the last",
            _whole("months", "In how many months; empty: at any time", least=1, needed=False), "months",
        ),
    ),
    "attested": Shape(
        "A professional’s statement",
        (
            "a professional confirmed", _signal(SignalKind.ATTESTATION), "in the last",
            _whole("months", "In how many months; empty: at any time", least=1, needed=False), "months",
        ),
    ),
    "all_of": Shape("All of several tests", ("all of these hold:",)),
    "any_of": Shape("Any of several tests", ("at least one of these holds:",)),
}  # fmt: skip
COMBINED = ("all_of", "any_of")
