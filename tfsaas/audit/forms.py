"""What the trails are narrowed to."""

from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from wtforms import SelectField, StringField
from wtforms.validators import Length

from tfsaas.fields import CheckedForm, DayField


class TrailForm(CheckedForm):
    """Person, family and day."""

    user = SelectField("Done or seen by", widget=GovSelect(), choices={})
    family = StringField(
        "About the family with this reference", widget=GovTextInput(), validators=[Length(max=200)]
    )
    on = DayField("On this day")
