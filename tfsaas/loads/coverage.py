"""What each feed covers, month by month; what a gap leaves at “cannot tell”; and whom to chase."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select

from tfsaas.db import db
from tfsaas.evidence.models import Coverage
from tfsaas.evidence.queries import believed
from tfsaas.evidence.silence import Days, join_days
from tfsaas.families.models import Membership, Person
from tfsaas.loads.feeds import list_feeds
from tfsaas.loads.left_open import count_cannot_tell, list_whole, signals_of_measure
from tfsaas.loads.models import Delivery, SharingAgreement, Step
from tfsaas.loads.queries import list_in_force
from tfsaas.rules.plan import Plan, Signal, SignalKind
from tfsaas.rules.wording import name_measure
from tfsaas.tenants.models import PlanVersion
from tfsaas.tenants.plans import plan_of

MONTHS = 18
OF_FEEDS = {SignalKind.EVENT, SignalKind.PERIOD, SignalKind.SPELL}


@dataclass(frozen=True, slots=True)
class MonthCell:
    """A month of a feed. `share`: of its days up to today that are covered, 0 to 1."""

    first: date
    share: float

    @property
    def state(self) -> str:
        """In a word."""
        return "covered" if self.share == 1 else "in part" if self.share else "not covered"


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A signal, its months, how far it reaches (None: never covered), what hangs on it and whom to ask.

    `families`: those without a confirmed result for whom some test that asks this signal cannot tell. `unheard`: people in
    families who came on record after the last file that covers it.
    """

    signal: str
    title: str
    months: Sequence[MonthCell]
    covered_to: date | None
    measures: Sequence[str]
    families: int
    unheard: int
    chase: Sequence[SharingAgreement]


def show_coverage(
    programme_id: UUID, versions: Sequence[PlanVersion], in_force: PlanVersion, on: date
) -> list[FeedRow]:
    """Every signal that feeds bring, of the plan in force and of older versions by which a family still waits for it.

    The one that reaches least far comes first.
    """
    stretches = list_stretches()
    counts = count_cannot_tell(programme_id, versions, list_whole(stretches, list_months(on)[0]))
    chase = _whom_to_chase(on)
    unheard = _count_unheard()
    rows = []
    for signal, plan in _list_asked(plan_of(in_force), versions, counts):
        held = stretches.get(signal.code, [])
        rows.append(
            FeedRow(
                signal.code, signal.title, [_month(first, held, on) for first in list_months(on)],
                max((last for _, last in held), default=None), _measures(plan, signal.code),
                counts.get(signal.code, 0), unheard.get(signal.code, 0), chase.get(signal.code, []),
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: (row.covered_to or date.min, -row.families, row.title))


def _list_asked(
    plan: Plan, versions: Sequence[PlanVersion], counts: Mapping[str, int]
) -> Iterator[tuple[Signal, Plan]]:
    """The signals of feeds, each with the plan that asks for it."""
    seen: set[str] = set()
    for each in (plan, *map(plan_of, versions)):
        for signal in each.signals.values():
            asked = each is plan or counts.get(signal.code)
            if signal.kind in OF_FEEDS and asked and signal.code not in seen:
                seen.add(signal.code)
                yield signal, each


def list_months(on: date) -> list[date]:
    """The first days of the last months, this one last."""
    found = [on.replace(day=1)]
    while len(found) < MONTHS:
        found.insert(0, (found[0] - timedelta(days=1)).replace(day=1))
    return found


def list_stretches() -> dict[str, list[Days]]:
    """By signal the stretches of days that files cover, both ends included."""
    rows = db.session.execute(
        select(Coverage.signal, Coverage.from_on, Coverage.to_on).where(believed(Coverage))
    )
    found: dict[str, list[Days]] = {}
    for signal, first, last in rows:
        found.setdefault(signal, []).append((first, last))
    return {signal: join_days(held) for signal, held in found.items()}


def _count_unheard() -> dict[str, int]:
    """By signal how many people in families no file has spoken of, although files cover it."""
    newest = (
        select(Coverage.signal, func.max(Coverage.recorded_at).label("at"))
        .where(believed(Coverage))
        .group_by(Coverage.signal)
        .subquery()
    )
    member = exists().where(Membership.tenant_id == Person.tenant_id, Membership.person_id == Person.id, Membership.left_on.is_(None))  # fmt: skip
    rows = db.session.execute(
        select(newest.c.signal, func.count())
        .join(Person, Person.recorded_at > newest.c.at)
        .where(member, Person.same_as_id.is_(None))
        .group_by(newest.c.signal)
    )
    return dict(rows.tuples().all())


def _month(first: date, held: Sequence[Days], on: date) -> MonthCell:
    last = min((first + timedelta(days=31)).replace(day=1) - timedelta(days=1), on)
    days = (last - first).days + 1
    covered = sum(max((min(end, last) - max(start, first)).days + 1, 0) for start, end in held)
    return MonthCell(first, covered / days)


def _measures(plan: Plan, signal: str) -> list[str]:
    measures = [*plan.indicators, *plan.outcomes, *plan.always]
    return [name_measure(m.code, m.title) for m in measures if signal in signals_of_measure(m)]


def _whom_to_chase(on: date) -> dict[str, list[SharingAgreement]]:
    """By signal the agreements in date under which it comes: those under which it came before, or else those that name its feed."""
    agreements = {row.id: row for row in list_in_force(on)}
    came = db.session.execute(
        select(Delivery.sharing_agreement_id, Delivery.feed)
        .where(Delivery.step == Step.STORED)
        .distinct()
    )
    sent = {(agreement, feed) for agreement, feed in came if agreement in agreements}
    found: dict[str, list[SharingAgreement]] = {}
    for feed in list_feeds():
        named = [row for row in agreements.values() if feed.code in row.feeds]
        before = [row for row in named if (row.id, feed.code) in sent]
        for signal in feed.signals:
            held = found.setdefault(signal, [])
            held += [row for row in before or named if row not in held]
    return found
