"""Putting a file right on its way: its columns, setting it aside, and who approves."""

import io

from sqlalchemy import select

from tests.builders import Council, errors_on
from tests.loads.deliveries import DAY, HEAD, SAM, agree, bring_in, do_jobs, store
from tests.loads.test_steps import ROW, spells
from tests.loads.test_views import only, send
from tests.world import BEGAN, TODAY, boxes, build_world
from tfsaas.db import db
from tfsaas.loads.actions import approve
from tfsaas.loads.models import Delivery, Step
from tfsaas.loads.queries import get_delivery
from tfsaas.permissions import Role


def test_a_file_is_set_aside_with_the_reason(council: Council):
    build_world(council)
    path = f"/evidence/deliveries/{bring_in(council, agree(council), HEAD + ROW)}"
    browser, version = council.browser(Role.SUPERVISOR), str(only(council, Delivery).version)

    assert "Why is it set aside?" in browser.get(path + "/set-aside").text
    refused = browser.post(path + "/set-aside", {"version": version}, status=400)
    assert errors_on(refused.text) == ["Enter why the file is set aside"]
    browser.post(path + "/set-aside", {"version": version, "reason": "Last year’s file"})

    page = browser.get(path).text
    assert "Last year’s file" in page
    assert only(council, Delivery).content is None


def test_columns_can_be_put_right_until_the_file_is_approved(council: Council):
    build_world(council)
    agreement = agree(council)
    path = f"/evidence/deliveries/{bring_in(council, agreement, HEAD + f'{SAM},{BEGAN},{TODAY}' + chr(10))}"
    browser, delivery = council.browser(Role.SUPERVISOR), only(council, Delivery)
    assert "Change which column is which" in browser.get(path).text
    mapping = delivery.mapping | {"to": ""}

    browser.post(path + "/columns", mapping | {"version": str(delivery.version)})
    do_jobs(council)

    assert "to" not in only(council, Delivery).mapping
    assert only(council, Delivery).step is Step.READY
    version = str(only(council, Delivery).version)
    browser.post(path + "/approve", {"version": version})
    do_jobs(council)
    assert spells(council) == [("R2", str(BEGAN), None)]


def test_that_a_column_is_not_there_is_remembered_and_under_the_next_agreement_too(
    council: Council,
):
    build_world(council)
    first = bring_in(council, agree(council), HEAD + f"{SAM},{BEGAN},{TODAY}\n")
    browser, delivery = council.browser(Role.SUPERVISOR), only(council, Delivery)
    browser.post(f"/evidence/deliveries/{first}/columns", delivery.mapping | {"to": "", "version": str(delivery.version)})  # fmt: skip
    do_jobs(council)

    renewed = agree(council, starts_on=TODAY - 30 * DAY)
    send(council, renewed, HEAD + f"{SAM},{BEGAN},{TODAY}\n")
    do_jobs(council)

    with council.work():
        found = db.session.scalars(select(Delivery).where(Delivery.sharing_agreement_id == renewed)).one()  # fmt: skip
        assert found.step is Step.READY, "nobody is asked about the columns again"
        assert "to" not in found.mapping


def test_a_column_that_is_new_or_called_otherwise_is_asked_about(council: Council):
    build_world(council)
    agreement = agree(council)
    store(council, agreement, HEAD.replace(",To", "") + f"{SAM},{BEGAN}\n")

    new = send(council, agreement, HEAD + f"{SAM},{BEGAN},{TODAY}\n").location
    renamed = send(council, agreement, HEAD.replace("Date of birth", "Born") + ROW).location
    do_jobs(council)

    browser = council.browser(Role.SUPERVISOR)
    assert '<option value="To" selected' in browser.get(new + "/columns").text
    asked = browser.get(renamed + "/columns").text
    assert "The last file called it “Date of birth”; this one has no such column." in asked


def test_an_agreement_may_ask_for_a_second_person(council: Council):
    build_world(council)
    agreement = agree(council, second_person=True)
    send(council, agreement, HEAD + ROW)
    do_jobs(council)
    path = f"/evidence/deliveries/{only(council, Delivery).id}"
    browser = council.browser(Role.SUPERVISOR)
    if only(council, Delivery).step is Step.COLUMNS:
        delivery = only(council, Delivery)
        browser.post(path + "/columns", delivery.mapping | {"version": str(delivery.version)})
        do_jobs(council)

    browser.post(path + "/approve", {"version": str(only(council, Delivery).version)})

    assert (
        "asks that somebody other than whoever brought it, or made the link for it, approves a file"
        in browser.get(path).text
    )
    assert only(council, Delivery).step is Step.READY
    with council.work(Role.LEADER):  # the rule looks at who it is; the route at what they may
        delivery = get_delivery(only(council, Delivery).id)
        approve(delivery, version=delivery.version)
    do_jobs(council)
    assert only(council, Delivery).step is Step.STORED


def test_an_analyst_takes_a_file_as_far_as_approval_and_sees_no_family(council: Council):
    world = build_world(council)
    agreement = agree(council)
    told = {"file": (io.BytesIO((HEAD + ROW).encode()), "f.csv"), "covers": ["care.early_help"]}
    told |= boxes("covers_from", BEGAN) | boxes("covers_to", TODAY)
    browser = council.browser(Role.ANALYST)
    assert browser.get("/", status=302).location.endswith("/evidence")

    led = browser.post(f"/evidence/bring/{agreement}/early-help", told)
    do_jobs(council)
    delivery = only(council, Delivery)
    browser.post(led.location + "/columns", delivery.mapping | {"version": str(delivery.version)})
    do_jobs(council)

    page = browser.get(led.location).text
    assert "It waits for somebody who may approve files" in page
    assert "Approve and store" not in page
    assert "R2" in browser.get(led.location + "/people/known").text
    family = f"/families/{world.families['READY']}"
    assert family not in browser.get(led.location + "/people/known").text
    browser.get(family, status=403)
    browser.post(led.location + "/approve", {"version": str(only(council, Delivery).version)}, status=403)  # fmt: skip
    browser.get("/evidence/loads/new", status=403)
    council.browser(Role.SUPERVISOR).post(led.location + "/approve", {"version": str(only(council, Delivery).version)})  # fmt: skip
    do_jobs(council)
    assert only(council, Delivery).step is Step.STORED
