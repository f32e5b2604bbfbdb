"""The families and people of a load: matched by reference, added or brought up to date."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from tfsaas.db import db
from tfsaas.evidence.checks import SIGNAL_FILES
from tfsaas.evidence.reader import Row, Rows
from tfsaas.families.actions import set_identifier
from tfsaas.families.identifiers import NotAnIdentifier, check, normalise_postcode
from tfsaas.families.keys import KEYS_VERSION, key_new_people
from tfsaas.families.models import Episode, Family, Membership, Person, Scheme
from tfsaas.families.protecting import list_protected
from tfsaas.rules.parse import parse_source
from tfsaas.rules.plan import PRINCIPLES
from tfsaas.tenants.models import PlanVersion, Term
from tfsaas.tenants.plans import pick_in_force
from tfsaas.tenants.queries import find_programme, list_plan_versions, list_programmes, list_terms

HOME = ("address", "postcode")
NAMES = ("given_name", "family_name", "address", "postcode")
FAR = date.max
NO_GAPS = (
    "gaps.csv: a council keeps none, it knows since when each person is on record; leave the file out, "
    "and the signals it names out of coverage.csv, and bring the partners' latest files again"
)


def check_against_council(rows: Rows) -> list[str]:
    """What in these files the council cannot take: each fault with file, line and column."""
    programme = find_programme()
    if programme is None:
        return ["The council has no programme yet: an administrator sets it up under Programme"]
    versions = list_plan_versions(programme.id)
    return [
        *_undeclared(rows),
        *_unplanned(rows["families"], versions),
        *_identifier_faults(rows["people"]),
        *_clashing_terms(rows["terms"]),
        *_clashing_stays(rows["people"]),
        *([NO_GAPS] if rows["gaps"] else []),
    ]


def _undeclared(rows: Rows) -> Iterator[str]:
    """A signal or headline unknown to all the council's plan versions."""
    versions = [v for programme in list_programmes() for v in list_plan_versions(programme.id)]
    plans = [parse_source(version.document) for version in versions]
    signals = {code for plan in plans for code in plan.signals}
    headlines = {headline.code for plan in plans for headline in plan.headlines}
    for name in SIGNAL_FILES:
        for row in rows[name]:
            if row["signal"] not in signals:
                yield f"{name}.csv: line {row.line}, column signal: no plan of the council knows {row['signal']!r}"
    for row in rows["identified"]:
        if row["headline"] not in headlines:
            yield (
                f"identified.csv: line {row.line}, column headline: no plan of the council knows {row['headline']!r}"
            )


def _unplanned(rows: Sequence[Row], versions: Sequence[PlanVersion]) -> Iterator[str]:
    for row in rows:
        if row["baseline_on"] and pick_in_force(versions, row["baseline_on"]) is None:
            yield (
                f"families.csv: line {row.line}, column baseline_on: no outcomes plan was in force on "
                f"{row['baseline_on']}; check the date, or publish a plan that was"
            )


def _identifier_faults(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        for scheme in Scheme:
            try:
                if row[scheme.value]:
                    check(scheme, row[scheme.value])
            except NotAnIdentifier as error:
                yield f"people.csv: line {row.line}, column {scheme.value}: {error}"
        try:
            if row["postcode"]:
                normalise_postcode(row["postcode"])
        except NotAnIdentifier:
            yield f"people.csv: line {row.line}, column postcode: {row['postcode']!r} is not a UK postcode"


def _clashing_terms(rows: Sequence[Row]) -> Iterator[str]:
    known = [(term.first_on, term.last_on) for term in list_terms()]
    for row in rows:
        stay = (row["from"], row["to"])
        if stay not in known and any(first <= stay[1] and stay[0] <= last for first, last in known):
            yield f"terms.csv: line {row.line}, column from: overlaps a term that the council has already"


def _clashing_stays(rows: Sequence[Row]) -> Iterator[str]:
    held: dict[tuple[str, str], list[Membership]] = {}
    for membership, person, family in db.session.execute(_stays_query(rows)):
        held.setdefault((person, family), []).append(membership)
    for row in rows:
        for stay in held.get((row["person_id"], row["family_id"]), []):
            apart = (row["left_on"] or FAR) <= stay.joined_on or (stay.left_on or FAR) <= row[
                "joined_on"
            ]
            if not apart and stay.joined_on != row["joined_on"]:
                yield (
                    f"people.csv: line {row.line}, column joined_on: {row['person_id']!r} is in that family "
                    f"already since {stay.joined_on}; use that date, or end that stay first"
                )


def _stays_query(rows: Sequence[Row]) -> Any:
    return (
        select(Membership, Person.reference, Family.reference)
        .join(
            Person, (Person.tenant_id == Membership.tenant_id) & (Person.id == Membership.person_id)
        )
        .join(
            Family, (Family.tenant_id == Membership.tenant_id) & (Family.id == Membership.family_id)
        )
        .where(Family.reference.in_({row["family_id"] for row in rows}))
    )


def store_families(rows: Rows, at: datetime) -> dict[str, int]:
    """Families, people, stays, episodes and terms of a load. Returns by file how many rows were new.

    `at`: since when new people are on record.
    """
    families = _store_families(rows)
    people = _store_people(rows["people"], at)
    stays = _store_stays(rows["people"], people, families)
    _store_episodes(rows["families"], families)
    known = {(term.first_on, term.last_on) for term in list_terms()}
    terms = [row for row in rows["terms"] if (row["from"], row["to"]) not in known]
    db.session.add_all(Term(first_on=row["from"], last_on=row["to"]) for row in terms)
    db.session.flush()
    return {"families": len(rows["families"]), "people": stays, "terms": len(terms)}


def _store_families(rows: Rows) -> dict[str, UUID]:
    """The id of each family of the files, by reference; new ones take the first person's surname."""
    references = [row["family_id"] for row in rows["families"]]
    found = select(Family.reference, Family.id).where(Family.reference.in_(references))
    known = {row.reference: row.id for row in db.session.execute(found)}
    surnames: dict[str, str] = {}
    for row in rows["people"]:
        if row["family_name"]:
            surnames.setdefault(row["family_id"], row["family_name"])
    new = [
        {"id": uuid4(), "reference": reference, "name": surnames.get(reference, reference)}
        for reference in references
        if reference not in known
    ]
    _insert(Family, new)
    return known | _ids(new)


def _insert(model: type[Any], rows: list[dict[str, Any]]) -> None:
    """Add rows in bulk; the load's own entry stands for them on the trail."""
    if rows:
        session = db.session()
        tenant = {"tenant_id": session.info["tenant_id"], "version": 1}
        kept = {column.key for column in model.__mapper__.column_attrs}
        told = {key: value for key, value in tenant.items() if key in kept}
        session.execute(insert(model), [told | row for row in rows])


def _store_people(rows: Sequence[Row], at: datetime) -> dict[str, UUID]:
    """The id of each person of the file, by reference; what the file says of them stands."""
    told: dict[str, dict[str, Any]] = {}
    for row in rows:
        told.setdefault(row["person_id"], {}).update(_particulars(row))
    found = db.session.scalars(select(Person).where(Person.reference.in_(told)))
    known = {person.reference: person for person in found}
    hidden = list_protected([person.id for person in known.values()])
    for reference, person in known.items():
        for column, value in told[reference].items():
            if person.id in hidden and column in HOME:
                continue  # a file never brings an address into view that must stay hidden
            if getattr(person, column) != value:
                setattr(person, column, value)
    empty = {
        "uprn": "",
        "same_as_id": None,
        "keys_version": KEYS_VERSION,
        "recorded_at": at,
        "date_of_birth": None,
        "given_name": "",
        "family_name": "",
        "address": "",
        "postcode": "",
    }
    new = [
        {"id": uuid4(), "reference": reference} | empty | particulars
        for reference, particulars in told.items()
        if reference not in known
    ]
    _insert(Person, new)
    key_new_people(SimpleNamespace(**row) for row in new)
    ids = {reference: person.id for reference, person in known.items()} | _ids(new)
    _store_identifiers(rows, ids)
    return ids


def _ids(rows: Sequence[dict[str, Any]]) -> dict[str, UUID]:
    return {row["reference"]: row["id"] for row in rows}


def _particulars(row: Row) -> dict[str, Any]:
    """The columns that a line fills in; an empty cell says nothing."""
    told = {name: row[name] for name in ("date_of_birth", *NAMES) if row[name]}
    if "postcode" in told:
        told["postcode"] = normalise_postcode(told["postcode"])
    return told


def _store_identifiers(rows: Sequence[Row], people: dict[str, UUID]) -> None:
    for row in rows:
        for scheme in Scheme:
            if row[scheme.value]:
                set_identifier(people[row["person_id"]], scheme, check(scheme, row[scheme.value]))


def _store_stays(rows: Sequence[Row], people: dict[str, UUID], families: dict[str, UUID]) -> int:
    held = {
        (person, family, stay.joined_on): stay
        for stay, person, family in db.session.execute(_stays_query(rows))
    }
    new = []
    for row in rows:
        stay = held.get((row["person_id"], row["family_id"], row["joined_on"]))
        if stay is None:
            new.append(
                {
                    "id": uuid4(),
                    "person_id": people[row["person_id"]],
                    "family_id": families[row["family_id"]],
                    "resident": row["resident"],
                    "joined_on": row["joined_on"],
                    "left_on": row["left_on"],
                }
            )
        else:
            stay.resident = row["resident"]
            stay.left_on = row["left_on"] or stay.left_on  # an empty cell takes nothing away
    _insert(Membership, new)
    return len(new)


def _store_episodes(rows: Sequence[Row], families: dict[str, UUID]) -> None:
    programme = find_programme()
    assert programme is not None
    versions = list_plan_versions(programme.id)
    latest = select(Episode).where(Episode.family_id.in_(families.values()), Episode.programme_id == programme.id)  # fmt: skip
    known = {episode.family_id: episode for episode in db.session.scalars(latest.order_by(Episode.closed_on.asc().nulls_last()))}  # fmt: skip
    new = []
    for row in rows:
        values = _episode_values(row, versions)
        episode = known.get(families[row["family_id"]])
        if episode is not None and episode.closed_on is not None:
            if row["baseline_on"] is None or row["baseline_on"] <= episode.closed_on:
                continue  # it tells of support that has ended here
            episode = None
        if episode is not None:
            _correct(episode, values)
        else:
            ids = {
                "id": uuid4(),
                "family_id": families[row["family_id"]],
                "programme_id": programme.id,
            }
            new.append(
                ids
                | {"lead_worker_id": None, "closed_on": None, "team_id": None, "weight": 2}
                | values
            )
    _insert(Episode, new)


def _correct(episode: Episode, values: Mapping[str, Any]) -> None:
    """What a file says anew of an episode; an empty cell says nothing, and a family that was moved to another plan stays there."""
    is_moved = values["baseline_on"] not in (None, episode.baseline_on)
    for column, value in values.items():
        if value is not None and (is_moved or column != "plan_version_id"):
            setattr(episode, column, value)


def _episode_values(row: Row, versions: Sequence[PlanVersion]) -> dict[str, Any]:
    baseline = row["baseline_on"]
    plan = pick_in_force(versions, baseline) if baseline else None
    dates = {f"{name}_on": row[f"{name}_on"] for name in PRINCIPLES}
    return {
        "baseline_on": baseline,
        "plan_version_id": plan.id if plan else None,
    } | dates
