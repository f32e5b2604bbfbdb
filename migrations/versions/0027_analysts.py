"""Analysts among the roles."""

import sqlalchemy as sa
from alembic import op


revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ROLES = ("administrator", "worker", "supervisor", "analyst", "leader", "auditor", "partner")
NO_ANALYSTS = "update user_account set role = 'auditor', disabled_at = coalesce(disabled_at, now()) where role = 'analyst'"


def upgrade() -> None:
    """Apply."""
    _allow(ROLES)


def downgrade() -> None:
    """Undo. Analysts are disabled: no other role has what they may do."""
    for (tenant_id,) in op.get_bind().execute(sa.text("select id from tenant")).fetchall():
        op.execute(f"select set_config('tfsaas.tenant_id', '{tenant_id}', true)")
        op.execute(NO_ANALYSTS)
    op.execute("select set_config('tfsaas.tenant_id', '', true)")
    _allow(tuple(role for role in ROLES if role != "analyst"))


def _allow(roles: tuple[str, ...]) -> None:
    named = ", ".join(f"'{role}'" for role in roles)
    op.drop_constraint(op.f("ck_user_account_role"), "user_account")
    op.create_check_constraint(op.f("ck_user_account_role"), "user_account", f"role in ({named})")
