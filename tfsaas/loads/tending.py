"""What nobody asks for but must be done: keys that are missing, files that everybody forgot."""

from datetime import timedelta

from sqlalchemy import select, update

from tfsaas import clock
from tfsaas.db import db
from tfsaas.evidence.models import Load
from tfsaas.families.keys import has_missing
from tfsaas.jobs.actions import ask_for
from tfsaas.jobs.queries import find_open_job
from tfsaas.loads.actions import JOBS, set_aside
from tfsaas.loads.forgetting import forget_strangers
from tfsaas.loads.models import OVER, Delivery, Step
from tfsaas.tenants.scope import current_tenant

INDEX_PEOPLE = "index-people"
PATIENCE = timedelta(days=28)
GAVE_UP = "nobody went on with it for 28 days"


def tend() -> None:
    """Look after one council's files and keys; called every minute. A file that a job is to work on is left to it."""
    if has_missing() and not find_open_job(INDEX_PEOPLE, current_tenant()):
        ask_for(INDEX_PEOPLE, current_tenant())
    query = (
        select(Delivery)
        .join(Load, (Load.tenant_id == Delivery.tenant_id) & (Load.id == Delivery.load_id))
        .where(
            Delivery.step.not_in((*OVER, Step.UNDOING)),
            Load.asked_at < clock.now() - PATIENCE,
        )
        .with_for_update(skip_locked=True, of=Delivery)
    )
    forget_strangers()
    for delivery in db.session.scalars(query):
        if delivery.step in JOBS and find_open_job(JOBS[delivery.step], delivery.id):
            continue
        if delivery.step is Step.STORING:  # its job failed, again and again, and nobody minded
            delivery.step, delivery.approved_at, delivery.approved_by_id = Step.READY, None, None
            db.session.flush()
        set_aside(delivery, GAVE_UP, version=delivery.version)
    _forget_faults()


def _forget_faults() -> None:
    """Faults quote what stood in a file that is long gone."""
    over = select(Load.id).where(Load.ended_at < clock.now() - PATIENCE)
    held = (Delivery.step == Step.REFUSED) & (Delivery.faults != [])
    db.session.execute(
        update(Delivery).where(held, Delivery.load_id.in_(over)).values(faults=[], warnings=[])
    )
