"""The list of families, the family's file and its forms."""

import re

import pytest
from sqlalchemy import select, text

from tests.builders import Council
from tests.system.test_pages import own_statements
from tests.world import TODAY, build_world
from tfsaas.audit.models import AuditEntry, Reading
from tfsaas.db import db
from tfsaas.families.actions import assign_lead_worker
from tfsaas.families.models import Family
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.permissions import Role


def named(html: str) -> list[str]:
    return re.findall(
        r'<td class="govuk-table__cell"><a class="govuk-link" href="/families/[^"]+">([^<]+)</a>',
        html,
    )


def test_the_list_shows_every_family_by_name(council: Council):
    build_world(council)

    page = council.browser(Role.WORKER).get("/families")

    assert named(page.text) == ["Ahmed", "Lee", "Okafor", "Young"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=result+reached", ["Okafor"]),
        ("status=worked+with", ["Lee"]),
        ("headline=help", ["Ahmed", "Lee", "Okafor"]),
        ("headline=crime", []),
        ("status=nonsense", ["Ahmed", "Lee", "Okafor", "Young"]),
        ("worker=nonsense&after=nonsense", ["Ahmed", "Lee", "Okafor", "Young"]),
    ],
)
def test_the_list_is_filtered(council: Council, query, expected):
    build_world(council)
    with council.work():
        evaluate_council(TODAY)

    assert named(council.browser(Role.WORKER).get(f"/families?{query}").text) == expected


def test_the_list_is_filtered_by_lead_worker(council: Council):
    world = build_world(council)
    with council.work():
        assign_lead_worker([world.families["STUCK"]], council.people[Role.WORKER])

    page = council.browser(Role.WORKER).get(f"/families?worker={council.people[Role.WORKER]}")

    assert named(page.text) == ["Lee"]


@pytest.mark.parametrize(
    ("name", "expected"), [("oka", ["Okafor"]), ("stuck", ["Lee"]), ("xyz", []), ("%", [])]
)
def test_families_are_found_by_name_or_reference_without_naming_them_in_an_address(
    council: Council, name, expected
):
    build_world(council)

    assert (
        named(council.browser(Role.WORKER).post("/families", {"name": name}, status=200).text)
        == expected
    )


def test_pages_follow_each_other_without_a_gap(council: Council):
    build_world(council)
    with council.work():
        db.session.add_all(Family(reference=f"X{n:03d}", name=f"Family {n % 7}") for n in range(60))
    browser = council.browser(Role.WORKER)

    seen, path = [], "/families"
    while path:
        page = browser.get(path).text
        seen += re.findall(r'href="/families/([0-9a-f-]{36})"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else None

    assert len(seen) == len(set(seen)) == 64


def test_the_list_needs_six_statements_however_long_it_is(app, council: Council):
    build_world(council)
    browser = council.browser(Role.WORKER)
    few = len(own_statements(app, lambda: browser.get("/families")))
    with council.work():
        db.session.add_all(Family(reference=f"X{n:03d}", name=f"Family {n}") for n in range(40))

    assert len(own_statements(app, lambda: browser.get("/families"))) == few <= 6


def test_the_file_says_what_still_stands_between_the_family_and_a_result(council: Council):
    world = build_world(council)
    browser = council.browser(Role.WORKER)

    ready = browser.get(f"/families/{world.families['READY']}").text
    stuck = browser.get(f"/families/{world.families['STUCK']}").text
    planless = browser.get(f"/families/{world.families['PLANLESS']}").text

    assert "This family has a result by significant and sustained progress" in ready
    assert "Still open: one of its headlines" in stuck
    assert "5, 4 at the start, needs" in stuck
    assert "Still open: the programme" in planless


def test_every_fact_named_in_the_panel_stands_on_the_page(council: Council):
    world = build_world(council)

    page = council.browser(Role.WORKER).get(f"/families/{world.families['STUCK']}").text

    named_facts = set(re.findall(r'href="#fact-([0-9a-f-]{36})"', page))
    assert named_facts
    assert named_facts <= set(re.findall(r'id="fact-([0-9a-f-]{36})"', page))


def test_silence_is_told_apart_from_not_yet(council: Council):
    world = build_world(council)
    with council.work():
        db.session.execute(text("update coverage set withdrawn_at = now()"))

    page = council.browser(Role.WORKER).get(f"/families/{world.families['STUCK']}").text

    assert "Cannot tell" in page
    assert "The feed is not complete for these days" in page


@pytest.mark.parametrize(
    "path",
    [
        "/families/{}",
        "/families/{}/change",
        "/families/{}/people/new",
        "/families/{}/facts/new",
        "/families/{}/headlines/new",
        "/families/{}/relationships/new",
    ],
)
def test_another_councils_family_is_not_there(council: Council, other_council: Council, path):
    build_world(council)
    theirs = build_world(other_council).families["READY"]

    page = council.browser(Role.WORKER).get(path.format(theirs), status=404)

    assert "Okafor" not in page.text


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.LEADER])
def test_those_without_the_permission_see_no_family(council: Council, role):
    family_id = build_world(council).families["READY"]

    assert "Okafor" not in council.browser(role).get(f"/families/{family_id}", status=403).text


def test_each_reading_is_recorded_with_person_and_family(council: Council):
    family_id = build_world(council).families["READY"]
    council.browser(Role.AUDITOR).get(f"/families/{family_id}")
    council.browser(Role.LEADER).get(f"/families/{family_id}", status=403)

    with council.work():
        rows = db.session.execute(
            select(Reading.user_id, Reading.what, Reading.family_id, Reading.refused).order_by(
                Reading.at
            )
        ).all()
    assert (council.people[Role.AUDITOR], "family", family_id, False) in rows
    assert (council.people[Role.LEADER], "family", None, True) in rows


def test_a_confirmed_result_keeps_why_in_words_and_without_names(council: Council):
    world = build_world(council)

    council.browser(Role.SUPERVISOR).post(f"/families/{world.families['READY']}/result")

    with council.work():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "confirm")).one()
        why = entry.changes["why"][1]
    assert "It has a result by significant and sustained progress." in why
    assert "an adult" in why or "a worker recorded it" in why
    assert not any(name in why for name in ("Ada", "Sam", "Okafor"))


def test_the_file_tells_why_in_a_paragraph_and_the_earliest_day(council: Council):
    world = build_world(council)
    with council.work():
        evaluate_council(TODAY)
    page = council.browser(Role.WORKER).get(f"/families/{world.families['PLANLESS']}").text

    assert "Support began on" in page
    assert "Still to do: whole-family assessment, whole-family plan" in page
    assert "The problem was there when support began: a worker recorded it on" in page
