"""A small council with one family of every kind, and the files it came in."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from uuid import UUID

from flask import Flask

from tests.builders import Council, found_council, set_up_programme
from tests.copying import new_id, statements
from tfsaas import clock
from tfsaas.demo.families import FEEDS
from tfsaas.evidence.actions import load_files
from tfsaas.families.queries import find_family_by_reference

TODAY = clock.today()
START = TODAY - timedelta(days=900)
BEGAN = TODAY - timedelta(days=400)
RECENT = TODAY - timedelta(days=5)

FILES = {
    "families": "family_id,baseline_on,whole_family_assessment_on,whole_family_plan_on,lead_worker_on,plan_aligned_on\n"
    f"READY,{BEGAN},{BEGAN},{BEGAN},{BEGAN},{BEGAN}\n"
    f"STUCK,{BEGAN},{BEGAN},{BEGAN},{BEGAN},{BEGAN}\n"
    f"PLANLESS,{BEGAN},,,,\nNEW,,,,,\n",
    "people": "person_id,family_id,date_of_birth,resident,joined_on,left_on,given_name,family_name,nhs_number\n"
    f"R1,READY,1985-01-01,true,{START},,Ada,Okafor,9990079196\nR2,READY,{BEGAN - timedelta(days=900)},true,{START},,Sam,Okafor,\n"
    f"S1,STUCK,1985-01-01,true,{START},,Lena,Lee,\nS2,STUCK,{BEGAN - timedelta(days=900)},true,{START},,Kai,Lee,\n"
    f"L1,PLANLESS,1985-01-01,true,{START},,Jo,Ahmed,\nL2,PLANLESS,{BEGAN - timedelta(days=900)},true,{START},,Zoe,Ahmed,\n"
    f"N1,NEW,1985-01-01,true,{START},,Max,Young,\n",
    "spells": "person_id,signal,from,to\n"
    + "".join(f"{person},health.treatment,{BEGAN - timedelta(days=60)},\n" for person in ("R1", "S1", "L1")),
    "scores": f"person_id,signal,on,value\nR1,health.star,{BEGAN},4\nR1,health.star,{RECENT},8\n"
    f"S1,health.star,{BEGAN},4\nS1,health.star,{RECENT},5\nL1,health.star,{BEGAN},4\nL1,health.star,{RECENT},8\n",
    "identified": "family_id,headline,on\n"
    + "".join(f"{family},help,{BEGAN}\n" for family in ("READY", "STUCK", "PLANLESS")),
    "coverage": "signal,from,to\n" + "".join(f"{feed},{START},{TODAY}\n" for feed in FEEDS),
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """The council's programme and its families by reference."""

    programme_id: UUID
    families: dict[str, UUID]


def encoded(files: dict[str, str]) -> dict[str, bytes]:
    """Files as they would be uploaded."""
    return {name: text.encode() for name, text in files.items()}


def build_world(council: Council) -> World:
    """Set the council up and load its families: what was once loaded in earnest, copied for this council."""
    connection = council.app.extensions.get("tests.superuser")
    if connection is None:
        return load_world(council)
    world, copy = _loaded(council.app)
    with connection.transaction():
        connection.execute(copy.replace("{to}", str(council.tenant_id)))
    ids = {name: new_id(row_id, council.tenant_id) for name, row_id in world.families.items()}
    return World(new_id(world.programme_id, council.tenant_id), ids)


@cache
def _loaded(app: Flask) -> tuple[World, str]:
    """A council that no test sees, with its families, and what copies them."""
    council = found_council(app)
    return load_world(council), statements(app, council.tenant_id)


def load_world(council: Council) -> World:
    """Set the council up and load its families, in earnest."""
    with council.work():
        programme_id = set_up_programme(starts_on=START, in_force_from=START, target=10).id
        load_files(encoded(FILES), "test")
        families = {}
        for reference in ("READY", "STUCK", "PLANLESS", "NEW"):
            family = find_family_by_reference(reference)
            assert family is not None
            families[reference] = family.id
    return World(programme_id, families)


def boxes(name: str, day: date) -> dict[str, object]:
    """A day as the three boxes of a form send it."""
    return {name: [str(day.day), str(day.month), str(day.year)]}
