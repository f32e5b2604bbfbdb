"""Rounds in shuffled order, ratios with median and range, and what they were measured on."""

import os
import platform
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version


@dataclass
class Outcome:
    """One figure with its goal. `holds` None: the range straddles the goal, so nothing is shown."""

    name: str
    what: str
    median: float
    low: float
    high: float
    goal: str
    holds: bool | None
    details: dict[str, object] = field(default_factory=dict)

    def line(self) -> str:
        """The figure as a line of text."""
        verdict = {True: "reached", False: "missed", None: "inconclusive"}[self.holds]
        told = ", ".join(f"{key} {value}" for key, value in self.details.items())
        figures = f"{self.median:,.2f} ({self.low:,.2f} to {self.high:,.2f})"
        return f"{self.name} {self.what}: {figures}; goal {self.goal}: {verdict}. {told}"


def cpu(call: Callable[[], object]) -> float:
    """Seconds of this process's CPU that a call takes."""
    before = time.process_time()
    call()
    return time.process_time() - before


def wall(call: Callable[[], object]) -> float:
    """Seconds by the clock that a call takes."""
    before = time.perf_counter()
    call()
    return time.perf_counter() - before


def rounds(
    calls: dict[str, Callable[[], object]],
    count: int,
    clock: Callable[[Callable[[], object]], float],
    *,
    times: int = 1,
    before: Callable[[], object] = lambda: None,
) -> dict[str, list[float]]:
    """Every call's seconds in each round, in a new order each time; `before` is done before each, by no clock.

    `times`: so often in a round, of which the middle counts, where a machine shared with others
    stands still now and then.
    """
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(count):
        taken: dict[str, list[float]] = {name: [] for name in calls}
        order = [*calls] * times
        random.shuffle(order)
        for name in order:
            before()
            taken[name].append(clock(calls[name]))
        for name, seconds in taken.items():
            found[name].append(statistics.median(seconds))
    return found


def judge(
    name: str,
    what: str,
    values: list[float],
    goal: float,
    *,
    at_most: bool = True,
    **details: object,
) -> Outcome:
    """An outcome from the values of each round against a goal."""
    low, high = min(values), max(values)
    if at_most:
        holds = True if high <= goal else False if low > goal else None
    else:
        holds = True if low >= goal else False if high < goal else None
    sign = "at most" if at_most else "at least"
    middle = statistics.median(values)
    return Outcome(name, what, middle, low, high, f"{sign} {goal:,}", holds, dict(details))


def surroundings() -> dict[str, object]:
    """What the figures were measured on."""
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        **{name: version(name) for name in ("numpy", "sqlalchemy", "flask", "weasyprint")},
    }


def as_dict(outcome: Outcome) -> dict[str, object]:
    """For machines."""
    return asdict(outcome)
