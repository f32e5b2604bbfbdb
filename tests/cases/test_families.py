"""The list of families, the family's file and its forms."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from tests.builders import Council, errors_on
from tests.system.test_pages import own_statements
from tests.world import BEGAN, START, TODAY, boxes, build_world
from tfsaas.audit.models import Reading
from tfsaas.db import db
from tfsaas.evidence.models import Event, RecordedHeadline
from tfsaas.families.actions import assign_lead_worker
from tfsaas.families.models import Episode, Family, Person
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.permissions import Role

PERSON = {
    "version": "",
    "given_name": "Ife",
    "family_name": "Okafor",
    "resident": "yes",
    "address": "1 Mill Lane",
    "postcode": "zz993wz",
}  # fmt: skip


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


def test_a_family_is_added_and_then_its_people(council: Council):
    build_world(council)
    browser = council.browser(Role.WORKER)

    led = browser.post(
        "/families/new", {"name": " Nowak ", "lead_worker": str(council.people[Role.WORKER])}
    )
    browser.post(led.location, PERSON | boxes("joined_on", START) | boxes("date_of_birth", BEGAN))

    page = browser.post("/families", {"name": "nowak"}, status=200).text
    assert named(page) == ["Nowak"]
    with council.work():
        person = db.session.scalars(select(Person).where(Person.given_name == "Ife")).one()
        assert person.postcode == "ZZ99 3WZ"


def test_every_fault_of_a_person_is_told_at_once_and_nothing_is_saved(council: Council):
    family_id = build_world(council).families["READY"]
    browser = council.browser(Role.WORKER)
    wrong = {
        "given_name": "",
        "resident": "perhaps",
        "postcode": "nowhere",
        "nhs_number": "1234567890",
        "nino": "QQ123456A",
        "upn": "X",
        "date_of_birth": ["31", "2", "2010"],
        "joined_on": ["", "", ""],
    }

    page = browser.post(f"/families/{family_id}/people/new", wrong, status=400)

    assert len(errors_on(page.text)) == 8
    assert "nowhere" in page.text
    with council.work():
        assert db.session.scalar(select(func.count()).select_from(Person)) == 7


def test_dates_may_name_the_month(council: Council):
    family_id = build_world(council).families["READY"]

    council.browser(Role.WORKER).post(
        f"/families/{family_id}/people/new", PERSON | {"joined_on": ["1", "Sept", "2020"]}
    )


def change(version: str, **more: object) -> dict[str, object]:
    return (
        {"version": version, "name": "Okafor", "lead_worker": ""}
        | boxes("baseline_on", BEGAN)
        | more
    )


def version_on(html: str) -> str:
    found = re.search(r'name="version"[^>]*value="([^"]*)"', html)
    assert found
    return found[1]


def test_the_second_of_two_editors_is_shown_both_texts_and_loses_nothing(council: Council):
    family_id = build_world(council).families["READY"]
    path = f"/families/{family_id}/change"
    first, second = council.browser(Role.WORKER), council.browser(Role.SUPERVISOR)
    version = version_on(first.get(path).text)
    first.post(path, change(version, name="Okafor-Hill"))

    page = second.post(path, change(version, name="Okafor-Dale"), status=409)

    assert "Okafor-Hill" in page.text
    assert "Okafor-Dale" in page.text
    second.post(path, change(version_on(page.text), name="Okafor-Dale"))
    with council.work():
        assert (
            db.session.scalars(select(Family.name).where(Family.id == family_id)).one()
            == "Okafor-Dale"
        )


def test_two_editors_of_a_person_are_both_shown(council: Council):
    world = build_world(council)
    with council.work():
        person_id = db.session.scalars(select(Person.id).where(Person.reference == "R1")).one()
    path = f"/families/{world.families['READY']}/people/{person_id}/change"
    browser = council.browser(Role.WORKER)
    version = version_on(browser.get(path).text)
    browser.post(
        path, PERSON | {"version": version, "given_name": "Adaeze"} | boxes("joined_on", START)
    )

    page = browser.post(
        path,
        PERSON | {"version": version, "given_name": "Adanna"} | boxes("joined_on", START),
        status=409,
    )

    assert "Adaeze" in page.text
    assert "Adanna" in page.text


def test_a_baseline_before_any_plan_is_refused_in_words(council: Council):
    family_id = build_world(council).families["READY"]
    path = f"/families/{family_id}/change"
    browser = council.browser(Role.WORKER)
    version = version_on(browser.get(path).text)

    page = browser.post(
        path, change(version) | boxes("baseline_on", START - timedelta(days=1)), status=400
    )

    assert "No outcomes plan was in force on that day" in errors_on(page.text)[0]


def test_beginning_support_pins_the_plan(council: Council):
    family_id = build_world(council).families["NEW"]
    path = f"/families/{family_id}/change"
    browser = council.browser(Role.WORKER)

    browser.post(path, change(version_on(browser.get(path).text)))

    with council.work():
        episode = db.session.scalars(select(Episode).where(Episode.family_id == family_id)).one()
        assert episode.baseline_on == BEGAN
        assert episode.plan_version_id is not None


def test_a_fact_is_recorded_and_can_be_withdrawn_without_being_lost(council: Council):
    world = build_world(council)
    family_id = world.families["READY"]
    browser = council.browser(Role.WORKER)
    with council.work():
        person_id = db.session.scalars(select(Person.id).where(Person.reference == "R1")).one()
    led = browser.post(
        f"/families/{family_id}/facts/new", {"signal": "police.asb", "person": str(person_id)}
    )
    browser.post(led.location, boxes("on", TODAY))
    with council.work():
        fact = db.session.scalars(select(Event)).one()
        fact_id = fact.id
        assert fact.recorded_by_id == council.people[Role.WORKER]

    browser.post(f"/families/{family_id}/facts/event/{fact_id}/withdraw")

    with council.work():
        assert db.session.scalars(select(Event)).one().withdrawn_at is not None
    assert (
        "Anti-social"
        not in browser.get(f"/families/{family_id}").text.split("What is on record")[1]
    )


@pytest.mark.parametrize(
    ("signal", "data", "message"),
    [
        ("police.asb", boxes("on", TODAY + timedelta(days=1)), "today or in the past"),
        ("police.asb", {"on": ["", "", ""]}, "Enter the day on which it happened"),
        ("health.star", boxes("on", TODAY) | {"value": "-1"}, "must be a number"),
        ("health.star", boxes("on", TODAY) | {"value": "1e400"}, "must be a number"),
        ("work.employed", boxes("on", TODAY) | boxes("until", BEGAN), "must not be before"),
        ("school.attended", boxes("on", BEGAN) | boxes("until", TODAY) | {"part": "3", "possible": "2"}, "must not be more"),
    ],
)  # fmt: skip
def test_a_fact_that_cannot_be_is_refused(council: Council, signal, data, message):
    family_id = build_world(council).families["READY"]
    with council.work():
        person_id = db.session.scalars(select(Person.id).where(Person.reference == "R1")).one()

    page = council.browser(Role.WORKER).post(
        f"/families/{family_id}/facts/new/{signal}/{person_id}", data, status=400
    )

    assert message in page.text


def test_only_a_statement_can_be_about_the_whole_family(council: Council):
    family_id = build_world(council).families["READY"]
    browser = council.browser(Role.WORKER)

    browser.post(
        f"/families/{family_id}/facts/new", {"signal": "police.asb", "person": "family"}, status=400
    )
    browser.get(f"/families/{family_id}/facts/new/police.asb/family", status=404)
    browser.post(f"/families/{family_id}/facts/new/met.work/family", boxes("on", TODAY))


def test_a_problem_is_recorded(council: Council):
    family_id = build_world(council).families["READY"]

    council.browser(Role.WORKER).post(
        f"/families/{family_id}/headlines/new", {"headline": "crime"} | boxes("on", TODAY)
    )

    with council.work():
        found = db.session.scalars(
            select(RecordedHeadline).where(RecordedHeadline.signal == "crime")
        ).one()
        assert found.family_id == family_id


def test_people_are_related_once(council: Council):
    family_id = build_world(council).families["READY"]
    with council.work():
        people = dict(db.session.execute(select(Person.reference, Person.id)).tuples().all())
    told = {"person": str(people["R1"]), "kind": "parent", "other": str(people["R2"])}
    browser = council.browser(Role.WORKER)

    browser.post(f"/families/{family_id}/relationships/new", told)
    again = browser.post(f"/families/{family_id}/relationships/new", told, status=400)

    assert "recorded already" in again.text
    assert "Ada Okafor is the parent of Sam Okafor" in browser.get(f"/families/{family_id}").text


def test_numbers_are_kept_encrypted_and_shown_to_those_who_may(council: Council):
    world = build_world(council)
    with council.work():
        person_id = db.session.scalars(select(Person.id).where(Person.reference == "R1")).one()
        stored = db.session.execute(text("select value, value_hash from identifier")).one()

    page = council.browser(Role.WORKER).get(
        f"/families/{world.families['READY']}/people/{person_id}"
    )

    assert "9990079196" in page.text
    assert b"9990079196" not in stored.value
    assert "9990079196" not in stored.value_hash


def test_only_a_supervisor_confirms(council: Council):
    world = build_world(council)
    path = f"/families/{world.families['READY']}/result"

    council.browser(Role.WORKER).post(path, status=403)
    page = council.browser(Role.SUPERVISOR)
    page.post(path)

    assert "worth £800" in page.get(f"/families/{world.families['READY']}").text


def test_a_family_without_a_result_is_not_confirmed(council: Council):
    world = build_world(council)
    browser = council.browser(Role.SUPERVISOR)

    browser.post(f"/families/{world.families['STUCK']}/result")

    assert (
        "does not give this family a result"
        in browser.get(f"/families/{world.families['STUCK']}").text
    )
