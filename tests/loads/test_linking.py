"""Linked, never merged: what is known counts for both, and everything is as it was once the link is undone."""

import itertools
from contextlib import suppress
from datetime import date, timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests.builders import Council, errors_on, set_up_programme
from tests.loads.deliveries import do_jobs
from tests.world import BEGAN, TODAY, boxes, build_world
from tfsaas.db import db
from tfsaas.evidence.models import Event, Load
from tfsaas.families.actions import Particulars, add_family, add_person
from tfsaas.families.finding_models import PairStatus, PersonPair
from tfsaas.families.models import Membership, Person
from tfsaas.loads.linking import PairRefused, decide_pair, find_pairs, link_people, list_pairs
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.outcomes.queries import list_states
from tfsaas.permissions import Role


def by_reference(reference: str) -> Person:
    return db.session.scalars(select(Person).where(Person.reference == reference)).one()


def double(council: Council, **changes: object) -> UUID:
    """A second record of Lena Lee, in a family of her own, with an offence under it."""
    with council.work(Role.SUPERVISOR):
        lena = by_reference("S1")
        told = {"given_name": lena.given_name, "family_name": lena.family_name, "date_of_birth": lena.date_of_birth}  # fmt: skip
        family = add_family("Lee")
        person = add_person(family.id, Particulars(**(told | changes)), resident=True, joined_on=date(2015, 1, 1))  # fmt: skip
        db.session.flush()
        load = db.session.scalars(select(Load)).first()
        db.session.add(Event(person_id=person.id, signal="police.asb", happened_on=TODAY - timedelta(days=9), load_id=load.id, recorded_at=load.asked_at))  # fmt: skip
        return person.id


def standing(council: Council, world) -> tuple[str, object]:
    """What an evaluation finds of the family of Lena's first record, bulk and by refresh alike."""
    with council.work(Role.SUPERVISOR):
        evaluate_council(TODAY)
        state = list_states(TODAY, family_ids=[world.families["STUCK"]])[world.families["STUCK"]]
        return state.findings, state.headlines


def test_people_entered_twice_are_found_and_their_facts_count_for_both(council: Council):
    world = build_world(council)
    other = double(council)
    before = standing(council, world)

    with council.work(Role.SUPERVISOR):
        assert find_pairs() == 1
        assert find_pairs() == 0, "a pair is found once"
        row = list_pairs(PairStatus.OPEN)[0]
        assert {row.one.id, row.other.id} == {other, by_reference("S1").id}
        decide_pair(row.pair.id, PairStatus.LINKED, version=row.pair.version)
    linked = standing(council, world)
    with council.work(Role.SUPERVISOR):
        pair = db.session.scalars(select(PersonPair)).one()
        decide_pair(pair.id, PairStatus.APART, version=pair.version)

    assert linked != before
    assert standing(council, world) == before
    with council.work():
        assert db.session.scalars(select(Event.person_id).where(Event.signal == "police.asb")).all() == [other]  # fmt: skip
        assert db.session.scalars(select(Person.same_as_id).where(Person.same_as_id.is_not(None))).all() == []  # fmt: skip


def test_a_linked_fact_stands_in_the_familys_file_too(council: Council):
    world = build_world(council)
    other = double(council)
    browser = council.browser(Role.WORKER)
    path = f"/families/{world.families['STUCK']}"
    without = browser.get(path).text.count("Anti-social behaviour intervention")

    with council.work(Role.SUPERVISOR):
        link_people(other, by_reference("S1").id, "Her sister said so")

    assert browser.get(path).text.count("Anti-social behaviour intervention") > without
    assert "Lee" in browser.get(path).text


def chain(council: Council, count: int) -> list[UUID]:
    with council.work(Role.SUPERVISOR):
        set_up_programme()
        family = add_family("Chain")
        people = [add_person(family.id, Particulars("A", "B", None), resident=True, joined_on=BEGAN) for _ in range(count)]  # fmt: skip
        return [person.id for person in people]


def groups(people: list[UUID]) -> set[frozenset[UUID]]:
    """Who is held to be one person."""
    rows = db.session.execute(select(Person.id, Person.same_as_id).where(Person.id.in_(people)))
    found: dict[UUID, set[UUID]] = {}
    for person, same in rows:
        found.setdefault(same or person, set()).add(person)
    return {frozenset(group) for group in found.values()}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_a_chain_of_links_unwinds_in_any_order(council: Council, order):
    people = chain(council, 4)
    with council.work(Role.SUPERVISOR):
        pairs = [link_people(one, other, "x").id for one, other in itertools.pairwise(people)]
        assert groups(people) == {frozenset(people)}

        left = {0, 1, 2}
        for number in order:
            pair = db.session.scalars(select(PersonPair).where(PersonPair.id == pairs[number])).one()  # fmt: skip
            decide_pair(pair.id, PairStatus.APART, version=pair.version)
            left.remove(number)
            assert groups(people) == expected(people, [(people[at], people[at + 1]) for at in left])


def expected(people: list[UUID], links: list[tuple[UUID, UUID]]) -> set[frozenset[UUID]]:
    found = {person: {person} for person in people}
    for one, other in links:
        joined = found[one] | found[other]
        for person in joined:
            found[person] = joined
    return {frozenset(group) for group in found.values()}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_linked_and_undone_the_links_alone_say_who_is_one(council: Council, seed):
    random, people = Random(seed), chain(council, 7)
    with council.work(Role.SUPERVISOR):
        for _ in range(25):
            one, other = random.sample(people, 2)
            try:
                pair = link_people(one, other, "x")
            except PairRefused:  # two of them were said to be two
                continue
            with suppress(PairRefused):  # one person by way of others
                decide_pair(pair.id, random.choice(list(PairStatus)), version=pair.version)  # fmt: skip
            rows = db.session.scalars(select(PersonPair).where(PersonPair.status == PairStatus.LINKED))  # fmt: skip
            links = [(row.person_id, row.other_id) for row in rows]
            assert groups(people) == expected(people, links)
            apart = db.session.scalars(select(PersonPair).where(PersonPair.status == PairStatus.APART))  # fmt: skip
            assert not any({row.person_id, row.other_id} <= group for row in apart for group in groups(people))  # fmt: skip


def test_one_family_with_both_records_counts_the_person_once(
    council: Council, other_council: Council
):
    plain, world = build_world(other_council), build_world(council)
    with other_council.work(Role.SUPERVISOR):
        load = db.session.scalars(select(Load)).first()
        db.session.add(Event(person_id=by_reference("S1").id, signal="police.asb", happened_on=TODAY - timedelta(days=9), load_id=load.id, recorded_at=load.asked_at))  # fmt: skip
    other = double(council)

    with council.work(Role.SUPERVISOR):
        db.session.add(Membership(family_id=world.families["STUCK"], person_id=other, resident=True, joined_on=BEGAN))  # fmt: skip
        link_people(other, by_reference("S1").id, "x")

    assert standing(council, world) == standing(other_council, plain)
    council.browser(Role.WORKER).get(f"/families/{world.families['STUCK']}")


def test_two_who_decide_at_once_lose_nothing(council: Council):
    build_world(council)
    double(council)
    with council.work(Role.SUPERVISOR):
        find_pairs()
        pair = db.session.scalars(select(PersonPair)).one()
        decide_pair(pair.id, PairStatus.LINKED, version=1)
        with pytest.raises(PairRefused):
            decide_pair(pair.id, PairStatus.APART, version=1)


def test_pairs_are_found_and_decided_on_their_page(council: Council):
    build_world(council)
    double(council)
    browser = council.browser(Role.SUPERVISOR)

    browser.post("/evidence/matches/find")
    do_jobs(council)
    assert "Lena Lee and Lena Lee" in browser.get("/evidence/matches").text
    with council.work():
        pair = db.session.scalars(select(PersonPair.id)).one()
    browser.post(f"/evidence/matches/{pair}/link", {"version": "1"})
    assert "one person" in browser.get("/evidence/matches").text
    browser.post(f"/evidence/matches/{pair}/undo", {"version": "2"})

    with council.work():
        assert db.session.scalars(select(PersonPair)).one().status is PairStatus.OPEN
    assert "1 pair waits" in browser.get("/evidence").text


def test_matches_are_refused_without_the_permission_and_elsewhere(council: Council, other_council: Council):  # fmt: skip
    build_world(other_council)
    double(other_council)
    with other_council.work(Role.SUPERVISOR):
        find_pairs()
        theirs = db.session.scalars(select(PersonPair.id)).one()

    council.browser(Role.WORKER).get("/evidence/matches", status=403)
    council.browser(Role.SUPERVISOR).post(f"/evidence/matches/{theirs}/link", {"version": "1"}, status=404)  # fmt: skip
    council.browser(Role.SUPERVISOR).post(f"/evidence/matches/{uuid4()}/nonsense", status=404)


LENA = {"given_name": "Lena", "family_name": "Lee", "resident": "yes"} | boxes("date_of_birth", date(1985, 1, 1)) | boxes("joined_on", BEGAN)  # fmt: skip


def test_whoever_enters_a_person_is_shown_those_on_record(council: Council):
    world = build_world(council)
    browser, path = council.browser(Role.WORKER), f"/families/{world.families['NEW']}/people/new"

    page = browser.post(path, LENA, status=409).text

    assert "Somebody on record may be the same person" in page
    assert "Lee family" in page or "STUCK" in page
    assert 'value="Lena"' in page, "nothing written is lost"
    with council.work():
        assert len(db.session.scalars(select(Person).where(Person.given_name == "Lena")).all()) == 1


def test_somebody_on_record_becomes_a_member_instead(council: Council):
    world = build_world(council)
    with council.work():
        lena = by_reference("S1").id
    browser, path = council.browser(Role.WORKER), f"/families/{world.families['NEW']}/people/new"

    browser.post(path, LENA | {"use": str(lena)})

    with council.work():
        held = set(db.session.scalars(select(Membership.family_id).where(Membership.person_id == lena)))  # fmt: skip
    assert held == {world.families["STUCK"], world.families["NEW"]}
    again = browser.post(path, LENA | {"use": str(lena)}, status=400)
    assert "in this family already" in errors_on(again.text)[0]


def test_a_new_person_all_the_same_is_one_more_press(council: Council):
    world = build_world(council)

    council.browser(Role.WORKER).post(f"/families/{world.families['NEW']}/people/new", LENA | {"seen": "yes"})  # fmt: skip

    with council.work():
        assert len(db.session.scalars(select(Person).where(Person.given_name == "Lena")).all()) == 2
