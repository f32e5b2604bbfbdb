"""A family's plan: objectives, actions, agreement, reviews."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas import clock
from tfsaas.accounts.queries import name_users, name_who_may
from tfsaas.db import NotFound
from tfsaas.drafts.forms import given
from tfsaas.families.involved import Sees
from tfsaas.families.involving import list_involved
from tfsaas.families.models import Family
from tfsaas.families.queries import Member, list_members, select_present
from tfsaas.family_plans import actions, queries
from tfsaas.family_plans.actions import ChangedMeanwhile, PlanRefused, Wanted
from tfsaas.family_plans.forms import (
    ActionForm,
    AgreeForm,
    ObjectiveForm,
    ReviewForm,
    VersionForm,
    make_review_form,
)
from tfsaas.family_plans.meetings import list_meetings
from tfsaas.family_plans.models import FamilyPlan, PlanAction, State
from tfsaas.family_plans.queries import Gaps, PlanPart
from tfsaas.fields import CheckedForm, add_faults, list_differences, put, whole_or_nought
from tfsaas.permissions import Permission, requires
from tfsaas.tenants.plans import name_headlines
from tfsaas.tenants.queries import get_programme

blueprint = Blueprint("family_plans", __name__, url_prefix="/families/<uuid:family_id>/plan")
Page = AnyResponse | tuple[str, int]
MEANWHILE = "Somebody else changed the plan since you opened this page. What you wrote still stands here: look at the plan in another window, then save again"


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page of the plan needs. `plan` None: none was begun."""

    family: Family
    plan: FamilyPlan | None
    parts: list[PlanPart]
    everybody: list[Member]
    members: list[Member]
    headlines: dict[str, str]
    gaps: Gaps


def open_desk(family_id: UUID) -> Desk:
    """The plan of a family with what it leaves out."""
    programme = get_programme()
    family, plan = queries.get_head(family_id, programme.id)
    parts = queries.list_parts(plan.id) if plan else []
    everybody, identified = list(list_members(family_id)), queries.list_identified(family_id)
    members = select_present(everybody)
    gaps = queries.find_gaps(parts, identified, members)
    return Desk(family, plan, parts, everybody, members, name_headlines(programme.id), gaps)


@blueprint.get("")
@requires(Permission.SEE_FAMILIES, reads="plan")
def show(family_id: UUID) -> str:
    """The plan, what it leaves out, and its reviews."""
    desk = open_desk(family_id)
    version = desk.plan.version if desk.plan else 0
    return _show(desk, AgreeForm(formdata=None, data={"agreed_on": clock.today(), "version": version}))  # fmt: skip


def _show(desk: Desk, form: AgreeForm) -> str:
    return render_template(
        "family_plans/show.html",
        desk=desk,
        family=desk.family,
        form=form,
        users=name_users(),
        names={member.person.id: member.name for member in desk.everybody},
        reviews=queries.list_reviews(desk.plan.id) if desk.plan else [],
        meetings=list_meetings(desk.plan.id) if desk.plan else [],
        name_owner=queries.name_owner,
        is_overdue=queries.is_overdue,
        on=clock.today(),
    )


def _change(desk: Desk, form: Any, do: Callable[[FamilyPlan], object], field: str) -> bool:
    """Do something with the plan, as it was opened; False, with the fault in the form, when it cannot be."""
    try:
        do(_opened(desk, form))
    except ChangedMeanwhile:
        add_faults(form, {field: [MEANWHILE]})
        latest = desk.plan or actions.open_plan(desk.family.id)
        put(form.version, latest.version)
    except PlanRefused as refused:
        add_faults(form, {refused.field: [str(refused)]})
    else:
        return True
    return False


def _opened(desk: Desk, form: Any) -> FamilyPlan:
    """The plan as the page was opened with it, locked; begun where there was none.

    Raises:
        ChangedMeanwhile: somebody else changed it, or began one.
    """
    if desk.plan is not None:
        version = whole_or_nought(form.version.data)
        return actions.get_plan(desk.family.id, desk.plan.episode_id, version=version)
    plan = actions.open_plan(desk.family.id)
    if queries.list_parts(plan.id):
        raise ChangedMeanwhile
    return plan


def _form_page(template: str, desk: Desk, form: CheckedForm, **told: Any) -> Page:
    page = render_template(template, family=desk.family, form=form, **told)
    return page, 400 if form.errors else 200


def _done(family_id: UUID, message: str) -> AnyResponse:
    flash(message)
    return redirect(url_for("family_plans.show", family_id=family_id))


@blueprint.route("/objectives/new", methods=["GET", "POST"], defaults={"objective_id": None})
@blueprint.route("/objectives/<uuid:objective_id>", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="plan", draft="an objective")
def objective(family_id: UUID, objective_id: UUID | None) -> Page:
    """An objective, new or changed."""
    desk = open_desk(family_id)
    found = queries.get_objective(desk.plan.id, objective_id) if desk.plan and objective_id else None  # fmt: skip
    if objective_id and found is None:
        raise NotFound("no such objective")
    told = {"text": found.text, "headline": found.headline} if found else {"headline": request.args.get("headline", "")}  # fmt: skip
    form = ObjectiveForm(
        formdata=given(), data=told | {"version": desk.plan.version if desk.plan else 0}
    )
    form.headline.choices = {"": "None of them"} | desk.headlines
    if form.validate_on_submit() and form.gives_nothing_away(family_id):
        text, headline = str(form.text.data).strip(), form.headline.data
        same = [part for part in desk.parts if (part.objective.text, part.objective.headline) == (text, headline)]  # fmt: skip
        if same and not found:
            return _done(family_id, "The objective is there already.")  # sent twice
        if _change(desk, form, lambda plan: actions.put_objective(plan, found, text, headline), "text"):  # fmt: skip
            return _done(family_id, "The objective is saved.")
    return _form_page("family_plans/objective.html", desk, form, found=found, conflict=_conflict(form, told))  # fmt: skip


@blueprint.route("/objectives/<uuid:objective_id>/actions/new", methods=["GET", "POST"], defaults={"action_id": None})  # fmt: skip
@blueprint.route("/objectives/<uuid:objective_id>/actions/<uuid:action_id>", methods=["GET", "POST"])  # fmt: skip
@requires(Permission.CHANGE_FAMILIES, reads="plan", draft="an action of a plan")
def action(family_id: UUID, objective_id: UUID, action_id: UUID | None) -> Page:
    """An action of an objective, new or changed."""
    desk = open_desk(family_id)
    if desk.plan is None:
        raise NotFound("no plan")
    aim = queries.get_objective(desk.plan.id, objective_id)
    found = queries.get_action(desk.plan.id, action_id) if action_id else None
    form = ActionForm(formdata=given(), data=_told(found) | {"version": desk.plan.version})
    form.owner_id.choices = {"": "Somebody without an account"} | _owners(family_id, found)
    form.person.choices = {"": "The whole family"} | _people(desk, found)
    if form.validate_on_submit() and form.gives_nothing_away(family_id):
        if not found and any(_wanted(form) == _as_wanted(row) for part in desk.parts for row in part.actions if part.objective.id == aim.id):  # fmt: skip
            return _done(family_id, "The action is there already.")  # sent twice
        if _change(desk, form, lambda plan: _put(plan, aim, found, form), "text"):
            return _done(family_id, "The action is saved.")
    return _form_page("family_plans/action.html", desk, form, found=found, objective=aim, conflict=_conflict(form, _told(found)))  # fmt: skip


def _conflict(form: Any, saved: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Where somebody else was quicker: what is saved now, beside what this form says."""
    if not any(MEANWHILE in error for error in form.text.errors):
        return []
    names = {key: text for field in form if field.type == "SelectField" for key, text in field.choices.items()}  # fmt: skip
    return list_differences(form, saved, names | {state.value: state.value.capitalize() for state in State})  # fmt: skip


@blueprint.post("/objectives/<uuid:objective_id>/remove")
@requires(Permission.CHANGE_FAMILIES, reads="plan")
def remove(family_id: UUID, objective_id: UUID) -> AnyResponse:
    """Take an objective out that has no action."""
    desk, form = open_desk(family_id), VersionForm()
    if desk.plan is None:
        raise NotFound("no plan")
    found = queries.get_objective(desk.plan.id, objective_id)
    if form.validate_on_submit() and _change(desk, form, lambda plan: actions.drop_objective(plan, found), "text"):  # fmt: skip
        return _done(family_id, "The objective is removed.")
    flash(" ".join(str(error) for error in form.text.errors) or "Nothing was removed.", "error")
    return redirect(url_for("family_plans.show", family_id=family_id))


def _told(found: PlanAction | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {
        "text": found.text,
        "owner_id": str(found.owner_id or ""),
        "owner": found.owner,
        "person": str(found.person_id or ""),
        "due_on": found.due_on,
        "state": found.state.value,
    }


def _owners(family_id: UUID, found: PlanAction | None) -> dict[str, str]:
    """Who can do something: the council's workers, and colleagues elsewhere who are involved, have an account and see the plan."""
    known = name_who_may(Permission.CHANGE_FAMILIES)
    known |= {str(row.user_id): f"{row.name}, {row.agency}" for row in list_involved(family_id) if row.user_id and row.sees is Sees.PLAN}  # fmt: skip
    if found and found.owner_id and str(found.owner_id) not in known:
        known[str(found.owner_id)] = name_users().get(found.owner_id, "Somebody who has left")
    return known


def _people(desk: Desk, found: PlanAction | None) -> dict[str, str]:
    known = {str(member.person.id): member.name for member in desk.members}
    if found and found.person_id and str(found.person_id) not in known:
        known[str(found.person_id)] = "Somebody who has left the family"
    return known


def _wanted(form: ActionForm) -> Wanted:
    owner_id = UUID(form.owner_id.data) if form.owner_id.data else None
    return Wanted(
        str(form.text.data).strip(), owner_id, "" if owner_id else str(form.owner.data or "").strip(),
        UUID(form.person.data) if form.person.data else None, form.due_on.data,
    )  # fmt: skip


def _as_wanted(row: PlanAction) -> Wanted:
    return Wanted(row.text, row.owner_id, row.owner, row.person_id, row.due_on)


def _put(plan: FamilyPlan, aim: Any, found: PlanAction | None, form: ActionForm) -> None:
    kept = actions.put_action(plan, aim, found, _wanted(form))
    state = State(form.state.data)
    if state is not (found.state if found else State.OPEN):
        actions.end_action(plan, kept, state)


@blueprint.post("/agree")
@requires(Permission.CHANGE_FAMILIES, reads="plan")
def agree(family_id: UUID) -> Page:
    """The family agreed to the plan."""
    desk, form = open_desk(family_id), AgreeForm()
    if desk.plan is None:
        raise NotFound("no plan")
    aligned = bool(desk.parts) and all(part.objective.headline for part in desk.parts)
    complete = bool(desk.parts) and desk.gaps.none
    if form.validate_on_submit() and _change(
        desk, form, lambda plan: actions.agree(plan, form.agreed_on.data, complete=complete, aligned=aligned), "agreed_on",
    ):  # fmt: skip
        return _done(family_id, "The plan is agreed. It is reviewed next as the council’s cycle says.")  # fmt: skip
    return _show(desk, form), 400


@blueprint.route("/review", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="plan", draft="a review of a plan")
def review(family_id: UUID) -> Page:
    """A review: each open action once."""
    desk, today = open_desk(family_id), clock.today()
    if desk.plan is None:
        raise NotFound("no plan")
    rows = [
        row for part in desk.parts for row in part.actions
        if row.state is State.OPEN or f"state-{row.id}" in request.form
    ]  # fmt: skip
    form = make_review_form(rows, today, actions.propose_review(today), desk.plan.version)
    fine = form.validate_on_submit() and form.gives_nothing_away(family_id)
    if fine and _change(desk, form, lambda plan: _review(plan, form), "summary"):
        return _done(family_id, "The review is written down.")
    return _form_page("family_plans/review.html", desk, form, rows=rows, users=name_users(), name_owner=queries.name_owner, plan=desk.plan)  # fmt: skip


def _review(plan: FamilyPlan, form: ReviewForm) -> None:
    summary, words = (str(field.data or "").strip() for field in (form.summary, form.words))
    actions.review(plan, form.held_on.data, form.found, summary, words, form.next_on.data)
