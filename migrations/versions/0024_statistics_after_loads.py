"""The application may have the statistics of what it loads in bulk gathered anew."""

from alembic import op


revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

FUNCTION = """
create function gather_statistics() returns void language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    analyze family, membership, person, person_key, identifier, episode, event, period, spell, score,
        attestation, recorded_headline, coverage, evaluation;
end $$
"""


def upgrade() -> None:
    """Apply."""
    op.execute(FUNCTION)
    op.execute("revoke all on function gather_statistics() from public")
    op.execute("grant execute on function gather_statistics() to tfsaas_app")


def downgrade() -> None:
    """Undo."""
    op.execute("drop function gather_statistics()")
