"""Reading one test of a plan, and the tests nested in it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from tfsaas.rules.plan import (
    Attested,
    Combined,
    Comparison,
    Count,
    Fall,
    Group,
    HasSpell,
    Held,
    NoSpell,
    Rate,
    ScoreReached,
    Signal,
    SignalKind,
    Test,
    Window,
)  # fmt: skip
from tfsaas.rules.table import Table

UNITS = ("months", "weeks", "terms")
FAMILY_KINDS = ("count", "fall")
FEWEST_TESTS = 1


@dataclass(frozen=True, slots=True)
class Context:
    """What a test may name."""

    groups: dict[str, Group]
    signals: dict[str, Signal]

    def check_signal(self, table: Table, key: str, code: str, kind: SignalKind) -> None:
        """Note a signal that is not declared or has another kind."""
        signal = self.signals.get(code)
        if signal is None:
            table.fault(key, f"the signal {code!r} is not declared")
        elif signal.kind is not kind:
            table.fault(
                key, f"the signal {code!r} is of kind {signal.kind.value}, not {kind.value}"
            )


def read_test(table: Table, context: Context, *, for_family: bool) -> Test:
    """The test a table describes.

    `for_family`: it is the own test of a measure that sums the family, which only counts can.
    """
    kind = table.one_of("kind", tuple(READERS))
    if for_family and kind not in FAMILY_KINDS:
        table.fault(
            "kind", f'for = "family" needs one of {", ".join(FAMILY_KINDS)} as the test itself'
        )
    if table.values.get("kind") not in READERS:
        table.left.clear()  # its other keys mean nothing without a kind
        return HasSpell("", None)
    return READERS[kind](table, context)


def spell_signal(table: Table, key: str, context: Context) -> str:
    """The code of a declared spell signal below `key`."""
    return _signal(table, context, SignalKind.SPELL, key)


def _signal(table: Table, context: Context, kind: SignalKind, key: str = "signal") -> str:
    code = table.text(key)
    if code:
        context.check_signal(table, key, code, kind)
    return code


def _window(table: Table, units: tuple[str, ...] = UNITS, *, needed: bool = True) -> Window | None:
    lengths = {unit: table.whole(unit, least=1) for unit in units}
    given = [unit for unit in units if unit in table.values]
    if len(given) > 1:
        table.fault(given[1], f"more than one window: {' and '.join(given)}")
    if not given and needed:
        table.fault("", f"needs a window: one of {', '.join(units)}")
    return Window(given[0], lengths[given[0]] or 1) if given else None


def _needed_window(table: Table, units: tuple[str, ...] = UNITS) -> Window:
    return _window(table, units) or Window(units[0], 1)


def _comparison(table: Table, allowed: tuple[Comparison, ...]) -> Comparison:
    given = [comparison for comparison in allowed if comparison.value in table.values]
    if len(given) != 1:
        names = ", ".join(comparison.value for comparison in allowed)
        table.fault("", f"needs exactly one of {names}")
    return given[0] if given else allowed[0]


def _count(table: Table, context: Context) -> Count:
    comparison = _comparison(table, (Comparison.AT_LEAST, Comparison.AT_MOST))
    threshold = {
        name.value: table.whole(name.value) for name in (Comparison.AT_LEAST, Comparison.AT_MOST)
    }
    return Count(
        _signal(table, context, SignalKind.EVENT),
        _needed_window(table),
        comparison,
        threshold[comparison.value] or 0,
    )


def _fall(table: Table, context: Context) -> Fall:
    signal = _signal(table, context, SignalKind.EVENT)
    percent = table.number("percent", needed=True)
    return Fall(signal, _needed_window(table, ("months", "weeks")), percent or Decimal(0))


def _rate(table: Table, context: Context) -> Rate:
    comparison = _comparison(table, tuple(Comparison))
    threshold = {name.value: table.number(name.value) for name in Comparison}
    return Rate(
        _signal(table, context, SignalKind.PERIOD),
        _needed_window(table, ("terms",)).length,
        comparison,
        threshold[comparison.value] or Decimal(0),
        table.flag("each_term"),
    )


def _held(table: Table, context: Context) -> Held:
    weeks = table.whole("weeks", least=1, needed=True) or 1
    within = table.whole("within_weeks", least=1)
    if within is not None and within < weeks:
        table.fault("within_weeks", "must not be below weeks")
    return Held(_signal(table, context, SignalKind.SPELL), weeks, within or weeks)


def _score(table: Table, context: Context) -> ScoreReached:
    at_least, rise = table.number("at_least"), table.number("rise")
    if "at_least" not in table.values and "rise" not in table.values:
        table.fault("", "needs at_least or rise")
    months = table.whole("months", least=1)
    return ScoreReached(_signal(table, context, SignalKind.SCORE), months, at_least, rise)


def _combined(table: Table, context: Context, *, every: bool) -> Combined:
    tests = table.tables("tests", lambda inner: read_test(inner, context, for_family=False))
    if len(tests) < FEWEST_TESTS:
        table.fault("tests", "missing; must be a list of tests")
    return Combined(every, tests)


READERS: dict[str, Callable[[Table, Context], Test]] = {
    "count": _count,
    "fall": _fall,
    "rate": _rate,
    "spell": lambda table, context: HasSpell(
        _signal(table, context, SignalKind.SPELL), _window(table, needed=False)
    ),
    "no_spell": lambda table, context: NoSpell(
        _signal(table, context, SignalKind.SPELL), _needed_window(table)
    ),
    "held": _held,
    "score": _score,
    "attested": lambda table, context: Attested(
        _signal(table, context, SignalKind.ATTESTATION), table.whole("months", least=1)
    ),
    "all_of": lambda table, context: _combined(table, context, every=True),
    "any_of": lambda table, context: _combined(table, context, every=False),
}
