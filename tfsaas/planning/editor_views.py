"""A draft changed part by part: each a page with its sentence, its values in place and its faults beside them."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.fields import ActionForm
from tfsaas.permissions import Permission, requires
from tfsaas.planning.parts import NAMES, describe_part, name_part
from tfsaas.rules.editing import (
    ItemChanged,
    ItemRefused,
    list_choices,
    next_code,
    remove_item,
    save_item,
)
from tfsaas.rules.items import (
    Item,
    find_table,
    fingerprint,
    item_from_form,
    kind_of,
    move_item,
    read_item,
)
from tfsaas.rules.nodes import Faults, change_node
from tfsaas.rules.parse import Document, read_document
from tfsaas.rules.questions import FIELDS, Field
from tfsaas.rules.slots import COMBINED, SHAPES
from tfsaas.tenants import queries, versions
from tfsaas.tenants.models import PlanStatus, PlanVersion
from tfsaas.tenants.scope import lock

blueprint = Blueprint("editor", __name__, url_prefix="/programme/plans/<uuid:version_id>/parts")
Page = AnyResponse | tuple[str, int]
FIRST_OUTCOME = "first_outcome"


@dataclass(slots=True)
class Opened:
    """A part as its page shows it. `base`: what it said when it was opened; `theirs`: what another editor made it."""

    place: str
    base: str
    item: Item
    faults: Faults
    theirs: str | None = None


def _draft(version_id: UUID, place: str) -> tuple[PlanVersion, Document]:
    """The draft, held by this request while it writes, and its document."""
    if not kind_of(place):
        abort(404)
    if request.method == "POST":
        lock("plans")
    version = queries.get_plan_version(version_id)
    if version.status is not PlanStatus.DRAFT:
        abort(409)
    return version, read_document(version.document)


@blueprint.route("/<place>", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def change(version_id: UUID, place: str) -> Page:
    """One part of a draft."""
    version, document = _draft(version_id, place)
    opened = _open(document, place)
    if ActionForm().validate_on_submit():
        order = request.form.get("do", "save")
        if order != "save" and opened.item.test is not None:
            change_node(opened.item.test, order)
        elif _save(version, document, opened):
            flash(f"{NAMES[kind_of(place)].capitalize()}: saved.")
            return redirect(url_for("plans.show", version_id=version_id, _anchor=_anchor(place)))
    return _show(version, document, opened)


def _open(document: Document, place: str) -> Opened:
    """The part as the form sent it, or as the draft has it."""
    kind, table = kind_of(place), find_table(document, place)
    if request.method == "POST":
        many = {field.key: request.form.getlist(field.key) for field in FIELDS[kind]}
        item = item_from_form(kind, request.form, many)
        item.values[FIRST_OUTCOME] = request.form.get(FIRST_OUTCOME, "").strip()
        return Opened(place, request.form.get("base", ""), item, {})
    if table is None and place.rsplit(".", maxsplit=1)[-1].isdigit():
        abort(404)
    item = read_item(kind, table)
    if table is None and item.test is not None:
        item.values["code"] = next_code(document, place)
    return Opened(place, fingerprint(table), item, {})


def _save(version: PlanVersion, document: Document, opened: Opened) -> bool:
    """Keep the part; where it cannot be, say why beside its fields, or what another editor made of it."""
    try:
        versions.change_draft(version, save_item(document, opened.place, opened.item, opened.base))
    except ItemRefused as refused:
        opened.faults = refused.faults
    except ItemChanged:
        table = find_table(document, opened.place)
        opened.theirs = describe_part(document, opened.place) if table is not None else ""
        opened.base = fingerprint(table)
        if table is None:
            opened.place = ".".join([*opened.place.split(".")[:-1], "new"])
    else:
        return True
    return False


def _show(version: PlanVersion, document: Document, opened: Opened) -> Page:
    kind = kind_of(opened.place)
    table = find_table(document, opened.place)
    choices = list_choices(document)
    page = render_template(
        "planning/part.html",
        version=version,
        opened=opened,
        kind=kind,
        noun=NAMES[kind],
        title=name_part(document, opened.place),
        fields=FIELDS[kind],
        choices_of=lambda field: _choices(field, choices),
        choices=choices,
        shapes=SHAPES,
        combined=COMBINED,
        sentence=describe_part(document, opened.place) if table is not None else "",
        is_new=table is None and opened.place.endswith(".new"),
    )
    return page, 409 if opened.theirs is not None else 400 if opened.faults else 200


def _choices(field: Field, choices: dict[str, dict[str, str]]) -> dict[str, str]:
    """What a field may hold: its own choices, or the parts of the plan that it names."""
    if field.key == "who":
        return choices["group"]
    if field.key in {"signal", "prior", "benefits"}:
        return choices["spell"]
    return dict(field.choices)


@blueprint.route("/<place>/remove", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def remove(version_id: UUID, place: str) -> Page:
    """Take a part out of a draft."""
    version, document = _draft(version_id, place)
    table = find_table(document, place)
    if table is None:
        abort(404)
    fault = ""
    if ActionForm().validate_on_submit():
        try:
            changed = remove_item(document, place, request.form.get("base", ""))
            versions.change_draft(version, changed)
        except ItemRefused as refused:
            fault = " ".join(refused.faults.values())
        except ItemChanged:
            fault = "Somebody else changed it while you had this page open. Look at it again first"
        else:
            flash("Removed from the draft.")
            return redirect(url_for("plans.show", version_id=version_id))
    page = render_template(
        "planning/part_remove.html",
        version=version,
        place=place,
        base=fingerprint(table),
        title=name_part(document, place),
        sentence=describe_part(document, place),
        fault=fault,
    )
    return page, 400 if fault else 200


@blueprint.post("/<place>/up")
@requires(Permission.CHANGE_PROGRAMME)
def move_up(version_id: UUID, place: str) -> AnyResponse:
    """Let a part of a list stand one place further up."""
    version, document = _draft(version_id, place)
    if ActionForm().validate_on_submit() and place.rsplit(".", maxsplit=1)[-1].isdigit():
        versions.change_draft(version, move_item(document, place))
    return redirect(url_for("plans.show", version_id=version_id, _anchor=_anchor(place)))


def _anchor(place: str) -> str:
    return "part-" + ".".join(place.split(".")[:2]).replace(".", "-")
