"""The versions of the outcomes plan: in plain sentences, as files, and new drafts."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from tfsaas import clock
from tfsaas.accounts.queries import name_users
from tfsaas.permissions import Permission, requires
from tfsaas.planning.parts import describe_part
from tfsaas.rules.parse import Document, PlanRefused, parse_source, read_document
from tfsaas.rules.plan import PRINCIPLE_TITLES
from tfsaas.rules.templates import get_template
from tfsaas.rules.wording import (
    describe_eligibility,
    describe_indicator,
    describe_outcome,
    describe_routes,
    name_measure,
)
from tfsaas.tenants import queries, versions
from tfsaas.tenants.forms import DraftForm
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
        "planning/versions.html", versions=known, in_force=pick_in_force(known, on)
    )


@blueprint.get("/<uuid:version_id>")
@requires(Permission.SEE_PROGRAMME)
def show(version_id: UUID) -> str:
    """A version in plain sentences; a draft's can be changed one by one."""
    version = queries.get_plan_version(version_id)
    plan, document = parse_source(version.document), read_document(version.document)
    return render_template(
        "planning/plan.html",
        version=version,
        plan=plan,
        eligibility=describe_eligibility(plan),
        principles=[PRINCIPLE_TITLES[name] for name in plan.principles],
        indicator=lambda measure: describe_indicator(measure, plan),
        outcome=lambda measure: describe_outcome(measure, plan),
        routes=describe_routes(plan),
        named=name_measure,
        groups=_sentences(document, "group"),
        signals=_sentences(document, "signal"),
        names=name_users(),
        may_approve=current_user.may(Permission.APPROVE_PLAN)
        and versions.may_approve(version, current_user.id),
    )


def _sentences(document: Document, kind: str) -> list[str]:
    return [describe_part(document, f"{kind}.{at}") for at in range(len(document.get(kind, [])))]


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
    """A new draft, from a version of one's own, a plan that comes with the service, or a file."""
    programme = queries.get_programme()
    faults: tuple[str, ...] = ()
    form = DraftForm()
    own = {
        f"version:{v.id}": f"Version {v.number}: {v.title}"
        for v in queries.list_plan_versions(programme.id)
    }
    form.start.choices = own | dict(form.start.choices)
    if form.validate_on_submit():
        try:
            version = versions.draft_plan(programme.id, _start(form))
        except PlanRefused as refused:
            faults = refused.faults
        else:
            flash(f"Draft {version.number} is made. Nothing counts until it is published.")
            return redirect(url_for("plans.show", version_id=version.id))
    page = render_template("planning/draft.html", form=form, faults=faults)
    return page, 400 if form.errors or faults else 200


def _start(form: DraftForm) -> Document:
    """What the draft begins with.

    Raises:
        PlanRefused: the file is no plan.
    """
    if form.file.data:
        try:
            return read_document(form.file.data.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise PlanRefused(("The file is not text. Choose a plan as a TOML file",)) from None
    kind, _, key = str(form.start.data).partition(":")
    if kind == "template":
        return get_template(key)
    return read_document(queries.get_plan_version(UUID(key)).document)
