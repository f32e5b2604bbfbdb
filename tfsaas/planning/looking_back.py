"""The time machine: the whole council as at a past day, by any version, by what is or was known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from tfsaas import clock
from tfsaas.db import NotFound, db
from tfsaas.evidence.queries import summarise_loads
from tfsaas.jobs.actions import ask_for
from tfsaas.jobs.models import Job
from tfsaas.outcomes.facts import read_batches, read_tables
from tfsaas.outcomes.figures import count_figures
from tfsaas.outcomes.queries import list_confirmed
from tfsaas.planning.models import Knowledge, LookBack
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import Evaluated, evaluate
from tfsaas.tenants.plans import plan_of
from tfsaas.tenants.queries import get_plan_version, get_programme
from tfsaas.tenants.scope import actor

LOOK_BACK = "look-back"
STEPS = 3
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Moment:
    """What is asked: a day, a version (None: each family's own), and which facts."""

    as_at: date
    version_id: UUID | None
    knowledge: Knowledge

    @property
    def known_at(self) -> datetime | None:
        """Facts recorded after this moment are not used; None: all that is believed now."""
        return clock.end_of(self.as_at) if self.knowledge is Knowledge.THEN else None


def ask_to_look_back(moment: Moment) -> tuple[LookBack, Job]:
    """Have a past day worked out by a job."""
    known_at = moment.known_at or clock.now()
    row = LookBack(
        id=uuid4(),
        programme_id=get_programme().id,
        as_at=moment.as_at,
        plan_version_id=moment.version_id,
        knowledge=moment.knowledge,
        known_at=known_at,
        loads=summarise_loads(known_at)[0],
        asked_at=clock.now(),
        asked_by_id=actor(),
    )
    db.session.add(row)
    db.session.flush()
    return row, ask_for(LOOK_BACK, row.id)


def get_look_back(look_back_id: UUID) -> LookBack:
    """One look back of this council.

    Raises:
        NotFound: there is none with that id here.
    """
    row = db.session.scalar(select(LookBack).where(LookBack.id == look_back_id))
    if row is None:
        raise NotFound("no such look back")
    return row


def list_look_backs(programme_id: UUID) -> Sequence[LookBack]:
    """The latest looks back, the newest first."""
    return db.session.scalars(
        select(LookBack)
        .where(LookBack.programme_id == programme_id)
        .order_by(LookBack.asked_at.desc())
        .limit(MOST_SHOWN)
    ).all()


def look_back(row: LookBack, tell: Callable[[int, int], None]) -> None:
    """Work a past day out and keep its figures. Nothing else is changed."""
    known_at = row.known_at if row.knowledge is Knowledge.THEN else None
    tell(1, STEPS)
    evaluated = list(_evaluated(row, known_at))
    tell(2, STEPS)
    confirmed = {str(family_id) for family_id in list_confirmed(row.programme_id, row.as_at)}
    row.figures = dict(count_figures(evaluated, confirmed))
    tell(STEPS, STEPS)


def _evaluated(row: LookBack, known_at: datetime | None) -> Sequence[Evaluated]:
    if row.plan_version_id is not None:
        plan = plan_of(get_plan_version(row.plan_version_id))
        facts = assemble(read_tables(row.programme_id, known_at=known_at))
        return [evaluate(plan, facts, row.as_at)]
    batches = read_batches(row.programme_id, row.as_at, known_at=known_at)
    return [evaluate(batch.plan, assemble(batch.tables), row.as_at) for batch in batches]
