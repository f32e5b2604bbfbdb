"""A second reading of `outcomes-plan.md`, day by day and person by person, to check engines."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from operator import ge, gt, le, lt
from typing import Any

Facts = dict[str, list[dict[str, str]]]
Table = dict[str, Any]
MET, NOT_MET = "met", "not_met"
NOT_APPLICABLE, INSUFFICIENT = "not_applicable", "insufficient_evidence"
EVERY, ANY = (NOT_MET, INSUFFICIENT, MET), (MET, INSUFFICIENT, NOT_MET)
COMPARISONS = {"at_least": ge, "above": gt, "at_most": le, "below": lt, "rise": ge}


def evaluate(plan: dict[str, Any], facts: Facts, as_at: date) -> list[dict[str, str]]:
    """One row of results a family, in the order of `families`, worded as in section 11."""
    read = {file: [read_row(row) for row in rows] for file, rows in facts.items()}
    return [Question(plan, read, row, as_at).results() for row in read.get("families", [])]


def read_row(row: dict[str, str]) -> Table:
    """A row of facts whose days are dates, None where empty."""
    days = [name for name in row if name.endswith(("on", "from", "to", "date_of_birth"))]
    return row | {name: date.fromisoformat(row[name]) if row[name] else None for name in days}


def combine(order: tuple[str, ...], results: list[str]) -> str:
    """Results combined by EVERY or ANY (section 4): the first in that order that is among them."""
    return next((result for result in order if result in results), NOT_APPLICABLE)


def compare(value: Fraction | None, name: str, test: Table) -> str:
    """A value compared with the test's threshold of this name; no value is no evidence."""
    if value is None:
        return INSUFFICIENT
    return MET if COMPARISONS[name](value, Fraction(test[name])) else NOT_MET


def compare_rate(rows: list[Table], test: Table) -> str:
    """The exact percentage of some period rows compared; no row is no evidence."""
    part, possible = (sum(Fraction(row[name]) for row in rows) for name in ("part", "possible"))
    name = next(name for name in COMPARISONS if name in test)
    return compare(Fraction(100 * part) / possible if rows else None, name, test)


def days_between(first: date, last: date) -> list[date]:
    """Each day from the first to the last, both inside."""
    return [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]


def is_in_group(row: Table, group: Table, day: date) -> bool:
    """Whether a member is inside a group's limits; in common years (3, 1) is next after (2, 29)."""
    if group.get("resident") not in {None, row["resident"] == "true"}:
        return False
    birth, has_age_limit = row["date_of_birth"], "min_age" in group or "max_age" in group
    if birth is None or not has_age_limit:
        return not has_age_limit
    age = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    return bool(group.get("min_age", age) <= age <= group.get("max_age", age))


@dataclass(frozen=True, slots=True)
class Question:
    """One family looked at on one day; `people` are the memberships of those a test is asked of."""

    plan: Table
    facts: dict[str, list[Table]]
    family: Table
    day: date
    people: tuple[Table, ...] = ()

    def results(self) -> dict[str, str]:
        """The family's row of results on the day (section 7)."""
        eligible, worked_with = self.is_eligible(), self.is_worked_with()
        results = {"ssp": self.progress(), "ce": self.employment()}
        met = [route for route in results if results[route] == MET and eligible and worked_with]
        prefer = self.plan.get("result", {}).get("prefer", "ce")
        return {
            "family_id": self.family["family_id"],
            "eligible": str(eligible).lower(),
            "worked_with": str(worked_with).lower(),
            **results,
            "result": prefer if prefer in met else "".join(met),
            "headlines": "|".join(headline["code"] for headline in self.identified_headlines()),
        }

    def at_baseline(self) -> "Question | None":
        """The same question on the baseline, None where that is absent or after the day."""
        baseline = self.family["baseline_on"]
        return replace(self, day=baseline) if baseline and baseline <= self.day else None

    def identified_headlines(self) -> list[Table]:
        """Headlines identified as at the baseline or as at the day, or recorded, in plan order."""
        start = self.at_baseline()
        found = self.headlines_as_at() + (start.headlines_as_at() if start else [])
        return [headline for headline in self.plan["headline"] if headline in found]

    def headlines_as_at(self) -> list[Table]:
        """Headlines identified as at the day itself, or recorded on or before it."""
        return [one for one in self.plan["headline"] if self.is_recorded(one) or self.needs(one)]

    def is_recorded(self, headline: Table) -> bool:
        """Whether a worker recorded the headline on or before the day."""
        asked = (self.family["family_id"], headline["code"])
        rows = [row for row in self.facts.get("identified", []) if row["on"] <= self.day]
        return asked in [(row["family_id"], row["headline"]) for row in rows]

    def needs(self, headline: Table) -> list[Table]:
        """The headline's indicators that are identified as at the day."""
        return [one for one in headline.get("indicator", []) if self.measure(one, ANY) == MET]

    def is_eligible(self) -> bool:
        """Whether the family qualified on its baseline."""
        start, rules = self.at_baseline(), self.plan.get("eligibility", {})
        if start is None:
            return False
        found = start.headlines_as_at()
        outside = [headline for headline in found if start.is_from_outside(headline)]
        counted = min(len(outside), rules.get("nonresident_headlines", len(outside)))
        enough = len(found) - len(outside) + counted >= rules.get("minimum_headlines", 0)
        needs = sum(len(start.needs(headline)) for headline in self.plan["headline"])
        return enough and needs >= rules.get("minimum_needs", 0) and start.has_child_asked()

    def is_from_outside(self, headline: Table) -> bool:
        """Whether only members who live elsewhere supply an identified headline."""
        supplies = [self.supply(indicator) for indicator in self.needs(headline)]
        homes = {row["resident"] for people in supplies for row in people}
        return not self.is_recorded(headline) and all(supplies) and homes == {"false"}

    def supply(self, indicator: Table) -> list[Table]:
        """The memberships of the people who bring an identified indicator to the family."""
        test, asked = indicator["test"], self.ask_each(indicator.get("who", "anyone"))
        if indicator.get("for") == "family":
            return [one.people[0] for one in asked if one.dated_rows("events", test)]
        return [one.people[0] for one in asked if one.result(test) == MET]

    def has_child_asked(self) -> bool:
        """Whether there is, or is expected, the dependent child for which the plan may ask."""
        rules, everyone = self.plan.get("eligibility", {}), self.ask_each("anyone")
        if not rules.get("dependent_child") or self.ask_each("dependent_child"):
            return True
        expecting = [one for one in everyone if one.days_held("expecting", [one.day])]
        return bool(rules.get("expectant_parent") and expecting)

    def is_worked_with(self) -> bool:
        """Whether each principle that the plan lists has its date on or before the day."""
        principles = self.plan.get("worked_with", {}).get("principles", [])
        return all((self.family[f"{one}_on"] or date.max) <= self.day for one in principles)

    def progress(self) -> str:
        """Significant and sustained progress: *every* of *every* is *every* of all outcomes."""
        outcomes = [one for headline in self.identified_headlines() for one in headline["outcome"]]
        always = self.plan.get("always", [])
        result = combine(EVERY, [self.measure(outcome, EVERY) for outcome in outcomes + always])
        return INSUFFICIENT if not self.at_baseline() or result == NOT_APPLICABLE else result

    def employment(self) -> str:
        """Continuous employment, of any adult by any route."""
        everyone = self.ask_each("anyone") if self.at_baseline() else []
        routes = self.plan.get("employment_route", []) if "employment" in self.plan else []
        adults = [one for one in everyone if is_in_group(one.people[0], {"min_age": 18}, self.day)]
        return combine(ANY, [adult.route(route) for adult in adults for route in routes])

    def route(self, route: Table) -> str:
        """The result of one adult by one employment route."""
        if not self.days_held(route["prior"], days_between(self.family["baseline_on"], self.day)):
            return NOT_APPLICABLE
        employment = {"benefits": [], **self.plan["employment"]}
        if any(self.days_held(benefit, [self.day]) for benefit in employment["benefits"]):
            return NOT_MET
        return self.held({**route, "signal": employment["signal"]})

    def ask_each(self, code: str) -> "list[Question]":
        """The question put to each member on the day who is in the group of this code."""
        limits = ({"anyone": {}} | {one["code"]: one for one in self.plan.get("group", [])})[code]
        family, rows = self.family["family_id"], self.facts.get("people", [])
        rows = [row for row in rows if row["family_id"] == family and row["joined_on"] <= self.day]
        rows = [row for row in rows if self.day < (row["left_on"] or date.max)]
        return [replace(self, people=(row,)) for row in rows if is_in_group(row, limits, self.day)]

    def measure(self, measure: Table, default: tuple[str, ...]) -> str:
        """The result of an indicator or outcome for the family (section 5)."""
        asked, test = self.ask_each(measure.get("who", "anyone")), measure["test"]
        if asked and measure.get("for") == "family":
            return replace(self, people=tuple(one.people[0] for one in asked)).result(test)
        order = {"every": EVERY, "any": ANY}.get(measure.get("for", ""), default)
        return combine(order, [one.result(test) for one in asked])

    def result(self, test: Table) -> str:
        """The result of a test (section 6) for the one person, or the summed people, asked."""
        if test["kind"] in {"all_of", "any_of"}:
            order = EVERY if test["kind"] == "all_of" else ANY
            return combine(order, [self.result(nested) for nested in test["tests"]])
        if len(self.terms(test)) < test.get("terms", 0):
            return INSUFFICIENT
        return str(getattr(self, test["kind"])(test))

    def count(self, test: Table) -> str:
        """The test of events in a window."""
        count = len(self.dated_rows("events", test))
        if "at_least" in test:
            return MET if count >= test["at_least"] else self.if_covered(test, NOT_MET)
        return NOT_MET if count > test["at_most"] else self.if_covered(test, MET)

    def fall(self, test: Table) -> str:
        """The test of events up to the day against those up to the baseline."""
        start = self.at_baseline()
        if not start or start.if_covered(test, MET) != MET or self.if_covered(test, MET) != MET:
            return INSUFFICIENT
        before, after = (len(one.dated_rows("events", test)) for one in (start, self))
        if before == 0:
            return NOT_APPLICABLE
        return MET if 100 * (before - after) >= Fraction(test["percent"]) * before else NOT_MET

    def rate(self, test: Table) -> str:
        """The test of a share over terms; a row belongs to the term that contains its `to`."""
        rows = [row for row in self.rows("periods", test["signal"]) if Fraction(row["possible"])]
        by_term = [[row for row in rows if row["to"] in term] for term in self.terms(test)]
        if not any(by_term):
            return self.if_covered(test, NOT_APPLICABLE)
        if not test.get("each_term"):
            by_term = [[row for term in by_term for row in term]] if all(by_term) else [[]]
        return combine(EVERY, [compare_rate(rows, test) for rows in by_term])

    def spell(self, test: Table) -> str:
        """The test of a state that holds on some day of the window, or on the day."""
        held = self.days_held(test["signal"], self.window(test))
        return MET if held else self.if_covered(test, NOT_MET)

    def no_spell(self, test: Table) -> str:
        """The test of a state that holds on no day of the window."""
        return {MET: NOT_MET, NOT_MET: MET}.get(self.spell(test), INSUFFICIENT)

    def held(self, test: Table) -> str:
        """The test of a state that held on enough days of the last weeks."""
        within = {**test, "weeks": test.get("within_weeks", test["weeks"])}
        held = self.days_held(test["signal"], self.window(within))
        return MET if len(held) >= 7 * test["weeks"] else self.if_covered(within, NOT_MET)

    def score(self, test: Table) -> str:
        """The test of the latest score, and of its rise over the latest one by the baseline."""
        start, latest = self.at_baseline(), self.latest_score(test)
        first = start.latest_score({"signal": test["signal"]}) if start else None
        rise = None if latest is None or first is None else latest - first
        asked = {"at_least": latest, "rise": rise}.items()
        return combine(EVERY, [compare(value, name, test) for name, value in asked if name in test])

    def latest_score(self, test: Table) -> Fraction | None:
        """The latest value by the day, inside the window if any; of two on one day the greater."""
        rows = self.dated_rows("scores", test)
        return max([(row["on"], Fraction(row["value"])) for row in rows])[1] if rows else None

    def attested(self, test: Table) -> str:
        """The test of a professional's statement about the person or the family."""
        return MET if self.dated_rows("attestations", test) else NOT_MET

    def dated_rows(self, file: str, test: Table) -> list[Table]:
        """The rows of a test on or before the day and, where it has a window, inside that."""
        rows = [row for row in self.rows(file, test["signal"]) if row["on"] <= self.day]
        has_window = {"months", "weeks", "terms"} & set(test)
        days = self.window(test) if has_window else [row["on"] for row in rows]
        return [row for row in rows if row["on"] in days]

    def rows(self, file: str, signal: str) -> list[Table]:
        """The rows of a file of this signal, about the people asked or their family."""
        people, family = [row["person_id"] for row in self.people], self.family["family_id"]
        rows = [row for row in self.facts.get(file, []) if row["signal"] == signal]
        return [row for row in rows if row["person_id"] in people or row.get("family_id") == family]

    def days_held(self, signal: str, days: list[date]) -> list[date]:
        """Those days on which a spell holds; its `to` is outside, an empty one never comes."""
        spells = [(row["from"], row["to"] or date.max) for row in self.rows("spells", signal)]
        return [day for day in days if any(start <= day < end for start, end in spells)]

    def if_covered(self, test: Table, result: str) -> str:
        """The result that silence gives where the feed covers each day that the window asks."""
        rows = [row for row in self.facts.get("coverage", []) if row["signal"] == test["signal"]]
        days = [day for term in self.terms(test) for day in term] or self.window(test)
        covered = all(any(row["from"] <= day <= row["to"] for row in rows) for day in days)
        gaps = [days_between(row["from"], row["to"]) for row in self.rows("gaps", test["signal"])]
        return result if covered and not set(days) & set().union(*gaps) else INSUFFICIENT

    def terms(self, test: Table) -> list[list[date]]:
        """The days of each of the last terms that ended by the day, as many as the test asks."""
        ended = [row for row in self.facts.get("terms", []) if row["to"] <= self.day]
        last = ended[-test["terms"] :] if "terms" in test else []
        return [days_between(row["from"], row["to"]) for row in last]

    def window(self, test: Table) -> list[date]:
        """Each day of the test's window, holidays between terms too; without a window the day."""
        terms, before = self.terms(test), self.day - timedelta(days=7 * test.get("weeks", 0))
        if terms:
            return days_between(terms[0][0], terms[-1][-1])
        if "months" in test:
            year, month = divmod(12 * self.day.year + self.day.month - 1 - test["months"], 12)
            before = date(year, month + 1, min(self.day.day, monthrange(year, month + 1)[1]))
        return days_between(before, self.day)[1:] or [self.day]
