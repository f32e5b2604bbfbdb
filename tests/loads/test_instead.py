"""What a file said otherwise, and what another said too, once the fact that stood is withdrawn."""

import pytest
from sqlalchemy import select

from tests.builders import Council
from tests.loads.deliveries import HEAD, SAM, agree, store
from tests.loads.test_meanwhile import DAY, ELSE
from tests.loads.test_steps import ROW, spells
from tests.loads.test_undo import undo_it
from tests.world import BEGAN, FILES, TODAY, build_world, encoded
from tfsaas.db import db
from tfsaas.evidence.actions import Statement, load_files, record_fact, withdraw_fact
from tfsaas.evidence.models import Contradiction, Spell
from tfsaas.families.models import Person
from tfsaas.permissions import Role
from tfsaas.rules.plan import SignalKind


def test_what_another_partner_said_is_believed_once_the_first_is_undone(council: Council):
    build_world(council)
    first = store(council, agree(council, partner="X"), HEAD + ROW)
    for partner in "YZ":
        store(council, agree(council, partner=partner), ELSE)
    assert spells(council) == [("R2", str(BEGAN), None)]

    undo_it(council, first)

    assert spells(council) == [("R2", str(BEGAN), str(TODAY))]
    with council.work():
        assert all(row.settled_at for row in db.session.scalars(select(Contradiction)))


def test_what_a_partner_said_is_believed_once_the_worker_takes_theirs_back(council: Council):
    build_world(council)
    with council.work(Role.WORKER):
        sam = db.session.scalars(select(Person.id).where(Person.reference == "R2")).one()
        told = Statement("care.early_help", SignalKind.SPELL, sam, BEGAN, TODAY - 5 * DAY)
        fact = record_fact(None, told)
        db.session.flush()
        fact_id = fact.id
    store(council, agree(council), HEAD + ROW)

    with council.work(Role.WORKER):
        withdraw_fact("spell", fact_id)

    assert spells(council) == [("R2", str(BEGAN), None)]


@pytest.mark.parametrize(("by_hand", "believed_now"), [(TODAY, 1), (TODAY - 5 * DAY, 1)])
def test_what_was_put_right_by_hand_stands_alone(council: Council, by_hand, believed_now):
    build_world(council)
    first = store(council, agree(council, partner="X"), HEAD + ROW)
    store(council, agree(council, partner="Y"), ELSE)
    with council.work(Role.WORKER):
        sam = db.session.scalars(select(Person.id).where(Person.reference == "R2")).one()
        record_fact(None, Statement("care.early_help", SignalKind.SPELL, sam, BEGAN, by_hand))

    undo_it(council, first)

    assert spells(council) == [("R2", str(BEGAN), str(by_hand))] * believed_now
    with council.work():
        row = db.session.scalars(select(Contradiction)).one()
        assert bool(row.settled_at) == (by_hand == TODAY), "said again, or still a question"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_contradiction_outlives_a_correction_in_any_order_of_undoing(council: Council, order):
    build_world(council)
    partner = agree(council, partner="X")
    loads = [store(council, partner, HEAD + ROW)]
    store(council, agree(council, partner="Y"), ELSE)
    loads.append(store(council, partner, HEAD + f"{SAM},{BEGAN},{BEGAN + 9 * DAY}\n"))

    for which in order:
        undo_it(council, loads[which])

    assert spells(council) == [("R2", str(BEGAN), str(TODAY))]


def test_a_contradiction_follows_the_fact_that_outlives_an_undone_load(council: Council):
    build_world(council)
    partner = agree(council, partner="X")
    first = store(council, partner, HEAD + ROW)
    store(council, partner, HEAD + ROW)
    store(council, agree(council, partner="Y"), ELSE)

    undo_it(council, first)

    with council.work():
        row = db.session.scalars(select(Contradiction)).one()
        held = db.session.scalars(select(Spell).where(Spell.id == row.held_id)).one()
        assert (row.settled_at, held.withdrawn_at) == (None, None)


def test_what_a_folder_says_too_outlives_the_load_that_is_undone(council: Council):
    build_world(council)
    first = store(council, agree(council), HEAD + ROW)
    with council.work():
        load_files(encoded(FILES | {"spells": f"person_id,signal,from,to\nR2,care.early_help,{BEGAN},\n"}), "again")  # fmt: skip

    undo_it(council, first)

    assert spells(council) == [("R2", str(BEGAN), None)]
