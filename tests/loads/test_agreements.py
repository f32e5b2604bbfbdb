"""Sharing agreements, and the links by which partners send files."""

import io
import re

import pytest

from tests.builders import Council, errors_on
from tests.loads.deliveries import HEAD, agree, do_jobs
from tests.loads.test_steps import ROW
from tests.loads.test_views import only
from tests.world import BEGAN, TODAY, boxes, build_world
from tfsaas.loads.models import Delivery, DropLink, SharingAgreement, Step
from tfsaas.permissions import Role


def test_a_partner_sends_one_file_by_a_link_and_sees_nothing_else(council: Council):
    build_world(council)
    agreement = agree(council)
    browser = council.browser(Role.SUPERVISOR)
    made = browser.post("/evidence/links", {"place": f"{agreement}/early-help", "days": "7"}, status=200).text  # fmt: skip
    path = re.search(r"(/drop/[\w-]+)", made)[1]
    partner = council.browser()
    told = {"file": (io.BytesIO((HEAD + ROW).encode()), "f.csv"), "covers": ["care.early_help"], "finds_families": "y"}  # fmt: skip

    assert "Early help" in partner.get(path).text
    answer = partner.post(path, told | boxes("covers_from", BEGAN) | boxes("covers_to", TODAY), status=200)  # fmt: skip
    do_jobs(council)

    assert "The file was sent" in answer.text
    delivery = only(council, Delivery)
    assert delivery.step is Step.COLUMNS
    assert not delivery.finds_families, "a partner cannot have unknown people kept"
    partner.get(path, status=404)
    link = only(council, DropLink)
    assert path.removeprefix("/drop/") not in link.token_hash


def test_a_link_sent_to_the_wrong_address_is_cancelled(council: Council, other_council: Council):
    build_world(council)
    browser = council.browser(Role.SUPERVISOR)
    place = f"{agree(council)}/early-help"
    made = browser.post("/evidence/links", {"place": place, "days": "7"}, status=200).text
    link = only(council, DropLink)

    other_council.browser(Role.SUPERVISOR).post(f"/evidence/links/{link.id}/cancel", status=404)
    browser.post(f"/evidence/links/{link.id}/cancel")

    council.browser().get(re.search(r"(/drop/[\w-]+)", made)[1], status=404)
    assert "Supervisor Person" in browser.get("/evidence/links").text


@pytest.mark.parametrize("token", ["nothing", "x" * 43])
def test_a_link_that_leads_nowhere_says_whom_to_ask(council: Council, token):
    assert "Ask the person at the council" in council.browser().get(f"/drop/{token}", status=404).text  # fmt: skip


def test_a_link_of_another_council_leads_nowhere(council: Council, other_council: Council):
    build_world(council)
    agreement = agree(council)
    made = council.browser(Role.SUPERVISOR).post("/evidence/links", {"place": f"{agreement}/early-help", "days": "1"}, status=200).text  # fmt: skip

    other_council.browser().get(re.search(r"(/drop/[\w-]+)", made)[1], status=404)


AGREEMENT = {
    "partner": "Westshire Police", "feeds": ["police-offences", "domestic-incidents"], "purpose": "Public task",
    "contact_name": "Ira Bell", "contact_email": "ira@police.example", "contact_phone": "", "version": "1",
} | boxes("starts_on", BEGAN) | boxes("ends_on", TODAY) | boxes("review_on", TODAY)  # fmt: skip


def test_an_administrator_records_and_changes_an_agreement(council: Council):
    browser = council.browser(Role.ADMINISTRATOR)

    browser.post("/evidence/agreements/new", AGREEMENT)
    kept = only(council, SharingAgreement)
    browser.post(f"/evidence/agreements/{kept.id}", AGREEMENT | {"contact_name": "Ada Lee"})

    page = browser.get("/evidence/agreements").text
    assert "Police: domestic incidents" in page
    assert "Ada Lee" in page
    assert "Ends in 0 days" in page


def test_two_administrators_on_one_agreement_lose_nothing(council: Council):
    browser = council.browser(Role.ADMINISTRATOR)
    browser.post("/evidence/agreements/new", AGREEMENT)
    path = f"/evidence/agreements/{only(council, SharingAgreement).id}"
    browser.post(path, AGREEMENT | {"contact_name": "Ada Lee"})

    page = browser.post(path, AGREEMENT | {"contact_name": "Bo Ray"}, status=409).text

    assert "Ada Lee" in page
    assert "Bo Ray" in page


def test_an_agreement_with_faults_tells_them_all(council: Council):
    told = boxes("starts_on", TODAY) | boxes("ends_on", BEGAN) | {"contact_email": "nonsense"}

    page = council.browser(Role.ADMINISTRATOR).post("/evidence/agreements/new", told, status=400)

    assert len(errors_on(page.text)) == 6, errors_on(page.text)


def test_a_second_agreement_from_the_same_day_is_refused(council: Council):
    browser = council.browser(Role.ADMINISTRATOR)
    browser.post("/evidence/agreements/new", AGREEMENT)

    page = browser.post("/evidence/agreements/new", AGREEMENT, status=400)

    assert "from this day already" in errors_on(page.text)[0]
