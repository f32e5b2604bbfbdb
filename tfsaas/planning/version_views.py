"""The steps of a version's life: sent, approved by a second person, taken back, published."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas import clock
from tfsaas.accounts.queries import name_users
from tfsaas.fields import ActionForm, add_faults
from tfsaas.permissions import Permission, requires
from tfsaas.planning.changes import find_base, list_changes
from tfsaas.tenants import queries, versions
from tfsaas.tenants.actions import ProgrammeRefused
from tfsaas.tenants.forms import PublishForm, SendForm

blueprint = Blueprint("versions", __name__, url_prefix="/programme/plans")
Page = AnyResponse | tuple[str, int]


def _back(version_id: UUID) -> AnyResponse:
    return redirect(url_for("plans.show", version_id=version_id))


@blueprint.get("/<uuid:version_id>/differences")
@requires(Permission.SEE_PROGRAMME)
def differences(version_id: UUID) -> str:
    """What a version changes, beside another one: the one before it, unless another is chosen."""
    version = queries.get_plan_version(version_id)
    others = [
        other
        for other in queries.list_plan_versions(version.programme_id)
        if other.id != version_id
    ]
    chosen = request.args.get("beside", "")
    beside = next((other for other in others if str(other.id) == chosen), None)
    before = beside or find_base(version, others)
    return render_template(
        "planning/differences.html",
        version=version,
        others=others,
        before=before,
        changes=list_changes(before, version) if before else [],
        names=name_users(),
    )


@blueprint.route("/<uuid:version_id>/send", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def send(version_id: UUID) -> Page:
    """Send a draft to be approved by a second person."""
    version = queries.get_plan_version(version_id)
    form = SendForm(why=version.why)
    if form.validate_on_submit():
        try:
            versions.send_plan(version, str(form.why.data).strip())
        except ProgrammeRefused as refused:
            add_faults(form, refused.faults)
        else:
            flash(f"Version {version.number} waits for approval by somebody else.")
            return _back(version_id)
    page = render_template("planning/send.html", form=form, version=version)
    return page, 400 if form.errors else 200


@blueprint.post("/<uuid:version_id>/approve")
@requires(Permission.APPROVE_PLAN)
def approve(version_id: UUID) -> AnyResponse:
    """Approve what somebody else made."""
    version = queries.get_plan_version(version_id)
    if ActionForm().validate_on_submit():
        try:
            versions.approve_plan(version)
            flash(f"Version {version.number} is approved. An administrator can publish it.")
        except ProgrammeRefused as refused:
            flash(f"{refused}.", "error")
    return _back(version_id)


@blueprint.post("/<uuid:version_id>/return")
@requires(Permission.APPROVE_PLAN)
def take_back(version_id: UUID) -> AnyResponse:
    """Make a version that is not published a draft again."""
    version = queries.get_plan_version(version_id)
    if ActionForm().validate_on_submit():
        try:
            versions.return_plan(version)
            flash(f"Version {version.number} is a draft again.")
        except ProgrammeRefused as refused:
            flash(f"{refused}.", "error")
    return _back(version_id)


@blueprint.route("/<uuid:version_id>/publish", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def publish(version_id: UUID) -> Page:
    """Put an approved version in force from a day."""
    version = queries.get_plan_version(version_id)
    form = PublishForm(in_force_from=clock.today())
    if form.validate_on_submit():
        try:
            versions.publish_plan(version, form.in_force_from.data)
        except ProgrammeRefused as refused:
            add_faults(form, refused.faults)
        else:
            flash(f"Version {version.number} is published.")
            return _back(version_id)
    page = render_template("planning/publish.html", form=form, version=version)
    return page, 400 if form.errors else 200
