"""How far a piece of background work is."""

from uuid import UUID

from flask import Blueprint, render_template, request

from tfsaas.jobs.queries import get_job
from tfsaas.permissions import Permission, requires

blueprint = Blueprint("jobs", __name__)


@blueprint.get("/jobs/<uuid:job_id>")
@requires(Permission.EVALUATE)
def show(job_id: UUID) -> str:
    """Progress, refreshed by the browser itself."""
    boxes = {
        key: value
        for key, value in request.args.items()
        if key in {"on-day", "on-month", "on-year"}
    }
    return render_template("jobs/show.html", job=get_job(job_id), boxes=boxes)
