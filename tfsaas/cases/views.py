"""The list of families, and the family's file."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from tfsaas import clock
from tfsaas.accounts.queries import name_users, name_who_may
from tfsaas.audit.trail import record_act
from tfsaas.cases.beside import list_beside
from tfsaas.cases.panel import Panel, make_panel, tell_outlook, unnamed
from tfsaas.cases.queries import (
    CONFIRMED,
    FileHead,
    Filters,
    get_file_head,
    list_families,
)  # fmt: skip
from tfsaas.evidence.queries import DatedFact, list_facts
from tfsaas.families.protecting import list_protected
from tfsaas.families.queries import (
    Member,
    get_family,
    list_identifiers,
    list_linked,
    list_members,
)  # fmt: skip
from tfsaas.fields import as_uuid
from tfsaas.outcomes.actions import evaluate_family, working_day
from tfsaas.outcomes.at_hand import batch_of_family
from tfsaas.outcomes.confirmation import NotConfirmable, confirm_result
from tfsaas.outcomes.models import Result, Standing
from tfsaas.permissions import Permission, requires
from tfsaas.recording.contact_views import may_open
from tfsaas.tenants.models import PlanVersion
from tfsaas.tenants.plans import name_headlines, name_signals_in, pick_in_force
from tfsaas.tenants.queries import (
    find_programme,
    get_plan_version,
    get_programme,
    list_plan_versions,
)

blueprint = Blueprint("cases", __name__)

NOBODY = "nobody"
STATUSES = {CONFIRMED: "Result confirmed"} | {
    standing.value: standing.value.capitalize() for standing in reversed(Standing)
}


@blueprint.route("/families", methods=["GET", "POST"])
@requires(Permission.SEE_FAMILIES, reads="families")
def index() -> AnyResponse | str:
    """The council's families. A name is sent by POST, so that none stands in an address."""
    programme = find_programme()
    if programme is None:
        return render_template("cases/no_programme.html")
    filters = _filters()
    page = list_families(programme.id, filters, after=as_uuid(request.values.get("after", "")))
    return render_template(
        "cases/index.html",
        page=page,
        filters=filters,
        choices={
            "worker": {"": "Anybody", NOBODY: "Nobody"} | name_who_may(Permission.LEAD_FAMILIES),
            "headline": {"": "Any headline"} | name_headlines(programme.id),
            "status": {"": "Anywhere"} | STATUSES,
        },
        chosen=_chosen(filters),
    )


def _filters() -> Filters:
    values = request.values
    status = values.get("status", "")
    return Filters(
        lead_worker_id=as_uuid(values.get("worker", "")),
        unled=values.get("worker") == NOBODY,
        headline=values.get("headline") or None,
        status=status if status in STATUSES else None,
        name=(request.form.get("name") or "").strip()[:100] or None,
    )


def _chosen(filters: Filters) -> dict[str, str]:
    """The filters as the next page's address carries them."""
    told = {
        "worker": NOBODY if filters.unled else filters.lead_worker_id,
        "headline": filters.headline,
        "status": filters.status,
    }
    return {key: str(value) for key, value in told.items() if value}


@blueprint.get("/families/<uuid:family_id>")
@requires(Permission.SEE_FAMILIES, reads="family")
def family(family_id: UUID) -> str:
    """The family's file."""
    programme = get_programme()
    head, on = get_file_head(family_id, programme.id), working_day(programme)
    members = list_members(family_id)
    person_ids = [member.person.id for member in members]
    linked = list_linked(person_ids)
    facts = list_facts(family_id, person_ids, linked=linked)
    versions = list_plan_versions(programme.id)
    names = {member.person.id: member.name for member in members}
    return render_template(
        "cases/family.html",
        family=head.family,
        episode=head.episode,
        result=head.result,
        members=members,
        beside=list_beside(family_id, [*person_ids, *linked], on),
        facts=facts,
        names=names,
        users=name_users(),
        signals=name_signals_in(versions),
        panel=_panel(head, on, members, facts, versions, linked),
        earliest=tell_outlook(head.outlook) if head.result is None else "",
        on=on,
    )


def _panel(
    head: FileHead,
    on: date,
    members: Sequence[Member],
    facts: Sequence[DatedFact],
    versions: Sequence[PlanVersion],
    linked: Mapping[UUID, UUID],
) -> Panel | None:
    """The panel as at today; None when no plan applies to the family yet."""
    episode = head.episode
    pinned = next((v for v in versions if episode and v.id == episode.plan_version_id), None)
    version = pinned or pick_in_force(versions, on)
    if episode is None or version is None:
        return None
    names = {str(member.person.id): member.name for member in members}
    batch = batch_of_family(version, episode, members, facts, linked=linked)
    return make_panel(batch, names, on)


@blueprint.get("/families/<uuid:family_id>/people/<uuid:person_id>")
@requires(Permission.SEE_FAMILIES, reads="person")
def person(family_id: UUID, person_id: UUID) -> str:
    """One person's particulars."""
    found = get_family(family_id)
    member = next((m for m in list_members(family_id) if m.person.id == person_id), None)
    if member is None:
        return render_template("cases/no_person.html", family=found)
    return render_template(
        "cases/person.html",
        family=found,
        member=member,
        numbers=list_identifiers(person_id),
        withheld=bool(list_protected([person_id])),
        may_change=current_user.may(Permission.CHANGE_FAMILIES),
        may_see=may_open(family_id),
        may_stop=current_user.may(Permission.SIGN_OFF),
        on=clock.today(),
    )


@blueprint.post("/families/<uuid:family_id>/result")
@requires(Permission.CONFIRM_RESULTS, reads="family")
def confirm(family_id: UUID) -> AnyResponse:
    """Evaluate the family as at today, and confirm the result if it has one."""
    get_family(family_id)
    on = working_day(get_programme())
    try:
        result = confirm_result(family_id, on, evaluate_family(family_id, on))
        _record_why(family_id, result, on)
    except NotConfirmable as reason:
        flash(f"{reason}.", "error")
    else:
        worth = f"worth £{result.amount_pounds:,}" if result.amount_pounds else "counted at £0"
        flash(f"The result is confirmed: {worth}.")
    return redirect(url_for("cases.family", family_id=family_id))


def _record_why(family_id: UUID, result: Result, on: date) -> None:
    """Keep with the confirmation why the family had its result, in words and without names."""
    head, members = get_file_head(family_id, result.programme_id), list_members(family_id)
    person_ids = [member.person.id for member in members]
    linked = list_linked(person_ids)
    facts = list_facts(family_id, person_ids, linked=linked)
    version = (
        get_plan_version(head.episode.plan_version_id)
        if head.episode and head.episode.plan_version_id
        else None
    )
    if head.episode is None or version is None:
        return
    batch = batch_of_family(version, head.episode, members, facts, linked=linked)
    panel = make_panel(batch, unnamed(members, on), on)
    told = [panel.told, *(section.told for section in panel.sections if section.told)]
    record_act("confirm", "result", result.id, {"why": " ".join(told)})
