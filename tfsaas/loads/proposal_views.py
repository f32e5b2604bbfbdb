"""Finding families: the list of those found, and one of them to accept, join to a known one, or set aside."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput, GovTextArea
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import Length

from tfsaas.accounts.queries import name_users
from tfsaas.families.models import Family, Person
from tfsaas.families.queries import get_family
from tfsaas.families.records import find_family
from tfsaas.fields import ActionForm, CheckedForm, Needed, add_faults, text_line, whole_or_nought
from tfsaas.jobs.actions import ask_for
from tfsaas.jobs.queries import find_latest_job, find_open_job
from tfsaas.loads import proposals
from tfsaas.loads.finding import FIND_FAMILIES
from tfsaas.loads.known_families import KnownFamily, list_known_near
from tfsaas.loads.models import FamilyProposal
from tfsaas.loads.proposals import ProposalRefused
from tfsaas.permissions import Permission, requires
from tfsaas.tenants.models import Programme
from tfsaas.tenants.plans import name_headlines, name_signals, plan_of
from tfsaas.tenants.queries import find_plan_in_force, find_programme
from tfsaas.tenants.scope import current_tenant

blueprint = Blueprint("proposals", __name__, url_prefix="/evidence/families")
Page = AnyResponse | tuple[str, int]


class SetAsideForm(CheckedForm):
    """Why a found family is not one for the programme."""

    version = HiddenField()
    reason = TextAreaField(
        "Why is it set aside?",
        description="Such as: helped by another service; moved away; not one household",
        widget=GovTextArea(),
        validators=[Needed("Enter why it is set aside"), Length(max=500)],
    )


class AcceptForm(CheckedForm):
    """Who belongs to a found family, and which family it is."""

    version = HiddenField()
    person = SelectMultipleField("Who belongs to the family?", description="Whoever is left out, such as a lodger, stays found and may be proposed again with others.", widget=GovCheckboxesInput(), validators=[Needed("Select who belongs to the family")])  # fmt: skip
    family = RadioField("Which family is it?", widget=GovRadioInput(), default="new")
    reference = text_line("Reference of the other family", "Where they belong to another family on record", longest=40)  # fmt: skip


@blueprint.get("")
@requires(Permission.SEE_MATCHES, reads="families found")
def index() -> str:
    """Families found that wait, ranked."""
    programme = find_programme()
    return render_template(
        "loads/found.html",
        rows=proposals.list_proposals(),
        count=proposals.count_open(),
        decided=proposals.list_decided(),
        users=name_users(),
        headlines=name_headlines(programme.id) if programme else {},
        job=find_latest_job(FIND_FAMILIES, current_tenant()),
    )


@blueprint.post("/find")
@requires(Permission.LOAD_EVIDENCE)
def find() -> AnyResponse:
    """Have families looked for among people whom nobody knew."""
    if ActionForm().validate_on_submit() and not find_open_job(FIND_FAMILIES, current_tenant()):
        ask_for(FIND_FAMILIES, current_tenant())
    return redirect(url_for("proposals.index"))


@blueprint.get("/<uuid:proposal_id>")
@requires(Permission.SEE_MATCHES, reads="family found")
def show(proposal_id: UUID) -> str:
    """One found family: who, why together, what is met, and who is known at the same home."""
    return _show(proposal_id)


def _show(proposal_id: UUID, aside: SetAsideForm | None = None, form: AcceptForm | None = None) -> str:  # fmt: skip
    programme, proposal = find_programme(), proposals.get_proposal(proposal_id)
    people = proposals.list_people(proposal_id)
    known = list_known_near(people)
    return render_template(
        "loads/found_family.html",
        proposal=proposal,
        people=people,
        known=known,
        facts=proposals.count_facts(people),
        sources=proposals.list_sources(people),
        needed=_needed(programme, proposal.evaluated_on),
        headlines=name_headlines(programme.id) if programme else {},
        signals=name_signals(programme.id) if programme else {},
        accept=form or _accept_form(people, known),
        aside=aside or SetAsideForm(formdata=None),
        form=aside or form or AcceptForm(formdata=None),
    )


def _accept_form(people: Sequence[Person], known: Sequence[KnownFamily]) -> AcceptForm:
    form = AcceptForm(data={"person": [str(person.id) for person in people]})
    form.person.choices = [(str(p.id), f"{p.given_name} {p.family_name}".strip() or "Name not known") for p in people]  # fmt: skip
    form.family.choices = [
        ("new", "It is a new family"),
        *((str(row.family.id), f"{row.family.name}, {row.family.reference}") for row in known),
        ("other", "They belong to another family on record"),
    ]
    return form


def _needed(programme: Programme | None, on: date) -> int:
    """How many headlines the plan in force asks of a family."""
    version = find_plan_in_force(programme.id, on) if programme else None
    return plan_of(version).eligibility.minimum_headlines if version else 0


def _version() -> int:
    return whole_or_nought(request.form.get("version"))


@blueprint.post("/<uuid:proposal_id>/accept")
@requires(Permission.TRIAGE, reads="family found")
def accept(proposal_id: UUID) -> Page:
    """Make those who were ticked one of the council's families, or members of the one that was chosen."""
    proposal = proposals.get_proposal(proposal_id, locked=True)
    people = proposals.list_people(proposal_id)
    form = _accept_form(people, list_known_near(people))
    if form.validate_on_submit() and (chosen := _family_chosen(form)):
        try:
            return redirect(url_for("cases.family", family_id=_take(proposal, form, chosen).id))
        except ProposalRefused as refused:
            flash(f"{refused}.", "error")
            return redirect(url_for("proposals.show", proposal_id=proposal_id))
    return _show(proposal_id, form=form), 400


def _family_chosen(form: AcceptForm) -> Family | str | None:
    """The family on record, or "new"; None where the form says what is wrong."""
    if form.family.data == "new":
        return "new"
    if form.family.data != "other":
        return get_family(UUID(form.family.data))
    found = find_family(str(form.reference.data or "").strip())
    if found is None:
        add_faults(form, {"reference": ["No family has this reference. It stands on the family’s page"]})  # fmt: skip
    return found


def _take(proposal: FamilyProposal, form: AcceptForm, chosen: Family | str) -> Family:
    people, version = {UUID(text) for text in form.person.data}, whole_or_nought(form.version.data)
    if isinstance(chosen, Family):
        proposals.join(proposal, chosen, people, version=version)
        flash("They are members of the family now.")
        return chosen
    family = proposals.accept(proposal, people, version=version)
    flash("The family is added. Its support has not begun.")
    return family


@blueprint.post("/<uuid:proposal_id>/take-back")
@requires(Permission.TRIAGE)
def take_back(proposal_id: UUID) -> AnyResponse:
    """Let a family that was set aside wait again."""
    proposal = proposals.get_proposal(proposal_id, locked=True)
    if ActionForm().validate_on_submit():
        try:
            proposals.take_back(proposal, version=_version())
        except ProposalRefused as refused:
            flash(f"{refused}.", "error")
    return redirect(url_for("proposals.show", proposal_id=proposal_id))


@blueprint.post("/<uuid:proposal_id>/set-aside")
@requires(Permission.TRIAGE, reads="family found")
def set_aside(proposal_id: UUID) -> Page:
    """Not a family for the programme, with the reason."""
    proposal, form = proposals.get_proposal(proposal_id, locked=True), SetAsideForm()
    if not form.validate_on_submit():
        return _show(proposal_id, aside=form), 400
    try:
        proposals.set_aside(proposal, str(form.reason.data).strip(), version=_version())
    except ProposalRefused as refused:
        flash(f"{refused}.", "error")
    else:
        flash("Set aside. The same people are not proposed again.")
    return redirect(url_for("proposals.index"))
