"""Allocation: who leads which family, handing over, cover."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas import clock
from tfsaas.accounts.queries import get_user, name_users
from tfsaas.cases import caseloads
from tfsaas.cases.caseload_forms import CHOOSE, AllocateForm, CoverForm, HandOverForm
from tfsaas.cases.drift import MOST as DRIFTING
from tfsaas.cases.drift import Drift, count_drift, list_drift
from tfsaas.cases.queries import Filters, list_families
from tfsaas.families import actions, allocating
from tfsaas.families.allocating import AllocationRefused
from tfsaas.families.involving import list_partners
from tfsaas.families.models import Episode
from tfsaas.families.queries import find_episode, get_family
from tfsaas.fields import ActionForm, add_faults, as_uuid, list_differences, put, whole_or_nought
from tfsaas.permissions import Permission, requires
from tfsaas.recording.tasks import hand_tasks_over
from tfsaas.tenants.council import get_review_cycle, list_teams
from tfsaas.tenants.plans import name_signals_in
from tfsaas.tenants.queries import find_programme, get_programme, list_plan_versions

blueprint = Blueprint("caseloads", __name__)
Page = AnyResponse | tuple[str, int]
MOST = 200


@blueprint.get("/caseloads")
@requires(Permission.ALLOCATE, reads="caseloads")
def index() -> str:
    """Families that wait for a lead worker, and who leads how many."""
    programme = find_programme()
    if programme is None:
        return render_template("cases/no_programme.html")
    on, weeks = clock.today(), get_review_cycle().contact_weeks
    waiting, count = caseloads.list_waiting(programme.id)
    return render_template(
        "cases/caseloads.html",
        rows=caseloads.list_caseloads(programme.id, on),
        drift=count_drift(programme.id, on, weeks),
        none=Drift(),
        weeks=weeks,
        waiting=waiting,
        count=count,
        covers=allocating.list_covers(on),
        users=name_users(),
        weights=allocating.WEIGHTS,
        on=on,
    )


@blueprint.get("/caseloads/drift")
@requires(Permission.ALLOCATE, reads="families that drift")
def drift() -> str:
    """Families that are overdue, open long, silent, or with children nobody has seen."""
    chosen, on = as_uuid(request.args.get("worker")), clock.today()
    weeks = get_review_cycle().contact_weeks
    return render_template(
        "cases/drift.html",
        rows=list_drift(get_programme().id, on, weeks, chosen, way=request.args.get("way", "")),
        most=DRIFTING,
        worker=chosen,
        users=name_users(),
        weeks=weeks,
    )


@blueprint.route("/families/<uuid:family_id>/allocate", methods=["GET", "POST"])
@requires(Permission.ALLOCATE, reads="family")
def allocate(family_id: UUID) -> Page:
    """Give a family its team, lead worker and weight."""
    programme, family = get_programme(), get_family(family_id)
    episode = _episode(family_id, programme.id)
    if episode.closed_on is not None:
        flash("Support has ended. Open the family again first.", "error")
        return redirect(url_for("endings.open_again", family_id=family_id))
    saved: dict[str, object] = {
        "team": str(episode.team_id or ""),
        "lead_worker": str(episode.lead_worker_id or ""),
        "weight": str(episode.weight or 2),
    }
    form = AllocateForm(data=saved | {"version": episode.version or 1})
    form.team.choices = {"": "No team"} | {str(team.id): team.name for team, _ in list_teams()}
    form.lead_worker.choices = _leaders(episode.lead_worker_id)
    conflict: list[tuple[str, str, str]] = []
    if form.validate_on_submit():
        says_the_same = all(str(form[name].data or "") == value for name, value in saved.items())
        if says_the_same or whole_or_nought(form.version.data) == episode.version:
            _allocate(form, episode)
            flash("The family is allocated.")
            return redirect(url_for("cases.family", family_id=family_id))
        names = form.lead_worker.choices | form.team.choices | form.weight.choices
        conflict = list_differences(form, saved, names)
        put(form.version, episode.version)
    page = render_template("cases/allocate.html", form=form, family=family, conflict=conflict, allocations=allocating.list_allocations(family_id), users=name_users())  # fmt: skip
    return page, 409 if conflict else 400 if form.errors else 200


def _episode(family_id: UUID, programme_id: UUID) -> Episode:
    """The family's episode, locked before it is changed; looking at the form alone opens none."""
    if request.method == "POST":
        found = actions.get_or_open_episode(family_id)
        actions.lock_record(found)
        return found
    return find_episode(family_id, programme_id) or Episode()


def _allocate(form: AllocateForm, episode: Any) -> None:
    chosen = UUID(form.lead_worker.data) if form.lead_worker.data else None
    if chosen and chosen != episode.lead_worker_id:
        allocating.get_leader(chosen)
    allocating.lead(episode, chosen, reason=str(form.reason.data or "").strip())
    episode.team_id = UUID(form.team.data) if form.team.data else None
    episode.weight = int(form.weight.data)


def _leaders(now: UUID | None) -> dict[str, str]:
    """Workers with their caseloads, colleagues of other agencies, and who leads now, even if they could not be chosen anew."""
    known = _workers() | {str(user.id): user.known_as for user in list_partners()}
    if now and str(now) not in known:
        known[str(now)] = name_users().get(now, "Somebody who has left")
    return {"": "Not decided yet"} | known


def _workers() -> dict[str, str]:
    rows = caseloads.list_caseloads(get_programme().id, clock.today())
    return caseloads.name_caseloads(rows)


@blueprint.get("/caseloads/<uuid:user_id>")
@requires(Permission.ALLOCATE, reads="caseload")
def show(user_id: UUID) -> str:
    """One person's families, to be handed over, and who covers for them."""
    return _show(user_id, HandOverForm(formdata=None), CoverForm(formdata=None))


def _list_led(user_id: UUID) -> Sequence[Any]:
    return list_families(get_programme().id, Filters(lead_worker_id=user_id), limit=MOST).rows


def _name_families(rows: Sequence[Any]) -> dict[str, str]:
    return {str(row.id): f"{row.name}, {row.reference}" for row in rows}


def _others(user_id: UUID) -> dict[str, str]:
    """Who could lead or look after this person's families instead."""
    return CHOOSE | {key: text for key, text in _workers().items() if key != str(user_id)}


def _show(user_id: UUID, hand_over: HandOverForm, cover: CoverForm) -> str:
    user, rows, on = get_user(user_id), _list_led(user_id), clock.today()
    hand_over.families.choices = _name_families(rows)
    hand_over.to.choices = cover.covered_by.choices = _others(user_id)
    return render_template(
        "cases/caseload.html", user=user, rows=rows, hand_over=hand_over, cover=cover,
        covers=[row for row in allocating.list_covers(on) if row.user_id == user_id], users=name_users(),
        form=hand_over if hand_over.errors else cover,
    )  # fmt: skip


@blueprint.post("/caseloads/<uuid:user_id>/hand-over")
@requires(Permission.ALLOCATE, reads="caseload")
def hand_over(user_id: UUID) -> Page:
    """Let somebody else lead some of a person's families, or all."""
    form, user = HandOverForm(), get_user(user_id)
    form.families.choices, form.to.choices = _name_families(_list_led(user_id)), _others(user_id)
    if form.validate():
        chosen = [UUID(value) for value in form.families.data or []]
        try:
            count = allocating.hand_over(user_id, UUID(form.to.data), chosen, str(form.reason.data).strip())  # fmt: skip
        except AllocationRefused as refused:
            add_faults(form, {refused.field: [str(refused)]})
        else:
            hand_tasks_over(user_id, UUID(form.to.data), chosen)
            names = name_users()
            flash(f"{names[UUID(form.to.data)]} leads {count} more {'family' if count == 1 else 'families'} from now on, {user.name} no longer does.")  # fmt: skip
            return redirect(url_for("caseloads.show", user_id=user_id))
    return _show(user_id, form, CoverForm(formdata=None)), 400


@blueprint.post("/caseloads/<uuid:user_id>/cover")
@requires(Permission.ALLOCATE, reads="caseload")
def cover(user_id: UUID) -> Page:
    """Let somebody look after a person's families for some days."""
    form = CoverForm()
    get_user(user_id)
    form.covered_by.choices = _others(user_id)
    if form.validate():
        try:
            allocating.arrange_cover(user_id, UUID(form.covered_by.data), form.from_on.data, form.until_on.data)  # fmt: skip
        except AllocationRefused as refused:
            add_faults(form, {refused.field: [str(refused)]})
        else:
            flash("The cover is arranged. The families stand on My work of whoever covers, for those days.")  # fmt: skip
            return redirect(url_for("caseloads.show", user_id=user_id))
    return _show(user_id, HandOverForm(formdata=None), form), 400


@blueprint.post("/caseloads/<uuid:user_id>/covers/<uuid:cover_id>/end")
@requires(Permission.ALLOCATE, reads="caseload")
def end_cover(user_id: UUID, cover_id: UUID) -> AnyResponse:
    """They are back."""
    get_user(user_id)
    if ActionForm().validate_on_submit():
        allocating.end_cover(cover_id, clock.today())
        flash("The cover ends.")
    return redirect(url_for("caseloads.show", user_id=user_id))


@blueprint.get("/caseloads/<uuid:user_id>/summary")
@requires(Permission.ALLOCATE, reads="hand-over summary")
def summary(user_id: UUID) -> str:
    """What a successor must know of each family, from the record."""
    programme, on = get_programme(), clock.today()
    versions = list_plan_versions(programme.id)
    return render_template(
        "cases/hand_over.html",
        user=get_user(user_id),
        rows=caseloads.summarise(programme.id, versions, user_id, on),
        signals=name_signals_in(versions),
        on=on,
    )
