"""The editor's pages: parts changed in place, faults beside their fields, two editors losing nothing."""

import re
from uuid import UUID

import pytest

from tests.builders import Browser, Council, errors_on
from tests.planning.test_versions import draft
from tfsaas.permissions import Role
from tfsaas.rules.parse import Document, read_document
from tfsaas.rules.templates import get_template
from tfsaas.tenants.queries import get_plan_version
from tfsaas.tenants.versions import send_plan


def document_of(council: Council, version_id: str) -> Document:
    with council.work():
        return read_document(get_plan_version(UUID(version_id)).document)


def fields_on(page: str) -> dict[str, str]:
    """What the form of a part would send as it stands."""
    found = dict(re.findall(r'<input[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', page))
    for name, body in re.findall(
        r'<select[^>]*?name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    found |= dict(re.findall(r'name="([^"]+)" type="radio" value="([^"]*)" checked', page))
    return {name: value for name, value in found.items() if name != "csrf_token"}


def open_part(
    council: Council, version_id: str, place: str
) -> tuple[Browser, str, dict[str, object]]:
    admin = council.browser(Role.ADMINISTRATOR)
    path = f"/programme/plans/{version_id}/parts/{place}"
    return admin, path, dict(fields_on(admin.get(path).text))


def test_a_value_is_changed_in_its_sentence(council: Council):
    version_id = draft(council)
    admin, path, sent = open_part(council, version_id, "headline.1.indicator.0")

    admin.post(path, sent | {"test.threshold": "15"})

    expected = get_template("tf-2015")
    expected["headline"][1]["indicator"][0]["test"]["at_least"] = 15
    assert document_of(council, version_id) == expected
    assert "15% or more" in admin.get(f"/programme/plans/{version_id}").text


@pytest.mark.parametrize("place", ["plan", "eligibility", "worked_with", "group.0", "signal.0", "headline.0", "headline.0.indicator.0", "headline.0.outcome.0", "always.0", "employment", "employment_route.0", "result", "headline.new", "headline.0.indicator.new", "signal.new", "group.new"])  # fmt: skip
def test_every_kind_of_part_has_a_page(council: Council, place):
    version_id = draft(council)

    council.browser(Role.ADMINISTRATOR).get(f"/programme/plans/{version_id}/parts/{place}")


@pytest.mark.parametrize("place", ["nowhere", "signal.999", "headline.0.indicator.99", "headline.99.outcome.0"])  # fmt: skip
def test_a_part_that_is_not_there_is_not_found(council: Council, place):
    version_id = draft(council)

    council.browser(Role.ADMINISTRATOR).get(
        f"/programme/plans/{version_id}/parts/{place}", status=404
    )


def test_a_test_is_nested_without_scripts_and_nothing_typed_is_lost(council: Council):
    version_id = draft(council)
    admin, path, sent = open_part(council, version_id, "headline.0.indicator.0")

    page = admin.post(path, sent | {"title": "Typed", "do": "any_of:test"}, status=200)

    again = fields_on(page.text)
    assert again["title"] == "Typed"
    assert again["test.kind"] == "any_of"
    assert again["test.tests.0.signal"] == "police.offence"
    page = admin.post(
        path, again | {"test.tests.1.kind": "spell", "do": "kind:test.tests.1"}, status=200
    )
    admin.post(path, fields_on(page.text) | {"test.tests.1.signal": "work.neet"})
    built = document_of(council, version_id)["headline"][0]["indicator"][0]
    assert built["title"] == "Typed"
    assert [test["kind"] for test in built["test"]["tests"]] == ["count", "spell"]


def test_every_fault_of_a_part_stands_beside_its_field(council: Council):
    version_id = draft(council)
    admin, path, sent = open_part(council, version_id, "headline.0.indicator.0")

    page = admin.post(
        path, sent | {"title": "", "test.threshold": "many", "test.length": "0"}, status=400
    )

    assert len(errors_on(page.text)) == 3
    for name in ("title", "test-threshold", "test-length"):
        assert f'href="#{name}"' in page.text
        assert f'id="{name}-error"' in page.text
    assert 'value="many"' in page.text
    assert document_of(council, version_id) == get_template("tf-2015")


def test_two_administrators_on_two_parts_of_one_draft_both_keep_theirs(council: Council):
    version_id = draft(council)
    admin, first, one = open_part(council, version_id, "headline.0.indicator.0")
    _, second, other = open_part(council, version_id, "headline.1.indicator.0")

    admin.post(first, one | {"test.threshold": "2"})
    admin.post(second, other | {"test.threshold": "15"})

    document = document_of(council, version_id)
    assert document["headline"][0]["indicator"][0]["test"]["at_least"] == 2
    assert document["headline"][1]["indicator"][0]["test"]["at_least"] == 15


def test_two_administrators_on_one_part_are_shown_both(council: Council):
    version_id = draft(council)
    admin, path, sent = open_part(council, version_id, "headline.0.indicator.0")
    admin.post(path, sent | {"test.threshold": "2"})

    page = admin.post(path, sent | {"test.threshold": "3"}, status=409)

    assert "at least twice" in page.text
    again = fields_on(page.text)
    assert again["test.threshold"] == "3"
    admin.post(path, again)
    document = document_of(council, version_id)
    assert document["headline"][0]["indicator"][0]["test"]["at_least"] == 3


def test_a_part_removed_by_somebody_else_is_added_again_by_the_second_word(council: Council):
    version_id = draft(council)
    admin, path, sent = open_part(council, version_id, "headline.0.indicator.0")
    remove = f"{path}/remove"
    count = len(document_of(council, version_id)["headline"][0]["indicator"])
    admin.post(remove, {"base": sent["base"]})

    page = admin.post(path, sent | {"title": "Mine"}, status=409)

    assert "Somebody else changed this part" in page.text
    assert 'value="Mine"' in page.text
    assert len(document_of(council, version_id)["headline"][0]["indicator"]) == count - 1


def test_what_is_needed_elsewhere_is_not_removed_and_says_where(council: Council):
    version_id = draft(council)
    admin, path, sent = open_part(council, version_id, "group.0")

    page = admin.post(f"{path}/remove", {"base": sent["base"]}, status=400)

    assert "It cannot be removed" in page.text
    assert document_of(council, version_id) == get_template("tf-2015")


def test_a_headline_of_ones_own_is_added_and_removed(council: Council):
    version_id = draft(council)
    admin, path, sent = open_part(council, version_id, "headline.new")
    admin.post(path, sent | {"title": "Gambling", "first_outcome": "It has stopped"})
    place = len(get_template("tf-2015")["headline"])
    assert "Gambling" in admin.get(f"/programme/plans/{version_id}").text

    base = fields_on(admin.get(f"/programme/plans/{version_id}/parts/headline.{place}").text)[
        "base"
    ]
    admin.post(f"/programme/plans/{version_id}/parts/headline.{place}/remove", {"base": base})

    assert "Gambling" not in [row["title"] for row in document_of(council, version_id)["headline"]]


def test_a_part_moves_up(council: Council):
    version_id = draft(council)

    council.browser(Role.ADMINISTRATOR).post(f"/programme/plans/{version_id}/parts/headline.1/up")

    titles = [row["title"] for row in document_of(council, version_id)["headline"]]
    assert titles[0] == get_template("tf-2015")["headline"][1]["title"]


def test_what_was_sent_for_approval_is_not_edited(council: Council):
    version_id = draft(council)
    admin, path, sent = open_part(council, version_id, "eligibility")
    with council.work(Role.ADMINISTRATOR):
        send_plan(get_plan_version(UUID(version_id)), "why")

    admin.get(path, status=409)
    admin.post(path, sent | {"minimum_headlines": "9"}, status=409)

    assert document_of(council, version_id) == get_template("tf-2015")


def test_others_read_the_plan_and_change_nothing(council: Council, other_council: Council):
    version_id = draft(council)
    leader = council.browser(Role.LEADER)

    page = leader.get(f"/programme/plans/{version_id}").text

    assert "/parts/" not in page
    assert "At least two headline problems when support begins." in page
    leader.get(f"/programme/plans/{version_id}/parts/eligibility", status=403)
    theirs = other_council.browser(Role.ADMINISTRATOR)
    theirs.get(f"/programme/plans/{version_id}/parts/eligibility", status=404)
    theirs.post(f"/programme/plans/{version_id}/parts/signal.0/up", status=404)
    theirs.get(f"/programme/plans/{version_id}/parts/signal.0/remove", status=404)
