"""A council that is new to the statistics is planned for like the others."""

from alembic import op
from sqlalchemy import text

from tfsaas.tenants.rls import expect_any_council


revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLES = """
select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
where c.relkind = 'r' and c.relrowsecurity and c.relnamespace = 'public'::regnamespace order by 1
"""


def upgrade() -> None:
    """Apply."""
    for table in op.get_bind().scalars(text(TABLES)).all():
        expect_any_council(table)


def downgrade() -> None:
    """Undo."""
    for table in op.get_bind().scalars(text(TABLES)).all():
        op.execute(f"alter table {table} alter column tenant_id set statistics -1")
