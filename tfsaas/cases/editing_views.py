"""Adding and changing families, their people and how they are related."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.accounts.queries import name_users, name_who_may
from tfsaas.cases.alike import AlikeRow, list_alike
from tfsaas.families import actions
from tfsaas.families.actions import ChangedMeanwhile, FamilyRefused, Particulars
from tfsaas.families.forms import EpisodeForm, FamilyForm, PersonForm, RelationshipForm
from tfsaas.families.models import Episode, Family, Membership, Person, RelationshipKind, Scheme
from tfsaas.families.protecting import list_protected
from tfsaas.families.queries import (
    find_episode,
    get_family,
    get_membership,
    get_person,
    list_identifiers,
    list_members,
)  # fmt: skip
from tfsaas.fields import add_faults, list_differences, put, whole_or_nought
from tfsaas.permissions import Permission, requires
from tfsaas.rules.plan import PRINCIPLES
from tfsaas.tenants.queries import get_programme

blueprint = Blueprint("editing", __name__, url_prefix="/families")
HOME = ("address", "postcode")
Page = AnyResponse | tuple[str, int]


def _lead_workers(now: UUID | None = None) -> dict[str, str]:
    """Who can lead, and who leads now, even if they could not be chosen anew."""
    known = name_who_may(Permission.CHANGE_FAMILIES)
    if now and str(now) not in known:
        known[str(now)] = name_users().get(now, "Somebody who has left")
    return {"": "Not decided yet"} | known


def _leaders_of(now: UUID | None) -> dict[str, str]:
    """Who can be chosen to lead a family: anybody by those who allocate; by others who leads now, or themselves where nobody does."""
    if current_user.may(Permission.ALLOCATE):
        return _lead_workers(now)
    if now is None:
        return {"": "Not decided yet", str(current_user.id): current_user.name}
    return {str(now): name_users().get(now, "Somebody who has left")}


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES)
def add() -> Page:
    """A new family."""
    form = FamilyForm()
    form.lead_worker.choices = _lead_workers()
    if form.validate_on_submit():
        leader = UUID(form.lead_worker.data) if form.lead_worker.data else None
        family = actions.add_family(str(form.name.data).strip(), lead_worker_id=leader)
        flash("The family is added. Now add the people in it.")
        return redirect(url_for("editing.add_person", family_id=family.id))
    if not form.is_submitted() and str(current_user.id) in form.lead_worker.choices:
        form.lead_worker.data = str(current_user.id)
    return render_template("cases/family_new.html", form=form), 400 if form.errors else 200


@blueprint.route("/<uuid:family_id>/change", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="family")
def change(family_id: UUID) -> Page:
    """A family's name, lead worker, and the dates of its support."""
    family = get_family(family_id)
    episode = _episode(family_id)
    if request.method == "POST":
        actions.lock_record(family)
        actions.lock_record(episode)
    saved = _episode_values(family, episode)
    form = EpisodeForm(data=saved | {"version": f"{family.version}.{episode.version or 1}"})
    form.lead_worker.choices = _leaders_of(episode.lead_worker_id)
    conflict: list[tuple[str, str, str]] = []
    if form.validate_on_submit():
        try:
            _save_episode(form, family, episode)
        except FamilyRefused as refused:
            add_faults(form, refused.faults)
        except ChangedMeanwhile:
            conflict = list_differences(form, saved, {str(k): v for k, v in name_users().items()})
            put(form.version, f"{family.version}.{episode.version}")
        else:
            flash("Saved.")
            return redirect(url_for("cases.family", family_id=family_id))
    page = render_template("cases/family_change.html", form=form, family=family, conflict=conflict)
    return page, 409 if conflict else 400 if form.errors else 200


def _episode(family_id: UUID) -> Episode:
    """The family's episode; looking at the form alone opens none."""
    if request.method == "POST":
        return actions.get_or_open_episode(family_id)
    return find_episode(family_id, get_programme().id) or Episode()


def _episode_values(family: Family, episode: Episode) -> dict[str, object]:
    dates = {f"{name}_on": getattr(episode, f"{name}_on") for name in PRINCIPLES}
    leader = str(episode.lead_worker_id or "")
    return {"name": family.name, "lead_worker": leader, "baseline_on": episode.baseline_on} | dates


def _save_episode(form: EpisodeForm, family: Family, episode: Episode) -> None:
    """Both records or neither.

    Raises:
        ChangedMeanwhile: one of them was saved by somebody else since the form was opened.
        FamilyRefused: the day support began has no plan.
    """
    versions = [whole_or_nought(part) for part in str(form.version.data).split(".")]
    if versions != [family.version, episode.version or 1]:
        raise ChangedMeanwhile
    actions.change_episode(
        episode,
        lead_worker_id=UUID(form.lead_worker.data) if form.lead_worker.data else None,
        baseline_on=form.baseline_on.data,
        principles={name: form[f"{name}_on"].data for name in PRINCIPLES},
        version=episode.version,
    )
    actions.rename_family(family, str(form.name.data).strip(), version=family.version)


@blueprint.route("/<uuid:family_id>/people/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="family")
def add_person(family_id: UUID) -> Page:
    """A new person in a family; first those on record who may be the same are shown."""
    family, form, alike = get_family(family_id), PersonForm(), []
    if form.validate_on_submit():
        alike = list_alike(form)
        try:
            if _add_person(family_id, form, alike):
                flash("The person is added.")
                return redirect(url_for("cases.family", family_id=family_id))
        except FamilyRefused as refused:
            add_faults(form, refused.faults)
    page = render_template(
        "cases/person_form.html", form=form, family=family, person=None, conflict=[], alike=alike
    )
    return page, 400 if form.errors else 409 if alike else 200


def _add_person(family_id: UUID, form: PersonForm, alike: list[AlikeRow]) -> bool:
    """Add somebody new, or somebody on record; False when it must first be seen who is alike."""
    resident, joined = form.resident.data == "yes", form.joined_on.data
    chosen = next((row for row in alike if str(row.person.id) == request.form.get("use")), None)
    if chosen is not None:
        actions.add_member(family_id, chosen.person.id, resident=resident, joined_on=joined)
        get_membership(family_id, chosen.person.id).left_on = form.left_on.data
        return True
    if alike and request.form.get("seen") != "yes":
        return False
    person = actions.add_person(family_id, _particulars(form), resident=resident, joined_on=joined)
    get_membership(family_id, person.id).left_on = form.left_on.data
    _save_identifiers(person.id, form)
    return True


@blueprint.route("/<uuid:family_id>/people/<uuid:person_id>/change", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="person")
def change_person(family_id: UUID, person_id: UUID) -> Page:
    """A person's particulars and stay."""
    family, person = get_family(family_id), get_person(family_id, person_id)
    if request.method == "POST":
        actions.lock_record(person)
    stay = get_membership(family_id, person_id)
    saved = _person_values(person, stay)
    form = PersonForm(data=saved | {"version": str(person.version)})
    if list_protected([person_id]):
        del form.address, form.postcode  # they stand elsewhere, hidden
    conflict: list[tuple[str, str, str]] = []
    if form.validate_on_submit():
        try:
            _save_person(form, person, stay)
        except FamilyRefused as refused:
            add_faults(form, refused.faults)
        except ChangedMeanwhile:
            told = {key: value for key, value in saved.items() if key in form}
            conflict = list_differences(form, told, {})
            put(form.version, person.version)
        else:
            flash("Saved.")
            return redirect(url_for("cases.family", family_id=family_id))
    page = render_template(
        "cases/person_form.html",
        form=form,
        family=family,
        person=person,
        conflict=conflict,
        alike=[],
    )
    return page, 409 if conflict else 400 if form.errors else 200


def _person_values(person: Person, stay: Membership) -> dict[str, Any]:
    numbers = list_identifiers(person.id)
    return {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "date_of_birth": person.date_of_birth,
        "resident": "yes" if stay.resident else "no",
        "joined_on": stay.joined_on,
        "left_on": stay.left_on,
        "address": person.address,
        "postcode": person.postcode,
    } | {scheme.value: numbers.get(scheme, "") for scheme in Scheme}


def _save_person(form: PersonForm, person: Person, stay: Membership) -> None:
    version = whole_or_nought(form.version.data)
    actions.change_person(person, _particulars(form), version=version)
    actions.change_stay(
        stay,
        resident=form.resident.data == "yes",
        joined_on=form.joined_on.data,
        left_on=form.left_on.data,
    )
    _save_identifiers(person.id, form)


def _particulars(form: PersonForm) -> Particulars:
    return Particulars(
        given_name=str(form.given_name.data).strip(),
        family_name=str(form.family_name.data or "").strip(),
        date_of_birth=form.date_of_birth.data,
        **{name: str(form[name].data or "").strip() for name in HOME if name in form},
    )


def _save_identifiers(person_id: UUID, form: PersonForm) -> None:
    for scheme in Scheme:
        actions.set_identifier(person_id, scheme, form[scheme.value].data or None)


@blueprint.route("/<uuid:family_id>/relationships/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="family")
def relate(family_id: UUID) -> Page:
    """How two people of the family are related."""
    family = get_family(family_id)
    people = {str(member.person.id): member.name for member in list_members(family_id)}
    form = RelationshipForm()
    form.person.choices = form.other.choices = people
    if form.validate_on_submit():
        try:
            kind = RelationshipKind(form.kind.data)
            days = form.from_on.data, form.to_on.data
            actions.relate(UUID(form.person.data), kind, UUID(form.other.data), days)
        except FamilyRefused as refused:
            add_faults(form, refused.faults)
        else:
            flash("The relationship is recorded.")
            return redirect(url_for("genograms.show", family_id=family_id))
    return render_template(
        "cases/relationship.html", form=form, family=family
    ), 400 if form.errors else 200
