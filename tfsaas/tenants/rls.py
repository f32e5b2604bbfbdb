"""The row-level policy, written once and applied to every tenant table by its migration."""

from alembic import op

APPLICATION = "tfsaas_app"
TOLD = "nullif(current_setting('tfsaas.tenant_id', true), '')::uuid"


def protect(table: str, *, allow: str = "select, insert, update, delete") -> None:
    """Confine `table` to the tenant of the current transaction, for its owner too.

    With no tenant entered the setting is absent or '', nullif makes it NULL, and no row
    matches. The application's role is given exactly the verbs in `allow`.
    """
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy tenant on {table} using (tenant_id = {TOLD}) with check (tenant_id = {TOLD})"
    )
    op.execute(f"grant {allow} on {table} to {APPLICATION}")


def share(table: str) -> None:
    """Let the application's role read a platform table, and no more."""
    op.execute(f"grant select on {table} to {APPLICATION}")


def freeze(table: str) -> None:
    """Refuse every change or removal of the rows of `table`, whoever asks."""
    op.execute(
        f"create trigger frozen before update or delete on {table} "
        "for each statement execute function refuse_change()"
    )
    op.execute(
        f"create trigger frozen_whole before truncate on {table} "
        "for each statement execute function refuse_change()"
    )
