"""An assessment while the family changes: whoever comes, leaves, or comes of age is neither lost nor forgotten."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.assessments.writing import complete, found, max_young, path_of, put, send, sign
from tests.builders import Council, errors_on
from tests.referrals.walking import read
from tests.world import TODAY, World, build_world
from tfsaas.assessments.models import Assessment
from tfsaas.db import db
from tfsaas.families.actions import Particulars, add_person
from tfsaas.families.models import Membership, Person
from tfsaas.permissions import Role
from tfsaas.tenants.assessment_template import shipped
from tfsaas.tenants.council import save_template


@pytest.fixture
def world(council: Council) -> World:
    return build_world(council)


def test_what_is_written_about_somebody_who_leaves_stays(council: Council, world: World):
    path, person = complete(council, world), max_young(council)
    with council.work(Role.WORKER):
        add_person(world.families["NEW"], Particulars("Ida", "Young", date(1990, 1, 1)), resident=True, joined_on=TODAY)  # fmt: skip
        db.session.execute(update(Membership).where(Membership.person_id == UUID(person)).values(left_on=TODAY))  # fmt: skip
    ida = str(read(council, select(Person.id).where(Person.given_name == "Ida"))[0])

    put(council, path, "health", {f"{ida}-health": "Tired"})
    send(council, path)

    assert found(council).answers["health"] == {person: {"health": "Well"}, ida: {"health": "Tired"}}  # fmt: skip
    page = council.browser(Role.SUPERVISOR).get(path).text
    assert "Max Young: How is this person’s health" in page


def test_nobody_is_signed_over_who_came_after_it_was_sent(council: Council, world: World):
    path = complete(council, world)
    send(council, path)
    with council.work(Role.WORKER):
        add_person(world.families["NEW"], Particulars("Bo", "Young", TODAY), resident=True, joined_on=TODAY)  # fmt: skip

    page = sign(council, path, status=409)

    assert "The family has changed since it was sent" in errors_on(page.text)[0]
    assert "Not mentioned: Bo Young" in page.text


def test_a_child_whose_age_nobody_knows_is_asked_about(council: Council, world: World):
    with council.work():
        db.session.execute(update(Person).where(Person.reference == "N1").values(date_of_birth=None))  # fmt: skip
    path = path_of(world)
    council.browser(Role.WORKER).post(path)

    assert "Max Young</legend>" in council.browser(Role.WORKER).get(f"{path}/children").text


def test_only_answers_to_the_same_question_are_carried_over(council: Council, world: World):
    path = complete(council, world)
    send(council, path)
    sign(council, path)
    changed = shipped()
    changed[0]["questions"][0]["text"] = "What do they fear?"
    with council.work(Role.ADMINISTRATOR):
        save_template(changed, 0)

    council.browser(Role.WORKER).post(path)

    assert found(council).answers["wishes"] == {"family": {"strengths": "His sister"}}
    page = council.browser(Role.AUDITOR).get(path).text
    (before, _) = read(council, select(Assessment).order_by(Assessment.begun_at))
    assert f"/assessments/{before.id}" in page
    old = council.browser(Role.AUDITOR).get(f"/families/{world.families['NEW']}/assessments/{before.id}")  # fmt: skip
    assert "A flat" in old.text


def test_the_same_page_sent_twice_is_saved_once(council: Council, world: World):
    path = path_of(world)
    browser = council.browser(Role.WORKER)
    browser.post(path)
    seen = browser.get(f"{path}/wishes").text.split('name="seen" type="hidden" value="')[1].split('"')[0]  # fmt: skip

    for _ in range(2):
        browser.post(f"{path}/wishes", {"family-hopes": "Mine", "seen": seen})

    assert found(council).answers["wishes"] == {"family": {"hopes": "Mine"}}
