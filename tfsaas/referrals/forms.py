"""A page of the referral form as a form."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from flask_wtf.file import MultipleFileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovFileInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import Field, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from tfsaas import clock
from tfsaas.families.identifiers import NotAnIdentifier, normalise_postcode
from tfsaas.fields import CheckedForm, DayField, Needed
from tfsaas.referrals.questions import DO_NOT_KNOW, UNKNOWN, YES_NO, FormPage, Question

HONEYPOT = "website"
INPUT_TYPES = {"phone": "tel", "email": "email"}
ROLES = {
    "child": "A child or young person",
    "parent": "A parent or carer",
    "other": "Somebody else",
    UNKNOWN: DO_NOT_KNOW,
}


def _length(question: Question) -> Length:
    return Length(max=question.longest, message=f"{question.text} must be {question.longest} characters or fewer")  # fmt: skip


def _needed(question: Question) -> list[Any]:
    return [Needed(question.needed)] if question.needed else []


def _line(question: Question) -> Field:
    attributes = {"autocomplete": question.autocomplete or "off", "type": INPUT_TYPES.get(question.kind, "text")}  # fmt: skip
    checks = [*_needed(question), _length(question), *CHECKS.get(question.kind, [])]
    return StringField(question.text, description=question.hint, widget=GovTextInput(), validators=checks, render_kw=attributes)  # fmt: skip


def _long(question: Question) -> Field:
    return TextAreaField(question.text, description=question.hint, widget=GovTextArea(), validators=[*_needed(question), _length(question)])  # fmt: skip


def _day(question: Question) -> Field:
    return DayField(question.text, description=question.hint, validators=[_not_later])


def _choice(question: Question) -> Field:
    return RadioField(question.text, description=question.hint, widget=GovRadioInput(), choices=dict(question.choices), validators=_needed(question), invalid_choice_message=question.needed or "Select an answer", validate_choice=bool(question.needed))  # fmt: skip


def _choices(question: Question) -> Field:
    return SelectMultipleField(question.text, description=question.hint, widget=GovCheckboxesInput(), choices=dict(question.choices))  # fmt: skip


def _postcode(_form: CheckedForm, field: StringField) -> None:
    try:
        if str(field.data or "").strip():
            field.data = normalise_postcode(str(field.data))
    except NotAnIdentifier as error:
        raise ValidationError(str(error)) from None


MAILBOX = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
)  # as browsers take one


def _email(_form: CheckedForm, field: StringField) -> None:
    text = str(field.data or "").strip()
    if text and not MAILBOX.fullmatch(text):
        raise ValidationError("Enter an email address with an @ in it, like name@example.com")


def _phone(_form: CheckedForm, field: StringField) -> None:
    text = str(field.data or "").strip()
    if text and sum(letter.isdigit() for letter in text) < 5:
        raise ValidationError("Enter a telephone number, like 01632 960001")


def _not_later(_form: CheckedForm, field: DayField) -> None:
    if field.data and field.data > clock.today():
        raise ValidationError("The date of birth must be in the past")


CHECKS: dict[str, list[Any]] = {"postcode": [_postcode], "email": [_email], "phone": [_phone]}
MAKERS: dict[str, Callable[[Question], Field]] = {
    "line": _line, "phone": _line, "email": _line, "postcode": _line, "long": _long, "day": _day,
    "choice": _choice, "choices": _choices,
}  # fmt: skip


class PageForm(CheckedForm):
    """A page with the fields that it asks; `kept` is what was answered, as it is kept."""

    page: FormPage

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then what only together can be wrong."""
        fine = super().validate(extra_validators)
        page = self.page
        if fine and page.one_of and not any(self[code].data for code in page.one_of):
            field: Any = self[page.one_of[0]]
            field.errors = [*field.errors, page.one_of_fault]
            return False
        return fine

    @property
    def kept(self) -> dict[str, Any]:
        """What was answered, without what was left empty."""
        found = {q.code: _kept(self[q.code].data) for q in self.page.questions}
        return {code: value for code, value in found.items() if value}


def _kept(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return list(dict.fromkeys(value))
    return value.strip() if isinstance(value, str) else value


def make_form(page: FormPage, told: dict[str, Any] | None) -> PageForm:
    """The form of a page, filled with what was answered before."""
    fields: dict[str, Any] = {q.code: MAKERS[q.kind](q) for q in page.questions}
    made = type("Page", (PageForm,), fields | {"page": page})
    days = {q.code for q in page.questions if q.kind == "day"}
    data = {
        code: date.fromisoformat(value) if code in days else value
        for code, value in (told or {}).items()
        if code != UNKNOWN
    }
    form: PageForm = made(data=data)
    return form


class PersonForm(CheckedForm):
    """Somebody of the family."""

    given_name = StringField("First name", widget=GovTextInput(), validators=[Length(max=100, message="First name must be 100 characters or fewer")], render_kw={"autocomplete": "off"})  # fmt: skip
    family_name = StringField("Last name", widget=GovTextInput(), validators=[Length(max=100, message="Last name must be 100 characters or fewer")], render_kw={"autocomplete": "off"})  # fmt: skip
    role = RadioField("Who are they?", widget=GovRadioInput(), choices=ROLES, default=UNKNOWN)
    born = DayField("Date of birth", description="For example, 27 3 2012. Leave it empty if you do not know.", validators=[_not_later])  # fmt: skip
    resident = RadioField("Do they live with the family?", widget=GovRadioInput(), choices=YES_NO, default=UNKNOWN)  # fmt: skip

    def validate(self, extra_validators: Any = None) -> bool:
        """A name at least."""
        fine = super().validate(extra_validators)
        if fine and not (str(self.given_name.data or "") + str(self.family_name.data or "")).strip():  # fmt: skip
            field: Any = self.given_name
            field.errors = ["Enter a first name or a last name, or leave this person out"]
            return False
        return fine


class FilesForm(CheckedForm):
    """A file to send along."""

    files = MultipleFileField("Choose a file", description="PDF, JPEG, PNG or plain text, smaller than 10 MB. A photograph of a letter will do.", widget=GovFileInput())  # fmt: skip


class StatusForm(CheckedForm):
    """Where a referral is."""

    reference = StringField("What is your reference?", description="It stands on the page that confirmed your referral, such as R-7Q4M29KD", widget=GovTextInput(), validators=[Needed("Enter your reference, such as R-7Q4M29KD"), Length(max=40)], render_kw={"autocomplete": "off", "spellcheck": "false"})  # fmt: skip


class MoreForm(CheckedForm):
    """Something to add to a referral."""

    text = TextAreaField("Is there anything to add?", description="Only the team that reads referrals sees it.", widget=GovTextArea(), validators=[Needed("Write what you want to add"), Length(max=5000, message="Write 5,000 characters or fewer")])  # fmt: skip
