"""The watch: what is new about people whose support has ended, told to whoever led; and what of it were relapses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Row, case, exists, func, or_, select, text

from tfsaas import clock
from tfsaas.audit.trail import record_act
from tfsaas.cases.models import Ending, HowEnded, WatchAlert
from tfsaas.db import db
from tfsaas.families.models import Episode
from tfsaas.mail.actions import write_letter
from tfsaas.mail.sending import address_of_council
from tfsaas.rules.plan import Comparison, Count, HasSpell, Plan, singles
from tfsaas.tenants.models import IN_FORCE, PlanVersion
from tfsaas.tenants.plans import plan_of
from tfsaas.tenants.scope import current_tenant, lock

EVERY_MINUTES = 10
LATE = timedelta(days=120)  # how long after the watch files may still come about its days
LETTER = """Something new is known about a family whose support you led.

Look at it on My work: {address}/my-work

This message says nothing else. Nobody reads answers to it.
"""
PEOPLE = """
from ending e join episode p on p.tenant_id = e.tenant_id and p.id = e.episode_id
join membership m on m.tenant_id = e.tenant_id and m.family_id = e.family_id and (m.left_on is null or m.left_on > e.ended_on)
join person own on own.tenant_id = m.tenant_id and own.id = m.person_id
join person r on r.tenant_id = own.tenant_id
  and (r.id = coalesce(own.same_as_id, own.id) or r.same_as_id = coalesce(own.same_as_id, own.id))
"""
WATCHED = """
where e.watched_until >= :since and not exists (select from episode o where o.tenant_id = e.tenant_id
  and o.family_id = e.family_id and o.closed_on is null)
"""
INTO = """
insert into watch_alert (tenant_id, id, ending_id, family_id, person_id, subject_id, signal, happened_on, found_at, answer, version)
select e.tenant_id, gen_random_uuid(), e.id, e.family_id, own.id, f.id, {signal}, {day}, :now, '', 1
"""
FACTS = """
join {table} f on f.tenant_id = r.tenant_id and f.person_id = r.id and f.signal = any(:signals)
  and f.withdrawn_at is null and f.{day} > e.ended_on and f.{day} <= e.watched_until
"""
RECEIVED = "timezone('Europe/London', f.received_at)::date"
REFERRALS = f"""
join referral_person n on n.tenant_id = r.tenant_id and n.person_id = r.id
join referral f on f.tenant_id = n.tenant_id and f.id = n.referral_id
  and {RECEIVED} > e.ended_on and {RECEIVED} <= e.watched_until
"""
ENDS = " on conflict do nothing returning ending_id"
# what was found and is no longer believed, by anybody, on that day needs no answer
WITHDRAWN = """
update watch_alert a set is_relapse = false, answered_at = :now, answer = 'Its record was withdrawn before anybody looked'
where a.is_relapse is null and a.signal <> '' and not exists (
  select from event f where f.tenant_id = a.tenant_id and f.id = a.subject_id and f.withdrawn_at is null)
and not exists (select from spell f where f.tenant_id = a.tenant_id and f.id = a.subject_id and f.withdrawn_at is null)
"""


def watch_now_and_then() -> None:
    """The watch for the scheduler, which calls every minute: every tenth is soon enough."""
    if clock.now().minute % EVERY_MINUTES == 0:
        watch()


def watch() -> None:
    """Find what is new about families that are watched, and tell whoever led."""
    if not db.session.scalar(select(exists().where(Ending.watched_until >= clock.today() - LATE))):
        return
    lock("watch")
    db.session.execute(text(WITHDRAWN), {"now": clock.now()})
    found: list[UUID] = []
    for statement, told in _statements():
        since = {"since": clock.today() - LATE, "now": clock.now()}
        found += db.session.scalars(text(statement), since | told)
    if found:
        record_act("watch", "council", current_tenant(), {"alerts": len(found)})
        _tell(set(found))


def _statements() -> Iterator[tuple[str, dict[str, object]]]:
    signals = {signal for version in _versions() for signal in _problems(plan_of(version))}
    for table, day in (("event", "happened_on"), ("spell", "from_on")):
        head = INTO.format(signal="f.signal", day=f"f.{day}") + PEOPLE
        yield (
            head + FACTS.format(table=table, day=day) + WATCHED + ENDS,
            {"signals": sorted(signals)},
        )
    yield INTO.format(signal="''", day=RECEIVED) + PEOPLE + REFERRALS + WATCHED + ENDS, {}


def _versions() -> Sequence[PlanVersion]:
    """The plan versions by which the families that are watched were judged, and every published one of the programmes now."""
    pinned = select(Episode.plan_version_id).join(Ending, Ending.episode_id == Episode.id)
    query = select(PlanVersion).where(or_(PlanVersion.id.in_(pinned), PlanVersion.status.in_(IN_FORCE)))  # fmt: skip
    return db.session.scalars(query).all()


def _problems(plan: Plan) -> set[str]:
    """The signals that tell of a problem by being there: those that an indicator counts, and states that it asks for."""
    return {
        test.signal
        for measure in plan.indicators
        for test in singles(measure.test)
        if (isinstance(test, Count) and test.comparison is Comparison.AT_LEAST)
        or isinstance(test, HasSpell)
    }


def _tell(ending_ids: set[UUID]) -> None:
    """One letter a day to each who led, however much is new."""
    query = select(Ending.led_by_id).where(Ending.id.in_(ending_ids), Ending.led_by_id.is_not(None))
    for user_id in set(db.session.scalars(query)):
        told = LETTER.format(address=address_of_council())
        key = f"watch {clock.today()} {user_id}"
        write_letter(key, "Something new about a family you led", told, user_id=user_id)


@dataclass(frozen=True, slots=True)
class AfterEnding:
    """What became of families whose support has ended, by a day. `relapsed`: a relapse was seen within the watch."""

    ended: int
    watched: int
    over: int
    relapsed: int
    not_looked_at: int
    by_how: dict[HowEnded, int]


def count_after_ending(programme_id: UUID, on: date) -> AfterEnding:
    """Endings of a programme by a day, and the relapses among them that had happened by then."""
    relapse = exists().where(
        WatchAlert.ending_id == Ending.id,
        WatchAlert.is_relapse.is_(True),
        WatchAlert.happened_on <= on,
    )
    waits = exists().where(
        WatchAlert.ending_id == Ending.id,
        WatchAlert.is_relapse.is_(None),
        WatchAlert.happened_on <= on,
    )
    rows: list[Row[tuple[HowEnded, int, int, int, int, int]]] = list(
        db.session.execute(
            select(
                Ending.how, func.count(), func.count().filter(Ending.watched_until >= on),
                func.count().filter(Ending.watched_until < on),
                func.sum(case((relapse, 1), else_=0)), func.sum(case((waits, 1), else_=0)),
            )
            .join(Episode, Episode.id == Ending.episode_id)
            .where(Episode.programme_id == programme_id, Ending.ended_on <= on)
            .group_by(Ending.how)
        )
    )  # fmt: skip
    ended, watched, over, relapsed, waiting = (
        sum(int(row[at]) for row in rows) for at in range(1, 6)
    )
    return AfterEnding(ended, watched, over, relapsed, waiting, {row[0]: row[1] for row in rows})
