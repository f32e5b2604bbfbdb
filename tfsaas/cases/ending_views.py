"""Ending support, opening a family again, and answering what the watch has found."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextInput
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import Length

from tfsaas import clock
from tfsaas.accounts.queries import name_users, name_who_may
from tfsaas.cases import endings
from tfsaas.cases.endings import EndingRefused, Told
from tfsaas.cases.models import HowEnded
from tfsaas.drafts.forms import given
from tfsaas.families.allocating import get_leader
from tfsaas.families.forms import AddressChecked
from tfsaas.families.queries import find_episode, get_family, list_members
from tfsaas.fields import CheckedForm, DayField, Needed, add_faults, as_uuid, put, text_area
from tfsaas.permissions import Permission, requires
from tfsaas.tenants.plans import name_signals
from tfsaas.tenants.queries import get_programme

blueprint = Blueprint("endings", __name__, url_prefix="/families/<uuid:family_id>")
Page = AnyResponse | tuple[str, int]
TAKES_OVER = {HowEnded.STEPPED_UP, HowEnded.STEPPED_DOWN, HowEnded.TRANSFERRED}
THEIRS_STANDS = "Somebody else has answered this since you opened it. Their answer stands above; save again to put yours in its place"


class EndForm(AddressChecked):
    """How support ended."""

    how = RadioField("How does support end?", widget=GovRadioInput(), choices={how.value: how.value.capitalize() for how in HowEnded}, validators=[Needed("Select how support ends")], invalid_choice_message="Select how support ends")  # fmt: skip
    ended_on = DayField("On which day?", validators=[Needed("Enter the day on which support ends")])
    reason = text_area("Why now?", "What was decided, with whom", "Enter why support ends now")
    outcome = text_area("What has become of it?", "For each problem: better, the same or worse, and how you know. What is still to be done, and by whom.", "Enter what has become of the family’s problems")  # fmt: skip
    words = text_area(
        "What does the family say?", "In their own words, with who said it. Children too."
    )
    no_words = StringField("If they say nothing: why?", widget=GovTextInput(), validators=[Length(max=300, message="Write 300 characters or fewer")])  # fmt: skip
    to = StringField("Who takes over?", description="Needed where support is stepped up or down, or the family has moved: name, service and telephone", widget=GovTextInput(), validators=[Length(max=200, message="Write 200 characters or fewer")])  # fmt: skip

    def validate(self, extra_validators: object = None) -> bool:
        """The family's voice or why there is none; who takes over where somebody must."""
        fine = super().validate(extra_validators)
        said = [str(field.data or "").strip() for field in (self.words, self.no_words, self.to)]
        faults: dict[str, Sequence[str]] = {}
        if not said[0] and not said[1]:
            faults["words"] = ["Enter what the family says, or below why it says nothing"]
        if said[0] and said[1]:
            faults["no_words"] = ["Leave this empty where the family says something"]
        if self.how.data in {how.value for how in TAKES_OVER} and not said[2]:
            faults["to"] = ["Enter who takes over"]
        add_faults(self, faults)
        return bool(fine) and not faults

    def told(self) -> Told:
        """What the form says."""
        names = ("reason", "outcome", "words", "no_words", "to")
        said = {name: str(self[name].data or "").strip() for name in names}
        return Told(HowEnded(self.how.data), self.ended_on.data, **said)


class AgainForm(CheckedForm):
    """Who leads when a family is opened again."""

    lead_worker = SelectField("Who leads?", widget=GovSelect(), choices={}, default="")


class AlertForm(AddressChecked):
    """What the watch has found: a relapse or not, and what is done."""

    seen = HiddenField()

    is_relapse = RadioField("Is it a relapse?", description="A problem for which the family was helped has come back", widget=GovRadioInput(), choices={"yes": "Yes", "no": "No"}, validators=[Needed("Select whether it is a relapse")], invalid_choice_message="Select whether it is a relapse")  # fmt: skip
    answer = text_area("What do you do?", "Such as: rang the mother, all is well; opened the family again; told the school", "Enter what you do")  # fmt: skip


@blueprint.route("/end", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="family", draft="the end of support")
def end(family_id: UUID) -> Page:
    """End support."""
    family, form = (
        get_family(family_id),
        EndForm(formdata=given(), data={"ended_on": clock.today()}),
    )
    if form.validate_on_submit() and form.gives_nothing_away(family_id):
        try:
            ending = endings.end_support(family_id, form.told())
        except EndingRefused as refused:
            add_faults(form, {refused.field: [str(refused)]})
        else:
            until = ending.watched_until
            told = f" You hear of new signals until {until.day} {until:%B %Y}." if until else ""
            flash(f"Support has ended.{told}")
            return redirect(url_for("endings.show", family_id=family_id))
    page = render_template(
        "cases/end.html", family=family, form=form, loose=endings.list_loose_ends(family_id)
    )
    return page, 400 if form.errors else 200


@blueprint.get("/endings")
@requires(Permission.SEE_FAMILIES, reads="end of support")
def show(family_id: UUID) -> str:
    """How support ended, and what was seen since."""
    family, programme = get_family(family_id), get_programme()
    episode = find_episode(family_id, programme.id)
    return render_template(
        "cases/endings.html",
        family=family,
        rows=endings.list_endings(family_id),
        alerts=endings.list_alerts(family_id),
        is_over=episode is not None and episode.closed_on is not None,
        may_change=current_user.may(Permission.CHANGE_FAMILIES),
        names={member.person.id: member.name for member in list_members(family_id)},
        signals=name_signals(programme.id),
        users=name_users(),
    )


@blueprint.route("/open-again", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="family")
def open_again(family_id: UUID) -> Page:
    """Begin a new episode."""
    family, form = get_family(family_id), AgainForm(data={"lead_worker": str(current_user.id)})
    leaders = name_who_may(Permission.CHANGE_FAMILIES)
    if not current_user.may(Permission.ALLOCATE):
        leaders = {key: name for key, name in leaders.items() if key == str(current_user.id)}
    form.lead_worker.choices = {"": "Not decided yet"} | leaders
    if form.validate_on_submit():
        leader = as_uuid(form.lead_worker.data)
        endings.open_again(family_id, get_leader(leader).id if leader else None)
        flash("The family is open again. Say when support begins.")
        return redirect(url_for("cases.family", family_id=family_id))
    page = render_template("cases/open_again.html", family=family, form=form)
    return page, 400 if form.errors else 200


@blueprint.route("/alerts/<uuid:alert_id>", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="end of support")
def alert(family_id: UUID, alert_id: UUID) -> Page:
    """What was found, and what one does."""
    family, found = get_family(family_id), endings.get_alert(family_id, alert_id)
    seen = endings.answer_mark(found)
    stands = {} if found.is_relapse is None else {"is_relapse": "yes" if found.is_relapse else "no", "answer": found.answer}  # fmt: skip
    form, meanwhile = AlertForm(data=stands | {"seen": seen}), False
    if form.validate_on_submit() and form.gives_nothing_away(family_id):
        text, is_relapse = str(form.answer.data).strip(), form.is_relapse.data == "yes"
        if endings.answer_alert(found, text, is_relapse=is_relapse, seen=str(form.seen.data or "")):
            flash("Your answer is kept.")
            return redirect(url_for("endings.show", family_id=family_id))
        add_faults(form, {"answer": [THEIRS_STANDS]})
        put(form.seen, seen)
        meanwhile = True
    page = render_template(
        "cases/alert.html",
        family=family,
        alert=found,
        form=form,
        signals=name_signals(get_programme().id),
        names={member.person.id: member.name for member in list_members(family_id)},
        users=name_users(),
    )
    return page, 409 if meanwhile else 400 if form.errors else 200
