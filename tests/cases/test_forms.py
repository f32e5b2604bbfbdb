"""Adding and changing families and their people; two editors at once."""

import re
from datetime import timedelta

from sqlalchemy import func, select

from tests.builders import Council, errors_on
from tests.world import BEGAN, START, boxes, build_world
from tfsaas.db import db
from tfsaas.families.models import Episode, Family, Person
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
