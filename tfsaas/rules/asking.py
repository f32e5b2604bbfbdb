"""Asking a test of many people at once."""

from collections.abc import Callable
from typing import Any

from tfsaas.rules.asked import Asked, Found
from tfsaas.rules.counts import ask_count, ask_fall
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
)  # fmt: skip
from tfsaas.rules.rates import ask_rate
from tfsaas.rules.results import combine
from tfsaas.rules.scores import ask_attested, ask_score
from tfsaas.rules.states import ask_held, ask_no_spell, ask_spell


def ask(test: Test, asked: Asked) -> Found:
    """Ask `test` of every row of `asked`.

    Source: contract, section 6.
    """
    return ASKERS[type(test)](test, asked)


def _ask_combined(test: Combined, asked: Asked) -> Found:
    parts = [ask(part, asked) for part in test.tests]
    return Found(combine([part.result for part in parts], every=test.every), test, parts=parts)


ASKERS: dict[type, Callable[[Any, Asked], Found]] = {
    Count: ask_count,
    Fall: ask_fall,
    Rate: ask_rate,
    HasSpell: ask_spell,
    NoSpell: ask_no_spell,
    Held: ask_held,
    ScoreReached: ask_score,
    Attested: ask_attested,
    Combined: _ask_combined,
}
