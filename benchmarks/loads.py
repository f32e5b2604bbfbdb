"""P7: a partner's file of 100,000 facts read, checked, matched and stored, beside raw COPY and a row-by-row ORM."""

from datetime import date, timedelta
from random import Random
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import func, select

from benchmarks.crowd import Crowd, gathered
from benchmarks.measure import Outcome, judge, rounds, wall
from tfsaas import clock
from tfsaas.db import Model, db
from tfsaas.evidence.models import Event, Load
from tfsaas.families.models import Person
from tfsaas.loads import steps
from tfsaas.loads.actions import Brought, bring
from tfsaas.loads.cells import reader_for
from tfsaas.loads.feeds import get_feed
from tfsaas.loads.mapping import guess
from tfsaas.loads.models import Delivery, SharingAgreement, Step
from tfsaas.loads.opening import open_table
from tfsaas.loads.pairing import find_alike
from tfsaas.matching.deciding import LINK_AT
from tfsaas.matching.people import somebody
from tfsaas.permissions import Role
from tfsaas.tenants.bulk import insert_rows
from tfsaas.tenants.scope import act_as, enter

FACTS = 100_000
EACH = 5  # facts a person
LOOP = 100  # rows that the row-by-row way is asked to do
COPY_GOAL, LOOP_GOAL = 10.0, 200.0
UNCHECKED = "times faster than row by row, nothing checked and names looked up as written"
DAY = date(2025, 6, 30)
SIGNAL = "police.domestic_incident"
HEADINGS = ("given_name", "family_name", "date_of_birth", "address", "postcode", "date", "role")
HEADER = "Forename,Surname,DOB,Address,Postcode,Date,Role\n"


def run(scale: float, count: int) -> list[Outcome]:
    """The whole way of a file, by the clock; equal results first."""
    facts = max(int(FACTS * min(scale * 20, 1)), 5_000)
    with gathered(facts // EACH) as crowd:
        rows = list(_rows(crowd, facts))
        delivery_id = _bring(
            crowd, HEADER + "".join(",".join(map(str, row)) + "\n" for row in rows)
        )
        assert _load(crowd, delivery_id) == facts, "every fact is stored"
        calls = {
            "ours": lambda: _load(crowd, delivery_id),
            "copy": lambda: _copy(crowd, rows),
            "insert": lambda: _insert(crowd, rows),
            "loop": lambda: _loop(crowd, rows[:LOOP]),
            "exact": lambda: _exact(crowd, rows[:LOOP]),
        }
        seconds = rounds(calls, count, wall, times=3, before=lambda: _tidy(crowd))
    middle = sorted(seconds["ours"])[count // 2]
    told = {
        "facts": f"{facts:,}",
        "seconds": f"{middle:.2f}",
        "facts a second": f"{facts / middle:,.0f}",
    }
    each = [(taken / LOOP, exact / LOOP) for taken, exact in zip(seconds["loop"], seconds["exact"], strict=True)]  # fmt: skip
    looped, exact = (
        [row[at] * facts / ours for row, ours in zip(each, seconds["ours"], strict=True)]
        for at in (0, 1)
    )
    return [
        judge("P7", "times raw COPY into a bare table", _times(seconds, "ours", "copy"), COPY_GOAL, **told),
        judge("P7", "storing alone, times raw COPY into a bare table", _times(seconds, "insert", "copy"), COPY_GOAL),
        judge("P7", "times storing alone", _times(seconds, "ours", "insert"), COPY_GOAL),
        judge("P7", "times faster than row by row", looped, LOOP_GOAL, at_most=False),
        judge("P7", UNCHECKED, exact, LOOP_GOAL, at_most=False),
    ]  # fmt: skip


def _times(seconds: dict[str, list[float]], one: str, other: str) -> list[float]:
    return [a / b for a, b in zip(seconds[one], seconds[other], strict=True)]


def _rows(crowd: Crowd, count: int) -> list[tuple[object, ...]]:
    random = Random(2)
    found = []
    for at in range(count):
        _, given, family, born, address, postcode = crowd.people[at // EACH]
        day = DAY - timedelta(days=at % EACH * 60 + random.randrange(50))
        found.append((given, family, born, address, postcode, day, "victim"))
    return found


def _bring(crowd: Crowd, content: str) -> UUID:
    with crowd.council.work(Role.SUPERVISOR):
        feed = get_feed("domestic-incidents")
        agreement = SharingAgreement(partner="Police", feeds=[feed.code], purpose="x", starts_on=date(2020, 1, 1), ends_on=None, review_on=DAY)  # fmt: skip
        db.session.add(agreement)
        db.session.flush()
        told = Brought(
            feed.code,
            "f.csv",
            content.encode(),
            date(2024, 1, 1),
            DAY,
            [SIGNAL],
        )
        delivery = bring(agreement, told)
        table = open_table(delivery)
        delivery.header, delivery.mapping = list(table.header), guess(feed, table.header, {})
        delivery.step = Step.CHECKING
        return delivery.id


def _load(crowd: Crowd, delivery_id: UUID) -> int:
    """Check, match and store, each from the file or what was found in it, as the jobs do; then take it all back."""
    with crowd.app.app_context():
        enter(crowd.council.tenant_id)
        act_as(crowd.council.people[Role.SUPERVISOR])
        delivery = db.session.scalars(select(Delivery).where(Delivery.id == delivery_id)).one()
        for step in (steps.check, steps.match):
            step(delivery, lambda _done, _total: None)
        assert delivery.step is Step.REHEARSING, (delivery.step, delivery.people)
        delivery.step, delivery.approved_at = Step.STORING, db.session.scalar(select(func.now()))
        delivery.approved_by_id = crowd.council.people[Role.SUPERVISOR]
        steps.store(delivery, lambda _done, _total: None)
        stored = db.session.scalar(select(func.count()).select_from(Event)) or 0
        db.session.rollback()
    return stored


def _tidy(crowd: Crowd) -> None:
    """Take away the dead rows of what was rolled back, which no load in earnest would find in its way."""
    with psycopg.connect(crowd.superuser, dbname="benchmark", autocommit=True) as connection:
        connection.execute("vacuum")


def _copy(crowd: Crowd, rows: list[tuple[object, ...]]) -> None:
    """The same facts, all their columns, known and checked, into a table without keys, indexes, policy or watch."""
    told = (crowd.council.tenant_id, uuid4(), clock.now())
    columns = "tenant_id, id, load_id, recorded_at, person_id, signal, happened_on"
    with psycopg.connect(crowd.superuser, dbname="benchmark") as connection:
        connection.execute("create table bare as select * from event with no data")
        with connection.cursor().copy(f"copy bare ({columns}) from stdin") as copy:
            for at, row in enumerate(rows):
                person = crowd.people[at // EACH][0]
                copy.write_row((told[0], person, told[1], told[2], person, SIGNAL, row[5]))
        connection.rollback()


def _insert(crowd: Crowd, rows: list[tuple[object, ...]]) -> None:
    """The facts alone, known and checked, into the table as it is: with its keys, indexes, policy and watch."""
    with crowd.app.app_context():
        enter(crowd.council.tenant_id)
        load = db.session.scalars(select(Load)).first()
        assert load is not None
        facts = ([crowd.people[at // EACH][0], SIGNAL, row[5], load.id, load.asked_at] for at, row in enumerate(rows))  # fmt: skip
        columns = ("person_id", "signal", "happened_on", "load_id", "recorded_at")
        insert_rows(Model.metadata.tables["event"], columns, facts)
        db.session.rollback()


def _loop(crowd: Crowd, rows: list[tuple[object, ...]]) -> None:
    """Each row by itself, with the functions that a page uses for one person, and one object for one fact."""
    columns = get_feed("domestic-incidents").all_columns
    places = [next((HEADINGS.index(c.name) for _ in range(c.name in HEADINGS)), None) for c in columns]  # fmt: skip
    with crowd.app.app_context():
        enter(crowd.council.tenant_id)
        load = db.session.scalars(select(Load)).first()
        assert load is not None
        for row in rows:
            said = {
                column.name: reader_for(column)(str(row[place]))
                for column, place in zip(columns, places, strict=True)
                if place is not None
            }
            who = somebody(said["given_name"], said["family_name"], said["date_of_birth"].isoformat(), said["address"], said["postcode"], {})  # fmt: skip
            alike = find_alike(who)[0]
            assert alike.score >= LINK_AT
            known = select(Event).where(Event.person_id == alike.person_id, Event.signal == SIGNAL, Event.happened_on == said["date"])  # fmt: skip
            assert db.session.scalars(known).first() is None
            db.session.add(Event(person_id=alike.person_id, signal=SIGNAL, happened_on=said["date"], load_id=load.id, recorded_at=load.asked_at))  # fmt: skip
            db.session.flush()
        db.session.rollback()


def _exact(crowd: Crowd, rows: list[tuple[object, ...]]) -> None:
    """Less than is asked for: no cell is checked, and whoever's name is written otherwise is not found."""
    with crowd.app.app_context():
        enter(crowd.council.tenant_id)
        load = db.session.scalars(select(Load)).first()
        assert load is not None
        for given, family, born, _, _, day, _ in rows:
            same = select(Person).where(Person.given_name == given, Person.family_name == family, Person.date_of_birth == born)  # fmt: skip
            person = db.session.scalars(same.limit(1)).one()
            db.session.add(Event(person_id=person.id, signal=SIGNAL, happened_on=day, load_id=load.id, recorded_at=load.asked_at))  # fmt: skip
            db.session.flush()
        db.session.rollback()
