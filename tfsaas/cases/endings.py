"""Ending support: told with reason, outcome and the family's voice; watched afterwards; and opened again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import func, select, update

from tfsaas import clock
from tfsaas.cases.drift import is_unseen_child
from tfsaas.cases.models import Ending, HowEnded, WatchAlert
from tfsaas.db import NotFound, Refused, db
from tfsaas.families.actions import open_where_ended
from tfsaas.families.allocating import lead
from tfsaas.families.models import Allocation, Episode, Membership, Person
from tfsaas.families.queries import find_episode, name_of
from tfsaas.family_plans.models import PlanAction, State
from tfsaas.family_plans.queries import of_open_plan
from tfsaas.outcomes.queries import find_result, list_states
from tfsaas.tenants.council import get_review_cycle
from tfsaas.tenants.queries import get_programme
from tfsaas.tenants.scope import actor, lock
from tfsaas.words import many


class EndingRefused(Refused):
    """It cannot be so; `field` is what it is about, the text says what to do."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of an ending. `no_words`: why the family says nothing; "" where it does."""

    how: HowEnded
    ended_on: date
    reason: str
    outcome: str
    words: str
    no_words: str
    to: str


def end_support(family_id: UUID, told: Told) -> Ending:
    """End the family's open episode, and begin the watch for as long as the council set. Sent twice, it ends once.

    Raises:
        EndingRefused: nothing is open, or the day cannot be.
    """
    lock(f"episode of {family_id}")
    episode = find_episode(family_id, get_programme().id)
    if episode is None or (episode.closed_on and find_ending(episode.id) is None):
        raise EndingRefused("ended_on", "No support is open for this family")
    if known := find_ending(episode.id):
        if _told_of(known) == told:
            return known  # sent twice
        raise EndingRefused("outcome", "Somebody else has ended support since you opened this, and told it in their words. Record what only you know as a contact")  # fmt: skip
    if told.ended_on > clock.today():
        raise EndingRefused("ended_on", "The day must be today or in the past")
    if episode.baseline_on and told.ended_on < episode.baseline_on:
        raise EndingRefused("ended_on", "The day must not be before support began")
    episode.closed_on = told.ended_on
    _end_allocation(episode)
    ending = Ending(
        id=uuid4(), family_id=family_id, episode_id=episode.id, how=told.how, ended_on=told.ended_on,
        reason=told.reason, outcome=told.outcome, words=told.words, no_words=told.no_words, to=told.to,
        led_by_id=episode.lead_worker_id, watched_until=_watched_until(told.ended_on),
        recorded_at=clock.now(), by_id=actor(),
    )  # fmt: skip
    db.session.add(ending)
    db.session.flush()
    return ending


def _told_of(row: Ending) -> Told:
    return Told(row.how, row.ended_on, row.reason, row.outcome, row.words, row.no_words, row.to)


def _end_allocation(episode: Episode) -> None:
    db.session.execute(
        update(Allocation)
        .where(Allocation.episode_id == episode.id, Allocation.until_at.is_(None))
        .values(until_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _watched_until(on: date) -> date | None:
    """The last day of the watch that begins on a day; None where the council watches nobody."""
    months = get_review_cycle().watch_months
    if not months:
        return None
    whole = func.make_interval(0, months)
    until: date | None = db.session.scalar(select(func.date(on + whole)))
    return until


def find_ending(episode_id: UUID) -> Ending | None:
    """How an episode ended; None while it is open, or when it ended before that was told."""
    return db.session.scalar(select(Ending).where(Ending.episode_id == episode_id))


def list_endings(family_id: UUID) -> Sequence[Ending]:
    """How support of a family ended, the latest first."""
    query = select(Ending).where(Ending.family_id == family_id)
    return db.session.scalars(query.order_by(Ending.ended_on.desc())).all()


def open_again(family_id: UUID, lead_worker_id: UUID | None) -> Episode:
    """Begin a new episode of a family whose last one has ended; nothing happens when one is open.

    Whether support has begun, and by which plan it is judged, is decided anew.
    """
    lock(f"episode of {family_id}")
    found = open_where_ended(family_id)
    if found.lead_worker_id is None:
        lead(found, lead_worker_id)
    return found


def list_loose_ends(family_id: UUID) -> list[str]:
    """What is still open, a sentence each, for whoever is about to end support."""
    today, found = clock.today(), []
    count = db.session.scalar(
        select(func.count()).where(
            PlanAction.family_id == family_id, PlanAction.state == State.OPEN, of_open_plan()
        )
    )
    if count:
        found.append(f"{many(count, 'action')} of the plan {'is' if count == 1 else 'are'} open.")
    unseen = _list_unseen_children(family_id, today)
    if unseen:
        found.append(f"No contact says that these children were seen: {', '.join(unseen)}.")
    state = list_states(today, family_ids=[family_id]).get(family_id)
    if state is not None and state.result and find_result(family_id, get_programme().id) is None:
        found.append("A result can be confirmed, and has not been.")
    return found


def _list_unseen_children(family_id: UUID, on: date) -> list[str]:
    people = db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .join(Episode, Episode.family_id == Membership.family_id)
        .where(Membership.family_id == family_id, Episode.closed_on.is_(None), is_unseen_child(on))
        .order_by(Person.date_of_birth)
    )
    return [name_of(person) for person in people]


def answer_mark(alert: WatchAlert) -> str:
    """By which it is seen that somebody answered meanwhile."""
    return alert.answered_at.isoformat() if alert.answered_at else ""


def list_alerts(family_id: UUID) -> Sequence[WatchAlert]:
    """What was seen of a family after support ended, the latest first."""
    query = select(WatchAlert).where(WatchAlert.family_id == family_id)
    return db.session.scalars(query.order_by(WatchAlert.happened_on.desc(), WatchAlert.id)).all()


def get_alert(family_id: UUID, alert_id: UUID) -> WatchAlert:
    """One of them.

    Raises:
        NotFound: there is none with that id for this family.
    """
    query = select(WatchAlert).where(WatchAlert.id == alert_id, WatchAlert.family_id == family_id)
    found = db.session.scalar(query.with_for_update())
    if found is None:
        raise NotFound("no such alert")
    return found


def answer_alert(alert: WatchAlert, text: str, *, is_relapse: bool, seen: str) -> bool:
    """Say whether it is a relapse, and what is done; or say it anew. `seen`: `answer_mark` of what stood when the form was opened.

    False: somebody else has said it meanwhile, and otherwise; theirs stands.
    """
    if answer_mark(alert) != seen:
        return (alert.is_relapse, alert.answer) == (is_relapse, text)
    alert.is_relapse, alert.answer = is_relapse, text
    alert.answered_at, alert.answered_by_id = clock.now(), actor()
    return True
