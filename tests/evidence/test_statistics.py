"""After many rows PostgreSQL knows the council; after few it need not."""

from datetime import date

import pytest

from tests.builders import Council, set_up_programme
from tests.world import encoded
from tfsaas.evidence.actions import load_files
from tfsaas.tenants.bulk import MANY

FAMILIES = "family_id,baseline_on,whole_family_assessment_on,whole_family_plan_on,lead_worker_on,plan_aligned_on\n"
PEOPLE = "person_id,family_id,date_of_birth,resident,joined_on,left_on\n"
KNOWN = "select most_common_vals::text like %s from pg_stats where tablename = 'person' and attname = 'tenant_id'"


def load(council: Council, families: int) -> None:
    rows = range(families)
    files = {
        "families": FAMILIES + "".join(f"F{at},,,,,\n" for at in rows),
        "people": PEOPLE + "".join(f"P{at},F{at},1985-01-01,true,2015-01-01,\n" for at in rows),
    }
    with council.work():
        set_up_programme(starts_on=date(2015, 4, 1))
        load_files(encoded(files), "test")


@pytest.mark.parametrize(("families", "known"), [(MANY // 2 + 50, True), (20, False)])
def test_a_council_is_known_once_it_has_many_rows(app, council: Council, families, known):
    load(council, families)

    found = app.extensions["tests.superuser"].execute(KNOWN, [f"%{council.tenant_id}%"]).fetchone()
    assert bool(found and found[0]) is known
