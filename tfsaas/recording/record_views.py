"""The chronology of a family, and the files about it."""

from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.accounts.queries import name_users
from tfsaas.attachments.actions import get_open_file
from tfsaas.attachments.answering import send_stored
from tfsaas.attachments.cleaning import FileRefused
from tfsaas.attachments.sandbox import clean_apart
from tfsaas.families.queries import get_family, list_members
from tfsaas.fields import add_faults, as_uuid
from tfsaas.permissions import Permission, requires
from tfsaas.recording import files
from tfsaas.recording.chronology import Kind, Wanted, list_entries
from tfsaas.recording.contact_views import may_open
from tfsaas.recording.forms import ChronologyForm, FileForm, MendForm
from tfsaas.tenants.plans import name_signals
from tfsaas.tenants.queries import get_programme

chronology_pages = Blueprint("chronology", __name__, url_prefix="/families/<uuid:family_id>")
blueprint = Blueprint("family_files", __name__, url_prefix="/families/<uuid:family_id>/files")
MOST = 200


@chronology_pages.get("/chronology")
@requires(Permission.SEE_FAMILIES, reads="chronology")
def show(family_id: UUID) -> tuple[str, int]:
    """Everything in order, narrowed by kind, person and days."""
    family, members = get_family(family_id), list_members(family_id)
    names = {member.person.id: member.name for member in members}
    form = ChronologyForm(formdata=request.args)
    form.kinds.choices = {kind.name: kind.value.capitalize() for kind in Kind}
    form.person.choices = {"": "Everybody"} | {str(key): name for key, name in names.items()}
    fine = form.validate() or not request.args
    wanted = _wanted(form) if fine else Wanted()
    entries = list_entries(family_id, list(names), name_signals(get_programme().id), wanted)
    page = render_template(
        "recording/chronology.html",
        family=family,
        form=form,
        entries=entries[:MOST],
        more=len(entries) - MOST,
        names=names,
        users=name_users(),
        wanted=wanted,
    )
    return page, 200 if fine else 400


def _wanted(form: ChronologyForm) -> Wanted:
    return Wanted(
        [Kind[name] for name in form.kinds.data or ()],
        as_uuid(form.person.data),
        form.first.data,
        form.last.data,
    )


@blueprint.get("")
@requires(Permission.SEE_FAMILIES, reads="files of a family")
def index(family_id: UUID) -> str:
    """The files about a family."""
    family = get_family(family_id)
    return render_template(
        "recording/files.html",
        family=family,
        rows=files.list_files(family_id),
        opens_sensitive=may_open(family_id),
        users=name_users(),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="family")
def add(family_id: UUID) -> AnyResponse | tuple[str, int]:
    """Add a file, cleaned of what it should not carry."""
    family, form = get_family(family_id), FileForm()
    fine = form.validate_on_submit() and form.gives_nothing_away(family_id)
    if fine and _add(form, family_id):
        flash("The file is added.")
        return redirect(url_for("family_files.index", family_id=family_id))
    page = render_template("recording/file_form.html", family=family, form=form)
    return page, 400 if form.errors else 200


def _add(form: FileForm, family_id: UUID) -> bool:
    sent = form.file.data
    if not sent or not sent.filename:
        add_faults(form, {"file": ["Select a file"]})
        return False
    try:
        cleaned = clean_apart(sent.filename, sent.read())
    except FileRefused as refused:
        add_faults(form, {"file": [str(refused)]})
        return False
    is_sensitive = bool(form.sensitive.data)
    files.add_file(family_id, cleaned, str(form.title.data).strip(), sensitive=is_sensitive)
    return True


@blueprint.get("/<uuid:file_id>")
@requires(Permission.SEE_FAMILIES, reads="file of a family")
def download(family_id: UUID, file_id: UUID) -> Response:
    """One file, to be saved. Opened in the browser it can do nothing."""
    found = files.get_file(get_family(family_id).id, file_id)
    if found.sensitive and not may_open(family_id):
        abort(403)
    return send_stored(get_open_file(file_id))


@blueprint.route("/<uuid:file_id>/mend", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="files of a family")
def mend(family_id: UUID, file_id: UUID) -> AnyResponse | tuple[str, int]:
    """Make a file sensitive, or take it out."""
    family, form = get_family(family_id), MendForm()
    found = files.get_file(family.id, file_id)
    if found.sensitive and not may_open(family_id):
        abort(403)
    if form.validate_on_submit():
        if form.what.data == "withdraw":
            files.withdraw_file(found, str(form.why.data).strip())
        else:
            files.make_sensitive(found)
        flash("Done.")
        return redirect(url_for("family_files.index", family_id=family_id))
    page = render_template("recording/file_mend.html", family=family, row=found, form=form)
    return page, 400 if form.errors else 200
