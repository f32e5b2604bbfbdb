"""The forms of families, people and episodes."""

from typing import Any
from uuid import UUID

from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovPasswordInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)  # fmt: skip
from wtforms import (
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)  # fmt: skip
from wtforms.validators import Length, ValidationError

from tfsaas.families.identifiers import NotAnIdentifier, check, normalise_postcode
from tfsaas.families.models import RelationshipKind, Scheme
from tfsaas.families.protecting import MAY_HOLD, may_give_away
from tfsaas.fields import CheckedForm, DayField, Needed


def _identifier(label: str, scheme: Scheme) -> StringField:
    def is_right(_form: CheckedForm, field: StringField) -> None:
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


class FamilyForm(CheckedForm):
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


class EpisodeForm(CheckedForm):
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


def check_postcode(field: StringField) -> None:
    """Keep a postcode in one shape.

    Raises:
        ValidationError: it has no postcode's shape.
    """
    if field.data and field.data.strip():
        try:
            field.data = normalise_postcode(field.data)
        except NotAnIdentifier as error:
            raise ValidationError(str(error)) from None


class PersonForm(CheckedForm):
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
        check_postcode(field)

    def validate_joined_on(self, field: DayField) -> None:
        """Nobody leaves before joining, or belongs to a family before they are born."""
        if field.data and self.left_on.data and field.data > self.left_on.data:
            raise ValidationError("The day they left must not be before the day they joined")


class DatesForm(CheckedForm):
    """From when until when a relationship held."""

    from_on = DayField("Since when?", description="May stay empty")
    to_on = DayField("If it has ended, on which day?", description="The first day on which it no longer held")  # fmt: skip


class RelationshipForm(DatesForm):
    """How two people are related."""

    person = SelectField("Who?", widget=GovSelect(), choices={})
    kind = SelectField(
        "is the", widget=GovSelect(), choices={kind.value: kind.value for kind in RelationshipKind}
    )
    other = SelectField("of", widget=GovSelect(), choices={})


class AddressChecked(CheckedForm):
    """A form with what people write about a family: an address that must stay hidden does not slip in unseen."""

    address_checked = SelectMultipleField("About hidden addresses", widget=GovCheckboxesInput(), choices={"yes": "I have looked: what I wrote holds no address that must stay hidden"})  # fmt: skip
    warned = False

    def gives_nothing_away(self, family_id: UUID) -> bool:
        """Whether what was written holds no hidden address, or the writer has looked; otherwise a fault says so."""
        written = [
            str(field.data)
            for field in self
            if isinstance(field, StringField) and not isinstance(field, HiddenField) and field.data
        ]
        if self.address_checked.data or not may_give_away(family_id, written):
            return True
        self.warned = True
        checked: Any = self.address_checked
        checked.errors = [MAY_HOLD]
        return False


class ProtectForm(CheckedForm):
    """The address that is to stay hidden."""

    address = TextAreaField("Which address must stay hidden?", widget=GovTextArea(), validators=[Needed("Enter the address that must stay hidden"), Length(max=500, message="Write 500 characters or fewer")])  # fmt: skip
    postcode = StringField("Postcode", widget=GovTextInput())

    def validate_postcode(self, field: StringField) -> None:
        """Keep a postcode in one shape."""
        check_postcode(field)


class RevealForm(CheckedForm):
    """Why somebody has to see a hidden address, and that it is them."""

    reason = StringField("Why do you need to see it?", description="It is kept with your name", widget=GovTextInput(), validators=[Needed("Enter why you need to see it"), Length(max=300, message="Write 300 characters or fewer")])  # fmt: skip
    password = PasswordField("Your password", description="It is asked again because anybody could stand at a screen that was left open", widget=GovPasswordInput(), validators=[Needed("Enter your password"), Length(max=1000)], render_kw={"autocomplete": "current-password"})  # fmt: skip


class StopForm(CheckedForm):
    """The address need not stay hidden any longer."""

    reason = StringField("Why need it not stay hidden any longer?", widget=GovTextInput(), validators=[Needed("Enter why it need not stay hidden any longer"), Length(max=300, message="Write 300 characters or fewer")])  # fmt: skip
    show = RadioField("What becomes of the address?", widget=GovRadioInput(), choices={"yes": "It stands with the person for everybody who may see the family", "no": "It is forgotten"}, validators=[Needed("Select what becomes of the address")])  # fmt: skip
