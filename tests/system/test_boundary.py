"""Councils cannot see each other: what the database itself holds, whatever the code does."""

import re

import psycopg
import pytest
from psycopg import sql

from tests.builders import Council
from tfsaas.db import Model
from tfsaas.permissions import Role

PLATFORM = {"tenant", "host"}
WITHOUT_TENANT = {"tenant", "alembic_version"}
APPEND_ONLY = {"audit_entry", "reading"}
TENANT_TABLES = sorted(
    name
    for name, table in Model.metadata.tables.items()
    if "tenant_id" in table.columns and name not in PLATFORM
)


def conninfo(url: str) -> str:
    """A SQLAlchemy address as psycopg wants it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture
def connection(app):
    with psycopg.connect(conninfo(app.config["SETTINGS"].database_url)) as opened:
        yield opened


@pytest.fixture
def owner(app):
    with psycopg.connect(conninfo(app.config["SETTINGS"].database_owner_url)) as opened:
        yield opened


def test_the_list_of_tables_without_a_council_is_exact(owner):
    found = owner.execute(
        "select relname from pg_class c where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace "
        "and not exists (select 1 from pg_attribute where attrelid = c.oid and attname = 'tenant_id')"
    )

    assert {name for (name,) in found} == WITHOUT_TENANT


def test_every_table_with_a_council_is_forced_and_has_a_policy_both_ways(owner):
    found = owner.execute(
        "select c.relname, c.relrowsecurity, c.relforcerowsecurity, "
        "p.polqual is not null, p.polwithcheck is not null, p.polcmd "
        "from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' "
        "left join pg_policy p on p.polrelid = c.oid "
        "where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relname <> 'host'"
    )

    rows = {name: rest for name, *rest in found}
    assert sorted(rows) == TENANT_TABLES
    assert all(rest[:4] == [True] * 4 and rest[4] in {b"*", "*"} for rest in rows.values())


def test_every_foreign_key_between_tenant_tables_carries_the_council():
    crossing = [
        f"{name}: {constraint.name}"
        for name in TENANT_TABLES
        for constraint in Model.metadata.tables[name].foreign_key_constraints
        if constraint.referred_table.name not in PLATFORM
        and "tenant_id" not in {column.name for column in constraint.columns}
    ]

    assert crossing == []


def test_every_row_of_a_council_hangs_by_a_key_that_is_never_empty_on_the_council_itself():
    """Rows by the thousand have no key to the council of their own, but must belong to a row that has."""
    tables = Model.metadata.tables
    held = {
        name for name in TENANT_TABLES
        if any(key.referred_table.name == "tenant" for key in tables[name].foreign_key_constraints)
    }  # fmt: skip
    for name in sorted(set(TENANT_TABLES) - held):
        keys = tables[name].foreign_key_constraints
        parents = {key.referred_table.name for key in keys if not any(c.nullable for c in key.columns)}  # fmt: skip
        if "ck_" + name + "_provenance" in {check.name for check in tables[name].constraints}:
            parents |= {"load"}  # either a load or an account is named, and both are held
        assert parents & held, name


def test_every_unique_key_of_a_tenant_table_carries_the_council(owner):
    found = owner.execute(
        "select i.indrelid::regclass::text, i.indexrelid::regclass::text from pg_index i "
        "join pg_class c on c.oid = i.indrelid join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' "
        "where c.relnamespace = 'public'::regnamespace and i.indkey[0] <> a.attnum and c.relname <> 'host'"
    )

    assert found.fetchall() == []


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_with_no_council_told_a_table_is_empty(council: Council, connection, table):
    with council.work(Role.WORKER):
        pass

    assert connection.execute(
        sql.SQL("select count(*) from {}").format(sql.Identifier(table))
    ).fetchone() == (0,)


def test_a_reused_connection_sees_nothing_of_the_council_it_served(council: Council, connection):
    with connection.transaction():
        connection.execute(
            "select set_config('tfsaas.tenant_id', %s, true)", [str(council.tenant_id)]
        )
        seen = connection.execute("select count(*) from user_account").fetchone()

    assert seen == (len(council.people),)
    assert connection.execute("select count(*) from user_account").fetchone() == (0,)


def test_a_row_cannot_be_written_for_another_council(
    council: Council, other_council: Council, connection
):
    connection.execute("select set_config('tfsaas.tenant_id', %s, true)", [str(council.tenant_id)])

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(
            "insert into term (tenant_id, id, first_on, last_on) values (%s, gen_random_uuid(), '2016-01-01', '2016-02-01')",
            [other_council.tenant_id],
        )


def test_a_row_cannot_name_another_councils_parent(
    council: Council, other_council: Council, connection
):
    connection.execute("select set_config('tfsaas.tenant_id', %s, true)", [str(council.tenant_id)])

    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        connection.execute(
            "insert into sign_in_session (tenant_id, id, user_id, token_hash, started_at, seen_at, browser) "
            "values (%s, gen_random_uuid(), %s, 'x', now(), now(), '')",
            [council.tenant_id, other_council.people[Role.WORKER]],
        )


def test_the_applications_role_is_weak(connection):
    role = connection.execute(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, "
        "(select count(*) from pg_class where relowner = pg_roles.oid), "
        "has_schema_privilege(current_user, 'public', 'create') from pg_roles where rolname = current_user"
    ).fetchone()

    assert role == (False, False, False, False, 0, False)


@pytest.mark.parametrize("table", sorted(PLATFORM | set(TENANT_TABLES)))
def test_the_applications_role_cannot_truncate(connection, table):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(sql.SQL("truncate {} cascade").format(sql.Identifier(table)))


@pytest.mark.parametrize("table", sorted(PLATFORM))
def test_the_application_may_not_write_platform_tables(connection, table):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(sql.SQL("delete from {}").format(sql.Identifier(table)))


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_the_trail_cannot_be_changed_by_the_application(connection, table):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(sql.SQL("delete from {}").format(sql.Identifier(table)))


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_the_trail_cannot_be_changed_by_its_owner(owner, table):
    with pytest.raises(psycopg.errors.RaiseException):
        owner.execute(sql.SQL("delete from {}").format(sql.Identifier(table)))


def test_nothing_runs_around_the_policies(owner):
    found = owner.execute(
        "select relname::text from pg_class where relkind = 'm' and relnamespace = 'public'::regnamespace "
        "union all select relname from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace "
        "and not coalesce(reloptions @> array['security_invoker=true'], false) "
        "union all select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
    )

    assert found.fetchall() == [("gather_statistics",)]


def test_the_one_function_of_the_owners_takes_nothing_and_only_counts(owner):
    told = "select pronargs, prorettype::regtype::text, proconfig, prosrc from pg_proc where proname = 'gather_statistics'"
    count, gives, settings, source = owner.execute(told).fetchone()

    assert (count, gives, settings) == (0, "void", ["search_path=public, pg_temp"])
    tables = re.fullmatch(r"begin analyze ([a-z_, ]+); end", " ".join(source.split()))
    assert tables
    assert set(tables[1].split(", ")) <= set(TENANT_TABLES)
    granted = owner.execute("select distinct grantee::regrole::text from pg_proc, aclexplode(proacl) where proname = 'gather_statistics'")  # fmt: skip
    assert {name for (name,) in granted} == {"tfsaas_owner", "tfsaas_app"}
