"""What nobody asks for but must be done: keys that are missing, files that everybody forgot."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import defer

from tfsaas import clock
from tfsaas.db import db
from tfsaas.evidence.models import Load
from tfsaas.families.keys import has_missing
from tfsaas.jobs.actions import ask_for
from tfsaas.jobs.queries import find_open_job
from tfsaas.loads.actions import set_aside
from tfsaas.loads.forgetting import forget_strangers
from tfsaas.loads.models import WAITS, Delivery
from tfsaas.tenants.scope import current_tenant

INDEX_PEOPLE = "index-people"
PATIENCE = timedelta(days=28)
GAVE_UP = "nobody went on with it for 28 days"


def tend() -> None:
    """Look after one council's files and keys; called every minute."""
    if has_missing() and not find_open_job(INDEX_PEOPLE, current_tenant()):
        ask_for(INDEX_PEOPLE, current_tenant())
    query = (
        select(Delivery)
        .join(Load, (Load.tenant_id == Delivery.tenant_id) & (Load.id == Delivery.load_id))
        .where(Delivery.step.in_(WAITS), Load.asked_at < clock.now() - PATIENCE)
        .options(defer(Delivery.content), defer(Delivery.reading))
        .with_for_update(skip_locked=True, of=Delivery)
    )
    forget_strangers()
    for delivery in db.session.scalars(query):
        set_aside(delivery, GAVE_UP, version=delivery.version)
