"""Records that may be one person: side by side, with why, to be linked, kept apart, or taken back."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.accounts.queries import name_users
from tfsaas.families.finding_models import PairStatus
from tfsaas.fields import ActionForm, whole_or_nought
from tfsaas.jobs.actions import ask_for
from tfsaas.jobs.queries import find_latest_job, find_open_job
from tfsaas.loads.linking import FIND_PAIRS, PairRefused, decide_pair, list_pairs
from tfsaas.loads.queries import name_families_of
from tfsaas.permissions import Permission, requires
from tfsaas.tenants.scope import current_tenant

blueprint = Blueprint("matches", __name__, url_prefix="/evidence/matches")
ANSWERS = {"link": PairStatus.LINKED, "apart": PairStatus.APART, "undo": PairStatus.OPEN}


@blueprint.get("")
@requires(Permission.SEE_MATCHES, reads="people alike")
def index() -> str:
    """Pairs that wait, and those decided last."""
    rows = list_pairs(PairStatus.OPEN)
    decided = [*list_pairs(PairStatus.LINKED, 10), *list_pairs(PairStatus.APART, 10)]
    people = [person.id for row in (*rows, *decided) for person in (row.one, row.other)]
    return render_template(
        "loads/matches.html",
        rows=rows,
        decided=decided,
        families=name_families_of(people),
        job=find_latest_job(FIND_PAIRS, current_tenant()),
        users=name_users(),
        words={PairStatus.LINKED: "one person", PairStatus.APART: "two people"},
    )


@blueprint.post("/find")
@requires(Permission.LOAD_EVIDENCE)
def find() -> AnyResponse:
    """Have everybody looked through for people entered twice."""
    if ActionForm().validate_on_submit() and not find_open_job(FIND_PAIRS, current_tenant()):
        ask_for(FIND_PAIRS, current_tenant())
    return redirect(url_for("matches.index"))


@blueprint.post("/<uuid:pair_id>/<answer>")
@requires(Permission.LOAD_EVIDENCE)
def decide(pair_id: UUID, answer: str) -> AnyResponse:
    """Link two records, keep them apart, or take back what was decided."""
    if answer not in ANSWERS or not ActionForm().validate_on_submit():
        abort(404)
    try:
        decide_pair(pair_id, ANSWERS[answer], version=whole_or_nought(request.form.get("version")))
    except PairRefused:
        flash("Somebody else decided about these two meanwhile. Look again.", "error")
        return redirect(url_for("matches.index"))
    return redirect(url_for("matches.index", _anchor="pair-1"))
