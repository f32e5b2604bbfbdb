"""The forms of the programme's set-up."""

from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovFileInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from tfsaas.fields import MOST_POUNDS, CheckedForm, DayField, Needed, WholeField, whole_between
from tfsaas.rules.templates import TITLES
from tfsaas.tenants.models import FundingModel


class ProgrammeForm(CheckedForm):
    """A programme's particulars."""

    version = HiddenField()
    title = StringField(
        "What is the programme called here?",
        description="A name that families may read, such as Family Help",
        widget=GovTextInput(),
        validators=[Needed("Enter what the programme is called"), Length(max=120)],
    )
    starts_on = DayField(
        "On which day does it begin?", validators=[Needed("Enter the day it begins")]
    )
    ends_on = DayField("On which day does it end?", description="Leave it empty if no end is set")

    def validate_ends_on(self, field: DayField) -> None:
        """It does not end before it begins."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError("The last day must not be before the first")


class TargetForm(CheckedForm):
    """A revision of the target."""

    from_on = DayField(
        "From which day does it count?", validators=[Needed("Enter the day from which it counts")]
    )
    families = WholeField(
        "How many families must reach a result?",
        widget=GovTextInput(),
        validators=[
            whole_between(1, MOST_POUNDS, "Enter a whole number of families, such as 2060")
        ],
    )
    reason = StringField(
        "Why does it change?",
        widget=GovTextInput(),
        validators=[
            Needed("Enter why it changes, so that it can be understood later"),
            Length(max=300),
        ],
    )


class FundingForm(CheckedForm):
    """A funding arrangement."""

    model = RadioField(
        "How is the council paid?",
        widget=GovRadioInput(),
        choices={
            FundingModel.PAYMENT_BY_RESULTS.value: "Payment by results: an amount for each result",
            FundingModel.EARNED_AUTONOMY.value: "Earned Autonomy: in advance",
        },
        validators=[Needed("Select how the council is paid")],
        invalid_choice_message="Select how the council is paid",
    )
    starts_on = DayField("From which day?", validators=[Needed("Enter the first day")])
    ends_on = DayField(
        "Until which day?", description="The last day. Leave it empty if no end is set"
    )
    attachment_fee = WholeField(
        "Attachment fee a family, in pounds",
        description="Payment by results only",
        widget=GovTextInput(),
    )
    result = WholeField(
        "Results payment a family, in pounds",
        description="Payment by results only",
        widget=GovTextInput(),
    )
    grant = WholeField(
        "Grant, in whole pounds",
        description="Earned Autonomy only. Leave it empty if it is not published",
        widget=GovTextInput(),
    )
    strands = TextAreaField(
        "What is invested in? One strand a line",
        description="Earned Autonomy only",
        widget=GovTextArea(),
    )
    source = StringField(
        "Where does this stand?", widget=GovTextInput(), validators=[Length(max=300)]
    )

    def validate_ends_on(self, field: DayField) -> None:
        """It does not end before it begins."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError("The last day must not be before the first")

    def validate_attachment_fee(self, field: WholeField) -> None:
        """Payment by results names both amounts."""
        self._needs_amount(field, "Enter the attachment fee in whole pounds, 0 if there is none")

    def validate_result(self, field: WholeField) -> None:
        """Payment by results names both amounts."""
        self._needs_amount(field, "Enter the results payment in whole pounds")

    def validate_grant(self, field: WholeField) -> None:
        """A grant, if given, is whole pounds."""
        if str(field.data or "").strip() and field.number is None:
            raise ValidationError("Enter the grant in whole pounds, or leave it empty")

    def _needs_amount(self, field: WholeField, message: str) -> None:
        if self.model.data == FundingModel.PAYMENT_BY_RESULTS.value and field.number is None:
            raise ValidationError(message)


class EndForm(CheckedForm):
    """The last day of an arrangement."""

    ends_on = DayField("What is its last day?", validators=[Needed("Enter its last day")])


class TermForm(CheckedForm):
    """A school term."""

    first_on = DayField("First day of term", validators=[Needed("Enter the first day of term")])
    last_on = DayField("Last day of term", validators=[Needed("Enter the last day of term")])

    def validate_last_on(self, field: DayField) -> None:
        """It does not end before it begins."""
        if field.data and self.first_on.data and field.data < self.first_on.data:
            raise ValidationError("The last day must not be before the first")


class DraftForm(CheckedForm):
    """Where a new draft begins."""

    start = SelectField(
        "What do you want to begin with?",
        widget=GovSelect(),
        choices={f"template:{k}": t for k, t in TITLES.items()},
    )
    file = FileField(
        "Or a plan of your own, as a file",
        description="A TOML file such as one downloaded from a version. It is used instead of the choice above.",
        widget=GovFileInput(),
    )


class SendForm(CheckedForm):
    """What a draft is for."""

    why = TextAreaField(
        "What does it change, and why?",
        description="Whoever approves it reads this first, and so does whoever looks back in some years",
        widget=GovTextArea(),
        validators=[
            Needed("Enter what the draft changes and why"),
            Length(max=2000, message="It must be 2,000 characters or fewer"),
        ],
    )


class PublishForm(CheckedForm):
    """From when a draft is in force."""

    in_force_from = DayField(
        "From which day is it in force?",
        description="Families whose support begins on or after this day are judged by it. Others keep their plan.",
        validators=[Needed("Enter the day from which it is in force")],
    )
