"""What if: a version set beside the one in force, and families moved to a newer version."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.families.queries import list_named
from tfsaas.fields import ActionForm, add_faults, whole_or_nought
from tfsaas.jobs.actions import cancel
from tfsaas.jobs.queries import find_latest_job
from tfsaas.permissions import Permission, requires
from tfsaas.planning import rehearsing
from tfsaas.planning.comparing import KINDS
from tfsaas.planning.forms import MoveForm
from tfsaas.planning.models import Rehearsal
from tfsaas.planning.moving import count_movable, move_families
from tfsaas.planning.shown import Shown, show
from tfsaas.tenants import queries
from tfsaas.tenants.actions import ProgrammeRefused
from tfsaas.tenants.models import PlanStatus, PlanVersion

blueprint = Blueprint("rehearsals", __name__, url_prefix="/programme/plans/<uuid:version_id>")
Page = AnyResponse | tuple[str, int]


@blueprint.get("/what-if")
@requires(Permission.SEE_PROGRAMME, reads="what if")
def what_if(version_id: UUID) -> str:
    """What a version would change, if it were in force today."""
    version = queries.get_plan_version(version_id)
    rehearsal = rehearsing.find_rehearsal(version_id, moves=False)
    return render_template(
        "planning/what_if.html", version=version, **_about(rehearsal), rehearsal=rehearsal
    )


def _about(rehearsal: Rehearsal | None) -> dict[str, object]:
    """What the page shows of a rehearsal: its job, its figures as this person may see them, its families."""
    if rehearsal is None:
        return {"job": None, "shown": None, "families": {}, "against": None, "kinds": KINDS}
    sees = current_user.may(Permission.SEE_FAMILIES)
    shown: Shown | None = show(rehearsal, in_full=sees) if rehearsal.figures else None
    ids = [UUID(str(example["family_id"])) for example in rehearsal.examples] if sees else []
    return {
        "job": find_latest_job(rehearsing.REHEARSE, rehearsal.id),
        "shown": shown,
        "families": {str(row.id): row for row in list_named(ids)},
        "against": queries.get_plan_version(rehearsal.against_id),
        "kinds": KINDS,
    }


@blueprint.post("/what-if")
@requires(Permission.CHANGE_PROGRAMME)
def ask(version_id: UUID) -> AnyResponse:
    """Have it worked out by a job."""
    version = queries.get_plan_version(version_id)
    if ActionForm().validate_on_submit():
        try:
            rehearsing.ask_for_rehearsal(version)
        except ProgrammeRefused as refused:
            flash(f"{refused}.", "error")
            return redirect(url_for("plans.show", version_id=version_id))
    return redirect(url_for("rehearsals.what_if", version_id=version_id))


@blueprint.post("/what-if/<uuid:rehearsal_id>/cancel")
@requires(Permission.CHANGE_PROGRAMME)
def stop(version_id: UUID, rehearsal_id: UUID) -> AnyResponse:
    """Stop the job."""
    rehearsal = rehearsing.get_rehearsal(rehearsal_id)
    job = find_latest_job(rehearsing.REHEARSE, rehearsal.id)
    if ActionForm().validate_on_submit() and job and cancel(job.id):
        flash("Cancelled. Nothing was kept.")
    endpoint = "rehearsals.move" if rehearsal.moves else "rehearsals.what_if"
    return redirect(url_for(endpoint, version_id=version_id))


@blueprint.route("/move", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def move(version_id: UUID) -> Page:
    """Families of an older version moved to this one: chosen, rehearsed, then done with a reason."""
    version = queries.get_plan_version(version_id)
    if version.status is not PlanStatus.PUBLISHED:
        abort(404)
    rehearsal = rehearsing.find_rehearsal(version_id, moves=True)
    form = MoveForm()
    if form.validate_on_submit() and rehearsal and rehearsal.figures:
        source = queries.get_plan_version(rehearsal.against_id)
        try:
            count = whole_or_nought(form.families.data)
            move_families(source, version, count, str(form.why.data).strip())
        except ProgrammeRefused as refused:
            add_faults(form, refused.faults)
        else:
            flash(f"Moved to version {version.number}: {count}. They are evaluated anew.")
            return redirect(url_for("plans.show", version_id=version_id))
    page = render_template(
        "planning/move.html",
        version=version,
        form=form,
        sources=_sources(version),
        rehearsal=rehearsal,
        **_about(rehearsal),
    )
    return page, 400 if form.errors else 200


def _sources(version: PlanVersion) -> list[tuple[PlanVersion, int]]:
    """The older versions with families that could be moved, and how many."""
    counted = count_movable(version.programme_id)
    return [
        (other, counted[other.id])
        for other in queries.list_plan_versions(version.programme_id)
        if other.number < version.number and other.id in counted
    ]


@blueprint.post("/move/rehearse")
@requires(Permission.CHANGE_PROGRAMME)
def rehearse_move(version_id: UUID) -> AnyResponse:
    """Have a move worked out before it is done."""
    version = queries.get_plan_version(version_id)
    chosen = request.form.get("source", "")
    source = next((row for row, _ in _sources(version) if str(row.id) == chosen), None)
    if source is None:
        flash("Choose the version whose families are to be moved.", "error")
    elif ActionForm().validate_on_submit():
        rehearsing.ask_for_move_rehearsal(version, source)
    return redirect(url_for("rehearsals.move", version_id=version_id))
