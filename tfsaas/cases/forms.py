"""The forms of recording facts and headlines."""

import re
from decimal import Decimal

from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from wtforms import SelectField, StringField
from wtforms.validators import ValidationError

from tfsaas.fields import CheckedForm, DayField, Needed
from tfsaas.rules.plan import SignalKind

PLAIN_NUMBER = re.compile(r"^\d{1,9}(\.\d{1,6})?$")
TODAY_OR_BEFORE = "The day must be today or in the past"


class SignalForm(CheckedForm):
    """What kind of fact to record, and of whom."""

    signal = SelectField(
        "What do you want to record?",
        widget=GovSelect(),
        choices={},
        validators=[Needed("Choose what to record")],
    )
    person = SelectField(
        "Who is it about?", widget=GovSelect(), choices={}, validators=[Needed("Choose a person")]
    )


class HeadlineForm(CheckedForm):
    """A headline that a worker knows of."""

    headline = SelectField(
        "Which problem have you found?",
        widget=GovSelect(),
        choices={},
        validators=[Needed("Choose a problem")],
    )
    on = DayField(
        "On which day was it found?", validators=[Needed("Enter the day on which it was found")]
    )


class NumberField(StringField):
    """A decimal number, 0 or more; `number` is None when it is empty or wrong."""

    @property
    def number(self) -> Decimal | None:
        """The number, exactly as written."""
        written = str(self.data or "").strip()
        return Decimal(written) if PLAIN_NUMBER.match(written) else None


def _is_number(_form: CheckedForm, field: NumberField) -> None:
    if field.number is None:
        raise ValidationError(f"{field.label.text} must be a number, 0 or more")


class EventForm(CheckedForm):
    """Something happened that day."""

    on = DayField(
        "On which day did it happen?", validators=[Needed("Enter the day on which it happened")]
    )


class PeriodForm(CheckedForm):
    """A part of a whole over some days."""

    on = DayField("First day", validators=[Needed("Enter the first day")])
    until = DayField("Last day", validators=[Needed("Enter the last day")])
    part = NumberField("How many of them", widget=GovTextInput(), validators=[_is_number])
    possible = NumberField("How many were possible", widget=GovTextInput(), validators=[_is_number])

    def validate_until(self, field: DayField) -> None:
        """The last day is not before the first."""
        if field.data and self.on.data and field.data < self.on.data:
            raise ValidationError("The last day must not be before the first")

    def validate_part(self, field: NumberField) -> None:
        """The part is not above the whole."""
        whole = self.possible.number
        if field.number is not None and whole is not None and field.number > whole:
            raise ValidationError("The part must not be more than was possible")


class SpellForm(CheckedForm):
    """A state that holds for a while."""

    on = DayField("Since which day?", validators=[Needed("Enter the day on which it began")])
    until = DayField(
        "If it has ended, on which day?", description="The first day on which it no longer held"
    )

    def validate_until(self, field: DayField) -> None:
        """It does not end before it began."""
        if field.data and self.on.data and field.data < self.on.data:
            raise ValidationError("The day it ended must not be before the day it began")


class ScoreForm(CheckedForm):
    """A score on a day."""

    on = DayField("On which day?", validators=[Needed("Enter the day of the score")])
    value = NumberField("Score", widget=GovTextInput(), validators=[_is_number])


class AttestationForm(CheckedForm):
    """A professional's statement."""

    on = DayField(
        "On which day was it said?", validators=[Needed("Enter the day on which it was said")]
    )


FORMS: dict[SignalKind, type[CheckedForm]] = {
    SignalKind.EVENT: EventForm,
    SignalKind.PERIOD: PeriodForm,
    SignalKind.SPELL: SpellForm,
    SignalKind.SCORE: ScoreForm,
    SignalKind.ATTESTATION: AttestationForm,
}
