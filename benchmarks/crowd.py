"""A council of so many invented people with names, dates of birth and homes, for loads and search."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from types import SimpleNamespace
from uuid import UUID, uuid4

import psycopg
from flask import Flask
from flask_migrate import upgrade

from tests.builders import Council, found_council, set_up_programme
from tests.servers import fresh_database, private_servers, settings_for
from tfsaas import clock
from tfsaas.app import create_app
from tfsaas.db import Model
from tfsaas.demo import names
from tfsaas.families.keys import KEYS_VERSION, keys_for
from tfsaas.tenants.bulk import insert_rows

FIRST = date(1950, 1, 1)
SYLLABLES = ("ba", "ker", "ol", "ton", "wi", "mar", "sha", "hu", "ber", "dal", "fi", "gre", "lo", "mon", "ne", "pa", "ra", "sto", "ti", "wood")  # fmt: skip


@dataclass(frozen=True)
class Crowd:
    """The people as rows of id, given name, family name, date of birth, address, postcode."""

    app: Flask
    council: Council
    superuser: str
    people: list[list[object]]


@contextmanager
def gathered(count: int) -> Iterator[Crowd]:
    """A council with so many people, four to a family, indexed and analysed."""
    with private_servers() as servers:
        fresh_database(servers, "benchmark")
        app = create_app(settings_for(servers, "benchmark", redis_number=15))
        with app.app_context():
            upgrade()
        council = found_council(app)
        people = list(_people(count))
        with council.work():
            set_up_programme()
            _store(people)
        with psycopg.connect(servers.superuser, dbname="benchmark", autocommit=True) as connection:
            _key(connection, council.tenant_id, people)
            connection.execute("vacuum analyze")  # as a server that has run for a while
        yield Crowd(app, council, servers.superuser, people)


def _people(count: int) -> Iterator[list[object]]:
    random = Random(1)
    for number in range(count):
        if number % 4 == 0:
            surname = "".join(random.choice(SYLLABLES) for _ in range(3)).capitalize()
            home = f"{random.randrange(1, 200)} {random.choice(SYLLABLES)}{random.choice(SYLLABLES)} Road"
            postcode = f"ZZ{random.randrange(1, 99)} {random.randrange(1, 9)}{random.choice('ABDEFGHJ')}{random.choice('ABDEFGHJ')}"
        given = random.choice(names.GIVEN)
        born = FIRST + timedelta(days=random.randrange(27_000))
        yield [uuid4(), given, surname, born, home, postcode]


def _store(people: list[list[object]]) -> None:
    tables = Model.metadata.tables
    families = [uuid4() for _ in range((len(people) + 3) // 4)]
    insert_rows(tables["family"], ("id", "reference", "name", "version"), [[family, f"F-{at}", str(people[at * 4][2]), 1] for at, family in enumerate(families)])  # fmt: skip
    now = clock.now()
    columns = ("id", "given_name", "family_name", "date_of_birth", "address", "postcode", "reference", "uprn", "keys_version", "recorded_at", "version")  # fmt: skip
    insert_rows(tables["person"], columns, [[*row, f"P-{at}", "", KEYS_VERSION, now, 1] for at, row in enumerate(people)])  # fmt: skip
    stays = ("family_id", "person_id", "resident", "joined_on")
    insert_rows(tables["membership"], stays, [[families[at // 4], row[0], True, FIRST] for at, row in enumerate(people)])  # fmt: skip


def _key(connection: psycopg.Connection, tenant_id: UUID, people: list[list[object]]) -> None:
    """Everybody's keys, made as ever and copied by the owner of the server; the indexes are built at the end."""
    built = connection.execute("select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = 'person_key'::regclass and contype in ('p', 'f') order by contype desc").fetchall()  # fmt: skip
    plain = connection.execute("select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index where indrelid = 'person_key'::regclass and not indisprimary").fetchall()  # fmt: skip
    connection.execute("set maintenance_work_mem = '1GB'")
    for name, _ in built:
        connection.execute(f"alter table person_key drop constraint {name}")
    for name, _ in plain:
        connection.execute(f"drop index {name}")
    told = ("id", "given_name", "family_name", "date_of_birth", "address", "postcode", "reference")
    with connection.cursor().copy("copy person_key (tenant_id, person_id, key) from stdin") as copy:
        for at, row in enumerate(people):
            person = SimpleNamespace(**dict(zip(told, (*row, f"P-{at}"), strict=True)))
            for key in keys_for(person):
                copy.write_row((tenant_id, row[0], key))
    for name, definition in built:
        connection.execute(f"alter table person_key add constraint {name} {definition}")
    for _, definition in plain:
        connection.execute(definition)
