"""The steps that people take with a partner's file."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.accounts.queries import name_users
from tfsaas.families.protecting import list_protected
from tfsaas.fields import ActionForm, add_faults, whole_or_nought
from tfsaas.loads import actions, reviewing
from tfsaas.loads.actions import DeliveryRefused
from tfsaas.loads.feeds import get_feed
from tfsaas.loads.forms import SetAsideForm, UndoForm, columns_form
from tfsaas.loads.keeping import unpack_people
from tfsaas.loads.mapping import list_gone
from tfsaas.loads.match_queries import (
    PAGE,
    count_matches,
    count_waiting_people,
    list_decided,
    list_linked,
    list_to_review,
)
from tfsaas.loads.models import Delivery, MatchStatus, Step
from tfsaas.loads.queries import find_mapping, get_delivery, is_worked_on
from tfsaas.loads.seeing import name_families_seen
from tfsaas.loads.views import show_delivery
from tfsaas.permissions import Permission, requires

blueprint = Blueprint("load_steps", __name__, url_prefix="/evidence/deliveries/<uuid:delivery_id>")
Page = AnyResponse | tuple[str, int]


@blueprint.route("/columns", methods=["GET", "POST"])
@requires(Permission.LOAD_EVIDENCE)
def columns(delivery_id: UUID) -> Page:
    """Say which of the file's columns is which."""
    delivery = get_delivery(delivery_id)
    found = get_feed(delivery.feed)
    if delivery.step not in (Step.COLUMNS, *actions.CHANGEABLE):
        return redirect(url_for("loads.show", delivery_id=delivery_id))
    remembered = find_mapping(delivery.sharing_agreement_id, delivery.feed)
    gone = list_gone(delivery.header, remembered.columns) if remembered else {}
    form = columns_form(found, delivery.header, delivery.mapping, gone)
    if form.validate_on_submit():
        mapping = {column.name: str(form[column.name].data or "") for column in found.all_columns}
        try:
            actions.say_columns(delivery, mapping, version=whole_or_nought(form["version"].data))
        except DeliveryRefused as refused:
            if "step" in refused.faults:
                return _tell(delivery_id, refused)
            add_faults(form, refused.faults)
        else:
            return redirect(url_for("loads.show", delivery_id=delivery_id))
    page = render_template("loads/columns.html", form=form, feed=found, delivery=delivery)
    return page, 400 if form.errors else 200


def _tell(delivery_id: UUID, refused: DeliveryRefused) -> AnyResponse:
    flash(f"{refused}.", "error")
    return redirect(url_for("loads.show", delivery_id=delivery_id))


def _take(
    delivery_id: UUID,
    step: Callable[[Delivery], object],
    page: str = "loads.show",
    **place: Any,
) -> AnyResponse:
    """Take a step that a button asks for, or say why it cannot be taken. Nobody waits for a job that holds the file."""
    if is_worked_on(delivery_id):
        flash("The service is working on the file. Wait until this step is done.", "error")
        return redirect(url_for("loads.show", delivery_id=delivery_id))
    delivery = get_delivery(delivery_id, locked=True)
    if ActionForm().validate_on_submit():
        try:
            step(delivery)
        except DeliveryRefused as refused:
            return _tell(delivery_id, refused)
    return redirect(url_for(page, delivery_id=delivery_id, **place))


def _version() -> int:
    return whole_or_nought(UndoForm().version.data)


@blueprint.get("/people")
@requires(Permission.SEE_MATCHES, reads="people of a load")
def people(delivery_id: UUID) -> str:
    """The people of a file whom nobody is sure of, beside those they may be."""
    delivery = get_delivery(delivery_id)
    rows, decided = list_to_review(delivery_id), list_decided(delivery_id)
    shown = [row.person.id for row in (*rows, *decided)]
    return render_template(
        "loads/people.html",
        delivery=delivery,
        rows=rows,
        decided=decided,
        known=count_matches(delivery_id)[MatchStatus.LINKED],
        waiting=count_waiting_people(delivery_id),
        families=name_families_seen(shown),
        withheld=list_protected(shown),
        users=name_users(),
    )


@blueprint.get("/people/decided")
@requires(Permission.SEE_MATCHES, reads="people of a load")
def decided(delivery_id: UUID) -> str:
    """Everybody of a file about whom somebody decided, the latest first, a page at a time."""
    skip = whole_or_nought(request.args.get("skip"))
    rows = list_decided(delivery_id, PAGE + 1, skip)
    return render_template(
        "loads/people_decided.html",
        delivery=get_delivery(delivery_id),
        rows=rows[:PAGE],
        next=skip + PAGE if len(rows) > PAGE else None,
        users=name_users(),
    )


@blueprint.post("/people/<uuid:match_id>/<answer>")
@requires(Permission.LOAD_EVIDENCE)
def decide(delivery_id: UUID, match_id: UUID, answer: str) -> AnyResponse:
    """Say whether two are one person, or take that back."""
    if answer not in {"same", "other", "undo", "not-them"}:
        abort(404)

    def step(delivery: Delivery) -> None:
        if answer == "undo":
            reviewing.undo_match(delivery, match_id)
        elif answer == "not-them":
            reviewing.refuse_link(delivery, match_id)
        else:
            reviewing.decide_match(delivery, match_id, same=answer == "same")

    if answer == "not-them":
        return _take(delivery_id, step, "load_steps.known", after=request.form.get("after"))
    return _take(delivery_id, step, "load_steps.people", _anchor="pair-1")


@blueprint.get("/people/known")
@requires(Permission.SEE_MATCHES, reads="people of a load")
def known(delivery_id: UUID) -> str:
    """Everybody of a file who was known without a question, and why, some at a time."""
    delivery = get_delivery(delivery_id)
    rows = list_linked(delivery_id, whole_or_nought(request.args.get("after")))
    told = unpack_people(delivery.reading) if delivery.reading and rows else []
    return render_template(
        "loads/known.html",
        delivery=delivery,
        rows=rows[:PAGE],
        told={row.match.number: told[row.match.number] for row in rows if told},
        after=rows[PAGE - 1].match.number + 1 if len(rows) > PAGE else None,
        known=count_matches(delivery_id)[MatchStatus.LINKED],
        families=name_families_seen([row.person.id for row in rows]),
        withheld=list_protected([row.person.id for row in rows]),
    )


@blueprint.post("/go-on")
@requires(Permission.LOAD_EVIDENCE)
def go_on(delivery_id: UUID) -> AnyResponse:
    """On to the dry run, once everybody is decided about."""
    return _take(delivery_id, reviewing.go_on)


@blueprint.route("/set-aside", methods=["GET", "POST"])
@requires(Permission.LOAD_EVIDENCE)
def set_aside(delivery_id: UUID) -> Page:
    """Do not go on with a file, and say why."""
    delivery, form = get_delivery(delivery_id), SetAsideForm()
    if not form.validate_on_submit():
        page = render_template("loads/set_aside.html", delivery=delivery, form=form)
        return page, 400 if form.errors else 200
    reason = str(form.reason.data).strip()
    return _take(delivery_id, lambda found: actions.set_aside(found, reason, version=_version()))


@blueprint.post("/again")
@requires(Permission.LOAD_EVIDENCE)
def again(delivery_id: UUID) -> AnyResponse:
    """Have a step done again whose job failed."""
    return _take(delivery_id, actions.try_again)


@blueprint.post("/approve")
@requires(Permission.APPROVE_LOADS)
def approve(delivery_id: UUID) -> AnyResponse:
    """Have a rehearsed file stored."""
    return _take(delivery_id, lambda delivery: actions.approve(delivery, version=_version()))


@blueprint.post("/undo/rehearse")
@requires(Permission.APPROVE_LOADS)
def rehearse_undo(delivery_id: UUID) -> AnyResponse:
    """See first what undoing it would do."""
    return _take(delivery_id, actions.ask_to_undo)


@blueprint.post("/undo")
@requires(Permission.APPROVE_LOADS, reads="load")
def undo(delivery_id: UUID) -> Page:
    """Undo a load."""
    delivery, form = get_delivery(delivery_id), UndoForm()
    if not form.validate_on_submit():
        return show_delivery(delivery, form), 400
    reason = str(form.reason.data).strip()
    return _take(delivery_id, lambda found: actions.undo(found, reason, version=_version()))
