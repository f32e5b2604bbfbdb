"""P4: the list of families as a signed-in worker, beside a hand-written one."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
from flask import Flask, request, session
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import Template

from benchmarks.measure import Outcome, cpu, judge, rounds
from tests.builders import Council, found_council, set_up_programme
from tests.servers import fresh_database, private_servers, settings_for
from tfsaas.accounts.tokens import hash_token
from tfsaas.app import create_app
from tfsaas.permissions import Role
from tfsaas.tenants.queries import get_programme

LARGE = 50_000
SMALL = 1_000
CPU_GOAL = 6.0
FLAT_GOAL = 1.25
PAGES = 20

FAMILIES = """
insert into family (tenant_id, id, reference, name, version)
select %(t)s, gen_random_uuid(), 'F-' || n, 'Family ' || md5(n::text), 1 from generate_series(1, %(n)s) n;
"""
EPISODES = """
insert into episode (tenant_id, id, family_id, programme_id, plan_version_id, lead_worker_id, baseline_on, weight, version)
select f.tenant_id, gen_random_uuid(), f.id, %(p)s, v.id, %(u)s, '2016-06-30', 2, 1 from family f, plan_version v;
"""
EVALUATIONS = """
insert into evaluation (tenant_id, id, family_id, as_at, known_at, plan_version_id, plan_hash, standing, eligible,
  worked_with, ssp, ce, result, headlines, findings, is_current)
select f.tenant_id, gen_random_uuid(), f.id, '2017-02-28', now(), v.id, v.document_hash, 'worked with', true, true,
  'not_met', 'not_applicable', '', array['crime', 'health'], '', true from family f, plan_version v;
"""
HAND = """
select f.id, f.reference, f.name, e.baseline_on, u.name, v.standing, v.headlines, r.confirmed_on
from family f
left join episode e on e.tenant_id = f.tenant_id and e.family_id = f.id and e.closed_on is null
left join user_account u on u.tenant_id = e.tenant_id and u.id = e.lead_worker_id
left join evaluation v on v.tenant_id = f.tenant_id and v.family_id = f.id and v.is_current
left join result r on r.tenant_id = f.tenant_id and r.family_id = f.id
order by f.name_key, f.id limit 26
"""
PAGE = Template(
    "<table>{% for r in rows %}<tr>{% for c in r %}<td>{{ c|e }}</td>{% endfor %}</tr>{% endfor %}</table>"
)


def fill(council: Council, url: str, families: int) -> None:
    """So many families, each with an episode and an evaluation."""
    with council.work():
        set_up_programme()
        programme_id = get_programme().id
    told = {
        "t": council.tenant_id,
        "n": families,
        "p": programme_id,
        "u": council.people[Role.WORKER],
    }
    with psycopg.connect(url) as connection:
        connection.execute(
            "select set_config('tfsaas.tenant_id', %s, true)", [str(council.tenant_id)]
        )
        for statement in (FAMILIES, EPISODES, EVALUATIONS):
            connection.execute(statement, told)
        connection.commit()
        connection.autocommit = True


def by_hand(connection: psycopg.Connection) -> Flask:
    """Host, session, person, list in bare Flask: what somebody would write who wrote nothing else."""
    app = Flask("by_hand")
    app.secret_key = "benchmark"

    @app.get("/families")
    def families() -> str:
        with connection.transaction():
            host = request.host.split(":")[0]
            tenant: UUID = connection.execute(
                "select tenant_id from host where name = %s", [host]
            ).fetchone()[0]
            connection.execute("select set_config('tfsaas.tenant_id', %s, true)", [str(tenant)])
            connection.execute(
                "select u.name, u.role from sign_in_session s join user_account u on u.id = s.user_id "
                "where s.token_hash = %s",
                [hash_token(session["token"])],
            ).fetchone()
            rows = connection.execute(HAND).fetchall()
        return PAGE.render(rows=rows[:25])

    return app


@contextmanager
def prepared(scale: float) -> Iterator[tuple[dict[int, Council], str]]:
    """A small and a large council in one database."""
    with private_servers() as servers:
        fresh_database(servers, "benchmark")
        settings = settings_for(servers, "benchmark", redis_number=15)
        app = create_app(settings)
        with app.app_context():
            upgrade()
        url = settings.database_url.replace("postgresql+psycopg://", "postgresql://")
        councils = {}
        for families in (SMALL, max(int(LARGE * scale), SMALL * 2)):
            councils[families] = found_council(app)
            fill(councils[families], url, families)
        with psycopg.connect(servers.superuser, dbname="benchmark", autocommit=True) as connection:
            connection.execute("analyze")
        yield councils, url


def run(scale: float, count: int) -> list[Outcome]:
    """CPU of this process a page, ours beside the hand-written one, in a small and a large council."""
    with prepared(scale) as (councils, url), psycopg.connect(url) as connection:
        calls = {}
        hand = by_hand(connection)
        for families, council in councils.items():
            browser, client = council.browser(Role.WORKER), hand.test_client()
            with browser.client.session_transaction(base_url=council.base_url) as ours:
                token = ours["_user_id"]
            with client.session_transaction(base_url=council.base_url) as theirs:
                theirs["token"] = token
            pages = {"ours": browser.client, "hand": client}
            _compare(*(_page(pages[name], council) for name in ("ours", "hand")))
            for name, opened in pages.items():
                calls[f"{name} {families}"] = lambda o=opened, c=council: [
                    _page(o, c) for _ in range(PAGES)
                ]
        seconds = rounds(calls, max(count, 5), cpu)
        small, large = sorted(councils)
        ratio = [
            a / b for a, b in zip(seconds[f"ours {large}"], seconds[f"hand {large}"], strict=True)
        ]
        flat = [
            a / b for a, b in zip(seconds[f"ours {large}"], seconds[f"ours {small}"], strict=True)
        ]
        each = f"{sorted(seconds[f'ours {large}'])[len(ratio) // 2] / PAGES * 1000:.1f} ms CPU"
    return [
        judge("P4", f"list page to hand-written, {large:,} families", ratio, CPU_GOAL, page=each),
        judge("P4", f"list page at {large:,} to {small:,} families", flat, FLAT_GOAL),
    ]


def _page(client: FlaskClient, council: Council) -> str:
    return client.get("/families", base_url=council.base_url).text


def _compare(page: str, hand: str) -> None:
    """Both show the same families in the same order."""
    references = [part.split("<")[0] for part in hand.split("<td>") if part.startswith("F-")]
    places = [page.index(f">{reference}<") for reference in references]
    assert len(places) == 25
    assert places == sorted(places)
