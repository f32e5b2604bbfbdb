"""Hiding a person's address, looking at it with a reason, and hiding it no longer."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.accounts.proving import prove
from tfsaas.audit.trail import record_act
from tfsaas.cases.alike import count_open_doubles
from tfsaas.db import NotFound
from tfsaas.families.actions import lock_record
from tfsaas.families.forms import ProtectForm, RevealForm, StopForm
from tfsaas.families.protecting import (
    HiddenAddress,
    find_hidden,
    list_protected,
    protect_address,
    reveal_address,
    stop_protecting,
)  # fmt: skip
from tfsaas.families.queries import get_family, get_person
from tfsaas.permissions import Permission, requires
from tfsaas.recording.contact_views import may_open

blueprint = Blueprint(
    "addresses",
    __name__,
    url_prefix="/families/<uuid:family_id>/people/<uuid:person_id>/hidden-address",
)
WITHHELD = "The address is withheld from now on. Look through the notes, files and letters from before: they are not changed."
DOUBLES = "{} may be this person, and may still show an address. Look under Other records of this person: once linked, that is withheld too."
Page = AnyResponse | tuple[str, int]


@blueprint.route("/protect", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="person")
def protect(family_id: UUID, person_id: UUID) -> Page:
    """Hide an address, or change the one that is hidden; it is never filled in beforehand."""
    family, person = get_family(family_id), get_person(family_id, person_id)
    if list_protected([person_id]) and not may_open(family_id):
        abort(403)
    form = ProtectForm()
    if form.validate_on_submit():
        lock_record(person)
        told = str(form.address.data).strip(), str(form.postcode.data or "").strip()
        protect_address(person, HiddenAddress(*told))
        record_act("protect", "protected_address", person_id, {}, family_id=family_id)
        doubles = count_open_doubles(person, *told)
        found = f"{doubles:,} other records" if doubles > 1 else "Another record"
        flash(f"{WITHHELD} {DOUBLES.format(found)}" if doubles else WITHHELD)
        return redirect(url_for("cases.person", family_id=family_id, person_id=person_id))
    page = render_template("cases/address_protect.html", family=family, person=person, form=form)
    return page, 400 if form.errors else 200


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="person")
def reveal(family_id: UUID, person_id: UUID) -> tuple[str, int]:
    """Show it once, to somebody who works with the family, says why, and gives their password again. That it was shown is an entry of the trail."""
    family, person = get_family(family_id), get_person(family_id, person_id)
    if find_hidden(person_id) is None:
        raise NotFound("no hidden address")
    if not may_open(family_id):
        abort(403)
    form, found = RevealForm(), None
    if form.validate_on_submit() and prove(form):
        found = reveal_address(person_id, family_id, str(form.reason.data).strip())
    page = render_template(
        "cases/address_reveal.html", family=family, person=person, form=form, found=found
    )
    return page, 400 if form.errors else 200


@blueprint.route("/stop", methods=["GET", "POST"])
@requires(Permission.SIGN_OFF, reads="person")
def stop(family_id: UUID, person_id: UUID) -> Page:
    """Hide it no longer: a supervisor's decision, with a reason."""
    family, person = get_family(family_id), get_person(family_id, person_id)
    hidden = find_hidden(person_id)
    if hidden is None:
        raise NotFound("no hidden address")
    form = StopForm()
    if form.validate_on_submit():
        lock_record(person)
        stop_protecting(person, hidden if form.show.data == "yes" else None)
        told = {"why": str(form.reason.data).strip(), "shown": form.show.data}
        record_act("stop hiding", "protected_address", person_id, told, family_id=family_id)
        flash("The address is hidden no longer.")
        return redirect(url_for("cases.person", family_id=family_id, person_id=person_id))
    page = render_template("cases/address_stop.html", family=family, person=person, form=form)
    return page, 400 if form.errors else 200
