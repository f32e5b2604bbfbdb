"""The whole set-up at once: export, import, and last year's copied."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas import clock
from tfsaas.fields import ActionForm
from tfsaas.permissions import Permission, requires
from tfsaas.tenants.actions import ProgrammeRefused
from tfsaas.tenants.configuration import export_configuration
from tfsaas.tenants.copying import list_proposals
from tfsaas.tenants.importing import ConfigurationRefused, import_configuration
from tfsaas.tenants.queries import get_programme, get_tenant

blueprint = Blueprint("configuration", __name__, url_prefix="/programme/configuration")
Page = AnyResponse | tuple[str, int]
NO_FILE = "Choose the file with the set-up"
NO_TEXT = "The file is not text. Choose the file that was exported as TOML"


@blueprint.get("/export")
@requires(Permission.CHANGE_PROGRAMME)
def download() -> Response:
    """The whole set-up as a file."""
    name = f"{get_tenant().slug}-set-up-{clock.today()}.toml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(export_configuration(), mimetype="application/toml", headers=headers)


@blueprint.route("/import", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def load() -> Page:
    """A set-up from a file: told first, then done."""
    form, steps, source = ActionForm(), None, ""
    faults: list[str] = []
    if form.validate_on_submit():
        source, faults = _source()
        is_confirmed = bool(request.form.get("confirmed"))
        try:
            steps = None if faults else import_configuration(source, rehearse=not is_confirmed)
        except ConfigurationRefused as refused:
            faults = list(refused.faults)
        if is_confirmed and not faults:
            flash("The set-up is taken over.")
            return redirect(url_for("setup.index"))
    page = render_template(
        "programme/import.html", form=form, faults=faults, steps=steps, source=source
    )
    return page, 400 if faults else 200


def _source() -> tuple[str, list[str]]:
    """The text of the uploaded file, or of the one shown before, and what is wrong with it."""
    if written := request.form.get("source"):
        return written.replace("\r\n", "\n"), []  # a form sends its lines so
    uploaded = request.files.get("file")
    content = uploaded.read() if uploaded else b""
    if not content:
        return "", [NO_FILE]
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return "", [NO_TEXT]


@blueprint.route("/copy", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def copy() -> Page:
    """Last year's terms, target and funding, for the year to come."""
    form, fault = ActionForm(), ""
    proposals = list_proposals(get_programme(), clock.today())
    taken = [step for step in proposals if step.place in request.form.getlist("take")]
    if form.validate_on_submit():
        fault = "" if taken else "Select what you want to copy"
        try:
            for step in taken:
                step.do()
        except ProgrammeRefused as refused:
            fault = f"{step.sentence}: {refused}"
        if not fault:
            flash("Copied. Check each part and change what is different this year.")
            return redirect(url_for("setup.index"))
    page = render_template("programme/copy.html", proposals=proposals, fault=fault)
    return page, 400 if fault else 200
