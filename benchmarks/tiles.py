"""The same families many times over, to measure the rules at the size of England."""

from dataclasses import dataclass, replace

import numpy as np

from tfsaas.rules.facts import SPAN, Column, Dated, Facts, Periods, Scores, Spells


@dataclass(frozen=True, slots=True)
class Tiles:
    """`base` so many `times`, each time other families and people."""

    base: Facts
    times: int

    @property
    def people(self) -> int:
        """People in one tile."""
        return len(self.base.person_ids)

    @property
    def families(self) -> int:
        """Families in one tile."""
        return len(self.base.family_ids)

    def facts(self) -> Facts:
        """All tiles together."""
        base, people, families = self.base, self.people, self.families
        return replace(
            base,
            family_ids=[f"{n}" for n in range(families * self.times)],
            person_ids=[f"{n}" for n in range(people * self.times)],
            baseline=self._repeat(base.baseline),
            principles={code: self._repeat(days) for code, days in base.principles.items()},
            birth=self._repeat(base.birth),
            member_person=self._shift(base.member_person, people),
            member_family=self._shift(base.member_family, families),
            member_resident=self._repeat(base.member_resident),
            member_joined=self._repeat(base.member_joined),
            member_left=self._repeat(base.member_left),
            events=self._all_dated(base.events, people),
            periods={code: self._periods(found) for code, found in base.periods.items()},
            spells={code: self._spells(found) for code, found in base.spells.items()},
            scores={code: self._scores(found) for code, found in base.scores.items()},
            attested_people=self._all_dated(base.attested_people, people),
            attested_families=self._all_dated(base.attested_families, families),
        )

    def _shift(self, values: np.ndarray, step: int) -> np.ndarray:
        return np.concatenate([values + step * n for n in range(self.times)])

    def _repeat(self, values: np.ndarray) -> np.ndarray:
        return np.tile(values, self.times)

    def _column(self, found: Column) -> Column:
        return Column(self._shift(found.owner, self.people), self._repeat(found.day), found.rows)

    def _all_dated(self, every: dict[str, Dated], owners: int) -> dict[str, Dated]:
        return {
            code: Dated(
                self._shift(found.key, owners * int(SPAN)), self._repeat(found.present), found.rows
            )
            for code, found in every.items()
        }

    def _periods(self, found: Periods) -> Periods:
        terms = max(len(self.base.term_last), 1)
        return replace(
            found,
            key=self._shift(found.key, self.people * terms),
            part=self._repeat(found.part),
            possible=self._repeat(found.possible),
            owner=self._shift(found.owner, self.people),
            to=self._repeat(found.to),
        )

    def _spells(self, found: Spells) -> Spells:
        total = int(found.before[-1])
        return Spells(
            self._shift(found.key, self.people * int(SPAN)),
            self._shift(found.owner, self.people),
            self._repeat(found.first),
            self._repeat(found.to),
            np.append(self._shift(found.before[:-1], total), total * self.times),
            self._repeat(found.present),
            self._column(found.raw),
            self._repeat(found.raw_to),
        )

    def _scores(self, found: Scores) -> Scores:
        return replace(
            found,
            key=self._shift(found.key, self.people * int(SPAN)),
            owner=self._shift(found.owner, self.people),
            value=self._repeat(found.value),
            present=self._repeat(found.present),
        )
