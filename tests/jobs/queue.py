"""What tests of background work ask for and look at."""

from uuid import UUID, uuid4

from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import select, update

from tests.builders import Council
from tfsaas.db import db
from tfsaas.jobs import transport, worker
from tfsaas.jobs.actions import ask_for
from tfsaas.jobs.models import Job
from tfsaas.permissions import Role
from tfsaas.tenants.queries import list_tenants


def queue_of(app, council: Council) -> Queue:
    connection = app.extensions["tfsaas.redis"]
    return Queue(
        f"{transport.PREFIX}{council.tenant_id}", connection=connection, serializer=JSONSerializer
    )


def forget_others(app, council: Council | None = None) -> None:
    """Take what earlier tests left in the queues of other councils away, so that a worker need not do it all first."""
    with app.app_context():
        tenants = [tenant.id for tenant, _ in list_tenants()]
    for tenant_id in tenants:
        if council is None or tenant_id != council.tenant_id:
            name, connection = f"{transport.PREFIX}{tenant_id}", app.extensions["tfsaas.redis"]
            Queue(name, connection=connection, serializer=JSONSerializer).empty()


def ask(council: Council, kind: str) -> UUID:
    with council.work(Role.SUPERVISOR):
        return ask_for(kind, uuid4()).id


def job_row(council: Council, job_id: UUID) -> Job:
    with council.work():
        row = db.session.scalars(select(Job).where(Job.id == job_id)).one()
        db.session.expunge(row)
    return row


def run(app, council: Council, job_id: UUID) -> None:
    with app.app_context():
        worker.run(str(council.tenant_id), str(job_id))


def age(council: Council, job_id: UUID, **values: object) -> None:
    with council.work():
        db.session.execute(update(Job).where(Job.id == job_id).values(values))
