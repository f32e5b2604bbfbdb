"""P8: a person found as the application's role, beside the owner's trigram index and a scan of the council."""

from random import Random

import psycopg
from sqlalchemy import select

from benchmarks.crowd import Crowd, gathered
from benchmarks.measure import Outcome, judge, rounds, wall
from tfsaas.db import db
from tfsaas.families.models import Person
from tfsaas.families.search import search
from tfsaas.tenants.scope import enter

ENGLAND = 1_600_000
ASKED = 20
INDEX_GOAL, SCAN_GOAL = 3.0, 5.0


def run(scale: float, count: int) -> list[Outcome]:
    """Twenty people looked for by their whole names; every way must find each of them."""
    with gathered(max(int(ENGLAND * scale), 20_000)) as crowd:
        asked = Random(3).sample(crowd.people, ASKED)
        with psycopg.connect(crowd.superuser, dbname="benchmark", autocommit=True) as owner:
            owner.execute("create extension if not exists pg_trgm")
            owner.execute(
                "create table bare as select id, given_name || ' ' || family_name as name from person"
            )
            owner.execute("create index on bare using gin (name gin_trgm_ops)")
            owner.execute("vacuum analyze bare")
            calls = {
                "ours": lambda: _ours(crowd, asked),
                "index": lambda: _index(owner, asked),
                "scan": lambda: _scan(crowd, asked),
            }
            for call in calls.values():
                assert call() == ASKED
            seconds = rounds(calls, count, wall)
    beside = [ours / index for ours, index in zip(seconds["ours"], seconds["index"], strict=True)]
    scanned = [scan / ours for scan, ours in zip(seconds["scan"], seconds["ours"], strict=True)]
    told = {
        "people": f"{len(crowd.people):,}",
        "ms a search": f"{sorted(seconds['ours'])[count // 2] / ASKED * 1000:.1f}",
    }
    return [
        judge("P8", "times the owner's trigram index", beside, INDEX_GOAL, **told),
        judge("P8", "times faster than a scan", scanned, SCAN_GOAL, at_most=False),
    ]


def _ours(crowd: Crowd, asked: list[list[object]]) -> int:
    found = 0
    with crowd.app.app_context():
        enter(crowd.council.tenant_id)
        for row in asked:
            hits = search(f"{row[1]} {row[2]}", None).people
            found += any(hit.person.id == row[0] for hit in hits)
    return found


def _index(owner: psycopg.Connection, asked: list[list[object]]) -> int:
    """As the owner, whom no policy binds, with the index that policies make unusable."""
    found = 0
    for row in asked:
        rows = owner.execute(
            "select id from bare where name ilike %s", [f"%{row[1]} {row[2]}%"]
        ).fetchall()
        found += (row[0],) in rows
    return found


def _scan(crowd: Crowd, asked: list[list[object]]) -> int:
    found = 0
    with crowd.app.app_context():
        enter(crowd.council.tenant_id)
        for row in asked:
            query = select(Person.id).where(
                Person.given_name.ilike(f"%{row[1]}%"), Person.family_name.ilike(f"%{row[2]}%")
            )
            found += row[0] in set(db.session.scalars(query))
    return found
