"""A whole council's facts, brought as a ZIP."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.accounts.queries import name_users
from tfsaas.evidence.actions import LOAD, ask_for_load
from tfsaas.evidence.forms import LoadForm
from tfsaas.evidence.layouts import LAYOUTS
from tfsaas.evidence.queries import get_load
from tfsaas.evidence.reader import FactsRefused
from tfsaas.fields import add_faults
from tfsaas.jobs.queries import find_latest_job
from tfsaas.permissions import Permission, requires

blueprint = Blueprint("evidence", __name__, url_prefix="/evidence")


@blueprint.route("/loads/new", methods=["GET", "POST"])
@requires(Permission.APPROVE_LOADS)
def load() -> AnyResponse | tuple[str, int]:
    """Upload a ZIP; a job loads it."""
    form = LoadForm()
    if form.validate_on_submit():
        try:
            kept = ask_for_load(str(form.source.data).strip(), form.file.data.read())
        except FactsRefused as refused:
            add_faults(form, {"file": list(refused.faults)})
        else:
            return redirect(url_for("evidence.show", load_id=kept.id))
    page = render_template(
        "evidence/load.html", form=form, layouts=[one for one in LAYOUTS if one.name != "gaps"]
    )
    return page, 400 if form.errors else 200


@blueprint.get("/loads/<uuid:load_id>")
@requires(Permission.SEE_EVIDENCE, reads="load")
def show(load_id: UUID) -> str:
    """One load: how far it is, what it stored, or every fault."""
    return render_template(
        "evidence/show.html",
        load=get_load(load_id),
        job=find_latest_job(LOAD, load_id),
        users=name_users(),
    )
