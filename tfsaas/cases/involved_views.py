"""Who else works with a family: recorded by its workers; and the part of the file that colleagues elsewhere see."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_login import current_user
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField, SelectField

from tfsaas import clock
from tfsaas.accounts.queries import name_users
from tfsaas.cases.forms import TODAY_OR_BEFORE, SpellForm
from tfsaas.evidence.actions import Statement, record_fact
from tfsaas.evidence.queries import list_facts
from tfsaas.families.forms import AddressChecked
from tfsaas.families.involved import Sees
from tfsaas.families.involving import (
    Colleague,
    InvolvementRefused,
    OwnFamily,
    end_involvement,
    get_own_family,
    involve,
    list_involved,
    list_own_families,
    list_partners,
)
from tfsaas.families.queries import Member, get_family, list_present
from tfsaas.family_plans.actions import end_own_action
from tfsaas.family_plans.models import State
from tfsaas.family_plans.queries import find_plan, list_parts, name_owner
from tfsaas.fields import ActionForm, DayField, Needed, add_faults, as_uuid, text_line
from tfsaas.permissions import Permission, requires
from tfsaas.recording.contact_views import write
from tfsaas.recording.contacts import list_written
from tfsaas.rules.plan import Plan, SignalKind
from tfsaas.tenants.plans import plan_of
from tfsaas.tenants.queries import find_plan_in_force, get_programme

blueprint = Blueprint("involved", __name__)
Page = AnyResponse | tuple[str, int]
ADULT_YEARS = 16


class InvolvedForm(AddressChecked):
    """Somebody of another agency who works with the family."""

    user_id = SelectField("Do they have an account?", description="Who has one sees the family while they are involved", widget=GovSelect(), choices={}, default="")  # fmt: skip
    name = text_line("What are they called?", "", "Enter what they are called")
    agency = text_line("Where do they work?", "Such as: Hill School; Jobcentre Plus", "Enter where they work")  # fmt: skip
    does = text_line("What do they do with the family?", "Such as: health visitor for Sam. May stay empty.")  # fmt: skip
    phone = text_line("Telephone", "So that colleagues can ring them. May stay empty.")
    sees = RadioField("If they have an account: what do they see of the file?", widget=GovRadioInput(), choices={sees.value: sees.value.capitalize() for sees in Sees}, default=Sees.INVOLVED.value)  # fmt: skip
    from_on = DayField("Since when?", validators=[Needed("Enter since when")])


@blueprint.route("/families/<uuid:family_id>/involved", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="family")
def add(family_id: UUID) -> Page:
    """Who is involved, and somebody new."""
    family, form = get_family(family_id), InvolvedForm(data={"from_on": clock.today()})
    accounts = {str(user.id): user.name for user in list_partners()}
    form.user_id.choices = {"": "No, or not here"} | accounts
    if form.validate_on_submit() and form.gives_nothing_away(family_id):
        said = {name: str(form[name].data or "").strip() for name in ("name", "agency", "does", "phone")}  # fmt: skip
        who = Colleague(as_uuid(form.user_id.data), **said, sees=Sees(form.sees.data))
        try:
            involve(family_id, who, form.from_on.data)
        except InvolvementRefused as refused:
            add_faults(form, {refused.field: [str(refused)]})
        else:
            flash(f"{who.name} is involved.")
            return redirect(url_for("involved.add", family_id=family_id))
    page = render_template("cases/involved.html", family=family, form=form, rows=list_involved(family_id))  # fmt: skip
    return page, 400 if form.errors else 200


@blueprint.post("/families/<uuid:family_id>/involved/<uuid:involvement_id>/end")
@requires(Permission.CHANGE_FAMILIES, reads="family")
def end(family_id: UUID, involvement_id: UUID) -> AnyResponse:
    """They are involved no longer."""
    get_family(family_id)
    if ActionForm().validate_on_submit():
        end_involvement(family_id, involvement_id)
        flash("They are involved no longer.")
    return redirect(url_for("involved.add", family_id=family_id))


@blueprint.get("/own-families")
@requires(Permission.SEE_OWN_FAMILIES, reads="families one is involved with")
def own() -> str:
    """The families that somebody of another agency is involved with."""
    return render_template("cases/own_families.html", rows=list_own_families())


@blueprint.get("/own-families/<uuid:family_id>")
@requires(Permission.SEE_OWN_FAMILIES, reads="part of a family's file")
def own_family(family_id: UUID) -> str:
    """The part of a family's file that they need."""
    found = get_own_family(family_id)
    members = list_present(family_id)
    sees = found.involvement.sees
    plan = find_plan(family_id, found.episode.id) if sees is Sees.PLAN else None
    return render_template(
        "cases/own_family.html",
        own=found,
        members=members,
        involved=list_involved(family_id),
        plan=plan,
        parts=list_parts(plan.id) if plan else [],
        open=State.OPEN,
        facts=_work(found, members) if sees is Sees.WORK else [],
        titles=_work_signals() if sees is Sees.WORK else {},
        names={member.person.id: member.name for member in members},
        users=name_users(),
        name_owner=name_owner,
        records=sees is Sees.WORK,
        leads=_leads(found),
        contacts=list_written(family_id, current_user.id),
    )


def _leads(found: OwnFamily) -> bool:
    """Whether the person who asks leads the family's support."""
    return found.lead is not None and found.lead.id == current_user.id


@blueprint.route("/own-families/<uuid:family_id>/contacts/new", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_FAMILIES, reads="part of a family's file", draft="a contact")
def record_contact(family_id: UUID) -> Page:
    """A contact, by whoever of another agency leads the family."""
    found = get_own_family(family_id)
    if not _leads(found):
        abort(404)
    return write(found.family, url_for("involved.own_family", family_id=family_id))


def _adults(members: list[Member]) -> list[Member]:
    on = clock.today()
    ages = [(member, member.age(on)) for member in members]
    return [member for member, age in ages if age is None or age >= ADULT_YEARS]


def _work(found: OwnFamily, members: list[Member]) -> list[Any]:
    """What is on record of work and benefits of the adults, the latest first."""
    signals = _work_signals()
    people = [member.person.id for member in _adults(members)]
    return [row for row in list_facts(found.family.id, people) if row.signal in signals]


def _work_signals() -> dict[str, str]:
    """The states of work and benefits that the plan in force asks about, by code."""
    version = find_plan_in_force(get_programme().id, clock.today())
    plan = plan_of(version) if version else None
    codes = _codes(plan) if plan else set()
    return {code: signal.title for code, signal in plan.signals.items() if code in codes} if plan else {}  # fmt: skip


def _codes(plan: Plan) -> set[str]:
    if plan.employment is None:
        return set()
    routes = {route.prior for route in plan.routes}
    return {plan.employment.signal, *plan.employment.benefits, *routes}


class WorkForm(SpellForm):
    """Since when somebody has work or a benefit."""

    person = SelectField("Who?", widget=GovSelect(), choices={}, validators=[Needed("Choose who")])
    signal = SelectField("What?", widget=GovSelect(), choices={}, validators=[Needed("Choose what")])  # fmt: skip


@blueprint.route("/own-families/<uuid:family_id>/work", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_FAMILIES, reads="part of a family's file")
def record_work(family_id: UUID) -> Page:
    """Record work or a benefit of an adult; nothing else."""
    found = get_own_family(family_id)
    if found.involvement.sees is not Sees.WORK:
        abort(404)
    form = WorkForm()
    adults = _adults(list_present(family_id))
    form.person.choices = {"": "Choose"} | {str(m.person.id): m.name for m in adults}
    form.signal.choices = {"": "Choose"} | _work_signals()
    if form.validate_on_submit():
        if form.on.data > clock.today():
            add_faults(form, {"on": [TODAY_OR_BEFORE]})
        else:
            said = Statement(signal=form.signal.data, kind=SignalKind.SPELL, person_id=UUID(form.person.data), on=form.on.data, until=form.until.data)  # fmt: skip
            record_fact(family_id, said)
            flash("Recorded.")
            return redirect(url_for("involved.own_family", family_id=family_id))
    page = render_template("cases/own_work.html", own=found, form=form)
    return page, 400 if form.errors else 200


@blueprint.post("/own-families/<uuid:family_id>/actions/<uuid:action_id>/done")
@requires(Permission.SEE_OWN_FAMILIES, reads="part of a family's file")
def done(family_id: UUID, action_id: UUID) -> AnyResponse:
    """An action of one's own in the plan is done."""
    found = get_own_family(family_id)
    if found.involvement.sees is not Sees.PLAN:
        abort(404)
    if ActionForm().validate_on_submit():
        end_own_action(family_id, action_id, current_user.id)
        flash("Done. The lead worker sees it.")
    return redirect(url_for("involved.own_family", family_id=family_id))
