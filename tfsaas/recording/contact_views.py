"""Recording contacts, reading them, correcting them."""

from uuid import UUID, uuid4

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from tfsaas import clock
from tfsaas.accounts.queries import name_users
from tfsaas.families.models import Family
from tfsaas.families.queries import get_family, list_members, list_present
from tfsaas.fields import add_faults, key_of, put
from tfsaas.permissions import Permission, requires
from tfsaas.recording import contacts
from tfsaas.recording.contacts import ContactRefused, Correction
from tfsaas.recording.forms import ContactForm, make_contact_form
from tfsaas.recording.models import Contact

blueprint = Blueprint("contacts", __name__, url_prefix="/families/<uuid:family_id>/contacts")
Page = AnyResponse | tuple[str, int]


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="family", draft="a contact")
def record(family_id: UUID) -> Page:
    """Write a contact down."""
    return write(get_family(family_id), url_for("cases.family", family_id=family_id))


def write(family: Family, back: str) -> Page:
    """The form of a new contact. `back`: the page of the family from which it is written."""
    form = make_contact_form(list_present(family.id))
    if request.method == "GET" and contacts.is_recorded(key_of(form.key)):
        _renew_key(form)  # a draft of what was saved in another window
    if _is_fine(form, family.id) and _save(form, family.id, None):
        flash("The contact is recorded.")
        return redirect(back)
    page = render_template("recording/contact_form.html", family=family, form=form, contact=None, back=back)  # fmt: skip
    return page, 400 if form.errors else 200


def _is_fine(form: ContactForm, family_id: UUID) -> bool:
    return bool(form.validate_on_submit()) and form.gives_nothing_away(family_id)


def _save(form: ContactForm, family_id: UUID, correction: Correction | None) -> bool:
    try:
        contacts.record_contact(family_id, key_of(form.key), form.told(), correction)
    except ContactRefused as refused:
        add_faults(form, {refused.field: [str(refused)]})
        _renew_key(form)
        return False
    return True


def _renew_key(form: ContactForm) -> None:
    """What is sent next is another contact: its key was used, or could not be."""
    put(form.key, uuid4())


@blueprint.get("/<uuid:contact_id>")
@requires(Permission.SEE_FAMILIES, reads="contact")
def show(family_id: UUID, contact_id: UUID) -> str:
    """One contact. Its sensitive part has a page of its own."""
    return _show(family_id, contact_id, opened=False)


@blueprint.get("/<uuid:contact_id>/sensitive")
@requires(Permission.SEE_FAMILIES, reads="sensitive part of a contact")
def sensitive(family_id: UUID, contact_id: UUID) -> str:
    """The same with its sensitive part, for whoever works with the family."""
    found = contacts.get_contact(family_id, contact_id)
    if not may_open(family_id, found):
        abort(403)
    return _show(family_id, contact_id, opened=True)


def may_open(family_id: UUID, contact: Contact | None = None) -> bool:
    """Whether this person may read what is sensitive about a family; who wrote something may read it again."""
    if current_user.may(Permission.SEE_SENSITIVE):
        return True
    if not current_user.may(Permission.CHANGE_FAMILIES):
        return False
    wrote = contact is not None and contact.by_id == current_user.id
    return wrote or contacts.works_with(family_id, current_user.id)


def _show(family_id: UUID, contact_id: UUID, *, opened: bool) -> str:
    family, found = get_family(family_id), contacts.get_contact(family_id, contact_id)
    names = {member.person.id: member.name for member in list_members(family_id)}
    return render_template(
        "recording/contact.html",
        family=family,
        contact=found,
        parts=contacts.list_parts([found.id]).get(found.id, {}),
        names=names,
        users=name_users(),
        opened=opened,
        may_open=may_open(family_id, found),
        correction=contacts.find_correction(found) if found.replaced_at else None,
    )


@blueprint.route("/<uuid:contact_id>/correct", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="contact", draft="a correction of a contact")
def correct(family_id: UUID, contact_id: UUID) -> Page:
    """Put another telling in the place of one; what stood before stays on record."""
    family, found = get_family(family_id), contacts.get_contact(family_id, contact_id)
    if found.sensitive and not may_open(family_id, found):
        abort(403)
    if found.replaced_at is not None and request.method == "GET":
        return redirect(url_for("contacts.show", family_id=family_id, contact_id=contact_id))
    held = contacts.list_parts([found.id]).get(found.id, {})
    today = clock.today()
    members = [m for m in list_members(family_id) if m.is_present(today) or m.person.id in held]
    form = make_contact_form(members, found, held)
    correction = Correction(found, str(form.reason.data or "").strip())
    if _is_fine(form, family_id) and _save(form, family_id, correction):
        flash("The contact is corrected. What stood before can still be read.")
        return redirect(url_for("cases.family", family_id=family_id))
    back = url_for("cases.family", family_id=family_id)
    page = render_template("recording/contact_form.html", family=family, form=form, contact=found, back=back)  # fmt: skip
    return page, 400 if form.errors else 200
