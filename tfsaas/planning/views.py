"""The outcomes plan: in plain sentences, as drafts whose numbers change, and published."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from tfsaas import clock
from tfsaas.accounts.queries import name_users
from tfsaas.fields import ActionForm
from tfsaas.permissions import Permission, requires
from tfsaas.rules.numbers import list_numbers, replace_numbers
from tfsaas.rules.parse import Document, PlanRefused, parse_source, read_document
from tfsaas.rules.plan import PRINCIPLE_TITLES
from tfsaas.rules.templates import get_template
from tfsaas.rules.wording import describe_eligibility, describe_measure, describe_routes
from tfsaas.tenants import queries, versions
from tfsaas.tenants.forms import DraftForm
from tfsaas.tenants.models import PlanStatus, PlanVersion
from tfsaas.tenants.plans import pick_in_force

blueprint = Blueprint("plans", __name__, url_prefix="/programme/plans")
Page = AnyResponse | tuple[str, int]


@blueprint.get("")
@requires(Permission.SEE_PROGRAMME)
def index() -> str:
    """Every version of the plan."""
    programme, today = queries.get_programme(), clock.today()
    on = min(today, programme.ends_on or today)
    known = queries.list_plan_versions(programme.id)
    return render_template(
        "programme/versions.html", versions=known, in_force=pick_in_force(known, on)
    )


@blueprint.get("/<uuid:version_id>")
@requires(Permission.SEE_PROGRAMME)
def show(version_id: UUID) -> str:
    """A version in plain sentences."""
    version = queries.get_plan_version(version_id)
    plan = parse_source(version.document)
    return render_template(
        "programme/plan.html",
        version=version,
        plan=plan,
        eligibility=describe_eligibility(plan),
        principles=[PRINCIPLE_TITLES[name] for name in plan.principles],
        describe=lambda measure: describe_measure(measure, plan),
        routes=describe_routes(plan),
        names=name_users(),
        may_approve=current_user.may(Permission.APPROVE_PLAN)
        and versions.may_approve(version, current_user.id),
    )


@blueprint.get("/<uuid:version_id>/toml")
@requires(Permission.SEE_PROGRAMME)
def download(version_id: UUID) -> Response:
    """A version as the file it can be made from again."""
    version = queries.get_plan_version(version_id)
    headers = {"Content-Disposition": f'attachment; filename="outcomes-plan-{version.number}.toml"'}
    return Response(version.document, mimetype="application/toml", headers=headers)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def draft() -> Page:
    """A new draft, from a version of one's own or a plan that comes with the service."""
    programme = queries.get_programme()
    form = DraftForm()
    own = {
        f"version:{v.id}": f"Version {v.number}: {v.title}"
        for v in queries.list_plan_versions(programme.id)
    }
    form.start.choices = own | dict(form.start.choices)
    if form.validate_on_submit():
        version = versions.draft_plan(programme.id, _start(str(form.start.data)))
        flash(f"Draft {version.number} is made. Nothing counts until it is published.")
        return redirect(url_for("plans.edit", version_id=version.id))
    return render_template("programme/draft.html", form=form), 400 if form.errors else 200


def _start(choice: str) -> Document:
    kind, _, key = choice.partition(":")
    if kind == "template":
        return get_template(key)
    return read_document(queries.get_plan_version(UUID(key)).document)


@blueprint.route("/<uuid:version_id>/edit", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def edit(version_id: UUID) -> Page:
    """The numbers of a draft."""
    version = queries.get_plan_version(version_id)
    if version.status is not PlanStatus.DRAFT:
        return redirect(url_for("plans.show", version_id=version_id))
    document = read_document(version.document)
    form, written = ActionForm(), dict(request.form)
    faults: dict[str, str] = {}
    stale = False
    if form.validate_on_submit():
        stale = written.get("version") != str(version.version)
        changed, faults = replace_numbers(document, written)
        if not stale and not faults:
            faults = _save(version, changed)
            if not faults:
                flash("The draft is saved.")
                return redirect(url_for("plans.show", version_id=version_id))
    page = render_template(
        "programme/edit.html",
        version=version,
        numbers=list_numbers(document),
        written=written,
        faults=faults,
        stale=stale,
    )
    return page, 409 if stale else 400 if faults else 200


def _save(version: PlanVersion, changed: Document) -> dict[str, str]:
    """Keep the draft, or say by path what is wrong."""
    try:
        versions.change_draft(version, changed)
    except PlanRefused as refused:
        parts = (fault.partition(": ") for fault in refused.faults)
        return {path.replace("[", ".").replace("]", ""): message for path, _, message in parts}
    return {}
