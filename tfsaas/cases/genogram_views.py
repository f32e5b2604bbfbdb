"""Who is related to whom: the drawing with its table, on any day; and the days of a relationship."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField

from tfsaas import clock
from tfsaas.cases.genogram import draw, held_on
from tfsaas.db import NotFound
from tfsaas.families.actions import FamilyRefused, date_relationship
from tfsaas.families.forms import DatesForm
from tfsaas.families.models import Relationship
from tfsaas.families.queries import get_family, list_members, list_related
from tfsaas.fields import CheckedForm, DayField, add_faults, list_differences, put
from tfsaas.permissions import Permission, requires

blueprint = Blueprint("genograms", __name__, url_prefix="/families/<uuid:family_id>/relationships")
Page = AnyResponse | tuple[str, int]


class DayForm(CheckedForm):
    """As on which day; sent by GET."""

    class Meta:
        """Nothing is changed by it."""

        csrf = False

    on = DayField("As on which day?")


class ChangeDatesForm(DatesForm):
    """The days of a relationship, as they were seen."""

    seen = HiddenField()


@blueprint.get("")
@requires(Permission.SEE_FAMILIES, reads="family")
def show(family_id: UUID) -> tuple[str, int]:
    """The drawing and the table, as on a day; today where none is asked for."""
    family, form = get_family(family_id), DayForm(formdata=request.args)
    fine = form.validate()
    on = form.on.data if fine and form.on.data else clock.today()
    everybody = list_members(family_id)
    here = [member for member in everybody if member.is_present(on)]
    rows = list_related([member.person.id for member in everybody])
    page = render_template(
        "cases/genogram.html",
        family=family,
        form=form,
        on=on,
        drawing=draw(here, held_on(rows, on), on),
        rows=rows,
        holds={row.id for row in held_on(rows, on)},
        names={member.person.id: member.name for member in everybody},
        may_change=current_user.may(Permission.CHANGE_FAMILIES),
    )
    return page, 200 if fine else 400


@blueprint.route("/<uuid:relationship_id>", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="family")
def change(family_id: UUID, relationship_id: UUID) -> Page:
    """From when until when it held."""
    family, names = get_family(family_id), {m.person.id: m.name for m in list_members(family_id)}
    row = _find(relationship_id, list(names))
    saved: dict[str, object] = {"from_on": row.from_on, "to_on": row.to_on}
    form = ChangeDatesForm(data=saved | {"seen": _mark(row)})
    conflict: list[tuple[str, str, str]] = []
    if form.validate_on_submit():
        conflict = list_differences(form, saved) if form.seen.data != _mark(row) else []
        if conflict:
            put(form.seen, _mark(row))
        elif _save(form, row):
            flash("Saved.")
            return redirect(url_for("genograms.show", family_id=family_id))
    page = render_template(
        "cases/relationship_dates.html", family=family, row=row, names=names, form=form, conflict=conflict
    )  # fmt: skip
    return page, 409 if conflict else 400 if form.errors else 200


def _mark(row: Relationship) -> str:
    """By which it is seen that somebody else saved other days meanwhile."""
    return f"{row.from_on} {row.to_on}"


def _save(form: DatesForm, row: Relationship) -> bool:
    try:
        date_relationship(row, form.from_on.data, form.to_on.data)
    except FamilyRefused as refused:
        add_faults(form, refused.faults)
        return False
    return True


def _find(relationship_id: UUID, person_ids: Sequence[UUID]) -> Relationship:
    found = next((row for row in list_related(person_ids) if row.id == relationship_id), None)
    if found is None:
        raise NotFound("no such relationship in this family")
    return found
