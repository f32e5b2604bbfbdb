"""P1 and P3: a council evaluated in its database, beside hand-written SQL, an ORM loop and the second evaluator."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import UUID

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from benchmarks.measure import Outcome, cpu, judge, rounds, wall
from tests.builders import Council, found_council
from tests.rules.oracle import evaluate as evaluate_slowly
from tests.servers import fresh_database, private_servers, settings_for
from tfsaas import clock
from tfsaas.app import create_app
from tfsaas.db import Model, db
from tfsaas.evidence.export import export_files
from tfsaas.evidence.models import Coverage, Event, Spell
from tfsaas.families.models import Episode, Family, Membership, Person
from tfsaas.outcomes.actions import evaluate_council, evaluate_family, evaluate_some
from tfsaas.outcomes.queries import list_states
from tfsaas.outcomes.refreshing import refresh_council
from tfsaas.permissions import Role
from tfsaas.rules.parse import Document, read_document
from tfsaas.tenants.actions import Funding, add_programme, arrange_funding
from tfsaas.tenants.models import FundingModel
from tfsaas.tenants.queries import get_programme
from tfsaas.tenants.versions import take_plan_over

KENT = 9_200
SAMPLE = 40
ORACLE = 300  # families that the slow second evaluator is asked about
DAY = date(2019, 3, 31)
BEGAN = date(2016, 4, 1)
SQL_GOAL, LOOP_GOAL, ONE_GOAL, SHARE_GOAL = 1.0, 200.0, 0.010, 1.0
FILES = Path(__file__).parent / "council_files"


@contextmanager
def prepared(families: int) -> Iterator[tuple[Flask, Council, str]]:
    """A council of so many families in a database of its own."""
    with private_servers() as servers:
        fresh_database(servers, "benchmark")
        settings = settings_for(servers, "benchmark", redis_number=15)
        app = create_app(settings)
        with app.app_context():
            upgrade()
        council = found_council(app)
        with council.work():
            programme = add_programme("p", "P", BEGAN, DAY, is_current=True)
            arrange_funding(
                programme.id, Funding(FundingModel.PAYMENT_BY_RESULTS, BEGAN, None, 1000, 800)
            )
            take_plan_over(programme.id, document(), BEGAN)
            told = {
                "t": council.tenant_id,
                "n": families,
                "p": programme.id,
                "u": council.people[Role.WORKER],
            }
        url = settings.database_url.replace("postgresql+psycopg://", "postgresql://")
        with entered(url, council) as connection:
            for statement in _sql("fill").split(";\n\n"):
                connection.execute(statement, told)
        with psycopg.connect(servers.superuser, dbname="benchmark", autocommit=True) as connection:
            connection.execute("analyze")
        yield app, council, url


def document() -> Document:
    """The plan of the benchmark."""
    return read_document((FILES / "plan.toml").read_text())


def _sql(name: str) -> str:
    return (FILES / f"{name}.sql").read_text()


@contextmanager
def entered(url: str, council: Council) -> Iterator[psycopg.Connection]:
    """A plain connection as the application's role, in the council; committed at the end."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "select set_config('tfsaas.tenant_id', %s, false)", [str(council.tenant_id)]
        )
        yield connection
        connection.commit()


def by_hand(url: str, council: Council, *, keep: bool = False) -> dict[UUID, tuple[object, ...]]:
    """The same plan as set-based SQL, stored; undone again unless it is only read."""
    with entered(url, council) as connection:
        connection.execute(_sql("by_hand").replace("%(d)s", f"'{DAY}'"))
        connection.execute(_sql("store").replace("%(d)s", f"'{DAY}'"))
        rows = (
            connection.execute("select family_id, eligible, worked, ssp from by_hand").fetchall()
            if keep
            else []
        )
        connection.rollback()
    return {row[0]: tuple(row[1:]) for row in rows}


def whole(council: Council, *, keep: bool = False) -> dict[UUID, tuple[object, ...]]:
    """Ours: read, judge, store what changed; undone again."""
    found: dict[UUID, tuple[object, ...]] = {}
    with _undone(council):
        evaluate_some(get_programme().id, DAY, None, clock.now(), keep_outlook=False)
        if keep:
            states = list_states(DAY).items()
            found |= {key: (row.eligible, row.worked_with, row.ssp) for key, row in states}
    return found


@contextmanager
def _undone(council: Council) -> Iterator[None]:
    try:
        with council.work():
            yield
            raise _Enough
    except _Enough:
        pass


class _Enough(Exception):
    """Takes a unit of work back."""


def loop(council: Council) -> int:
    """What somebody writes first: family by family, row by row, through the ORM. A sample."""
    with council.work():
        ids = db.session.scalars(
            select(Episode.family_id).order_by(Episode.family_id).limit(SAMPLE)
        ).all()
        met = 0
        for family_id in ids:
            met += _one_by_orm(family_id)
        return met


def _one_by_orm(family_id: UUID) -> int:
    episode = db.session.scalars(select(Episode).where(Episode.family_id == family_id)).one()
    covered = db.session.scalars(select(Coverage)).all()
    events = 0
    for stay in db.session.scalars(select(Membership).where(Membership.family_id == family_id)):
        person = db.session.scalars(select(Person).where(Person.id == stay.person_id)).one()
        events += len(db.session.scalars(select(Event).where(Event.person_id == person.id)).all())
        events += len(db.session.scalars(select(Spell).where(Spell.person_id == person.id)).all())
    return int(bool(covered) and episode.baseline_on is not None and events > 0)


def compare(council: Council, url: str) -> None:
    """Ours, the SQL and the second evaluator agree on every family."""
    ours, hand = whole(council, keep=True), by_hand(url, council, keep=True)
    assert ours == hand, "the SQL differs"
    with council.work():
        files = export_files()
        names = {row.reference: row.id for row in db.session.scalars(select(Family))}
    some = {row["family_id"] for row in _rows(files["families"])[:ORACLE]}
    facts = {name: _rows(text) for name, text in files.items()}
    people = {row["person_id"] for row in facts["people"] if row["family_id"] in some}
    for name, rows in facts.items():
        facts[name] = [
            row
            for row in rows
            if row.get("family_id", "") in some
            or row.get("person_id") in people
            or name in {"coverage", "terms"}
        ]
    for row in evaluate_slowly(document(), facts, DAY):
        found = ours[names[row["family_id"]]]
        assert (row["eligible"], row["worked_with"], row["ssp"]) == (
            *(str(each).lower() for each in found[:2]),
            found[2],
        )


def _rows(text: str) -> list[dict[str, str]]:
    head, *lines = text.strip("\n").split("\n")
    return [dict(zip(head.split(","), line.split(","), strict=True)) for line in lines]


def run(scale: float, count: int) -> list[Outcome]:
    """P1 by the clock; P3 by this process's CPU and by the clock."""
    families = max(int(KENT * scale), 400)
    with prepared(families) as (_, council, url):
        compare(council, url)
        calls = {
            "ours": lambda: whole(council),
            "sql": lambda: by_hand(url, council),
            "loop": lambda: loop(council),
        }
        seconds = rounds(calls, max(count, 3), wall)
        return [*_first(families, seconds), *_third(council, families, max(count, 3))]


def _first(families: int, seconds: dict[str, list[float]]) -> list[Outcome]:
    pairs = list(zip(seconds["ours"], seconds["sql"], seconds["loop"], strict=True))
    ratio = [ours / sql for ours, sql, _ in pairs]
    times = [(each / SAMPLE) / (ours / families) for ours, _, each in pairs]
    middle = sorted(seconds["ours"])[len(pairs) // 2]
    told = {"ours": f"{middle:.2f} s", "families/s": f"{families / middle:,.0f}"}
    return [
        judge("P1", f"{families:,} families to set-based SQL", ratio, SQL_GOAL, **told),
        judge("P1", "times as fast as an ORM loop a family", times, LOOP_GOAL, at_most=False),
    ]


def _third(council: Council, families: int, count: int) -> list[Outcome]:
    with council.work():
        evaluate_council(DAY)
        chosen = db.session.scalars(
            select(Episode.family_id).order_by(Episode.family_id).limit(families // 20)
        ).all()
    single = [cpu(lambda: _again(council, chosen[0])) for _ in range(count * 5)]
    shares = []
    for _ in range(count):
        everybody, some = _all_again(council), _some_again(council, chosen)
        shares.append(some / (3 * len(chosen) / families * everybody + 0.05 * everybody))
    one = [value * 1000 for value in sorted(single)[: count * 4]]
    return [
        judge("P3", "one family again, ms of CPU", one, ONE_GOAL * 1000),
        judge("P3", f"{len(chosen)} of {families:,} again, to what is allowed", shares, SHARE_GOAL),
    ]


def _again(council: Council, family_id: UUID) -> None:
    with _undone(council):
        evaluate_family(family_id, DAY)


def _all_again(council: Council) -> float:
    """Seconds that evaluating everybody again takes."""
    with _undone(council):
        return wall(lambda: evaluate_council(get_programme().ends_on or DAY))


def _some_again(council: Council, chosen: list[UUID]) -> float:
    """Seconds that a refresh takes after these families changed; making the change is not counted."""
    with _undone(council):
        table = Model.metadata.tables["stale_mark"]
        rows = [{"tenant_id": council.tenant_id, "family_id": family_id} for family_id in chosen]
        db.session.execute(table.insert(), [row | {"id": row["family_id"]} for row in rows])
        return wall(refresh_council)
