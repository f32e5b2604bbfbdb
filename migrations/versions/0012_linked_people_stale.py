"""A changed fact marks the families of every record that is linked with the person's."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FAMILIES = (
    "insert into stale_mark (tenant_id, id, family_id) select tenant_id, gen_random_uuid(), family_id from "
    "(select distinct m.tenant_id, m.family_id from membership m where m.person_id = any (array({}))) f;"
)
ATTESTED = (
    "insert into stale_mark (tenant_id, id, family_id) select tenant_id, gen_random_uuid(), family_id from "
    "(select distinct m.tenant_id, m.family_id from changed m where m.family_id is not null) f;"
)
# from the few that are linked, not from everybody
LINKED = (
    "select l.other from (select p.id as one, p.same_as_id as other from person p where p.same_as_id is not null "
    "union select p.same_as_id, p.id from person p where p.same_as_id is not null "
    "union select a.id, b.id from person a join person b on b.same_as_id = a.same_as_id where a.same_as_id is not null) l "
    "where l.one in ({})"
)
CHANGED = "select c.person_id from changed c"
ONE = "select new.id"
BEFORE = {
    "mark_people_stale": FAMILIES.format("select distinct c.person_id from changed c"),
    "mark_attested_stale": FAMILIES.format("select distinct c.person_id from changed c") + ATTESTED,
    "mark_person_stale": FAMILIES.format(ONE),
}
AFTER = {
    "mark_people_stale": FAMILIES.format(f"{CHANGED} union {LINKED.format(CHANGED)}"),
    "mark_attested_stale": FAMILIES.format(f"{CHANGED} union {LINKED.format(CHANGED)}") + ATTESTED,
    "mark_person_stale": FAMILIES.format(f"{ONE} union {LINKED.format(ONE)}"),
}


def upgrade() -> None:
    """Apply."""
    _define(AFTER)


def downgrade() -> None:
    """Undo."""
    _define(BEFORE)


def _define(functions: dict[str, str]) -> None:
    for name, body in functions.items():
        op.execute(
            f"create or replace function {name}() returns trigger language plpgsql as "
            f"$$ begin {body} return null; end $$"
        )
