"""From a TOML document to a plan, with the path of every fault."""

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

import tomli_w

from tfsaas.rules.plan import (
    ANYONE,
    DEPENDENT_CHILD,
    EXPECTING,
    PRINCIPLES,
    Eligibility,
    Employment,
    Group,
    Headline,
    Measure,
    Plan,
    Route,
    Scope,
    Signal,
    SignalKind,
)  # fmt: skip
from tfsaas.rules.reading import Context, read_test, spell_signal
from tfsaas.rules.table import Table

Document = dict[str, Any]
KINDS = tuple(kind.value for kind in SignalKind)


class PlanRefused(Exception):
    """The plan says something that cannot be; each fault begins with its path."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def read_document(source: str) -> Document:
    """The TOML of a plan as a document, decimals kept as written.

    Raises:
        PlanRefused: it is not TOML.
    """
    try:
        return tomllib.loads(source, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise PlanRefused((f"not TOML: {error}",)) from error


def write_document(document: Document) -> str:
    """A document as TOML. Reading it back gives an equal document."""
    return tomli_w.dumps(document)


def hash_document(document: Document) -> str:
    """The SHA-256 of what a document says; layout and comments do not count."""
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


@lru_cache(maxsize=256)
def parse_source(source: str) -> Plan:
    """The plan that a TOML text describes; the same text is read once a process.

    Raises:
        PlanRefused: with every fault.
    """
    return parse(read_document(source))


def parse(document: Document) -> Plan:
    """The plan a document describes.

    Raises:
        PlanRefused: with every fault, not only the first.

    Source: the outcomes plan contract, sections 1 and 5 to 8.
    """
    faults: list[str] = []
    root = Table(document, "", faults)
    plan = _read(root)
    root.close()
    if faults:
        raise PlanRefused(tuple(faults))
    return plan


def _read(root: Table) -> Plan:
    head = root.table("plan") or Table({}, "plan", root.faults)
    key, title = head.text("key"), head.text("title")
    version = head.whole("version", least=1, needed=True)
    starts, ends = head.day("effective_from"), head.day("effective_to")
    if starts and ends and ends < starts:
        head.fault("effective_to", "is before effective_from")
    head.close()
    groups = _groups(root)
    signals = _signals(root)
    context = Context(groups, signals)
    headlines = root.tables("headline", lambda table: _headline(table, context))
    _refuse_twice(root, "headline", (headline.code for headline in headlines))
    return Plan(
        key=key,
        title=title,
        version=version or 1,
        effective_from=starts,
        effective_to=ends,
        eligibility=_eligibility(root, context),
        principles=_principles(root),
        groups=groups,
        signals=signals,
        headlines=headlines,
        always=root.tables("always", lambda table: _measure(table, context, Scope.EVERY)),
        employment=_employment(root, context),
        routes=root.tables("employment_route", lambda table: _route(table, context)),
        prefer_ssp=_prefer_ssp(root),
    )


def _refuse_twice(table: Table, key: str, codes: Iterable[str]) -> None:
    for code, times in Counter(codes).items():
        if times > 1 and code:
            table.fault(key, f"the code {code!r} stands {times} times")


def _groups(root: Table) -> dict[str, Group]:
    def read(table: Table) -> Group:
        code = table.text("code")
        if code == ANYONE:
            table.fault("code", f"{ANYONE!r} is predeclared and cannot be redefined")
        return Group(
            code, table.whole("min_age"), table.whole("max_age"), table.maybe_flag("resident")
        )

    found = root.tables("group", read)
    _refuse_twice(root, "group", (group.code for group in found))
    return {ANYONE: Group(ANYONE)} | {group.code: group for group in found}


def _signals(root: Table) -> dict[str, Signal]:
    def read(table: Table) -> Signal:
        kind = SignalKind(table.one_of("kind", KINDS))
        return Signal(
            table.text("code"), kind, table.text("title"), table.text("source", needed=False)
        )

    found = root.tables("signal", read)
    _refuse_twice(root, "signal", (signal.code for signal in found))
    return {signal.code: signal for signal in reversed(found)}  # of two, the first is meant


def _headline(table: Table, context: Context) -> Headline:
    indicators = table.tables("indicator", lambda inner: _measure(inner, context, Scope.ANY))
    outcomes = table.tables("outcome", lambda inner: _measure(inner, context, Scope.EVERY))
    _refuse_twice(table, "indicator", (measure.code for measure in indicators))
    _refuse_twice(table, "outcome", (measure.code for measure in outcomes))
    if not outcomes:
        table.fault("outcome", "missing; a headline needs at least one outcome")
    return Headline(
        code=table.text("code"),
        number=table.whole("number"),
        title=table.text("title"),
        goal=table.text("goal", needed=False),
        indicators=indicators,
        outcomes=outcomes,
    )


def _measure(table: Table, context: Context, default: Scope) -> Measure:
    who = table.text("who", needed=False) or ANYONE
    if who not in context.groups:
        table.fault("who", f"the group {who!r} is not declared")
    scope = Scope(table.one_of("for", tuple(scope.value for scope in Scope), default.value))
    below = table.table("test") or Table({}, table.at("test"), table.faults)
    test = read_test(below, context, for_family=scope is Scope.FAMILY)
    below.close()
    return Measure(table.text("code"), table.text("title"), who, scope, test)


def _eligibility(root: Table, context: Context) -> Eligibility:
    table = root.table("eligibility")
    if table is None:
        return Eligibility()
    made = Eligibility(
        minimum_headlines=table.whole("minimum_headlines") or 0,
        minimum_needs=table.whole("minimum_needs") or 0,
        nonresident_headlines=table.whole("nonresident_headlines"),
        dependent_child=table.flag("dependent_child"),
        expectant_parent=table.flag("expectant_parent"),
    )
    table.close()
    if made.dependent_child and DEPENDENT_CHILD not in context.groups:
        table.fault(
            "dependent_child", f"needs the group {DEPENDENT_CHILD!r}, which is not declared"
        )
    expecting = context.signals.get(EXPECTING)
    if made.expectant_parent and (expecting is None or expecting.kind is not SignalKind.SPELL):
        table.fault(
            "expectant_parent", f"needs the spell signal {EXPECTING!r}, which is not declared"
        )
    return made


def _principles(root: Table) -> tuple[str, ...]:
    table = root.table("worked_with")
    if table is None:
        return ()
    listed = table.texts("principles")
    table.close()
    for name in listed:
        if name not in PRINCIPLES:
            table.fault(
                "principles", f"unknown principle {name!r}; there are {', '.join(PRINCIPLES)}"
            )
    return tuple(listed)


def _employment(root: Table, context: Context) -> Employment | None:
    table = root.table("employment")
    if table is None:
        return None
    signal = spell_signal(table, "signal", context)
    benefits = table.texts("benefits")
    table.close()
    for index, benefit in enumerate(benefits):
        context.check_signal(table, f"benefits[{index}]", benefit, SignalKind.SPELL)
    return Employment(signal, tuple(benefits))


def _route(table: Table, context: Context) -> Route:
    weeks = table.whole("weeks", least=1, needed=True) or 1
    within = table.whole("within_weeks", least=1)
    if within is not None and within < weeks:
        table.fault("within_weeks", "must not be below weeks")
    return Route(spell_signal(table, "prior", context), weeks, within or weeks)


def _prefer_ssp(root: Table) -> bool:
    table = root.table("result")
    if table is None:
        return False
    preferred = table.one_of("prefer", ("ce", "ssp"), "ce")
    table.close()
    return preferred == "ssp"
