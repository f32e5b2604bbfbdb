"""Deliveries for tests: an agreement, a file brought, its jobs done for real, step by step."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import undefer

from tests.builders import Council
from tests.world import BEGAN, TODAY
from tfsaas.db import db
from tfsaas.jobs import worker
from tfsaas.jobs.models import Job
from tfsaas.loads.actions import Brought, approve, bring, say_columns
from tfsaas.loads.feeds import list_feeds
from tfsaas.loads.models import Delivery, SharingAgreement, Step
from tfsaas.loads.opening import signals_of
from tfsaas.loads.queries import get_delivery
from tfsaas.permissions import Role

DAY = timedelta(days=1)
HEAD = "First name,Last name,Date of birth,NHS number,From,To\n"
SAM = f"Sam,Okafor,{BEGAN - timedelta(days=900)},"
KAI = f"Kai,Lee,{BEGAN - timedelta(days=900)},"


def agree(council: Council, *, partner: str = "Children’s services", **changes: object) -> UUID:
    """An agreement in date for every feed."""
    told: dict[str, object] = {
        "partner": partner, "feeds": [feed.code for feed in list_feeds()], "finds_families": True, "purpose": "Public task", "starts_on": date(2015, 1, 1),
        "ends_on": None, "review_on": TODAY + 90 * DAY, "contact_name": "Ira Bell", "contact_email": "ira@partner.example",
    }  # fmt: skip
    with council.work(Role.ADMINISTRATOR):
        agreement = SharingAgreement(**(told | changes))
        db.session.add(agreement)
        db.session.flush()
        return agreement.id


def brought(
    content: str | bytes,
    *,
    feed: str = "early-help",
    first: date = BEGAN,
    last: date = TODAY,
    covers: Sequence[str] | None = None,
    finds: bool = False,
) -> Brought:
    """A file complete for all its signals; call within a unit of work."""
    body = content.encode() if isinstance(content, str) else content
    signals = list(signals_of(feed)) if covers is None else list(covers)
    return Brought(feed, "file.csv", body, first, last, signals, finds)


def do_jobs(council: Council) -> None:
    """Do every job of the council that is open, and those they ask for."""
    while True:
        with council.work():
            query = select(Job.id).where(Job.finished_at.is_(None), Job.failed_at.is_(None))
            waiting = list(db.session.scalars(query.order_by(Job.asked_at)))
        if not waiting:
            return
        with council.app.app_context():
            for job_id in waiting:
                worker.run(str(council.tenant_id), str(job_id))


def bring_in(council: Council, agreement_id: UUID, content: str | bytes, **told: object) -> UUID:
    """A file taken as far as it goes without a person; its columns are accepted as guessed."""
    with council.work(Role.SUPERVISOR):
        agreement = db.session.scalars(
            select(SharingAgreement).where(SharingAgreement.id == agreement_id)
        ).one()
        delivery_id = bring(agreement, brought(content, **told)).id
    do_jobs(council)
    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(delivery_id)
        if delivery.step is Step.COLUMNS:
            say_columns(delivery, delivery.mapping, version=delivery.version)
    do_jobs(council)
    return delivery_id


def store(council: Council, agreement_id: UUID, content: str | bytes, **told: object) -> UUID:
    """A file taken through every step."""
    delivery_id = bring_in(council, agreement_id, content, **told)
    with council.work(Role.SUPERVISOR):
        delivery = get_delivery(delivery_id)
        assert delivery.step is Step.READY, (delivery.step, delivery.faults)
        approve(delivery, version=delivery.version)
    do_jobs(council)
    return delivery_id


def look(council: Council, delivery_id: UUID) -> Delivery:
    """A delivery as it is now, to be read outside the unit of work."""
    with council.work():
        query = select(Delivery).where(Delivery.id == delivery_id).options(undefer("*"))
        found = db.session.scalars(query).one()
        db.session.expunge(found)
    return found
