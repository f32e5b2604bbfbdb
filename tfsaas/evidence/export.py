"""Writing a council's facts back out, in the layouts they came in."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, select

from tfsaas.audit.trail import record_act
from tfsaas.db import Model, db
from tfsaas.evidence.layouts import BY_NAME
from tfsaas.evidence.models import Coverage, Fact
from tfsaas.evidence.queries import KINDS, believed
from tfsaas.evidence.silence import read_heard
from tfsaas.evidence.store import TARGETS, Target
from tfsaas.families.identifiers import unseal
from tfsaas.families.models import Episode, Family, Identifier, Membership, Person
from tfsaas.rules.plan import PRINCIPLES
from tfsaas.tenants.queries import get_programme, list_terms
from tfsaas.tenants.scope import current_tenant

Line = Sequence[Any]


def export_files() -> dict[str, str]:
    """Every file of the layouts with the council's believed facts, by name without .csv."""
    families = {
        row.id: row.reference for row in db.session.execute(select(Family.id, Family.reference))
    }
    member = exists().where(Membership.tenant_id == Person.tenant_id, Membership.person_id == Person.id)  # fmt: skip
    people = {
        row.id: row.reference
        for row in db.session.execute(select(Person.id, Person.reference).where(member))
    }
    files = {
        "families": _write("families", _families()),
        "people": _write("people", _people(families)),
        "terms": _write("terms", ((term.first_on, term.last_on) for term in list_terms())),
    }
    for target in TARGETS:
        files[target.file] = _write(target.file, _facts(target, people, families))
    files["gaps"] = _write("gaps", _gaps(people))
    lines = {name: content.count("\n") - 1 for name, content in files.items()}
    record_act("export", "council", current_tenant(), lines)
    if not lines["gaps"]:
        del files["gaps"]
    return {name: files[name] for name in BY_NAME if name in files}


def _write(name: str, lines: Iterable[Line]) -> str:
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(BY_NAME[name].header)
    writer.writerows(sorted([_cell(value) for value in line] for line in lines))
    return output.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _families() -> Iterator[Line]:
    """One line a family, with the dates of its latest episode."""
    programme_id = get_programme().id
    rows = db.session.execute(
        select(Family.reference, Episode)
        .outerjoin(
            Episode,
            (Episode.tenant_id == Family.tenant_id)
            & (Episode.family_id == Family.id)
            & (Episode.programme_id == programme_id),
        )
        .order_by(Family.reference, Episode.closed_on.desc().nulls_first())
        .distinct(Family.reference)
    )
    for reference, episode in rows:
        dates = [getattr(episode, f"{name}_on", None) for name in PRINCIPLES]
        yield reference, getattr(episode, "baseline_on", None), *dates


def _people(families: dict[Any, str]) -> Iterator[Line]:
    numbers = {
        (row.person_id, row.scheme.value): unseal(row.value)
        for row in db.session.scalars(select(Identifier))
    }
    rows = db.session.execute(
        select(Membership, Person).join(
            Person, (Person.tenant_id == Membership.tenant_id) & (Person.id == Membership.person_id)
        )
    )
    for stay, person in rows:
        yield (
            person.reference, families[stay.family_id], person.date_of_birth, stay.resident, stay.joined_on,
            stay.left_on, person.given_name, person.family_name,
            *(numbers.get((person.id, scheme)) for scheme in ("upn", "nhs_number", "nino")),
            person.address, person.postcode,
        )  # fmt: skip


def _gaps(people: dict[Any, str]) -> Iterator[Line]:
    """The days on which coverage says nothing about somebody who came on record later."""
    heard = read_heard(None, {})
    of_cohort: dict[str, list[Line]] = {}
    for cohort, *days in heard.gaps:
        of_cohort.setdefault(cohort, []).append(days)
    references = {str(person): reference for person, reference in people.items()}
    for person, cohort in heard.cohorts.items():
        if person in references:
            yield from ((references[person], *days) for days in of_cohort[cohort])


def _facts(target: Target, people: dict[Any, str], families: dict[Any, str]) -> Iterator[Line]:
    model: type[Fact] = Coverage if target.table == "coverage" else KINDS[target.table]
    references = {"person_id": people, "family_id": families}
    columns = {source: column for source, column, _ in target.columns}
    table = Model.metadata.tables[target.table]
    header = BY_NAME[target.file].header
    wanted = [table.c[columns.get(name, name)] for name in header]
    for row in db.session.execute(select(*wanted).where(believed(model))):
        owner = getattr(row, "person_id", None)
        if owner is not None and owner not in people:
            continue  # of people in no family, kept to find families among them
        yield [
            references[name].get(value) if name in references else value
            for name, value in zip(header, row, strict=True)
        ]
