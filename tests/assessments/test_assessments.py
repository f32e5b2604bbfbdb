"""The whole-family assessment: everybody considered, nothing lost, signed by a second person."""

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError

from tests.assessments.writing import complete, found, max_young, path_of, put, send, sign
from tests.builders import Council, errors_on
from tests.referrals.test_triage import TWIN, agree, decide
from tests.referrals.walking import PROFESSIONAL, look, open_for_referrals, read, refer
from tests.world import TODAY, World, build_world
from tfsaas.assessments.assessing import find_latest, list_missing
from tfsaas.assessments.models import Assessment, Standing
from tfsaas.db import db
from tfsaas.families.models import Episode, Person
from tfsaas.families.queries import list_present
from tfsaas.permissions import Role
from tfsaas.tenants.assessment_template import read_domains, shipped
from tfsaas.tenants.council import save_template


@pytest.fixture
def world(council: Council) -> World:
    return build_world(council)


def test_it_is_a_list_of_parts_and_names_who_is_not_mentioned(council: Council, world: World):
    path = path_of(world)
    council.browser(Role.WORKER).post(path)

    page = council.browser(Role.WORKER).get(path).text
    put(council, path, "health", {f"{max_young(council)}-health": "Well"})
    later = council.browser(Role.WORKER).get(path).text

    assert "<strong>Not mentioned yet:</strong> Max Young" in page
    assert "What the family wants" in page
    assert "Not mentioned yet" not in later
    assert later.count("Completed") == 3, "health, and the two that ask about children where there are none"  # fmt: skip


def test_every_child_is_asked_about_and_no_adult_as_a_child(council: Council, world: World):
    with council.work():
        db.session.execute(update(Person).where(Person.reference == "S2").values(date_of_birth=TODAY.replace(year=TODAY.year - 9, day=1)))  # fmt: skip
    path = path_of(world, "STUCK")
    council.browser(Role.WORKER).post(path)

    page = council.browser(Role.WORKER).get(f"{path}/children").text

    assert "Kai Lee</legend>" in page
    assert "Lena Lee" not in page


def test_a_question_that_hangs_on_an_answer_comes_with_it_and_goes_with_it(
    council: Council, world: World
):
    path = path_of(world)
    council.browser(Role.WORKER).post(path)
    afraid = {"family-together": "Well", "family-police": "None", "family-afraid": "yes"}

    led = put(council, path, "relations", afraid).location
    asked = council.browser(Role.WORKER).get(led).text
    put(council, path, "relations", afraid | {"family-afraid-what": "Of a neighbour"})
    kept = found(council).answers["relations"]["family"]
    put(council, path, "relations", afraid | {"family-afraid": "no", "family-afraid-what": "x"})

    assert led.endswith("/relations")
    assert "Who is afraid of whom" in asked
    assert kept["afraid-what"] == "Of a neighbour"
    assert "afraid-what" not in found(council).answers["relations"]["family"]


def test_what_the_referral_said_is_there_to_begin_with(council: Council, world: World):
    open_for_referrals(council)
    told = PROFESSIONAL | {"strengths": {"told": "Gran lives next door."}}
    referral_id = refer(council, None, TWIN, **told)
    agree(council, referral_id)
    decide(council, referral_id, "accept")
    family_id = look(council, referral_id).family_id

    council.browser(Role.WORKER).post(f"/families/{family_id}/assessment")

    assert found(council).answers["wishes"]["family"] == {"strengths": "Gran lives next door."}


def test_the_familys_own_words_stand_apart(council: Council, world: World):
    path = complete(council, world)
    put(council, path, "wishes", {"family-hopes": "A flat", "family-strengths": "x", "words": "I want my own door. (Max)"})  # fmt: skip
    send(council, path)

    page = council.browser(Role.SUPERVISOR).get(path).text

    assert '<span class="as-written">I want my own door. (Max)</span>' in page


def test_an_incomplete_one_is_not_sent_and_says_what_is_missing(council: Council, world: World):
    path = path_of(world)
    browser = council.browser(Role.WORKER)
    browser.post(path)

    browser.post(f"{path}/send", {"version": found(council).version})

    page = browser.get(path).text
    assert found(council).standing is Standing.OPEN
    assert "Answer the questions under Health and feelings" in page
    assert "Say something of Max Young: nobody has mentioned them yet" in page


def test_signing_it_off_sets_the_day_of_the_principle(council: Council, world: World):
    path = complete(council, world)
    send(council, path)
    waiting = council.browser(Role.SUPERVISOR).get("/assessments").text

    sign(council, path)

    assert "NEW" in waiting
    assert found(council).standing is Standing.SIGNED
    (day,) = read(council, select(Episode.whole_family_assessment_on).where(Episode.family_id == world.families["NEW"]))  # fmt: skip
    assert day == TODAY
    assert "Signed off" in council.browser(Role.AUDITOR).get(path).text


def test_a_day_that_was_set_before_stays(council: Council, world: World):
    before = TODAY.replace(year=TODAY.year - 1, day=1)
    with council.work():
        db.session.execute(update(Episode).where(Episode.family_id == world.families["NEW"]).values(whole_family_assessment_on=before))  # fmt: skip
    path = complete(council, world)
    send(council, path)
    sign(council, path)

    (day,) = read(council, select(Episode.whole_family_assessment_on).where(Episode.family_id == world.families["NEW"]))  # fmt: skip
    assert day == before


def test_nobody_signs_what_they_sent(council: Council, world: World):
    path = complete(council, world)
    send(council, path, Role.SUPERVISOR)

    page = sign(council, path, status=409)

    assert "You sent it yourself: somebody else must sign it off" in errors_on(page.text)
    assert found(council).standing is Standing.SENT


def test_one_that_is_returned_says_what_to_do_and_can_be_sent_again(council: Council, world: World):
    path = complete(council, world)
    send(council, path)

    silent = sign(council, path, "return", status=400, note="")
    sign(council, path, "return", note="See Max alone")

    assert "Enter what is to be done" in errors_on(silent.text)
    page = council.browser(Role.WORKER).get(path).text
    assert "Returned: See Max alone" in page
    send(council, path)
    assert found(council).standing is Standing.SENT


def test_what_waits_or_was_signed_is_not_changed(council: Council, world: World):
    path = complete(council, world)
    browser = council.browser(Role.WORKER)
    page = browser.get(f"{path}/wishes").text
    seen = page.split('name="seen" type="hidden" value="')[1].split('"')[0]
    send(council, path)

    late = browser.post(f"{path}/wishes", {"family-hopes": "Long and thoughtful", "seen": seen}, status=409).text  # fmt: skip

    assert "It was sent for sign-off meanwhile" in late
    assert "Long and thoughtful</textarea>" in late, "nothing is lost"
    assert browser.get(f"{path}/wishes", status=302).location == path
    assert found(council).answers["wishes"]["family"]["hopes"] == "A flat"
    sign(council, path)
    with council.work(), pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text("update assessment set note = 'other'"))


def test_two_who_write_the_same_part_lose_nothing(council: Council, world: World):
    path = path_of(world)
    browser = council.browser(Role.WORKER)
    browser.post(path)
    seen = browser.get(f"{path}/wishes").text.split('name="seen" type="hidden" value="')[1].split('"')[0]  # fmt: skip
    put(council, path, "wishes", {"family-hopes": "Theirs"}, role=Role.SUPERVISOR)

    late = browser.post(f"{path}/wishes", {"family-hopes": "Mine", "seen": seen}, status=409).text

    assert "Somebody else saved this page" in late
    assert "Theirs" in late
    assert "Mine</textarea>" in late
    assert found(council).answers["wishes"]["family"]["hopes"] == "Theirs"


def test_a_new_one_begins_from_the_last_and_by_the_newest_template(council: Council, world: World):
    path = complete(council, world)
    send(council, path)
    sign(council, path)
    with council.work(Role.ADMINISTRATOR):
        save_template(shipped()[:2], 0)

    council.browser(Role.WORKER).post(path)

    again = found(council)
    assert again.standing is Standing.OPEN
    assert again.answers["wishes"]["family"]["hopes"] == "A flat"
    assert [row["code"] for row in again.domains] == ["wishes", "children", "everybody"], "nobody is forgotten by a template that asks of nobody"  # fmt: skip
    with council.work():
        latest = find_latest(world.families["NEW"])
        assert latest is not None
        missing = list_missing(latest, list_present(world.families["NEW"]))
        assert "Answer the questions under Everybody in the family" in missing
        assert "Say something of Max Young: nobody has mentioned them yet" in missing


def test_beginning_twice_begins_one(council: Council, world: World):
    for _ in range(2):
        council.browser(Role.WORKER).post(path_of(world))

    assert len(read(council, select(Assessment.id))) == 1


def test_only_who_may_writes_and_signs(council: Council, other_council: Council, world: World):
    path = complete(council, world)
    build_world(other_council)
    for role in (Role.ADMINISTRATOR, Role.LEADER, Role.PARTNER):
        council.browser(role).get(path, status=403)
    council.browser(Role.AUDITOR).get(f"{path}/wishes", status=403)
    council.browser(Role.WORKER).post(f"{path}/sign", {"decision": "sign"}, status=403)
    other = other_council.browser(Role.SUPERVISOR)
    for place in (path, f"{path}/wishes"):
        other.get(place, status=404)
    other.post(f"{path}/sign", {"decision": "sign"}, status=404)
    council.browser(Role.WORKER).get(f"{path}/nothing", status=404)


def test_what_the_service_brings_can_be_asked():
    domains = read_domains(shipped())

    assert len(domains) == 6
    assert all(domain.questions for domain in domains)
