"""Which families a demo council has: how many, from when, and where they go."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from tfsaas.demo.families import DAY, Story, month_ends

SHORTEST, LONGEST = 215, 560  # days from the beginning of support to the result
OTHERS = ("stuck", "stuck", "waiting", "single", "silent", "referred")


def reaching(
    random: Random, route: str, months: Sequence[date], count: int, earliest: date
) -> list[Story]:
    """`count` families whose facts show a result by `route` in these months, spread evenly."""
    return [
        _reaching(random, route, months[n * len(months) // count], earliest) for n in range(count)
    ]


def _reaching(random: Random, route: str, month: date, earliest: date) -> Story:
    longest = min(LONGEST, (month.replace(day=1) - earliest).days)
    return Story(
        route, month.replace(day=1) - timedelta(days=random.randint(SHORTEST, longest)), month
    )


def others(random: Random, months: Sequence[date], count: int, earliest: date) -> list[Story]:
    """`count` families without a result: stuck, waiting, with one problem, silent, or not begun."""
    return [
        _reaching(random, OTHERS[n % len(OTHERS)], random.choice(months), earliest)
        for n in range(count)
    ]


def medway(random: Random) -> list[Story]:
    """2,060 results: 100 by progress and 73 by employment until February 2017, none in March, the rest by 2020."""
    starts = date(2015, 4, 1)
    early, later = (
        month_ends(date(2016, 1, 1), date(2017, 2, 28)),
        month_ends(date(2017, 4, 1), date(2020, 3, 31)),
    )
    return [
        *reaching(random, "ssp", early, 100, starts),
        *reaching(random, "ce", early, 73, starts),
        *reaching(random, "ssp", later, 1650, starts),
        *reaching(random, "ce", later, 237, starts),
        *others(random, later, 180, starts),
    ]


def kent(random: Random) -> list[Story]:
    """About 1,200 families across both ways of being paid."""
    starts = date(2015, 4, 1)
    months = month_ends(date(2016, 1, 1), date(2020, 3, 31))
    return [
        *reaching(random, "ssp", months, 620, starts),
        *reaching(random, "ce", months, 150, starts),
        *others(random, months, 430, starts),
    ]


def westshire(random: Random, starts: date, today: date) -> list[Story]:
    """A few hundred families of a programme that runs today, in every state."""
    months = month_ends(starts + timedelta(days=260), today)
    ready = month_ends(today.replace(day=1), today + timedelta(days=31))[:1]
    coming = month_ends(today.replace(day=1), today + timedelta(days=300))[1:]
    made = [
        *reaching(random, "ssp", months, 78, starts),
        *reaching(random, "ce", months, 24, starts),
        *others(random, [*months[-9:], *coming[:2]], 120, starts),
        *reaching(random, "ssp", coming, 60, starts),
        *reaching(random, "ssp", ready, 9, starts),
        *reaching(random, "ce", ready, 3, starts),
    ]
    return [replace(story, baseline=min(story.baseline, today - DAY)) for story in made]
