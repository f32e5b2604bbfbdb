"""What checking a file found, kept with it: the same again, and only while it would be checked in the same way."""

import pytest
from sqlalchemy import update

from tests.builders import Council
from tests.loads.deliveries import HEAD, SAM, agree, bring_in, do_jobs, look
from tests.loads.test_checking import check
from tests.loads.test_steps import spells
from tests.world import BEGAN, build_world
from tfsaas.db import db
from tfsaas.loads.actions import approve
from tfsaas.loads.facts_of_rows import Known
from tfsaas.loads.feeds import Feed, get_feed, list_feeds, write_sample
from tfsaas.loads.keeping import mark_of, pack, unpack
from tfsaas.loads.models import Delivery, Step
from tfsaas.loads.queries import get_delivery
from tfsaas.permissions import Role


@pytest.mark.parametrize("feed", list_feeds(), ids=lambda feed: feed.code)
def test_what_is_kept_of_any_feed_says_the_same(feed: Feed):
    checked = check(feed.code, write_sample(feed))

    kept = unpack(pack(checked, "mark"), "mark")

    assert kept is not None
    assert (kept.people, kept.facts) == (checked.people, checked.facts)


def test_open_ends_people_without_birth_and_accents_are_kept():
    checked = check("early-help", "UPN,First name,Last name,From,To\nB801200005001,Zoë,Ó Néill,2024-01-02,\n")  # fmt: skip

    kept = unpack(pack(checked, "mark"), "mark")

    assert kept is not None
    assert kept.people == checked.people
    assert kept.people[0].date_of_birth is None
    assert kept.facts["spell"].values[1] == [None]


def test_the_mark_changes_with_the_feed_the_columns_and_what_the_plans_ask_for():
    early, police = get_feed("early-help"), get_feed("domestic-incidents")
    marks = {
        mark_of(early, {"a": "A"}, Known({"x"})),
        mark_of(police, {"a": "A"}, Known({"x"})),
        mark_of(early, {"a": "B"}, Known({"x"})),
        mark_of(early, {"a": "A"}, Known({"x", "y"})),
    }

    assert len(marks) == 4
    one = mark_of(early, {"a": "A", "b": "B"}, Known(["x", "y"]))
    assert one == mark_of(early, {"b": "B", "a": "A"}, Known(["y", "x"]))


def test_what_was_kept_under_another_mark_is_passed_over_and_the_file_read_anew(council: Council):
    build_world(council)
    delivery_id = bring_in(council, agree(council), HEAD + f"{SAM},{BEGAN},\n")
    assert look(council, delivery_id).reading is not None
    nothing = pack(check("early-help", "UPN,From,To\nB801200005001,2024-01-02,\n"), "another")
    with council.work(Role.SUPERVISOR):
        db.session.execute(update(Delivery).where(Delivery.id == delivery_id).values(reading=nothing))  # fmt: skip
    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(delivery_id)
        approve(delivery, version=delivery.version)

    do_jobs(council)

    assert spells(council) == [("R2", str(BEGAN), None)]
    stored = look(council, delivery_id)
    assert (stored.step, stored.content, stored.reading) == (Step.STORED, None, None)
