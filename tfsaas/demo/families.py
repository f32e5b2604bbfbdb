"""Families whose facts lead where a plan leads them: the facts are made, what follows from them is found."""

import calendar
import csv
import io
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from tfsaas.demo import names
from tfsaas.evidence.layouts import BY_NAME

DAY = timedelta(days=1)
WEEK = 7
PROBLEMS = ("crime", "domestic-abuse", "help", "money", "education")
LONG_ENOUGH = 440  # days in which three terms pass after the baseline
FEEDS = (
    "police.offence", "police.asb", "police.domestic_incident", "justice.supervision", "school.attended",
    "school.absent", "school.exclusion", "school.permanent_exclusion", "school.off_roll", "care.early_help",
    "care.child_in_need", "care.child_protection", "work.employed", "work.neet", "benefit.jsa", "benefit.esa",
    "benefit.is", "benefit.uc", "money.arrears", "health.treatment", "health.star",
)  # fmt: skip


LATE = timedelta(days=75)


@dataclass(frozen=True, slots=True)
class Story:
    """Where a family is to go. `turns_on`: the month by whose end its facts should show a result, by `route`.

    Without a route: "stuck", "waiting" (no plan yet), "single" (one problem), "silent" (nobody
    scored the star), or "referred" (support has not begun).
    """

    route: str
    baseline: date
    turns_on: date


@dataclass
class Generator:
    """Collects rows of facts for a council, in the layouts of files."""

    random: Random
    prefix: str
    terms: list[tuple[date, date]]
    numbered: bool = False  # also NHS numbers
    rows: dict[str, list[list[Any]]] = field(default_factory=lambda: defaultdict(list))
    count: int = 0

    def files(self) -> dict[str, bytes]:
        """The files as they would be uploaded."""
        return {name: self._write(name) for name in self.rows}

    def _write(self, name: str) -> bytes:
        output = io.StringIO()
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow(BY_NAME[name].header)
        writer.writerows(self.rows[name])
        return output.getvalue().encode()

    def cover(self, first: date, last: date, late: Collection[str] = ()) -> None:
        """Every feed is complete between two days, but that some have not come for a while."""
        self.rows["coverage"] += [
            [signal, first, last - LATE if signal in late else last] for signal in FEEDS
        ]
        self.rows["terms"] += [list(term) for term in self.terms if term[0] <= last]

    def drop_after(self, day: date) -> None:
        """Leave out what has not happened by a day."""
        for name, at in (
            ("events", 2),
            ("scores", 2),
            ("attestations", 3),
            ("periods", 3),
            ("spells", 2),
        ):
            self.rows[name] = [row for row in self.rows[name] if row[at] <= day]
        for row in self.rows["spells"]:
            row[3] = None if row[3] and row[3] > day else row[3]

    def family(self, story: Story) -> str:
        """One family with its people and facts. Returns its reference."""
        self.count += 1
        family_id = f"{self.prefix}-{self.count:04d}"
        begun = story.route != "referred"
        planned = begun and story.route != "waiting"
        start = story.baseline
        self.rows["families"].append([
            family_id, start if begun else None, start + 14 * DAY if begun else None,
            start + 30 * DAY if planned else None, start if begun else None, start + 30 * DAY if planned else None,
        ])  # fmt: skip
        mother, children = self._people(family_id, start)
        tell = getattr(self, f"_tell_{story.route.replace('-', '_')}")
        tell(story, mother, children)
        self._attendance(children, story)
        return family_id

    def _people(self, family_id: str, start: date) -> tuple[str, list[str]]:
        surname = self.random.choice(names.FAMILY)
        home = names.address(self.random)
        mother = self._person(
            family_id, surname, home, start - timedelta(days=self.random.randint(24, 44) * 365), 1
        )
        if self.random.random() < 0.45:
            born = start - timedelta(days=self.random.randint(25, 48) * 365)
            self._person(family_id, surname, home, born, 2, resident=self.random.random() < 0.75)
        children = []
        for number in range(self.random.choice((1, 1, 2, 2, 2, 3, 3, 4))):
            born = start - timedelta(days=self.random.randint(2 * 365, 14 * 365))
            children.append(self._person(family_id, surname, home, born, 3 + number))
        return mother, children

    def _person(
        self,
        family_id: str,
        surname: str,
        home: tuple[str, str],
        born: date,
        number: int,
        *,
        resident: bool = True,
    ) -> str:
        person_id = f"{family_id}-{number}"
        nhs = (
            names.nhs_number(self.random) if self.numbered and self.random.random() < 0.6 else None
        )
        where = home if resident else names.address(self.random)
        self.rows["people"].append([
            person_id, family_id, born, str(resident).lower(), born if number > 2 else date(2010, 1, 1), None,
            self.random.choice(names.GIVEN), surname, None, nhs, None, *where,
        ])  # fmt: skip
        return person_id

    # ------------------------------------------------------------------ where a family goes
    def _tell_ssp(self, story: Story, mother: str, children: list[str]) -> None:
        """Two problems; the other clears up soon, the star rises in the month that counts."""
        self._star(mother, story, last="8")
        self._problem(self.random.choice(PROBLEMS), story, mother, children, solved=True)

    def _tell_ce(self, story: Story, mother: str, children: list[str]) -> None:
        """On a benefit, then in work long enough; another problem stays open."""
        benefit, weeks = self.random.choice((("benefit.esa", 13), ("benefit.jsa", 26)))
        if (story.turns_on - story.baseline).days < 250:
            benefit, weeks = "benefit.esa", 13
        reached = self._day_in(story.turns_on)
        works_from = reached - timedelta(days=WEEK * weeks - 1)
        self.rows["spells"].append([mother, benefit, story.baseline - 300 * DAY, works_from])
        self.rows["spells"].append([mother, "work.employed", works_from, None])
        self._problem("domestic-abuse", story, mother, children, solved=False)

    def _tell_stuck(self, story: Story, mother: str, children: list[str]) -> None:
        """Two problems that do not go away."""
        self._star(mother, story, last="5")
        self._problem(self.random.choice(PROBLEMS[:2]), story, mother, children, solved=False)

    def _tell_waiting(self, story: Story, mother: str, children: list[str]) -> None:
        """Everything improves, and nobody has agreed a plan."""
        self._tell_ssp(story, mother, children)

    def _tell_single(self, story: Story, mother: str, children: list[str]) -> None:
        """One problem is not enough for the programme."""
        self._problem(self.random.choice(PROBLEMS), story, mother, children, solved=True)

    def _tell_silent(self, story: Story, mother: str, children: list[str]) -> None:
        """A health need, and nobody scores the star."""
        self.rows["spells"].append([mother, "health.treatment", story.baseline - 100 * DAY, None])
        self._problem(self.random.choice(PROBLEMS), story, mother, children, solved=True)

    def _tell_referred(self, story: Story, mother: str, children: list[str]) -> None:
        """Known, not begun."""
        self._problem(self.random.choice(PROBLEMS[:2]), story, mother, children, solved=False)

    # ------------------------------------------------------------------ what happens in it
    def _day_in(self, month_end: date) -> date:
        """A day of the month that ends on `month_end`, not its first."""
        return month_end.replace(day=self.random.randint(2, month_end.day))

    def _star(self, mother: str, story: Story, *, last: str) -> None:
        start = story.baseline
        self.rows["spells"].append([mother, "health.treatment", start - 100 * DAY, None])
        self.rows["scores"].append([mother, "health.star", start, "4"])
        halfway = start + (story.turns_on.replace(day=1) - start) / 2
        self.rows["scores"].append([mother, "health.star", halfway, "5"])
        self.rows["scores"].append([mother, "health.star", self._day_in(story.turns_on), last])

    def _problem(
        self, which: str, story: Story, mother: str, children: list[str], *, solved: bool
    ) -> None:
        """One headline at the baseline; not `solved`: it goes on until the end."""
        start, later = story.baseline, self._day_in(story.turns_on) - 20 * DAY
        if which == "education" and self._missing_school(story, children):
            return
        if which in {"crime", "domestic-abuse"}:
            signal = "police.asb" if which == "crime" else "police.domestic_incident"
            self._incidents(mother, signal, start, None if solved else later)
        elif which == "money":
            self.rows["spells"].append([mother, "money.arrears", start - 200 * DAY, None])
            if solved:
                self.rows["attestations"].append([None, mother, "met.work", later])
        else:
            until = start + 200 * DAY if solved else None
            self.rows["spells"].append(
                [self.random.choice(children), "care.early_help", start - 30 * DAY, until]
            )

    def _incidents(self, mother: str, signal: str, start: date, until: date | None) -> None:
        """Some before the baseline; with `until`, on and on up to that day."""
        for _ in range(self.random.randint(2, 4)):
            self._event(mother, signal, start - self.random.randint(1, 150) * DAY)
        if until:
            for step in range((until - start).days // 60 + 1):
                self._event(mother, signal, until - step * 60 * DAY)

    def _missing_school(self, story: Story, children: list[str]) -> bool:
        """A child of school age who missed a tenth or more of three terms before the baseline; false without one."""
        start, ages = (
            story.baseline,
            {row[0]: (story.baseline - row[2]).days // 365 for row in self.rows["people"][-6:]},
        )
        of_age = [child for child in children if 6 <= ages.get(child, 0) <= 11]
        before = [term for term in self.terms if term[1] <= start][-3:]
        if not of_age or (story.turns_on - start).days < LONG_ENOUGH:
            return False
        for begins, ends in before:
            missed = self.random.randint(11, 24)
            self.rows["periods"].append([of_age[0], "school.absent", begins, ends, missed, 100])
        return True

    def _event(self, person: str, signal: str, on: date) -> None:
        self.rows["events"].append([person, signal, on])

    def _attendance(self, children: list[str], story: Story) -> None:
        """Each child's attendance in the terms around the support."""
        first, last = story.baseline - 400 * DAY, story.turns_on + 120 * DAY
        improves = story.route != "stuck" or self.random.random() < 0.5
        for child in children:
            for begins, ends in self.terms:
                if first <= ends <= last:
                    rate = self.random.randint(91, 99) if improves else self.random.randint(80, 93)
                    self.rows["periods"].append([child, "school.attended", begins, ends, rate, 100])


def month_ends(first: date, last: date) -> list[date]:
    """The last day of every month from one to another."""
    found, year, month = [], first.year, first.month
    while (end := date(year, month, calendar.monthrange(year, month)[1])) <= last:
        found.append(end)
        year, month = year + month // 12, month % 12 + 1
    return found


def school_terms(first: int, last: int) -> list[tuple[date, date]]:
    """Three terms in each school year that begins from `first` to `last`."""
    return [
        term
        for year in range(first, last + 1)
        for term in (
            (date(year, 9, 3), date(year, 12, 19)),
            (date(year + 1, 1, 5), date(year + 1, 3, 27)),
            (date(year + 1, 4, 16), date(year + 1, 7, 21)),
        )
    ]
