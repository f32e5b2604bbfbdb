"""Saying who the people of a file are: what is decided is remembered for the partner's next file."""

from uuid import UUID

from sqlalchemy import select

from tfsaas import clock
from tfsaas.db import db
from tfsaas.jobs.actions import ask_for
from tfsaas.loads.actions import REHEARSE, DeliveryRefused, expect
from tfsaas.loads.answers import forget_answer, forget_reference, remember, told_of
from tfsaas.loads.keeping import unpack_people
from tfsaas.loads.match_queries import count_matches, get_match
from tfsaas.loads.models import Delivery, IncomingMatch, MatchStatus, Step
from tfsaas.loads.opening import open_checked
from tfsaas.loads.who import FilePerson
from tfsaas.tenants.scope import actor

MEANWHILE = "Somebody decided about these two meanwhile. Look again"
UNDECIDED = (Step.PEOPLE, Step.READY, Step.REHEARSING)  # nothing is approved yet


def decide_match(delivery: Delivery, match_id: UUID, *, same: bool) -> IncomingMatch:
    """Say whether somebody in the file is somebody here. Of several, only one can be.

    Raises:
        DeliveryRefused: the step is over, or somebody decided meanwhile.
    """
    expect(delivery, Step.PEOPLE)
    found = get_match(delivery.id, match_id)
    if found.status is not MatchStatus.REVIEW:
        raise DeliveryRefused(step=MEANWHILE)
    person = _person(delivery, found)
    if same:
        others = select(IncomingMatch).where(
            IncomingMatch.delivery_id == delivery.id, IncomingMatch.number == found.number
        )
        for other in db.session.scalars(others):
            _decide(other, MatchStatus.OTHER)
            remember(delivery, person, other.person_id, same=False)
    _decide(found, MatchStatus.SAME if same else MatchStatus.OTHER)
    remember(delivery, person, found.person_id, same=same)
    return found


def refuse_link(delivery: Delivery, match_id: UUID) -> None:
    """Say that somebody who was linked without a question is not this person, now and in later files.

    Raises:
        DeliveryRefused: the file is stored already, or the link was none of the service's own.
    """
    expect(delivery, *UNDECIDED)
    found = get_match(delivery.id, match_id)
    if found.status is not MatchStatus.LINKED:
        raise DeliveryRefused(step=MEANWHILE)
    _back_to_people(delivery)
    person = _person(delivery, found)
    found.told = told_of(person)
    remember(delivery, person, found.person_id, same=False)
    forget_reference(delivery, person, found.person_id)
    _decide(found, MatchStatus.OTHER)


def _back_to_people(delivery: Delivery) -> None:
    """What was rehearsed is not what would be stored any more."""
    if delivery.step is not Step.PEOPLE:
        delivery.step, delivery.effect = Step.PEOPLE, None


def _person(delivery: Delivery, found: IncomingMatch) -> FilePerson:
    """All that the file tells of a person; what was read is kept while people can be decided about."""
    if delivery.reading is None:
        return open_checked(delivery).people[found.number]
    return unpack_people(delivery.reading)[found.number]


def undo_match(delivery: Delivery, match_id: UUID) -> None:
    """Take a decision back: all pairs of that person in the file wait for somebody again.

    Raises:
        DeliveryRefused: the step is over.
    """
    expect(delivery, *UNDECIDED)
    found = get_match(delivery.id, match_id)
    _back_to_people(delivery)
    person = _person(delivery, found)
    pairs = select(IncomingMatch).where(
        IncomingMatch.delivery_id == delivery.id,
        IncomingMatch.number == found.number,
        IncomingMatch.decided_at.is_not(None),
    )
    for pair in db.session.scalars(pairs):
        forget_answer(delivery, person, pair.person_id)
        pair.status, pair.decided_at, pair.decided_by_id = MatchStatus.REVIEW, None, None
        pair.told = told_of(person)


def _decide(match: IncomingMatch, status: MatchStatus) -> None:
    match.status, match.decided_at, match.decided_by_id = status, clock.now(), actor()


def go_on(delivery: Delivery) -> None:
    """Once nobody waits for a decision, have the dry run worked out.

    Raises:
        DeliveryRefused: somebody still waits, or the step is over.
    """
    expect(delivery, Step.PEOPLE)
    db.session.flush()
    if count_matches(delivery.id)[MatchStatus.REVIEW]:
        raise DeliveryRefused(step="Decide about everybody first. Silence about them would count as evidence otherwise")  # fmt: skip
    delivery.step = Step.REHEARSING
    ask_for(REHEARSE, delivery.id)
