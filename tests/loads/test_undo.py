"""A load undone: everything is as it was, nothing is erased, and later loads keep what they said."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.builders import Council
from tests.loads.deliveries import HEAD, KAI, SAM, agree, do_jobs, look, store
from tests.loads.test_steps import ROW, spells
from tests.world import BEGAN, FILES, TODAY, build_world, encoded
from tfsaas.db import db
from tfsaas.evidence.actions import load_files
from tfsaas.evidence.models import Coverage, Load, LoadStatus, Spell
from tfsaas.evidence.queries import believed
from tfsaas.loads.actions import DeliveryRefused, ask_to_undo, undo
from tfsaas.loads.models import PartnerReference, Step
from tfsaas.loads.queries import get_delivery
from tfsaas.permissions import Role


def undo_it(council: Council, delivery_id) -> None:
    """Its effect first, then the deed."""
    with council.work(Role.SUPERVISOR):
        ask_to_undo(get_delivery(delivery_id))
    do_jobs(council)
    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(delivery_id)
        undo(delivery, "The wrong school", version=delivery.version)
    do_jobs(council)


def covered(council: Council) -> int:
    with council.work():
        return db.session.scalar(select(func.count()).select_from(Coverage).where(believed(Coverage), Coverage.signal == "care.early_help"))  # fmt: skip


def test_an_undone_load_leaves_the_council_as_it_was(council: Council):
    build_world(council)
    before = covered(council)
    delivery_id = store(council, agree(council), HEAD + ROW)

    undo_it(council, delivery_id)

    delivery = look(council, delivery_id)
    assert delivery.step is Step.UNDONE
    assert delivery.undo_effect["counts"] == {"withdrawn": 2, "kept": 0, "restored": 0}
    assert spells(council) == []
    assert len(spells(council, believed=False)) == 1, "nothing is erased"
    assert covered(council) == before
    with council.work():
        load = db.session.scalars(select(Load).where(Load.id == delivery.load_id)).one()
        assert load.status is LoadStatus.UNDONE


def test_what_the_load_corrected_is_believed_again(council: Council):
    build_world(council)
    agreement = agree(council)
    store(council, agreement, HEAD + ROW)
    later = store(council, agreement, HEAD + f"{SAM},{BEGAN},{TODAY}\n")

    undo_it(council, later)

    assert spells(council) == [("R2", str(BEGAN), None)]


def test_what_a_later_load_said_again_stays_as_that_loads(council: Council):
    build_world(council)
    agreement = agree(council)
    first = store(council, agreement, HEAD + ROW + f"{KAI},{BEGAN},\n")
    second = store(council, agreement, HEAD + ROW)

    undo_it(council, first)

    assert spells(council) == [("R2", str(BEGAN), None)]
    with council.work():
        kept = db.session.scalars(select(Spell).where(believed(Spell), Spell.signal == "care.early_help")).one()  # fmt: skip
        assert kept.load_id == get_delivery(second).load_id
    undo_it(council, second)
    assert spells(council) == []


def test_three_loads_that_say_the_same_outlive_one_another(council: Council):
    build_world(council)
    agreement = agree(council)
    first, second, third = (store(council, agreement, HEAD + ROW) for _ in range(3))

    undo_it(council, first)
    undo_it(council, second)
    assert spells(council) == [("R2", str(BEGAN), None)]
    undo_it(council, third)

    assert spells(council) == []


ENDS = (
    f"{SAM},{BEGAN},\n",
    f"{SAM},{BEGAN},{TODAY}\n",
    f"{SAM},{BEGAN},{BEGAN + timedelta(days=9)}\n",
)


@pytest.mark.parametrize(
    ("said", "undone", "left"),
    [
        ("xy", "10", None), ("xyz", "12", "x"), ("xyz", "21", "x"), ("xyz", "02", "y"), ("xyz", "1", "z"),
        ("xyy", "12", "x"), ("xyy", "1", "y"), ("xxy", "20", "x"), ("xxy", "201", None), ("xyx", "2", "y"),
    ],
)  # fmt: skip
def test_loads_undone_in_any_order_leave_what_the_others_said(council: Council, said, undone, left):
    """Loads that say x, y or z of one spell, one after the other; some are undone in this order."""
    build_world(council)
    agreement = agree(council)
    loads = [store(council, agreement, HEAD + ENDS["xyz".index(word)]) for word in said]

    for number in undone:
        undo_it(council, loads[int(number)])

    ends = {"x": None, "y": str(TODAY), "z": str(BEGAN + timedelta(days=9))}
    assert [row[2] for row in spells(council)] == ([] if left is None else [ends[left]])


def test_a_zip_brings_back_what_only_an_undoing_withdrew(council: Council):
    build_world(council)
    undo_it(council, store(council, agree(council), HEAD + ROW))
    files = FILES | {"spells": f"person_id,signal,from,to\nR2,care.early_help,{BEGAN},\n"}

    with council.work():
        load_files(encoded(files), "again")

    assert spells(council) == [("R2", str(BEGAN), None)]


def test_an_undone_file_can_be_loaded_again(council: Council):
    build_world(council)
    agreement = agree(council)
    undo_it(council, store(council, agreement, HEAD + ROW))

    store(council, agreement, HEAD + ROW)

    assert spells(council) == [("R2", str(BEGAN), None)]


def test_the_partners_numbers_it_taught_are_forgotten(council: Council):
    build_world(council)
    head = "Reference,First name,Last name,Date of birth,From,To\n"
    delivery_id = store(council, agree(council), head + f"A1,{SAM}{BEGAN},\n")

    undo_it(council, delivery_id)

    with council.work():
        assert db.session.scalars(select(PartnerReference)).all() == []


def test_a_load_cannot_be_undone_before_its_effect_was_seen(council: Council):
    build_world(council)
    delivery_id = store(council, agree(council), HEAD + ROW)

    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(delivery_id)
        with pytest.raises(DeliveryRefused, match="See first"):
            undo(delivery, "x", version=delivery.version)
    assert spells(council) == [("R2", str(BEGAN), None)]
