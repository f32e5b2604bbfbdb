"""Loads: all or nothing, every fault told, nothing twice."""

import io
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.builders import Council, errors_on, set_up_programme
from tests.world import BEGAN, FILES, START, TODAY, build_world, encoded
from tfsaas.audit.models import AuditEntry
from tfsaas.db import db
from tfsaas.evidence.actions import load_files, run_load
from tfsaas.evidence.models import Coverage, Event, Load, LoadStatus, Score, Spell
from tfsaas.evidence.reader import FactsRefused
from tfsaas.families.models import Episode, Family, Membership, Person
from tfsaas.permissions import Role
from tfsaas.tenants.models import Term


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def archive(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return made.getvalue()


def test_the_same_files_again_add_nothing(council: Council):
    build_world(council)
    with council.work():
        before = [
            count(model) for model in (Family, Person, Membership, Episode, Spell, Score, Coverage)
        ]

    with council.work():
        counts = load_files(encoded(FILES), "again").counts

    with council.work():
        assert [
            count(model) for model in (Family, Person, Membership, Episode, Spell, Score, Coverage)
        ] == before
        assert counts["spells"] == counts["scores"] == counts["coverage"] == 0


def test_two_equal_events_are_two_events_and_stay_two(council: Council):
    build_world(council)
    twice = {"families": FILES["families"], "people": FILES["people"], "events": f"person_id,signal,on\nR1,police.asb,{BEGAN}\nR1,police.asb,{BEGAN}\n"}  # fmt: skip
    with council.work():
        assert load_files(encoded(twice), "x").counts["events"] == 2

    with council.work():
        assert load_files(encoded(twice), "x").counts["events"] == 0
        assert count(Event) == 2


def test_an_empty_cell_takes_nothing_away(council: Council):
    world = build_world(council)
    bare = {"families": FILES["families"].split("\n")[0] + "\nREADY,,,,,\n"}

    with council.work():
        load_files(encoded(bare), "x")

    with council.work():
        episode = db.session.scalars(
            select(Episode).where(Episode.family_id == world.families["READY"])
        ).one()
        assert episode.baseline_on == BEGAN


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"spells": f"person_id,signal,from,to\nR1,local.made-up,{BEGAN},\n"}, "spells.csv: line 2, column signal"),
        ({"identified": f"family_id,headline,on\nREADY,luck,{BEGAN}\n"}, "identified.csv: line 2, column headline"),
        ({"families": FILES["families"].replace(str(BEGAN), str(START - timedelta(days=1)), 1)}, "families.csv: line 2, column baseline_on"),
        ({"people": FILES["people"].replace("9990079196", "9990079197")}, "people.csv: line 2, column nhs_number"),
        ({"people": FILES["people"].replace(f"R1,READY,1985-01-01,true,{START},", f"R1,READY,1985-01-01,true,{START + timedelta(days=3)},")}, "people.csv: line 2, column joined_on"),
        ({"terms": "from,to\n2019-01-01,2019-03-01\n"}, None),
    ],
)  # fmt: skip
def test_what_the_council_cannot_take_is_refused_whole(council: Council, changes, expected):
    build_world(council)
    with council.work():
        before = count(Spell)
        if expected is None:
            load_files(encoded(FILES | changes), "x")
            return
        with pytest.raises(FactsRefused) as refused:
            load_files(encoded(FILES | changes), "x")

    assert any(fault.startswith(expected) for fault in refused.value.faults)
    with council.work():
        assert count(Spell) == before


def test_terms_that_clash_with_known_ones_are_refused(council: Council):
    build_world(council)
    with council.work():
        load_files(encoded(FILES | {"terms": "from,to\n2019-01-01,2019-03-01\n"}), "x")
        assert count(Term) == 1

    with council.work(), pytest.raises(FactsRefused, match="overlaps a term"):
        load_files(encoded(FILES | {"terms": "from,to\n2019-02-01,2019-04-01\n"}), "x")


def test_a_council_without_a_programme_takes_no_files(council: Council):
    with council.work(), pytest.raises(FactsRefused, match="no programme yet"):
        load_files(encoded(FILES), "x")


def test_each_row_knows_its_load_and_the_load_is_one_entry_on_the_trail(council: Council):
    build_world(council)

    with council.work():
        load = db.session.scalars(select(Load)).one()
        assert set(db.session.scalars(select(Score.load_id))) == {load.id}
        entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "load")).all()
        assert [entry.subject_id for entry in entries] == [load.id]
        assert count(AuditEntry) < 60


def upload(council: Council, content: bytes, *, status: int = 302):
    browser = council.browser(Role.SUPERVISOR)
    return browser.post(
        "/evidence/loads/new",
        {"source": "Police", "file": (io.BytesIO(content), "f.zip")},
        status=status,
    )


def test_an_uploaded_zip_is_kept_until_a_job_has_loaded_it(council: Council):
    with council.work():
        set_up_programme(starts_on=START, in_force_from=START)
    led = upload(council, archive({f"{name}.csv": text.encode() for name, text in FILES.items()}))

    with council.work(Role.SUPERVISOR):
        load = db.session.scalars(select(Load)).one()
        assert load.status is LoadStatus.WAITING
        run_load(load)
        run_load(load)

    page = council.browser(Role.SUPERVISOR).get(led.location)
    assert "What was new" in page.text
    with council.work():
        assert db.session.scalars(select(Load)).one().content is None


def test_a_refused_zip_lists_every_fault_for_its_reader(council: Council):
    build_world(council)
    wrong = FILES | {
        "scores": f"person_id,signal,on,value\nR1,health.star,{TODAY},many\nR9,health.star,{TODAY},3\n"
    }
    led = upload(council, archive({f"{name}.csv": text.encode() for name, text in wrong.items()}))
    with council.work(Role.SUPERVISOR):
        run_load(db.session.scalars(select(Load).where(Load.source == "Police")).one())

    page = council.browser(Role.SUPERVISOR).get(led.location)

    assert "scores.csv: line 2, column value" in page.text
    assert "nothing was stored" in page.text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not a zip at all", "not a ZIP file"),
        (archive({"other.csv": b"x"}), "not one of the files"),
        (archive({}), "holds none of the files"),
        (archive({"a/events.csv": b"x", "b/events.csv": b"x"}), "stands twice"),
        (archive({"events.csv": b"0" * 50_000_000}), "unpacks to more"),
    ],
    ids=["no zip", "other files", "empty", "twice", "bomb"],
)
def test_an_archive_that_cannot_be_read_is_refused_at_once(council: Council, content, message):
    with council.work():
        set_up_programme()

    page = upload(council, content, status=400)

    assert message in errors_on(page.text)[0]


def test_only_supervisors_load(council: Council):
    council.browser(Role.WORKER).get("/evidence/loads/new", status=403)
    council.browser(Role.AUDITOR).get("/evidence")


def test_another_councils_load_is_not_there(council: Council, other_council: Council):
    build_world(other_council)
    with other_council.work():
        theirs = db.session.scalars(select(Load.id)).one()

    council.browser(Role.SUPERVISOR).get(f"/evidence/loads/{theirs}", status=404)
