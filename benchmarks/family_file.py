"""P5: a family's file as a signed-in worker, beside a hand-written page of the same rows and the same judgement, and one that judges nothing."""

import re
from types import SimpleNamespace
from uuid import UUID

import psycopg
from flask import Flask, request, session
from jinja2 import Template

from benchmarks.crowd import gathered
from benchmarks.measure import Outcome, cpu, judge, rounds
from tests.system.test_pages import own_statements
from tfsaas import clock
from tfsaas.accounts.tokens import hash_token
from tfsaas.cases.panel import Panel, make_panel
from tfsaas.outcomes.facts import Batch
from tfsaas.permissions import Role
from tfsaas.rules.facts import Tables
from tfsaas.rules.parse import parse_source

PEOPLE = 8_000
PAGES = 15
CPU_GOAL, STATEMENTS_GOAL = 5.0, 10
FACTS = (
    (
        "insert into event (tenant_id, id, signal, person_id, happened_on, recorded_at, recorded_by_id) select p.tenant_id, "
        "gen_random_uuid(), 'police.asb', p.id, current_date - 40 * k, now(), %(u)s from person p, generate_series(1, 3) k"
    ),
    (
        "insert into spell (tenant_id, id, signal, person_id, from_on, recorded_at, recorded_by_id) select tenant_id, "
        "gen_random_uuid(), 'health.treatment', id, current_date - 500, now(), %(u)s from person"
    ),
    (
        "insert into period (tenant_id, id, signal, person_id, from_on, to_on, part, possible, recorded_at, recorded_by_id) "
        "select p.tenant_id, gen_random_uuid(), 'school.attended', p.id, current_date - 90 * k, current_date - 90 * k + 60, 90, 100, "
        "now(), %(u)s from person p, generate_series(1, 3) k"
    ),
    (
        "insert into episode (tenant_id, id, family_id, programme_id, plan_version_id, lead_worker_id, baseline_on, weight, version) "
        "select f.tenant_id, gen_random_uuid(), f.id, v.programme_id, v.id, %(u)s, current_date - 400, 2, 1 from family f, plan_version v"
    ),
    (
        "insert into contact (tenant_id, id, family_id, key, happened_on, how, note, words, sensitive, recorded_at, reason) select "
        "tenant_id, gen_random_uuid(), id, gen_random_uuid(), current_date - 5 * k, 'telephone', 'Rang.', '', '', now(), '' "
        "from family, generate_series(1, 5) k"
    ),
)
READ = (
    (
        "select f.reference, f.name, e.baseline_on, e.closed_on, u.name from family f join episode e on e.family_id = f.id "
        "left join user_account u on u.id = e.lead_worker_id where f.id = %(f)s"
    ),
    (
        "select p.id, p.given_name, p.family_name, p.date_of_birth, m.resident, m.left_on from membership m "
        "join person p on p.id = m.person_id where m.family_id = %(f)s order by p.date_of_birth"
    ),
    (
        "select 'event', v.person_id, v.signal, v.happened_on, null, null from event v join membership m on m.person_id = v.person_id "
        "where m.family_id = %(f)s and v.withdrawn_at is null union all select 'period', v.person_id, v.signal, v.from_on, v.part, "
        "v.possible from period v join membership m on m.person_id = v.person_id where m.family_id = %(f)s and v.withdrawn_at is null "
        "union all select 'spell', v.person_id, v.signal, v.from_on, null, null from spell v join membership m on m.person_id = "
        "v.person_id where m.family_id = %(f)s and v.withdrawn_at is null order by 4 desc"
    ),
    "select standing, ssp, ce, headlines, findings from evaluation where family_id = %(f)s and is_current",
    "select happened_on, how, note from contact where family_id = %(f)s and replaced_at is null order by happened_on desc limit 3",
    "select reference, received_at from referral where family_id = %(f)s",
)
ASKED = (  # what the rules want, as they want it
    (
        "select e.family_id::text, e.baseline_on, e.whole_family_assessment_on, e.whole_family_plan_on, e.lead_worker_on, e.plan_aligned_on "
        "from episode e where e.family_id = %(f)s"
    ),
    (
        "select p.id::text, m.family_id::text, p.date_of_birth, m.resident, m.joined_on, m.left_on from membership m "
        "join person p on p.id = m.person_id where m.family_id = %(f)s"
    ),
    "select v.person_id::text, v.signal, v.happened_on, 'event:' || v.id from event v join membership m on m.person_id = v.person_id where m.family_id = %(f)s",
    (
        "select v.person_id::text, v.signal, v.from_on, v.to_on, v.part, v.possible, 'period:' || v.id from period v join membership m "
        "on m.person_id = v.person_id where m.family_id = %(f)s"
    ),
    "select v.person_id::text, v.signal, v.from_on, v.to_on, 'spell:' || v.id from spell v join membership m on m.person_id = v.person_id where m.family_id = %(f)s",
)
PAGE = Template(
    "{% for rows in all %}<table>{% for r in rows %}<tr>{% for c in r %}<td>{{ c|e }}</td>{% endfor %}</tr>{% endfor %}</table>{% endfor %}"
    "{% if panel %}<p>{{ panel.summary|e }}<p>{{ panel.told|e }}{% for s in panel.sections %}<h3>{{ s.title|e }}</h3>{% for r in s.rows %}"
    "<li>{{ r.title|e }} {{ r.state|e }}{% for g in r.grounds %}<p>{{ g.text|e }}{% endfor %}{% endfor %}{% endfor %}{% endif %}"
)


def judge_by_hand(connection: psycopg.Connection, family_id: UUID) -> Panel:
    """The panel from plain rows, by the rules as a library."""
    families, people, events, periods, spells = (
        connection.execute(query, {"f": family_id}).fetchall() for query in ASKED
    )
    (source,) = connection.execute("select document from plan_version limit 1").fetchone()
    tables = Tables(families=families, people=people, events=events, periods=periods, spells=spells)
    batch = Batch(SimpleNamespace(number=1), parse_source(source), tables)
    return make_panel(batch, {row[0]: "somebody" for row in people}, clock.today())


def by_hand(connection: psycopg.Connection, *, judges: bool) -> Flask:
    """Host, session, person and the rows of one family in bare Flask; and what they amount to, if it judges."""
    app = Flask("by_hand")
    app.secret_key = "benchmark"

    @app.get("/families/<uuid:family_id>")
    def family(family_id: UUID) -> str:
        with connection.transaction():
            host = request.host.split(":")[0]
            tenant = connection.execute(
                "select tenant_id from host where name = %s", [host]
            ).fetchone()[0]
            connection.execute("select set_config('tfsaas.tenant_id', %s, true)", [str(tenant)])
            connection.execute(
                "select u.name, u.role from sign_in_session s join user_account u on u.id = s.user_id where s.token_hash = %s",
                [hash_token(session["token"])],
            ).fetchone()
            rows = [connection.execute(query, {"f": family_id}).fetchall() for query in READ]
            panel = judge_by_hand(connection, family_id) if judges else None
        return PAGE.render(all=rows, panel=panel)

    return app


def run(scale: float, count: int) -> list[Outcome]:
    """CPU of this process a page, ours beside the hand-written one; and how many statements ours needs."""
    with gathered(max(int(PEOPLE * scale * 20), 400)) as crowd:
        council, app = crowd.council, crowd.app
        url = app.config["SETTINGS"].database_url.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(url) as connection:
            connection.execute("select set_config('tfsaas.tenant_id', %s, true)", [str(council.tenant_id)])  # fmt: skip
            for statement in FACTS:
                connection.execute(statement, {"u": council.people[Role.WORKER]})
            (family_id,) = connection.execute("select id from family limit 1").fetchone()
            connection.commit()
            connection.autocommit = True
            browser = council.browser(Role.WORKER)
            pages = {"ours": browser.client} | {
                name: by_hand(connection, judges=name == "judging").test_client()
                for name in ("judging", "bare")
            }
            with browser.client.session_transaction(base_url=council.base_url) as ours:
                token = ours["_user_id"]
            for name in ("judging", "bare"):
                with pages[name].session_transaction(base_url=council.base_url) as theirs:
                    theirs["token"] = token
            path = f"/families/{family_id}"
            shown = {name: client.get(path, base_url=council.base_url).text for name, client in pages.items()}  # fmt: skip
            _compare(shown)
            needed = len(own_statements(app, lambda: browser.get(path)))
            calls = {
                name: lambda c=client: [c.get(path, base_url=council.base_url).data for _ in range(PAGES)]
                for name, client in pages.items()
            }  # fmt: skip
            seconds = rounds(calls, max(count, 5), cpu)
    ratio, bare = ([a / b for a, b in zip(seconds["ours"], seconds[name], strict=True)] for name in ("judging", "bare"))  # fmt: skip
    each = f"{sorted(seconds['ours'])[len(ratio) // 2] / PAGES * 1000:.1f} ms CPU"
    return [
        judge("P5", "a family's file to hand-written", ratio, CPU_GOAL, page=each),
        judge("P5", "a family's file to one that judges nothing", bare, CPU_GOAL),
        judge("P5", "statements of a family's file", [float(needed)], STATEMENTS_GOAL),
    ]


def _compare(shown: dict[str, str]) -> None:
    """All show the contacts, and those that judge say the same of every headline."""
    assert all("Rang." in page for page in shown.values())
    told = re.findall(r"<p>([^<]+)<h3>", shown["judging"])
    assert told
    assert told[0] in shown["ours"]
    states = re.findall(r"<li>([^<]+?) (Met|Not met|Open|Cannot tell)", shown["judging"])
    assert all(title in shown["ours"] for title, _ in states)
