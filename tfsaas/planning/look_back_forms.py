"""The form of the time machine."""

from datetime import date
from uuid import UUID

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect
from wtforms import RadioField, SelectField
from wtforms.validators import ValidationError

from tfsaas.fields import CheckedForm, DayField, Needed
from tfsaas.planning.looking_back import Moment
from tfsaas.planning.models import Knowledge

OWN = {"": "Each family’s own version"}


class LookBackForm(CheckedForm):
    """A day, a version, and what was known."""

    class Meta:
        """Nothing is changed by asking, so the form is sent in the address."""

        csrf = False

    on = DayField("Which day?", description="Such as 28 2 2025", validators=[Needed("Enter a day")])
    version = SelectField(
        "By which version of the plan?", widget=GovSelect(), choices={}, default=""
    )
    knowledge = RadioField(
        "By what was known?",
        widget=GovRadioInput(),
        choices={
            Knowledge.NOW.value: "What we know now: later loads and corrections count",
            Knowledge.THEN.value: "What we knew then: only what was recorded by the end of that day",
        },
        default=Knowledge.NOW.value,
    )
    last: date
    first: date

    def validate_on(self, field: DayField) -> None:
        """The day lies within the programme and not in the future."""
        if field.data and not self.first <= field.data <= self.last:
            raise ValidationError(f"Enter a day from {self.first:%d %B %Y} to {self.last:%d %B %Y}")

    def moment(self) -> Moment:
        """What is asked, once the form is valid."""
        version = UUID(self.version.data) if self.version.data else None
        return Moment(self.on.data, version, Knowledge(self.knowledge.data))
