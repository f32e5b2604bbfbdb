"""The time machine for the whole council."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.accounts.queries import name_users
from tfsaas.fields import ActionForm
from tfsaas.jobs.queries import find_latest_job
from tfsaas.outcomes.actions import working_day
from tfsaas.permissions import Permission, requires
from tfsaas.planning.look_back_forms import OWN, LookBackForm
from tfsaas.planning.looking_back import LOOK_BACK, ask_to_look_back, get_look_back, list_look_backs
from tfsaas.tenants.models import IN_FORCE, Programme
from tfsaas.tenants.queries import find_programme, get_programme, list_plan_versions

blueprint = Blueprint("look_back", __name__, url_prefix="/progress/look-back")
Page = AnyResponse | tuple[str, int] | str


def make_form(programme: Programme, formdata: object = None) -> LookBackForm:
    """The form with the council's days and versions."""
    form = LookBackForm(formdata=formdata) if formdata is not None else LookBackForm(formdata=None)
    form.first, form.last = programme.starts_on, working_day(programme)
    versions = list_plan_versions(programme.id)
    form.version.choices = OWN | {
        str(row.id): f"Version {row.number}: {row.title}"
        for row in versions
        if row.status in IN_FORCE
    }
    return form


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.LOOK_BACK)
def index() -> Page:
    """Ask for a past day, and what was asked before."""
    programme = find_programme()
    if programme is None:
        return render_template("reports/no_programme.html")
    is_sent = request.method == "POST"
    form = make_form(programme, request.form if is_sent else None)
    if is_sent and ActionForm().validate_on_submit() and form.validate():
        row, _ = ask_to_look_back(form.moment())
        return redirect(url_for("look_back.show", look_back_id=row.id))
    page = render_template(
        "planning/look_back.html",
        form=form,
        rows=list_look_backs(programme.id),
        numbers=_numbers(programme.id),
        names=name_users(),
    )
    return page, 400 if form.errors else 200


def _numbers(programme_id: UUID) -> dict[UUID, int]:
    return {row.id: row.number for row in list_plan_versions(programme_id)}


@blueprint.get("/<uuid:look_back_id>")
@requires(Permission.LOOK_BACK)
def show(look_back_id: UUID) -> str:
    """One past day: how far it is, or its figures with what they rest on."""
    row = get_look_back(look_back_id)
    return render_template(
        "planning/look_back_show.html",
        row=row,
        job=find_latest_job(LOOK_BACK, row.id),
        numbers=_numbers(get_programme().id),
    )
