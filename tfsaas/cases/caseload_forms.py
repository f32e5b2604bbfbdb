"""The forms of allocation, handing over, and cover."""

from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
)
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import Length

from tfsaas.families.allocating import WEIGHTS
from tfsaas.fields import CheckedForm, DayField, Needed

CHOOSE = {"": "Choose"}


class AllocateForm(CheckedForm):
    """Team, lead worker and weight of a family."""

    version = HiddenField()
    team = SelectField("Which team?", widget=GovSelect(), choices={}, default="")
    lead_worker = SelectField("Who leads?", description="Each with how much they have now", widget=GovSelect(), choices={}, default="")  # fmt: skip
    weight = RadioField("How much time does this family need?", widget=GovRadioInput(), choices={str(k): v for k, v in WEIGHTS.items()}, validators=[Needed("Select how much time the family needs")], invalid_choice_message="Select how much time the family needs")  # fmt: skip
    reason = TextAreaField("Why?", description="Such as: knows the school; speaks Somali. May stay empty.", widget=GovTextArea(), validators=[Length(max=500, message="Write 500 characters or fewer")])  # fmt: skip


class HandOverForm(CheckedForm):
    """Families that another person leads from now on."""

    families = SelectMultipleField("Which families?", widget=GovCheckboxesInput(), choices={}, validators=[Needed("Select at least one family")])  # fmt: skip
    to = SelectField("Who leads them from now on?", description="Each with how much they have now", widget=GovSelect(), choices={}, validators=[Needed("Choose who leads them from now on")])  # fmt: skip
    reason = TextAreaField("Why?", description="Such as: leaves on 31 March", widget=GovTextArea(), validators=[Needed("Enter why"), Length(max=500, message="Write 500 characters or fewer")])  # fmt: skip


class CoverForm(CheckedForm):
    """Who looks after somebody's families while they are away."""

    covered_by = SelectField("Who covers?", widget=GovSelect(), choices={}, validators=[Needed("Choose who covers")])  # fmt: skip
    from_on = DayField("First day", validators=[Needed("Enter the first day")])
    until_on = DayField("Last day", validators=[Needed("Enter the last day")])
