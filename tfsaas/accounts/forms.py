"""The forms of signing in and of accounts."""

from govuk_frontend_wtf.wtforms_widgets import (
    GovPasswordInput,
    GovRadioInput,
    GovSelect,
    GovTextInput,
)
from wtforms import PasswordField, RadioField, SelectField, StringField
from wtforms.validators import Length, Regexp

from tfsaas.fields import CheckedForm, Needed, text_line
from tfsaas.permissions import Role

EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"

ROLE_HINTS = {
    Role.ADMINISTRATOR: "Administrator: sets up the programme and accounts; sees no families",
    Role.WORKER: "Worker: sees families, adds them and records facts",
    Role.SUPERVISOR: "Supervisor: as a worker; also loads evidence, evaluates and confirms results",
    Role.ANALYST: "Analyst: brings partners' files and says who is who in them; sees no family's file, approves nothing",
    Role.LEADER: "Leader: sees figures and reports; sees no families",
    Role.AUDITOR: "Auditor: reads everything, changes nothing",
    Role.PARTNER: "Partner: works elsewhere, refers families, and sees in part those they are involved with or lead",
}


def _role_field() -> RadioField:
    return RadioField(
        "What will they do?",
        widget=GovRadioInput(),
        choices={role.value: hint for role, hint in ROLE_HINTS.items()},
        validators=[Needed("Select what they will do")],
        invalid_choice_message="Select what they will do",
    )


def _agency_field() -> StringField:
    return text_line("Where do they work, if not for the council?", "Such as: Hill School; Jobcentre Plus. It stands beside their name")  # fmt: skip


class SignInForm(CheckedForm):
    """Address and password."""

    email = StringField(
        "Email address",
        widget=GovTextInput(),
        validators=[Needed("Enter your email address"), Length(max=254)],
        render_kw={"autocomplete": "username", "spellcheck": "false", "type": "email"},
    )
    password = PasswordField(
        "Password",
        widget=GovPasswordInput(),
        validators=[Needed("Enter your password"), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )


class FirstPasswordForm(CheckedForm):
    """The password of an invited person."""

    password = PasswordField(
        "Choose a password",
        description="12 characters or more. Three random words do well; a password manager does better.",
        widget=GovPasswordInput(),
        validators=[Needed("Choose a password")],
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(CheckedForm):
    """The old password proves who is sitting there."""

    old = PasswordField(
        "Your password now",
        widget=GovPasswordInput(),
        validators=[Needed("Enter the password you have now")],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        "New password",
        description="12 characters or more. Your other sessions end when you change it.",
        widget=GovPasswordInput(),
        validators=[Needed("Enter a new password")],
        render_kw={"autocomplete": "new-password"},
    )


class InviteForm(CheckedForm):
    """A new account."""

    name = StringField(
        "Full name",
        widget=GovTextInput(),
        validators=[Needed("Enter their full name"), Length(max=120)],
    )
    email = StringField(
        "Email address",
        widget=GovTextInput(),
        validators=[
            Needed("Enter their email address"),
            Length(max=254, message="Email address must be 254 characters or fewer"),
            Regexp(
                EMAIL, message="Enter an email address in the correct format, like name@example.com"
            ),
        ],
        render_kw={"type": "email", "spellcheck": "false"},
    )
    agency = _agency_field()
    role = _role_field()
    team = SelectField("Which team are they in?", widget=GovSelect(), choices={}, default="")


class RoleForm(CheckedForm):
    """Another role or team for an account, or where its person works."""

    agency = _agency_field()
    role = _role_field()
    team = SelectField("Which team are they in?", widget=GovSelect(), choices={}, default="")
