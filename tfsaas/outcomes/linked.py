"""Linked records taken as one person, for the rules alone: the rows themselves stay where they are."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from tfsaas.db import db
from tfsaas.families.models import Person
from tfsaas.rules.facts import Tables

FAR = date.max


def read_linked() -> dict[str, str]:
    """Everybody who is linked, with the record that stands for them, as text."""
    query = select(Person.id, Person.same_as_id).where(Person.same_as_id.is_not(None))
    return {str(record): str(other) for record, other in db.session.execute(query)}


def link_records(tables: Tables, stands_for: Mapping[str, str]) -> Tables:
    """The same facts with each linked record's under the one that stands for it. `stands_for`: by person, as text."""

    def owned(rows: list[Any]) -> list[Any]:
        return [(stands_for[row[0]], *row[1:]) if row[0] in stands_for else row for row in rows]

    return replace(
        tables,
        people=_join_stays(owned(tables.people)),
        events=owned(tables.events),
        periods=owned(tables.periods),
        spells=owned(tables.spells),
        scores=owned(tables.scores),
        attestations=owned(tables.attestations),
    )


def _join_stays(rows: list[Any]) -> list[Any]:
    """Who is twice in one family on the same days is there once; a known date of birth stands for all."""
    births = {row[0]: row[2] for row in rows if row[2] is not None}
    found: dict[tuple[str, str], list[Any]] = {}
    for row in sorted(rows, key=lambda row: (row[0], row[1], row[4], row[5] or FAR)):
        person, family, _, resident, joined_on, left_on = row
        stays = found.setdefault((person, family), [])
        last = stays[-1] if stays else None
        if last and joined_on < (last[5] or FAR):
            ends = None if None in (last[5], left_on) else max(last[5], left_on)
            stays[-1] = (*last[:3], last[3] or resident, last[4], ends)
        else:
            stays.append((person, family, births.get(person), resident, joined_on, left_on))
    return [stay for stays in found.values() for stay in stays]
