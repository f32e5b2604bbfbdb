"""A partner's file through every step: nothing half-stored, nothing twice, silence never taken for evidence."""

from datetime import timedelta

from sqlalchemy import select

from tests.builders import Council
from tests.loads.deliveries import HEAD, KAI, SAM, agree, bring_in, do_jobs, look, store
from tests.world import BEGAN, TODAY, build_world
from tfsaas.audit.models import AuditEntry
from tfsaas.db import db
from tfsaas.evidence.models import Contradiction, Coverage, Load, LoadStatus, Repeat, Spell
from tfsaas.families.models import Person
from tfsaas.loads.models import IncomingMatch, MatchStatus, PartnerReference, Step

ROW = f"{SAM},{BEGAN},\n"
STRANGER = f"Nobody,Known,1999-09-09,,{BEGAN},\n"


def spells(council: Council, *, believed: bool = True) -> list[tuple[str, str, object]]:
    """Early help spells: whose, from, to."""
    with council.work():
        rows = db.session.execute(
            select(Person.reference, Spell.from_on, Spell.to_on)
            .join(Person, (Person.tenant_id == Spell.tenant_id) & (Person.id == Spell.person_id))
            .where(Spell.signal == "care.early_help", Spell.withdrawn_at.is_(None) == believed)
            .order_by(Person.reference, Spell.from_on, Spell.recorded_at)
        )
        return [(row[0], str(row[1]), None if row[2] is None else str(row[2])) for row in rows]


def test_a_file_becomes_facts_with_coverage_and_is_then_forgotten(council: Council):
    build_world(council)

    delivery_id = store(council, agree(council), HEAD + ROW + STRANGER)

    assert spells(council) == [("R2", str(BEGAN), None)]
    delivery = look(council, delivery_id)
    assert delivery.step is Step.STORED
    assert delivery.content is None
    assert delivery.people == {
        "rows": 2,
        "people": 2,
        "linked": 1,
        "review": 0,
        "left": 1,
        "unsure": 0,
    }
    assert delivery.effect["counts"] == {"care.early_help": {"new": 1}}
    assert delivery.effect["dropped"] == 1
    with council.work():
        load = db.session.scalars(select(Load).where(Load.id == delivery.load_id)).one()
        assert (load.status, load.counts) == (LoadStatus.STORED, {"new": 1})
        covered = db.session.scalars(select(Coverage).where(Coverage.load_id == load.id)).one()
        assert (covered.signal, covered.from_on, covered.to_on) == ("care.early_help", BEGAN, TODAY)
        assert db.session.scalars(select(Person).where(Person.family_name == "Known")).all() == []
        trail = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "load", AuditEntry.subject_id == load.id)).one()  # fmt: skip
        assert "Okafor" not in str(trail.changes)


def test_the_dry_run_tells_what_the_deed_will_do_and_stores_nothing(council: Council):
    build_world(council)

    delivery_id = bring_in(council, agree(council), HEAD + ROW)

    delivery = look(council, delivery_id)
    assert delivery.step is Step.READY
    assert delivery.effect["counts"] == {"care.early_help": {"new": 1}}
    assert delivery.effect["effect"]["families"] == 4
    assert spells(council) == []
    with council.work():
        assert db.session.scalars(select(Coverage).where(Coverage.load_id == delivery.load_id)).all() == []  # fmt: skip


def test_a_file_with_faults_is_refused_whole_and_forgotten(council: Council):
    build_world(council)

    delivery = look(council, bring_in(council, agree(council), HEAD + ROW + f"{KAI},soon,\n"))

    assert delivery.step is Step.REFUSED
    assert delivery.faults == [[3, "From", "“soon” is not a date; write it as 31/03/2019 or 2019-03-31"]]  # fmt: skip
    assert delivery.content is None
    assert spells(council) == []


def test_a_file_that_is_no_table_is_refused_with_the_reason(council: Council):
    build_world(council)

    delivery = look(council, bring_in(council, agree(council), b"%PDF-1.7"))

    assert delivery.step is Step.REFUSED
    assert "This is a PDF" in delivery.faults[0][2]


def test_the_same_file_again_adds_nothing(council: Council):
    build_world(council)
    agreement = agree(council)
    store(council, agreement, HEAD + ROW)

    again = look(council, store(council, agreement, HEAD + ROW))

    assert spells(council) == [("R2", str(BEGAN), None)]
    assert again.effect["counts"] == {"care.early_help": {"repeated": 1}}
    with council.work():
        assert len(db.session.scalars(select(Repeat)).all()) == 1


def test_a_partners_later_word_corrects_its_earlier_one(council: Council):
    build_world(council)
    agreement = agree(council)
    store(council, agreement, HEAD + ROW)

    later = look(council, store(council, agreement, HEAD + f"{SAM},{BEGAN},{TODAY}\n"))

    assert spells(council) == [("R2", str(BEGAN), str(TODAY))]
    assert spells(council, believed=False) == [("R2", str(BEGAN), None)]
    assert later.effect["counts"] == {"care.early_help": {"changed": 1}}


def test_another_partners_word_is_not_overwritten_but_a_contradiction(council: Council):
    build_world(council)
    store(council, agree(council), HEAD + ROW)

    other = agree(council, partner="Another")
    later = look(council, store(council, other, HEAD + f"{SAM},{BEGAN},{TODAY}\n"))

    assert spells(council) == [("R2", str(BEGAN), None)]
    assert later.effect["counts"] == {"care.early_help": {"contradicted": 1}}
    with council.work():
        kept = db.session.scalars(select(Contradiction)).one()
        assert (kept.line, kept.kind, kept.told["to_on"]) == (2, "spell", str(TODAY))


def test_what_somebody_withdrew_is_not_brought_back(council: Council):
    build_world(council)
    agreement = agree(council)
    store(council, agreement, HEAD + ROW)
    with council.work():
        spell = db.session.scalars(select(Spell).where(Spell.signal == "care.early_help")).one()
        spell.withdrawn_at = spell.recorded_at + timedelta(seconds=1)

    later = look(council, store(council, agreement, HEAD + ROW))

    assert spells(council) == []
    assert later.effect["counts"] == {"care.early_help": {"kept out": 1}}


def test_two_rows_that_turn_out_to_be_one_person_may_not_contradict_each_other(council: Council):
    build_world(council)
    born = BEGAN - timedelta(days=900)
    rows = f"Sam,Okafor,{born},,{BEGAN},\nSamuel,Okafor,{born},,{BEGAN},{TODAY}\n"

    delivery = look(council, bring_in(council, agree(council), HEAD + rows))

    assert delivery.step is Step.REFUSED
    assert delivery.faults[0][0] == 3
    assert "says otherwise than line 2" in delivery.faults[0][2]


def test_the_partners_own_number_leads_to_the_person_next_time(council: Council):
    build_world(council)
    agreement = agree(council)
    head = "Reference,First name,Last name,Date of birth,From,To\n"
    store(council, agreement, head + f"A1,{SAM}{BEGAN},\n")

    second = look(council, store(council, agreement, f"Reference,From,To\nA1,{TODAY},\n"))

    assert second.people["linked"] == 1
    with council.work():
        kept = db.session.scalars(select(PartnerReference)).one()
        assert "A1" not in kept.value_hash
        found = db.session.scalars(select(IncomingMatch).where(IncomingMatch.delivery_id == second.id)).one()  # fmt: skip
        assert found.status is MatchStatus.LINKED
        assert found.told == {}


def test_a_partners_number_given_to_somebody_else_is_not_believed(council: Council):
    build_world(council)
    agreement = agree(council)
    head = "Reference,First name,Last name,Date of birth,From,To\n"
    store(council, agreement, head + f"A1,{SAM}{BEGAN},\n")

    second = look(
        council, store(council, agreement, head + f"A1,Bertha,Stone,1950-01-01,{TODAY},\n")
    )

    assert (second.people["linked"], second.people["left"]) == (0, 1)


def test_people_of_another_council_are_never_met(council: Council, other_council: Council):
    build_world(council)
    build_world(other_council)

    delivery = look(council, store(council, agree(council), HEAD + ROW))

    with other_council.work():
        assert db.session.scalars(select(Spell).where(Spell.signal == "care.early_help")).all() == []  # fmt: skip
    assert delivery.people["linked"] == 1
    do_jobs(other_council)
