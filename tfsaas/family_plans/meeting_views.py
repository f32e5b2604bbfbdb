"""Recording a meeting of the team around a family."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, url_for
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea, GovTextInput
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from tfsaas import clock
from tfsaas.db import NotFound
from tfsaas.drafts.forms import given
from tfsaas.families.forms import AddressChecked
from tfsaas.families.queries import Member
from tfsaas.family_plans.actions import PlanRefused
from tfsaas.family_plans.meetings import Guest, record_meeting
from tfsaas.family_plans.models import Attendance
from tfsaas.family_plans.plan_views import Page, open_desk
from tfsaas.fields import DayField, Needed, add_faults, key_of, put
from tfsaas.permissions import Permission, requires

blueprint = Blueprint("meetings", __name__, url_prefix="/families/<uuid:family_id>/plan/meetings")
OTHERS = 10
NOT_ASKED = {"": "Was not asked"}
HOW = {kind.value: kind.value.capitalize() for kind in Attendance}


class MeetingForm(AddressChecked):
    """A meeting; the fields about members of the family are made for each."""

    key = HiddenField()
    held_on = DayField("When was it?", validators=[Needed("Enter when it was")])
    place = StringField("Where?", description="Such as: at school; by video. May stay empty.", widget=GovTextInput(), validators=[Length(max=120, message="Write 120 characters or fewer")])  # fmt: skip
    minutes = TextAreaField("What was said and decided?", description="Say whose view it is. Actions belong into the plan, too.", widget=GovTextArea(), validators=[Needed("Enter what was said and decided"), Length(max=10_000, message="Write 10,000 characters or fewer")])  # fmt: skip
    next_on = DayField("When do you meet again?", description="May stay empty")
    members: Sequence[Member] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Whoever works somewhere has a name, or at least a role."""
        fine = super().validate(extra_validators)
        for name, agency, _ in self.others:
            if str(agency.data or "").strip() and not str(name.data or "").strip():
                name.errors = [f"Enter a name, or what they are: {agency.data}"]
                fine = False
        return fine

    @property
    def people(self) -> list[Any]:
        """The fields about the members of the family."""
        return [self[f"member-{member.person.id}"] for member in self.members]

    @property
    def others(self) -> list[tuple[Any, Any, Any]]:
        """The fields about others: name, where they work, whether they came."""
        return [(self[f"name-{at}"], self[f"agency-{at}"], self[f"how-{at}"]) for at in range(OTHERS)]  # fmt: skip

    @property
    def guests(self) -> list[Guest]:
        """Everybody who was asked."""
        asked = [
            Guest(member.person.id, "", "", Attendance(field.data))
            for member, field in zip(self.members, self.people, strict=True)
            if field.data
        ]
        for name, agency, how in self.others:
            if called := str(name.data or "").strip():
                asked.append(Guest(None, called, str(agency.data or "").strip(), Attendance(how.data)))  # fmt: skip
        return asked


def _make_form(members: Sequence[Member]) -> MeetingForm:
    fields: dict[str, Any] = {
        f"member-{m.person.id}": RadioField(m.name, widget=GovRadioInput(), choices=HOW | NOT_ASKED, default="")
        for m in members
    }  # fmt: skip
    for at in range(OTHERS):
        length = [Length(max=120, message="Write 120 characters or fewer")]
        fields[f"name-{at}"] = StringField("Name", widget=GovTextInput(), validators=length)
        fields[f"agency-{at}"] = StringField("Where they work", widget=GovTextInput(), validators=length)  # fmt: skip
        fields[f"how-{at}"] = SelectField("Were they there?", widget=GovSelect(), choices=HOW, default=Attendance.CAME.value)  # fmt: skip
    made = type("Filled", (MeetingForm,), fields | {"members": members})
    form: MeetingForm = made(formdata=given(), data={"held_on": clock.today(), "key": str(uuid4())})
    return form


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="plan", draft="minutes of a meeting")
def record(family_id: UUID) -> Page:
    """Write a meeting down."""
    desk = open_desk(family_id)
    if desk.plan is None:
        raise NotFound("no plan")
    form = _make_form(desk.members)
    if form.validate_on_submit() and form.gives_nothing_away(family_id):
        told = (form.held_on.data, str(form.place.data or "").strip(), str(form.minutes.data).strip(), form.next_on.data)  # fmt: skip
        try:
            record_meeting(desk.plan, key_of(form.key), told, form.guests)
        except PlanRefused as refused:
            add_faults(form, {refused.field: [str(refused)]})
            put(form.key, uuid4())
        else:
            flash("The meeting is written down.")
            return redirect(url_for("family_plans.show", family_id=family_id))
    page = render_template("family_plans/meeting.html", family=desk.family, form=form)
    return page, 400 if form.errors else 200
