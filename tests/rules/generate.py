"""Random outcomes plans, and random facts of families that often lie on the plans' boundaries."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

Facts = dict[str, list[dict[str, str]]]
Table = dict[str, Any]

PRINCIPLES = ["whole_family_assessment", "whole_family_plan", "lead_worker", "plan_aligned"]
COLUMNS = {
    "families": "family_id,baseline_on," + ",".join(f"{one}_on" for one in PRINCIPLES),
    "people": "person_id,family_id,date_of_birth,resident,joined_on,left_on",
    "events": "person_id,signal,on",
    "periods": "person_id,signal,from,to,part,possible",
    "spells": "person_id,signal,from,to",
    "scores": "person_id,signal,on,value",
    "attestations": "family_id,person_id,signal,on",
    "coverage": "signal,from,to",
    "terms": "from,to",
    "identified": "family_id,headline,on",
}
SIGNALS = {
    "event": ("police.offence", "police.asb"),
    "period": ("school.attended", "school.absent"),
    "spell": ("benefit.jsa", "work.employed", "care.plan", "expecting"),
    "score": ("health.star", "health.scale"),
    "attestation": ("need.nominated", "met.confirmed"),
}
LIMITS = {"minimum_headlines": 3, "nonresident_headlines": 2, "minimum_needs": 3}
GROUPS = ("anyone", "dependent_child", "child", "adult", "outsider")
AGES = (0, 5, 10, 15, 16, 17, 18, 35)
MONTHS, WEEKS, TERMS = (1, 2, 3, 6, 12), (1, 2, 4, 13), (1, 1, 2, 3)
RATES: tuple[Decimal | int, ...] = (50, 85, 90, 90, Decimal("33.3"), Decimal("89.95"), 100)
FALLS = (0, 20, 33, Decimal("33.3"), 50, Decimal("66.6"), 100)
DAY = timedelta(days=1)
ANCHORS = ("2018-02-28", "2018-03-01", "2018-12-21", "2019-03-31", "2019-05-31", "2020-02-29")
BASELINES = ("2016-02-29", "2016-12-31", "2017-03-31", "2017-08-31", "2018-02-28", "2018-12-21")


def as_at_day(random: Random) -> date:
    """A day on which windows of random facts are likely to end."""
    any_day = str(date(2016, 1, 1) + random.randrange(4 * 365) * DAY)
    return date.fromisoformat(random.choice((*ANCHORS, *ANCHORS, any_day)))


def write_facts(facts: Facts, folder: Path) -> None:
    """Write the CSV files of section 11; a kind of facts that is absent has no file."""
    for file, rows in facts.items():
        header = COLUMNS.get(file, "person_id,signal,from,to")  # of gaps
        lines = [[row[name] for name in header.split(",")] for row in rows]
        text = "\n".join([header, *(",".join(line) for line in lines), ""])
        (folder / f"{file}.csv").write_text(text, encoding="utf-8", newline="\n")


def random_plan(random: Random) -> dict[str, Any]:
    """A small plan that no rule of section 1 refuses, in the format of section 8."""
    about = {"key": "random", "title": "Random", "version": 1, "effective_from": date(2015, 9, 1)}
    signals = [(code, kind) for kind, codes in SIGNALS.items() for code in codes]
    rules: Table = {name: random.randint(0, most) for name, most in LIMITS.items()}
    rules |= {name: random.random() < 0.7 for name in ("dependent_child", "expectant_parent")}
    rules = {name: rules[name] for name in random.sample([*rules], random.randint(2, 5))}
    benefits = random.sample(SIGNALS["spell"], random.choice((0, 0, 0, 1, 2)))
    priors = random.choices(SIGNALS["spell"], (6, 1, 2, 1), k=random.randint(1, 3))
    routes = [{"prior": prior, **random_weeks(random)} for prior in priors]
    always = [random_measure(random, f"always-{one}") for one in "ab"[: random.choice((1, 1, 2))]]
    return {
        "plan": about,
        "group": [random_group(random, code) for code in GROUPS[1:]],
        "signal": [{"code": code, "kind": kind, "title": code} for code, kind in signals],
        "headline": [random_headline(random, one) for one in range(1, random.randint(3, 5))],
        **maybe(random, 0.4, always=always),
        **maybe(random, 0.9, eligibility=rules),
        **maybe(random, 0.7, worked_with={"principles": PRINCIPLES[random.randint(0, 4) :]}),
        **maybe(random, 0.95, employment={"signal": "work.employed", "benefits": benefits}),
        **maybe(random, 0.95, employment_route=routes),
        **maybe(random, 0.4, result={"prefer": random.choice(("ce", "ssp", "ssp"))}),
    }


def maybe(random: Random, share: float, **keys: object) -> Table:
    """These keys in about this share of calls, otherwise none."""
    return dict(keys) if random.random() < share else {}


def one_of(random: Random, **values: tuple[object, ...]) -> Table:
    """One of these keys with one of its values."""
    key = random.choice([*values])
    return {key: random.choice(values[key])}


def random_group(random: Random, code: str) -> Table:
    """A group with some limits, the least age never above the greatest."""
    least, greatest = sorted(random.choices(AGES, k=2))
    ages = maybe(random, 0.4, min_age=least) | maybe(random, 0.4, max_age=greatest)
    return {"code": code, **ages} | maybe(random, 0.25, resident=random.choice((True, False)))


def random_weeks(random: Random) -> Table:
    """How many weeks a spell must hold and, at times, within how many."""
    weeks = random.choice(WEEKS)
    within = random.choice([longer for longer in WEEKS if longer >= weeks])
    return {"weeks": weeks} | maybe(random, 0.5, within_weeks=within)


def random_headline(random: Random, number: int) -> Table:
    """A headline; a few have no indicator, so that only a worker records them."""
    digits, letters = "123"[: random.randint(1, 3)], "abc"[: random.choice((1, 1, 1, 1, 2, 3))]
    indicators = [random_measure(random, f"{number}.{digit}") for digit in digits]
    outcomes = [random_measure(random, f"{number}.{letter}") for letter in letters]
    headline = {"code": f"headline-{number}", "number": number, "title": f"Headline {number}"}
    return headline | maybe(random, 0.95, indicator=indicators) | {"outcome": outcomes}


def random_measure(random: Random, code: str) -> Table:
    """An indicator or outcome; it sums the family only where its own test is a count or fall."""
    test = random_test(random, random.choice((0, 0, 0, 1, 2)))
    ways = ["every", "any", "any", "any"] + ["family"] * 16 * (test["kind"] in {"count", "fall"})
    measure = {"code": code, "title": code} | maybe(random, 0.7, who=random.choice(GROUPS))
    return measure | maybe(random, 0.6, **{"for": random.choice(ways)}) | {"test": test}


def random_test(random: Random, depth: int) -> Table:
    """A test, with tests inside it down to this depth."""
    if depth:
        tests = [random_test(random, random.randrange(depth)) for _ in range(random.randint(1, 3))]
        return {"kind": random.choice(("any_of", "any_of", "any_of", "all_of")), "tests": tests}
    return random.choices(random_leaves(random), (4, 4, 2, 1, 1, 1, 2, 1))[0]


def random_leaves(random: Random) -> list[Table]:
    """A test of each kind that holds no other."""
    event, period, spell, score, attestation = (random.choice(codes) for codes in SIGNALS.values())
    window = one_of(random, months=MONTHS, weeks=WEEKS, terms=TERMS)
    recent = maybe(random, 0.5, months=random.choice(MONTHS))
    fall = one_of(random, months=MONTHS, weeks=WEEKS)
    height = one_of(random, at_least=(2, 5, Decimal("7.5"), 8))
    rise = one_of(random, rise=(0, 1, Decimal("2.5"), 3))
    rate = one_of(random, at_least=RATES, above=RATES, at_most=RATES, below=RATES)
    count = one_of(random, at_least=(0, 1, 1, 1, 2), at_most=(0, 0, 1, 2))
    scored = random.choice((height, rise, height | rise))
    each_term = maybe(random, 0.5, each_term=random.choice((True, True, False)))
    return [
        {"kind": "count", "signal": event, **window, **count},
        {"kind": "fall", "signal": event, **fall, "percent": random.choice(FALLS)},
        {"kind": "rate", "signal": period, "terms": random.choice(TERMS), **rate, **each_term},
        {"kind": "spell", "signal": spell, **maybe(random, 0.5, **window)},
        {"kind": "no_spell", "signal": spell, **window},
        {"kind": "held", "signal": spell, **random_weeks(random)},
        {"kind": "score", "signal": score, **recent, **scored},
        {"kind": "attested", "signal": attestation, **recent},
    ]


@dataclass(frozen=True, slots=True)
class Scene:
    """What facts are drawn with; the edges are days on which some window begins or ends."""

    random: Random
    facts: Facts
    references: list[date]
    edges: list[date]

    def add(self, file: str, *values: object) -> None:
        """Put a row in a file; None is empty."""
        texts = ["" if value is None else str(value) for value in values]
        self.facts[file].append(dict(zip(COLUMNS[file].split(","), texts, strict=True)))

    def day(self) -> date:
        """A day on an edge, next to one, or some weeks before."""
        early = self.random.choice((0, 0, 0, -1, 1, 1, -self.random.randint(2, 100)))
        return self.random.choice(self.edges) + early * DAY

    def dated(self, codes: tuple[str, ...], *numbers: int) -> list[tuple[str, date]]:
        """Codes with days, of each code as many as one of these numbers says."""
        return [(code, self.day()) for code in codes for _ in range(self.random.choice(numbers))]


def random_facts(random: Random, plan: dict[str, Any], families: int) -> Facts:
    """Facts that no rule of section 11 refuses, in the rows of its files."""
    facts: Facts = {file: [] for file in COLUMNS}
    add_terms(random_scene(random, facts))
    for code in (*SIGNALS["event"], *SIGNALS["period"], *SIGNALS["spell"], "unknown"):
        add_coverage(random_scene(random, facts), code)
    for number in range(families):
        add_family(random_scene(random, facts), f"family-{number}", plan=plan)
    for file in [*COLUMNS][1:-2]:
        random.shuffle(facts[file])
    absent = random.choice(["none"] * 40 + [*COLUMNS][2:])
    return {file: rows for file, rows in facts.items() if file != absent}


def random_scene(random: Random, facts: Facts) -> Scene:
    """A scene about a random baseline and a random day of evaluation."""
    references = [date.fromisoformat(random.choice(days)) for days in (BASELINES, ANCHORS)]
    edges = [months_before(day, months) for day in references for months in MONTHS]
    edges += [day - 7 * weeks * DAY for day in references for weeks in WEEKS]
    edges += [date.fromisoformat(day) for term in facts["terms"][-6:] for day in term.values()]
    return Scene(random, facts, references, edges + 6 * references)


def months_before(day: date, months: int) -> date:
    """The same day of the month some months earlier, or the last of that month."""
    year, month = divmod(12 * day.year + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_terms(scene: Scene) -> None:
    """Four terms a year, two of them adjoining, some a day shorter; now and then very few."""
    random = scene.random
    for year in range(2015, 2020):
        for first, last in ("0104", "0214"), ("0215", "0331"), ("0415", "0720"), ("0901", "1221"):
            end = date.fromisoformat(f"{year}{last}") - random.choice((0, 0, 0, 1)) * DAY
            scene.add("terms", date.fromisoformat(f"{year}{first}"), end)
    del scene.facts["terms"][: -random.choice((1, 2, *[100] * 10))]


def add_coverage(scene: Scene, code: str) -> None:
    """A feed without end, or with a gap of some days or none, or of the terms only, or none."""
    gap, after = scene.day(), scene.random.choice((-30, 0, 1, 1, 1))
    gapped = [("2010-01-01", str(gap - DAY)), (str(gap + after * DAY), "2021-12-31")]
    of_terms = [(term["from"], term["to"]) for term in scene.facts["terms"]]
    full = [[("2010-01-01", "2021-12-31")]] * (0 if code == "work.employed" else 9)
    for interval in scene.random.choice([*full, gapped, gapped, gapped, of_terms, [], []]):
        scene.add("coverage", code, *interval)


def add_family(scene: Scene, family_id: str, *, plan: Table) -> None:
    """A family with up to four people, the headlines recorded and the statements about it."""
    random, start = scene.random, scene.references[0]
    baseline = random.choice((*[start] * 16, start + DAY, start - DAY, None))
    near = (*[start] * 9, start - DAY, start + DAY, scene.day(), None)
    scene.add("families", family_id, baseline, *random.choices(near, k=len(PRINCIPLES)))
    codes = (*(headline["code"] for headline in plan["headline"]), "unknown")
    for code, day in scene.dated(codes, 0, 0, 1):
        scene.add("identified", family_id, code, random.choice((start, start + DAY, day)))
    for code, day in scene.dated(SIGNALS["attestation"], 0, 0, 1):
        scene.add("attestations", family_id, None, code, day)
    others = [(row["person_id"], row["date_of_birth"]) for row in scene.facts["people"]]
    for person_id, birth in random.sample(others, min(len(others), random.choice((0, 1)))):
        add_memberships(scene, (person_id, family_id, birth))
    for number in range(random.choice((0, *[1, 2, 3, 4] * 4))):
        add_memberships(scene, (f"{family_id}-{number}", family_id, random_birth(scene)))
        add_facts(scene, f"{family_id}-{number}")


def random_birth(scene: Scene) -> str:
    """A date of birth near a birthday on a day that matters, or 29 February, or none."""
    random = scene.random
    months = 12 * (random.choice(AGES) + random.choice((0, 1)))
    birth = months_before(random.choice(scene.references), months) + random.choice((-1, 0, 1)) * DAY
    return random.choice((*[str(birth)] * 20, "2000-02-29", "2000-02-29", "2012-02-29", ""))


def add_memberships(scene: Scene, names: tuple[str, str, str]) -> None:
    """A membership, never before birth, that may end and begin anew elsewhere."""
    random = scene.random
    homes = random.choice((("true", "false"), ("false", "true")))
    joined = random.choice((*[date(2015, 1, 1)] * 8, scene.day()))
    joined = max(joined, date.fromisoformat(names[2] or "2000-01-01"))
    left = random.choice((*[None] * 4, max(joined, scene.day())))
    scene.add("people", *names, homes[0], joined, left)
    if left and random.random() < 0.5:
        scene.add("people", *names, homes[1], left + random.choice((0, 0, 1, 30)) * DAY, None)


def add_facts(scene: Scene, person_id: str) -> None:
    """Facts of every kind and, often, a benefit until work begins."""
    random = scene.random
    for code, day in scene.dated((*SIGNALS["event"], "unknown"), 0, 0, 1, 2, 3):
        scene.add("events", person_id, code, day)
    for code, day in scene.dated(SIGNALS["attestation"], 0, 0, 1):
        scene.add("attestations", None, person_id, code, day)
    for code, day in scene.dated(SIGNALS["score"], 1, 2, 3, 5):
        scene.add("scores", person_id, code, day, random.choice((0, 2, "2.5", 5, "7.5", 8, 10)))
    for code, day in scene.dated(SIGNALS["spell"], 0, 0, 1, 1):
        later = max(day, scene.day())
        scene.add("spells", person_id, code, day, random.choice((day, later, later, None)))
    for _, moved in scene.dated(("work",), 0, 1, 1):
        scene.add("spells", person_id, "benefit.jsa", moved - 400 * DAY, moved)
        scene.add("spells", person_id, "work.employed", moved, None)
    for code in SIGNALS["period"]:
        add_periods(scene, person_id, code)


def add_periods(scene: Scene, person_id: str, code: str) -> None:
    """A row for most terms, often of exactly a percentage that plans ask."""
    random, share = scene.random, scene.random.choice((0, 0.5, 0.9, 1, 1, 1))
    rates = [random.choice(RATES)] * 9 + [Decimal("89.9")]
    for term in scene.facts["terms"]:
        possible = Decimal(random.choice(("100", "100", "100", "100", "60", "120.5", "0")))
        part = min(possible, possible * random.choice(rates) / 100)
        end = date.fromisoformat(term["to"]) + random.choice((*[0] * 12, -1, 1)) * DAY
        if random.random() < share:
            start = end - random.choice((0, 20, 150)) * DAY
            scene.add("periods", person_id, code, start, end, part, possible)
