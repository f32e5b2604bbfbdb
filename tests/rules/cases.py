"""Small families for the rules' tests: one call a fact, everything else with a valid default."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import Evaluated, evaluate
from tfsaas.rules.facts import Tables
from tfsaas.rules.parse import parse, read_document
from tfsaas.rules.plan import Plan
from tfsaas.rules.results import name

BASELINE = date(2016, 6, 30)
TERMS = [
    (date(2015, 9, 1), date(2015, 12, 18)),
    (date(2016, 1, 4), date(2016, 3, 24)),
    (date(2016, 4, 11), date(2016, 7, 22)),
    (date(2016, 9, 1), date(2016, 12, 20)),
    (date(2017, 1, 3), date(2017, 3, 31)),
    (date(2017, 4, 18), date(2017, 7, 25)),
]
SIGNALS = {
    "event": ("police.asb", "police.offence"),
    "period": ("school.attended",),
    "spell": ("work.employed", "benefit.esa", "benefit.jsa", "care.need", "expecting"),
    "score": ("star",),
    "attestation": ("said",),
}


class Case:
    """Facts under construction. Person "adult" (born 1980) and "child" (born 2005) live in family F."""

    def __init__(self, *, baseline: date | None = BASELINE, family: str = "F") -> None:
        reached = BASELINE
        self.family = family
        self.tables = Tables([(family, baseline, reached, reached, reached, reached)], [])
        self.tables.terms = list(TERMS)

    def person(
        self,
        person_id: str,
        born: date | None,
        *,
        resident: bool = True,
        joined: date = date(2010, 1, 1),
        left: date | None = None,
    ) -> "Case":
        self.tables.people.append((person_id, self.family, born, resident, joined, left))
        return self

    def events(self, person: str, signal: str, *days: date) -> "Case":
        self.tables.events += [(person, signal, day, f"event:{day}") for day in days]
        return self

    def period(self, person: str, first: date, last: date, part: str, possible: str) -> "Case":
        row = (
            person,
            "school.attended",
            first,
            last,
            Decimal(part),
            Decimal(possible),
            f"period:{last}",
        )
        self.tables.periods.append(row)
        return self

    def terms_attended(self, person: str, *percentages: int | None) -> "Case":
        """100 sessions possible a term, from the first of the last so many terms to the last."""
        for (first, last), percent in zip(TERMS[-len(percentages) :], percentages, strict=True):
            if percent is not None:
                self.period(person, first, last, str(percent), "100")
        return self

    def spell(self, person: str, signal: str, first: date, to: date | None) -> "Case":
        self.tables.spells.append((person, signal, first, to, f"spell:{first}"))
        return self

    def score(self, person: str, day: date, value: str) -> "Case":
        self.tables.scores.append((person, "star", day, Decimal(value), f"score:{day}"))
        return self

    def said(self, day: date, *, person: str | None = None) -> "Case":
        self.tables.attestations.append(
            (person, None if person else self.family, "said", day, f"said:{day}")
        )
        return self

    def covered(self, signal: str, first: date, last: date) -> "Case":
        self.tables.coverage.append((signal, first, last))
        return self

    def always_covered(self, *signals: str) -> "Case":
        for signal in signals:
            self.covered(signal, date(2000, 1, 1), date(2030, 12, 31))
        return self

    def recorded(self, headline: str, day: date) -> "Case":
        self.tables.identified.append((self.family, headline, day))
        return self

    def evaluate(self, plan: Plan, day: date) -> Evaluated:
        return evaluate(plan, assemble(self.tables), day)


def plan_of(test: str, *, who: str = "anyone", scope: str = "every", extra: str = "") -> Plan:
    """A plan whose one outcome asks `test`; recording the headline makes it count."""
    return parse(
        read_document(
            f"""
[plan]
key = "test"
title = "Test"
version = 1
{extra}
[[group]]
code = "child"
max_age = 17
[[group]]
code = "adult"
min_age = 18
[[group]]
code = "school_age"
min_age = 5
max_age = 15
[[group]]
code = "outside"
resident = false
[[group]]
code = "dependent_child"
max_age = 18
resident = true
{declare_signals()}
[[headline]]
code = "h"
title = "Headline"
[[headline.outcome]]
code = "o"
title = "Outcome"
who = "{who}"
for = "{scope}"
test = {test}
"""
        )
    )


def declare_signals() -> str:
    """The signals of every kind, as TOML."""
    rows: Iterable[str] = (
        f'[[signal]]\ncode = "{code}"\nkind = "{kind}"\ntitle = "{code}"\n'
        for kind, codes in SIGNALS.items()
        for code in codes
    )
    return "\n".join(rows)


def ask(test: str, case: Case, day: date, *, who: str = "anyone", scope: str = "every") -> str:
    """The result of one test for the case's family on a day."""
    return name(case.evaluate(plan_of(test, who=who, scope=scope), day).outcomes[0].result[0])
