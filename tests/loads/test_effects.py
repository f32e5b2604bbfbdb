"""What a file would do is told as it is now: gaps on both sides, every family, and anew when another file came between."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import text, update

from tests.builders import Council
from tests.loads.deliveries import HEAD, SAM, agree, bring_in, brought, do_jobs, look, store
from tests.loads.test_steps import ROW, spells
from tests.world import BEGAN, TODAY, build_world
from tfsaas import clock
from tfsaas.db import db
from tfsaas.evidence.models import Coverage
from tfsaas.loads.actions import LARGEST, DeliveryRefused, approve, ask_to_undo, bring, undo
from tfsaas.loads.effects import CONFIRMED_LOST
from tfsaas.loads.models import Step
from tfsaas.loads.queries import get_agreement, get_delivery
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.outcomes.confirmation import confirm_all
from tfsaas.permissions import Role

DAY = timedelta(days=1)
LATER = BEGAN + 300 * DAY


def uncover(council: Council) -> None:
    """Nothing of what the world says is covered; files alone cover."""
    with council.work():
        db.session.execute(update(Coverage).values(withdrawn_at=clock.now()))


@pytest.mark.parametrize(
    ("first", "last", "gaps"),
    [
        (BEGAN + 11 * DAY, LATER - DAY, 0),  # between the two, without a gap
        (BEGAN + 12 * DAY, LATER - DAY, 1),
        (BEGAN + 11 * DAY, LATER - 2 * DAY, 1),
        (BEGAN + 20 * DAY, LATER - 20 * DAY, 2),
        (BEGAN + 5 * DAY, LATER + 5 * DAY, 0),  # reaching into both
    ],
)
def test_gaps_before_and_after_a_file_are_told(council: Council, first, last, gaps):
    build_world(council)
    uncover(council)
    agreement = agree(council)
    store(council, agreement, HEAD + ROW, last=BEGAN + 10 * DAY)
    store(council, agreement, HEAD + ROW, first=LATER, last=TODAY)

    delivery_id = bring_in(council, agreement, HEAD + ROW, first=first, last=last)

    page = council.browser(Role.SUPERVISOR).get(f"/evidence/deliveries/{delivery_id}").text
    assert page.count("Nothing covers") == gaps


def test_a_file_that_is_complete_for_nothing_leaves_no_gap_and_fills_none(council: Council):
    build_world(council)
    uncover(council)
    agreement = agree(council)
    store(council, agreement, HEAD + ROW, last=BEGAN + 10 * DAY)
    store(council, agreement, HEAD + ROW, first=BEGAN + 11 * DAY, last=LATER, covers=[])

    delivery_id = bring_in(council, agreement, HEAD + ROW, first=LATER + DAY, last=TODAY)

    page = council.browser(Role.SUPERVISOR).get(f"/evidence/deliveries/{delivery_id}").text
    assert page.count("Nothing covers") == 1


def test_a_dry_run_is_done_again_when_another_file_was_stored_meanwhile(council: Council):
    build_world(council)
    agreement = agree(council)
    first = bring_in(council, agreement, HEAD + ROW)
    store(council, agreement, HEAD + f"{SAM},{BEGAN},{TODAY}\n")
    browser = council.browser(Role.SUPERVISOR)

    browser.post(f"/evidence/deliveries/{first}/approve", {"version": str(look(council, first).version)})  # fmt: skip

    assert "so it is done again" in browser.get(f"/evidence/deliveries/{first}").text
    do_jobs(council)
    assert look(council, first).step is Step.READY
    assert look(council, first).effect["counts"] == {"care.early_help": {"changed": 1}}
    browser.post(f"/evidence/deliveries/{first}/approve", {"version": str(look(council, first).version)})  # fmt: skip
    do_jobs(council)
    assert look(council, first).step is Step.STORED


def test_what_undoing_would_do_is_worked_out_again_when_another_file_was_stored(council: Council):
    build_world(council)
    agreement = agree(council)
    first = store(council, agreement, HEAD + ROW)
    with council.work(Role.SUPERVISOR):
        ask_to_undo(get_delivery(first))
    do_jobs(council)
    store(council, agreement, HEAD + ROW)

    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(first)
        with pytest.raises(DeliveryRefused, match="worked out again"):
            undo(delivery, "wrong", version=delivery.version)
    do_jobs(council)
    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(first)
        undo(delivery, "wrong", version=delivery.version)
    do_jobs(council)

    assert spells(council) == [("R2", str(BEGAN), None)], "the second file says it too"


def test_every_family_that_changes_is_downloaded_and_lost_evidence_of_a_confirmed_result_is_told(council: Council):  # fmt: skip
    build_world(council)
    with council.work(Role.LEADER):
        evaluate_council(TODAY)
        assert confirm_all(TODAY)
    agreement = agree(council)
    rows = HEAD.replace("From,To", "Date,Role").replace("NHS number", "Postcode")
    calls = "".join(f"{SAM},{TODAY - days * DAY},victim\n" for days in (3, 10, 20))
    delivery_id = bring_in(council, agreement, rows + calls, feed="domestic-incidents")
    effect = look(council, delivery_id).effect["effect"]
    browser = council.browser(Role.SUPERVISOR)
    path = f"/evidence/deliveries/{delivery_id}"

    listed = browser.get(path + "/families/load")

    lost = [row for row in effect["changed"] if row[1] == CONFIRMED_LOST]
    assert len(lost) == effect["confirmed"]["no_longer"] == 1
    assert listed.text.splitlines()[0].endswith("reference,family,what changes")
    assert "The evidence of a confirmed result would go" in listed.text
    assert len(listed.text.splitlines()) == len(effect["changed"]) + 1
    assert "1 confirmed result would lose evidence" in browser.get(path).text
    browser.get(path + "/families/nothing", status=404)


def test_a_file_that_is_too_large_is_refused_however_it_comes(council: Council):
    build_world(council)
    agreement_id = agree(council)

    with council.work(Role.SUPERVISOR), pytest.raises(DeliveryRefused, match="larger than 32 MB"):
        bring(get_agreement(agreement_id), brought(b"x" * (LARGEST + 1)))


def test_files_that_wait_for_somebody_are_listed_first_and_older_loads_on_further_pages(council: Council):  # fmt: skip
    build_world(council)
    agreement = agree(council)
    waits = bring_in(council, agreement, HEAD + ROW)
    with council.work(Role.SUPERVISOR):
        for _ in range(51):
            bring(get_agreement(agreement), brought(HEAD + ROW))
    browser = council.browser(Role.SUPERVISOR)

    first, second = browser.get("/evidence").text, browser.get("/evidence?skip=50").text

    assert str(waits) in first.split("<tbody", 1)[1].split("</tr>", 1)[0]
    assert "Earlier loads" in first
    assert second.split("<tbody", 1)[1].count("<tr") == 2 + 1
    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(waits)
        load = delivery.load_id
        approve(delivery, version=delivery.version)
    assert browser.get(f"/evidence/load/{load}", status=302).location.endswith(str(waits))


def counted(council: Council, delivery_id, name: str) -> int:
    counts = look(council, delivery_id).effect["counts"]
    return sum(found.get(name, 0) for found in counts.values())


@pytest.mark.parametrize(
    ("told", "unsaid"),
    [
        ({"rows": ROW}, 0),  # said again
        ({"rows": f"{SAM},{BEGAN + DAY},\n"}, 1),  # another first day, so the old row stands beside it
        ({"rows": f"{SAM},{BEGAN + DAY},\n", "first": BEGAN + DAY}, 0),  # not complete for the old day
        ({"rows": f"{SAM},{BEGAN + DAY},\n", "covers": []}, 0),  # complete for nothing
        ({"rows": f"{SAM},{BEGAN},{TODAY}\n"}, 0),  # corrected, and so said
    ],
)  # fmt: skip
def test_what_a_partner_no_longer_says_is_counted_and_stands(council: Council, told, unsaid):
    build_world(council)
    agreement = agree(council)
    store(council, agreement, HEAD + ROW)
    told = dict(told)

    later = bring_in(council, agreement, HEAD + told.pop("rows"), **told)

    assert counted(council, later, "no longer said") == unsaid
    assert len(spells(council)) == 1
    assert "No longer said" in council.browser(Role.SUPERVISOR).get(f"/evidence/deliveries/{later}").text  # fmt: skip


def test_what_another_partner_said_is_not_this_partners_to_say_no_longer(council: Council):
    build_world(council)
    store(council, agree(council), HEAD + ROW)

    later = bring_in(council, agree(council, partner="Another"), HEAD + f"{SAM},{BEGAN + DAY},\n")

    assert counted(council, later, "no longer said") == 0


def test_a_button_does_not_wait_for_a_job_that_holds_the_file(council: Council):
    build_world(council)
    delivery_id = bring_in(council, agree(council), HEAD + ROW)
    browser, version = council.browser(Role.SUPERVISOR), str(look(council, delivery_id).version)
    held, done = Event(), Event()

    def hold() -> None:
        with council.work():
            db.session.execute(text("select id from delivery for update"))
            held.set()
            done.wait(20)

    with ThreadPoolExecutor() as pool:
        pool.submit(hold)
        assert held.wait(20)
        browser.post(f"/evidence/deliveries/{delivery_id}/approve", {"version": version})
        done.set()

    assert "The service is working on the file" in browser.get(f"/evidence/deliveries/{delivery_id}").text  # fmt: skip
    assert look(council, delivery_id).step is Step.READY
