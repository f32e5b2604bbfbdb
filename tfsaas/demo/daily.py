"""The invented council's days: contacts, tasks, colleagues elsewhere, a hidden address, support that ended, and what came back."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from uuid import UUID, uuid4

from sqlalchemy import Select, insert, select, update

from tfsaas import clock
from tfsaas.accounts.actions import set_phone
from tfsaas.audit.models import Reading
from tfsaas.cases.endings import Told as Ended
from tfsaas.cases.endings import answer_alert, end_support, list_alerts
from tfsaas.cases.models import HowEnded
from tfsaas.cases.watching import watch
from tfsaas.db import db
from tfsaas.demo.setting_up import Person as Mailboxes
from tfsaas.evidence.actions import Statement, record_fact
from tfsaas.families.actions import relate
from tfsaas.families.allocating import lead
from tfsaas.families.involved import Sees
from tfsaas.families.involving import Colleague, involve
from tfsaas.families.models import Allocation, Episode, RelationshipKind
from tfsaas.families.protecting import HiddenAddress, protect_address
from tfsaas.families.queries import Member, list_members, list_present
from tfsaas.family_plans.models import FamilyPlan
from tfsaas.recording.contacts import Told, record_contact
from tfsaas.recording.models import How, Part
from tfsaas.recording.tasks import add_task
from tfsaas.rules.plan import SignalKind
from tfsaas.tenants.scope import act_as, current_tenant

DAY = timedelta(days=1)
SINCE = timedelta(days=75)
ADULT = 18
SCHOOL = "Hill School"
NOTES = (
    (How.HOME, "Breakfast before school has worked on four mornings of five. We agreed to keep the chart on the fridge. Next: the bedtime plan, on Thursday.", "“I like it when the bus is quiet.” (the youngest)"),
    (How.TELEPHONE, "Rang about the appointment at the clinic. It was moved to next week; I wrote it on their calendar with them.", ""),
    (How.ELSEWHERE, "Met at the family hub. Talked about the letter from the landlord, and who can come along to the meeting.", ""),
    (How.PROFESSIONAL, "Spoke with the head of year. Attendance is better this half-term; maths is hard. School offers a place in the homework club.", ""),
    (How.NO_REPLY, "Nobody at home at the agreed time. Left a card.", ""),
)  # fmt: skip
SENSITIVE = "Told me, alone, that she is afraid when he comes to the door. Safety plan gone through; she keeps it at her sister’s."


def live_days(mailboxes: Mailboxes, today: date) -> None:
    """What two workers recorded lately, and what waits for them this morning."""
    random = Random("daily")
    worker, other = mailboxes("worker"), mailboxes("worker2")
    for number, mailbox in enumerate(("worker", "worker2", "supervisor")):
        set_phone(mailboxes(mailbox), f"01632 96004{number}")
    led = {user: _led(user) for user in (worker, other)}
    for user, families in led.items():
        _be_used_to(user)
        act_as(user)
        for place, family_id in enumerate(families[:-2]):
            _visit(random, family_id, today, place)
    act_as(worker)
    _this_morning(led[worker], worker, mailboxes("partner"), today)
    _afterwards(led[other], today)
    _well_since(_led(mailboxes("supervisor"))[:15], today)


def _led(user_id: UUID) -> list[UUID]:
    query = select(Episode.family_id).where(
        Episode.lead_worker_id == user_id,
        Episode.closed_on.is_(None),
        Episode.baseline_on.is_not(None),
    )
    return list(db.session.scalars(query.order_by(Episode.baseline_on, Episode.id)))


def _planned(user_id: UUID) -> Select[tuple[UUID]]:
    """The families with a plan that somebody leads."""
    mine = select(Episode.family_id).where(Episode.lead_worker_id == user_id)
    return select(FamilyPlan.family_id).where(FamilyPlan.family_id.in_(mine))


def _unled() -> Select[tuple[Episode]]:
    """A family whose support has begun and that nobody leads."""
    query = select(Episode).where(Episode.lead_worker_id.is_(None), Episode.closed_on.is_(None))
    begun = query.where(Episode.baseline_on.is_not(None))
    return begun.order_by(Episode.baseline_on.desc(), Episode.id).limit(1)


def _be_used_to(user_id: UUID) -> None:
    """Let somebody have led their families for a while, and looked at them since: all but the last two."""
    query = select(Episode.family_id).where(Episode.lead_worker_id == user_id)
    families = db.session.scalars(query.order_by(Episode.baseline_on, Episode.id)).all()[:-2]
    db.session.execute(
        update(Allocation)
        .where(Allocation.family_id.in_(families), Allocation.until_at.is_(None))
        .values(from_at=clock.now() - SINCE)
        .execution_options(synchronize_session=False)
    )
    seen = {
        "tenant_id": current_tenant(), "user_id": user_id, "session_id": uuid4(), "address": "127.0.0.1",
        "what": "family", "route": "cases.family", "subject_id": None, "refused": False,
    }  # fmt: skip
    looked = [seen | {"id": uuid4(), "family_id": family_id, "at": clock.now()} for family_id in families]  # fmt: skip
    db.session.execute(insert(Reading), looked)


def _visit(random: Random, family_id: UUID, today: date, place: int) -> None:
    """How people are related, and the last contacts."""
    members = list_present(family_id)
    adults = [m for m in members if (m.age(today) or 0) >= ADULT]
    children = [m for m in members if m not in adults]
    _relate(adults, children)
    for weeks in range(6, 0, -1):
        how, note, words = NOTES[(place + weeks) % len(NOTES)]
        here = how in (How.HOME, How.ELSEWHERE)
        people = {m.person.id: Part.SEEN if here else Part.ABOUT for m in (*children[:2], *adults[:1])}  # fmt: skip
        on = today - timedelta(days=weeks * 7 - random.randrange(4))
        record_contact(family_id, uuid4(), Told(on, how, note, words, "", people))


def _relate(adults: Sequence[Member], children: Sequence[Member]) -> None:
    if len(adults) > 1:
        relate(adults[0].person.id, RelationshipKind.PARTNER, adults[1].person.id)
    for adult in adults[:2]:
        for child in children:
            relate(adult.person.id, RelationshipKind.PARENT, child.person.id)


def _this_morning(families: Sequence[UUID], worker: UUID, partner: UUID, today: date) -> None:
    first, second, third = families[:3]
    add_task(uuid4(), first, "Ask the school for the autumn report", worker, today)
    add_task(uuid4(), second, "Send the landlord’s letter to the advice service", worker, today + 3 * DAY)  # fmt: skip
    add_task(uuid4(), None, "Book the room for the drop-in", worker, today + 5 * DAY)
    grown = [m for m in list_members(third) if (m.age(today) or 0) >= ADULT]
    told = Told(today - DAY, How.HOME, "Long talk in the kitchen while the children were at school.", "", SENSITIVE, {grown[0].person.id: Part.ALONE})  # fmt: skip
    record_contact(third, uuid4(), told)
    protect_address(grown[0].person, HiddenAddress("3 Willow Court, Westmouth", "ZZ99 3WZ"))
    school = Colleague(partner, "Ira Bell", SCHOOL, "head of year", "01632 960123", Sees.PLAN)
    for family_id in {first, *db.session.scalars(_planned(worker))}:
        involve(family_id, school, today - 40 * DAY)
    lead(db.session.scalars(_unled()).one(), partner, reason="The school knows them best")
    nurse = Colleague(None, "Nurse Okafor", "Community health", "school nurse", "01632 960124", Sees.INVOLVED)  # fmt: skip
    involve(first, nurse, today - 90 * DAY)


def _well_since(families: Sequence[UUID], today: date) -> None:
    """More support that ended, so that the year's figures are large enough to be published."""
    for number, family_id in enumerate(families):
        how = HowEnded.PARTLY if number % 3 == 2 else HowEnded.MET
        told = Ended(how, today - (20 + 7 * number) * DAY, "Reviewed with the family: the plan is done.", "They know where to ring.", "", "They did not want to say more", "")  # fmt: skip
        end_support(family_id, told)


def _afterwards(families: Sequence[UUID], today: date) -> None:
    """Support that ended: one family keeps well, one has relapsed, of one something new waits to be looked at."""
    told = "Everybody is at school or at work, and the rent is paid. They know where to ring."
    ended = [
        end_support(
            family_id,
            Ended(how, today - days * DAY, "Reviewed with the family: the plan is done.", told, "“We can do it on our own now.”", "", ""),
        )
        for family_id, how, days in zip(families[3:6], (HowEnded.MET, HowEnded.MET, HowEnded.PARTLY), (120, 90, 45), strict=True)
    ]  # fmt: skip
    for ending, days in zip(ended[1:], (30, 6), strict=True):
        child = min(list_members(ending.family_id), key=lambda m: m.age(today) or ADULT)
        said = Statement(signal="police.asb", kind=SignalKind.EVENT, person_id=child.person.id, on=today - days * DAY, until=None)  # fmt: skip
        record_fact(ending.family_id, said)
    db.session.flush()
    watch()
    for alert in list_alerts(ended[1].family_id):
        answer_alert(alert, "Rang the mother and the school; opened a new referral.", is_relapse=True, seen="")  # fmt: skip
