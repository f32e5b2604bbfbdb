"""The forms of families, people and episodes."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea, GovTextInput
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from tfsaas.families.identifiers import NotAnIdentifier, check, normalise_postcode
from tfsaas.families.models import RelationshipKind, Scheme
from tfsaas.fields import DayField, Needed


def _identifier(label: str, scheme: Scheme) -> StringField:
    def is_right(_form: FlaskForm, field: StringField) -> None:
        if field.data and field.data.strip():
            try:
                field.data = check(scheme, field.data)
            except NotAnIdentifier as error:
                raise ValidationError(f"This {error}") from None

    return StringField(
        label, widget=GovTextInput(), validators=[is_right], render_kw={"autocomplete": "off"}
    )


def _residence() -> RadioField:
    return RadioField(
        "Do they live with the family?",
        widget=GovRadioInput(),
        choices={"yes": "Yes", "no": "No, they live elsewhere"},
        validators=[Needed("Select whether they live with the family")],
        invalid_choice_message="Select whether they live with the family",
    )


class FamilyForm(FlaskForm):
    """A family's name and who leads."""

    name = StringField(
        "What is the family called?",
        description="The name you would use to speak of them, such as Okafor",
        widget=GovTextInput(),
        validators=[
            Needed("Enter the family’s name"),
            Length(max=100, message="The name must be 100 characters or fewer"),
        ],
    )
    lead_worker = SelectField("Who is the lead worker?", widget=GovSelect(), choices={}, default="")


class EpisodeForm(FlaskForm):
    """Who leads, when support began and which principles are reached."""

    version = HiddenField()
    name = StringField(
        "What is the family called?",
        widget=GovTextInput(),
        validators=[
            Needed("Enter the family’s name"),
            Length(max=100, message="The name must be 100 characters or fewer"),
        ],
    )
    lead_worker = SelectField("Who is the lead worker?", widget=GovSelect(), choices={}, default="")
    baseline_on = DayField(
        "When did whole-family support begin?",
        description="The day against which progress is measured. Leave it empty while it has not begun.",
    )
    whole_family_assessment_on = DayField("When was the whole-family assessment done?")
    whole_family_plan_on = DayField("When was the plan for all members agreed?")
    lead_worker_on = DayField(
        "Since when is the lead worker recognised by the family and by others?"
    )
    plan_aligned_on = DayField("Since when are the plan’s objectives aligned to the outcomes plan?")


class PersonForm(FlaskForm):
    """A person of a family."""

    version = HiddenField()
    given_name = StringField(
        "First name",
        widget=GovTextInput(),
        validators=[Needed("Enter a first name"), Length(max=100)],
    )
    family_name = StringField("Last name", widget=GovTextInput(), validators=[Length(max=100)])
    date_of_birth = DayField("Date of birth", description="Leave it empty if you do not know")
    resident = _residence()
    joined_on = DayField(
        "Since when do they belong to the family?",
        validators=[Needed("Enter the day since when they belong to the family")],
    )
    left_on = DayField("If they have left, on which day?", description="The first day without them")
    address = TextAreaField("Address", widget=GovTextArea(), validators=[Length(max=500)])
    postcode = StringField("Postcode", widget=GovTextInput())
    upn = _identifier("Unique pupil number", Scheme.UPN)
    nhs_number = _identifier("NHS number", Scheme.NHS_NUMBER)
    nino = _identifier("National Insurance number", Scheme.NINO)

    def validate_postcode(self, field: StringField) -> None:
        """Keep a postcode in one shape."""
        if field.data and field.data.strip():
            try:
                field.data = normalise_postcode(field.data)
            except NotAnIdentifier as error:
                raise ValidationError(str(error)) from None

    def validate_joined_on(self, field: DayField) -> None:
        """Nobody leaves before joining, or belongs to a family before they are born."""
        if field.data and self.left_on.data and field.data > self.left_on.data:
            raise ValidationError("The day they left must not be before the day they joined")


class RelationshipForm(FlaskForm):
    """How two people are related."""

    person = SelectField("Who?", widget=GovSelect(), choices={})
    kind = SelectField(
        "is the", widget=GovSelect(), choices={kind.value: kind.value for kind in RelationshipKind}
    )
    other = SelectField("of", widget=GovSelect(), choices={})
