"""Coverage speaks only of people who were on record when it was recorded."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select, update

from tests.builders import Council
from tests.loads.deliveries import HEAD, SAM, agree, store
from tests.outcomes.test_evaluation import found_on, load_random
from tests.rules.oracle import evaluate as evaluate_slowly
from tests.world import BEGAN, FILES, TODAY, build_world, encoded
from tfsaas.db import db
from tfsaas.evidence.actions import load_files
from tfsaas.evidence.export import export_files
from tfsaas.evidence.models import Coverage
from tfsaas.evidence.reader import FactsRefused
from tfsaas.evidence.silence import find_gaps, join_days, read_heard, take_together, without
from tfsaas.families.actions import Particulars, add_person
from tfsaas.families.models import Person
from tfsaas.loads.linking import link_people
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.permissions import Role

JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3))
DAY = timedelta(days=1)


def days(*numbers: int) -> list[tuple[date, date]]:
    """Stretches of May, by first and last day."""
    return [(date(2026, 5, a), date(2026, 5, b)) for a, b in zip(*[iter(numbers)] * 2, strict=True)]


@pytest.mark.parametrize(
    ("stretches", "others", "left"),
    [
        (days(1, 9), days(), days(1, 9)),
        (days(1, 9), days(1, 9), days()),
        (days(1, 9), days(2, 8), days(1, 1, 9, 9)),
        (days(2, 8), days(1, 9), days()),
        (days(1, 5, 6, 9), days(5, 6), days(1, 4, 7, 9)),
        (days(3, 9), days(1, 2, 10, 11), days(3, 9)),
        (days(1, 9), days(8, 12, 1, 2), days(3, 7)),
    ],
)
def test_days_that_nobody_declared_since(stretches, others, left):
    assert list(without(stretches, others)) == left


def test_days_without_others_by_each_day():
    random = Random(5)
    for _ in range(300):
        drawn = [[random.randint(1, 20) for _ in range(2 * random.randint(0, 4))] for _ in range(2)]
        spans, others = (
            [(date(2026, 5, min(a, b)), date(2026, 5, max(a, b))) for a, b in zip(*[iter(n)] * 2, strict=True)]
            for n in drawn
        )  # fmt: skip
        left = [
            date(2026, 5, day)
            for day in range(1, 32)
            if any(a.day <= day <= b.day for a, b in spans)
            and not any(a.day <= day <= b.day for a, b in others)
        ]

        found = list(without(spans, others))

        assert [a + n * DAY for a, b in found for n in range((b - a).days + 1)] == left
        assert found == join_days(found)


def test_a_file_says_nothing_of_who_came_after_it_and_all_of_who_came_with_it():
    (first, last), (later, latest) = days(1, 5, 4, 9)
    declared = [("asb", first, last, JANUARY), ("asb", later, latest, MARCH)]
    since = {"with it": JANUARY, "between": FEBRUARY, "with the next": MARCH, "after": MARCH + DAY}

    gaps, cohorts = find_gaps(declared, since)

    told = {who: [row[2:] for row in gaps if row[0] == cohort] for who, cohort in cohorts.items()}
    assert told == {
        "with it": [],
        "between": days(1, 3),
        "with the next": days(1, 3),
        "after": days(1, 9),
    }


def test_under_any_of_their_records_is_on_record():
    linked = {"B": "A", "C": "A", "E": "D"}

    assert take_together({"A": MARCH, "B": JANUARY, "C": MARCH}, linked) == {"A": JANUARY}
    assert take_together({"A": MARCH, "C": MARCH}, linked) == {}
    assert take_together({"D": MARCH, "E": FEBRUARY}, linked) == {"D": FEBRUARY}


@pytest.mark.parametrize("seed", range(41, 47))
def test_people_who_come_later_are_judged_as_the_gaps_say(council: Council, tmp_path, seed):
    document, facts, day = load_random(council, seed, tmp_path)
    random = Random(seed)
    later = random.sample(sorted({row["person_id"] for row in facts["people"]}), 9)
    with council.work():
        moment = db.session.scalars(select(Coverage.recorded_at)).first()
        assert moment is not None
        db.session.execute(
            update(Person).where(Person.reference.in_(later)).values(recorded_at=moment + DAY)
        )
        coverage = db.session.scalars(select(Coverage).order_by(Coverage.id)).all()
        for row in coverage[::2]:  # half of it was declared again when they were on record
            row.recorded_at = moment + 2 * DAY
        db.session.flush()
        told = [(row.signal, row.from_on, row.to_on, row.recorded_at) for row in coverage]
        evaluate_council(day)
        files = export_files()

    gaps, _ = find_gaps(told, dict.fromkeys(later, moment + DAY))
    rows = [
        {"person_id": who, "signal": signal, "from": str(first), "to": str(last)}
        for who in later
        for _, signal, first, last in gaps
    ]
    answers = found_on(council, day)
    assert answers == {
        row["family_id"]: tuple(row[key] for key in ("eligible", "worked_with", "ssp", "ce", "result", "headlines"))
        for row in evaluate_slowly(document, facts | {"gaps": rows}, day)
    }  # fmt: skip
    exported = set(files.get("gaps", "").splitlines()[1:])
    assert exported == {",".join(row.values()) for row in rows}


def cannot_be_told(council: Council, family_id) -> str:
    return council.browser(Role.WORKER).get(f"/families/{family_id}").text


def test_who_is_added_to_a_family_leaves_it_open_until_the_next_file(council: Council):
    world = build_world(council)
    family = world.families["READY"]
    agreement = agree(council)
    before = cannot_be_told(council, family)

    with council.work(Role.WORKER):
        who = Particulars("Lily", "Okafor", TODAY - 3000 * DAY)
        add_person(family, who, resident=True, joined_on=TODAY)
    after = cannot_be_told(council, family)
    store(council, agreement, HEAD + SAM + f",{TODAY - 30 * DAY},\n")
    with council.work():
        heard = read_heard(None, {})

    words = "came before this person was on record"
    assert words not in before
    assert words in after
    page = council.browser(Role.WORKER).get("/evidence/coverage").text
    assert page.count("Of 1 person who came on record after its last file") > 5
    ends = {signal: last for _, signal, _, last in heard.gaps}
    assert ends["care.early_help"] < BEGAN, "the file was complete from then on"
    assert ends["police.asb"] == TODAY


def test_a_record_linked_with_one_from_before_was_on_record(council: Council):
    world = build_world(council)
    with council.work(Role.WORKER):
        who = Particulars("Samuel", "Okafor", TODAY - 3000 * DAY)
        new = add_person(world.families["READY"], who, resident=True, joined_on=TODAY).id
    with council.work(Role.SUPERVISOR):
        sam = db.session.scalars(select(Person.id).where(Person.reference == "R2")).one()
        link_people(new, sam, "the same")
    page = cannot_be_told(council, world.families["READY"])

    assert "came before this person was on record" not in page


def test_the_same_files_again_add_coverage_only_for_somebody_new(council: Council):
    build_world(council)
    more = FILES | {"people": FILES["people"] + f"N2,NEW,2015-01-01,true,{TODAY},,Ida,Young,\n"}
    with council.work():
        again = load_files(encoded(FILES), "test").counts["coverage"]
        added = load_files(encoded(more), "test").counts["coverage"]
        gaps = read_heard(None, {}).gaps

    assert again == 0
    assert added == FILES["coverage"].count("\n") - 1
    assert gaps == []


def test_a_council_takes_no_gaps(council: Council):
    build_world(council)
    gaps = {"gaps": f"person_id,signal,from,to\nR1,police.asb,{TODAY},{TODAY}\n"}

    with council.work(), pytest.raises(FactsRefused, match="since when each person is on record"):
        load_files(encoded(FILES | gaps), "test")
