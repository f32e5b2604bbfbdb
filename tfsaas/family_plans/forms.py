"""The forms of a family's plan."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextInput
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import Length

from tfsaas.drafts.forms import given
from tfsaas.families.forms import AddressChecked
from tfsaas.family_plans.actions import Found
from tfsaas.family_plans.models import PlanAction, State
from tfsaas.fields import CheckedForm, DayField, Needed, text_area

OUTCOMES = {
    State.DONE.value: "Done",
    State.OPEN.value: "Goes on",
    State.DROPPED.value: "Given up",
}


class VersionForm(CheckedForm):
    """A button that changes the plan as it was opened."""

    version = HiddenField()
    text = HiddenField()


class ObjectiveForm(AddressChecked):
    """What is to become better."""

    version = HiddenField()
    text = text_area("What is to become better?", "In the family’s words where you can, such as: Sam goes to school every day", "Enter what is to become better", 500)  # fmt: skip
    headline = SelectField("Which problem of the outcomes plan is it about?", widget=GovSelect(), choices={"": "None of them"}, default="")  # fmt: skip


class ActionForm(AddressChecked):
    """Who does what for whom by when."""

    version = HiddenField()
    text = text_area("What is done?", "One thing, such as: ring the school about breakfast club", "Enter what is done", 500)  # fmt: skip
    owner_id = SelectField("Who does it?", widget=GovSelect(), choices={"": "Somebody without an account"}, default="")  # fmt: skip
    owner = StringField("If somebody without an account: who?", description="Such as: Mum; Ms Bell at Hill School", widget=GovTextInput(), validators=[Length(max=120, message="Write 120 characters or fewer")])  # fmt: skip
    person = SelectField("For whom?", widget=GovSelect(), choices={"": "The whole family"}, default="")  # fmt: skip
    due_on = DayField("By when?", description="For example, 27 3 2027", validators=[Needed("Enter by when")])  # fmt: skip
    state = RadioField("How does it stand?", widget=GovRadioInput(), choices={State.OPEN.value: "Open", State.DONE.value: "Done", State.DROPPED.value: "Given up"}, default=State.OPEN.value)  # fmt: skip

    def validate(self, extra_validators: Any = None) -> bool:
        """Somebody must do it."""
        fine = super().validate(extra_validators)
        if not self.owner_id.data and not str(self.owner.data or "").strip():
            owner: Any = self.owner
            owner.errors = ["Enter who does it, or choose somebody above"]
            return False
        return fine


class AgreeForm(CheckedForm):
    """The plan is agreed with the family."""

    version = HiddenField()
    agreed_on = DayField("When did the family agree to it?", validators=[Needed("Enter when the family agreed to it")])  # fmt: skip


class ReviewForm(AddressChecked):
    """A review: each open action once; the fields about them are made for each."""

    version = HiddenField()
    held_on = DayField("When was the review?", validators=[Needed("Enter when the review was")])
    summary = text_area("What did you find together?", "What has changed since the last time?", "Enter what you found", 2000)  # fmt: skip
    words = text_area(
        "In the family’s own words", "What they said, as they said it. Say who.", longest=2000
    )
    next_on = DayField("When is the next review?", validators=[Needed("Enter when the next review is")])  # fmt: skip
    plan_actions: Sequence[PlanAction] = ()

    def fields_of(self, action: PlanAction) -> tuple[Any, Any, Any]:
        """How an action stands, its new day, and what was said."""
        return self[f"state-{action.id}"], self[f"due-{action.id}"], self[f"note-{action.id}"]

    def validate(self, extra_validators: Any = None) -> bool:
        """What goes on has a day that is to come after the review."""
        fine = super().validate(extra_validators)
        for action in self.plan_actions:
            state, due, _ = self.fields_of(action)
            goes_on = state.data == State.OPEN.value
            if goes_on and not due.errors and (not due.data or (self.held_on.data and due.data <= self.held_on.data)):  # fmt: skip
                due.errors = [f"Enter a day after the review: {action.text[:60]}"]
                fine = False
        return fine

    @property
    def found(self) -> dict[Any, Found]:
        """What was found of each action."""
        told = {}
        for action in self.plan_actions:
            if action.state is not State.OPEN:
                continue  # somebody ended it meanwhile: what was written of it is only shown
            state, due, note = self.fields_of(action)
            told[action.id] = Found(State(state.data), due.data or action.due_on, str(note.data or "").strip())  # fmt: skip
        return told


def make_review_form(actions: Sequence[PlanAction], held_on: date, next_on: date, version: int) -> ReviewForm:  # fmt: skip
    """The form of a review of these actions."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"held_on": held_on, "next_on": next_on, "version": version}
    for action in actions:
        said = f"Select how this stands: {action.text[:60]}"
        fields[f"state-{action.id}"] = RadioField("How does it stand?", widget=GovRadioInput(), choices=OUTCOMES, validators=[Needed(said)], invalid_choice_message=said)  # fmt: skip
        fields[f"due-{action.id}"] = DayField("If it goes on: by when now?")
        fields[f"note-{action.id}"] = text_area("What was said of it?", "", longest=500)
        data[f"due-{action.id}"] = action.due_on if action.due_on > held_on else None
    made = type("Filled", (ReviewForm,), fields | {"plan_actions": actions})
    form: ReviewForm = made(formdata=given(), data=data)
    return form
