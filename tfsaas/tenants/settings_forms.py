"""The forms of what a council sets once for itself."""

from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovFileInput,
    GovRadioInput,
    GovSelect,
    GovTextInput,
)
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import Length, Regexp, ValidationError

from tfsaas.fields import CheckedForm, Needed, WholeField, whole_between
from tfsaas.tenants.colours import LEAST_CONTRAST, WHITE, contrast, read_colour
from tfsaas.tenants.logo import Logo, LogoRefused, clean_logo


def _text(label: str, needed: str, hint: str = "", longest: int = 120) -> StringField:
    return StringField(
        label,
        description=hint,
        widget=GovTextInput(),
        validators=[
            Needed(needed),
            Length(max=longest, message=f"It must be {longest} characters or fewer"),
        ],
    )


class BrandingForm(CheckedForm):
    """How the council looks here."""

    version = HiddenField()
    display_name = _text(
        "What is the council called on its pages?",
        "Enter the council’s name",
        "As families know it, such as Westshire Council",
        80,
    )
    accent_colour = StringField(
        "Which colour do its pages have?",
        description="Six figures and letters after #, such as #1b4d5c. White text must be readable on it.",
        widget=GovTextInput(),
        validators=[Needed("Enter a colour, such as #1b4d5c")],
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )
    logo_file = FileField(
        "Logo",
        description="A PNG, JPEG or SVG picture smaller than 1 MB. Leave it empty to keep the logo as it is.",
        widget=GovFileInput(),
    )

    logo: Logo | None = None

    def validate_accent_colour(self, field: StringField) -> None:
        """The colour is one, and dark enough for white text; it then stands out from yellow focus too."""
        colour = read_colour(str(field.data or ""))
        if colour is None:
            raise ValidationError("Enter a colour as # and six figures or letters, such as #1b4d5c")
        found = contrast(colour, WHITE)
        if found < LEAST_CONTRAST:
            raise ValidationError(
                f"White text cannot be read well on {colour}: its contrast is {found:.1f} to 1, "
                f"and {LEAST_CONTRAST} to 1 is needed. Choose a darker colour"
            )
        field.data = colour

    def validate_logo_file(self, field: FileField) -> None:
        """The file is a picture and nothing else."""
        if not field.data:
            return
        try:
            self.logo = clean_logo(field.data.read())
        except LogoRefused as refused:
            raise ValidationError(str(refused)) from None


class AreaForm(CheckedForm):
    """A part of the council's area."""

    name = _text("What is the area called?", "Enter the area’s name", "Such as a district")
    gss_code = StringField(
        "What is its nine-character code?",
        description="Such as E07000112. Leave it empty if it has none.",
        widget=GovTextInput(),
        validators=[
            Regexp(
                r"^(?:[Ee]\d{8})?$",
                message="The code is the letter E and eight figures, such as E07000112",
            )
        ],
    )


class TeamForm(CheckedForm):
    """A team."""

    name = _text("What is the team called?", "Enter the team’s name", "Such as North family team")
    area = SelectField("Which area does it work in?", widget=GovSelect(), choices={}, default="")


class ReviewForm(CheckedForm):
    """How often plans are reviewed."""

    version = HiddenField()
    weeks = WholeField(
        "After how many weeks is a family’s plan reviewed?",
        widget=GovTextInput(),
        validators=[whole_between(1, 52, "Enter a number of weeks from 1 to 52, such as 6")],
    )
    watch_months = WholeField(
        "For how many months is a family watched after its case is closed?",
        description="New signals and referrals about its people then tell the last lead worker. 0: not at all.",
        widget=GovTextInput(),
        validators=[whole_between(0, 60, "Enter a number of months from 0 to 60, such as 12")],
    )
    contact_weeks = WholeField(
        "After how many weeks without a contact does a family stand on My work?",
        widget=GovTextInput(),
        validators=[whole_between(1, 52, "Enter a number of weeks from 1 to 52, such as 4")],
    )


class ReferralForm(CheckedForm):
    """Who may refer, and what they are told."""

    version = HiddenField()
    self_referral = RadioField(
        "Can families refer themselves?",
        widget=GovRadioInput(),
        choices={"yes": "Yes", "no": "No, only professionals refer"},
        validators=[Needed("Select whether families can refer themselves")],
        invalid_choice_message="Select whether families can refer themselves",
    )
    answer_working_days = WholeField(
        "Within how many working days does a referrer hear from you?",
        widget=GovTextInput(),
        validators=[whole_between(1, 60, "Enter a number of working days from 1 to 60, such as 5")],
    )
    team_name = _text(
        "Which team answers?",
        "Enter the team that answers",
        "Named on the page that confirms a referral",
    )
    contact = _text("How can that team be reached?", "Enter a telephone number or an email address")
    danger_contact = _text(
        "Whom should somebody ring when a child may be in danger?",
        "Enter whom to ring when a child may be in danger",
        "Shown first of all, beside 999, such as: Westshire front door, 01632 960001",
        200,
    )


class RetentionForm(CheckedForm):
    """How long what is kept."""

    version = HiddenField()
    family_years = WholeField(
        "For how many years is a family’s file kept after its last case was closed?",
        widget=GovTextInput(),
        validators=[whole_between(1, 100, "Enter a number of years from 1 to 100, such as 25")],
    )
    referral_months = WholeField(
        "For how many months is a referral kept that was not taken up?",
        widget=GovTextInput(),
        validators=[whole_between(1, 120, "Enter a number of months from 1 to 120, such as 12")],
    )
    found_months = WholeField(
        "For how many months are people kept whom a file brought to find families among them, and who are in none?",
        widget=GovTextInput(),
        validators=[whole_between(1, 60, "Enter a number of months from 1 to 60, such as 12")],
    )
    audit_years = WholeField(
        "For how many years is it kept who saw and did what?",
        widget=GovTextInput(),
        validators=[whole_between(1, 100, "Enter a number of years from 1 to 100, such as 7")],
    )


EMPTY_AREA = {"": "The whole council"}
EMPTY_TEAM = {"": "No team"}
