"""The forms with which contacts and files are recorded."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovFileInput,
    GovRadioInput,
    GovTextInput,
)  # fmt: skip
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField
from wtforms.validators import Length

from tfsaas import clock
from tfsaas.drafts.forms import given
from tfsaas.families.forms import AddressChecked
from tfsaas.families.queries import Member
from tfsaas.fields import CheckedForm, DayField, Needed, text_area
from tfsaas.recording.contacts import Told
from tfsaas.recording.models import Contact, How, Part
from tfsaas.words import day

TODAY, YESTERDAY, OTHER = "today", "yesterday", "other"
PARTS = {part.value: part.value.capitalize() for part in Part} | {"": "Not part of it"}
LONGEST = 20_000


class ContactForm(AddressChecked):
    """One contact; the fields about members of the family are made for each."""

    key = HiddenField()
    day = HiddenField()  # on which the form was opened: a draft means that day's today
    when = RadioField("When was it?", widget=GovRadioInput(), choices={TODAY: "Today", YESTERDAY: "Yesterday", OTHER: "Another day"}, default=TODAY)  # fmt: skip
    happened_on = DayField("If another day: which?")
    how = RadioField("How was it?", widget=GovRadioInput(), choices={how.value: how.value.capitalize() for how in How}, validators=[Needed("Select how it was")], invalid_choice_message="Select how it was")  # fmt: skip
    note = text_area("What happened, and what comes next?", "What you saw and heard; what was agreed, who does it and by when. Keep what you think apart from what you saw.", longest=LONGEST)  # fmt: skip
    words = text_area("In their own words", "What a child or an adult said, as they said it. Say who. May stay empty.")  # fmt: skip
    sensitive = text_area("Sensitive part", "What not everybody who may open the family should read, such as domestic abuse, health or crime. Only the lead worker, who covers for them, and supervisors can open it. May stay empty.", longest=LONGEST)  # fmt: skip
    reason = StringField("Why do you correct it?", widget=GovTextInput(), validators=[Length(max=300, message="Write 300 characters or fewer")])  # fmt: skip
    members: Sequence[Member] = ()
    corrects = False

    @property
    def people(self) -> list[Any]:
        """The fields about the members of the family."""
        return [self[f"person-{member.person.id}"] for member in self.members]

    def validate(self, extra_validators: Any = None) -> bool:
        """A day that is another has to be given; a correction has a reason; something has to be told."""
        fine = super().validate(extra_validators)
        faults: list[tuple[Any, str]] = []
        if self.when.data == OTHER and not self.happened_on.data and not self.happened_on.errors:
            faults.append((self.happened_on, "Enter the day of the contact"))
        if not str(self.note.data or "").strip() and not str(self.sensitive.data or "").strip():
            faults.append((self.note, "Enter what happened"))
        if self.corrects and not str(self.reason.data or "").strip():
            faults.append((self.reason, "Enter why you correct it"))
        for field, message in faults:
            field.errors = [*field.errors, message]
        return fine and not faults

    def opened_on(self) -> date:
        """The day on which the form was opened; today where a page of ours did not send one that can be."""
        today = clock.today()
        try:
            return min(date.fromisoformat(str(self.day.data)), today)
        except ValueError:
            return today

    def texts(self) -> list[str]:
        """What was written in one's own words."""
        return [str(field.data or "").strip() for field in (self.note, self.words, self.sensitive)]

    def told(self) -> Told:
        """What the form says."""
        opened = self.opened_on()
        days = {TODAY: opened, YESTERDAY: opened - clock.DAY}
        note, words, sensitive = self.texts()
        people = {
            member.person.id: Part(field.data)
            for member, field in zip(self.members, self.people, strict=True)
            if field.data
        }
        on = days.get(str(self.when.data)) or self.happened_on.data
        return Told(on, How(self.how.data), note, words, sensitive, people)


def make_contact_form(
    members: Sequence[Member],
    contact: Contact | None = None,
    parts: Mapping[UUID, Part] | None = None,
) -> ContactForm:
    """The form about these members of a family, new or to correct a contact; with the draft that is kept of it."""
    held = parts or {}
    fields: dict[str, Any] = {
        f"person-{m.person.id}": RadioField(m.name, widget=GovRadioInput(), choices=PARTS, default=held[m.person.id].value if m.person.id in held else "")
        for m in members
    }  # fmt: skip
    made = type("Filled", (ContactForm,), fields | {"members": members, "corrects": contact is not None})  # fmt: skip
    data: dict[str, Any] = {"key": str(uuid4()), "day": clock.today().isoformat()}
    if contact is not None:
        data |= {
            "when": OTHER, "happened_on": contact.happened_on, "how": contact.how.value, "note": contact.note,
            "words": contact.words, "sensitive": contact.sensitive,
        }  # fmt: skip
    form: ContactForm = made(formdata=given(), data=data)
    opened = form.opened_on()
    if opened != clock.today():
        form.when.choices = {
            TODAY: day(opened),
            YESTERDAY: day(opened - clock.DAY),
            OTHER: "Another day",
        }
    return form


class MendForm(CheckedForm):
    """What was wrong with a file, and what becomes of it."""

    what = RadioField("What is wrong?", widget=GovRadioInput(), choices={"sensitive": "Not everybody who may see the family should open it", "withdraw": "It does not belong here: nobody should open it"}, validators=[Needed("Select what is wrong")], invalid_choice_message="Select what is wrong")  # fmt: skip
    why = StringField("Why?", description="Needed where it does not belong here. It is kept with your name.", widget=GovTextInput(), validators=[Length(max=300, message="Write 300 characters or fewer")])  # fmt: skip

    def validate(self, extra_validators: Any = None) -> bool:
        """A reason where a file is taken out."""
        fine = super().validate(extra_validators)
        if self.what.data == "withdraw" and not str(self.why.data or "").strip():
            why: Any = self.why
            why.errors = ["Enter why it does not belong here"]
            return False
        return bool(fine)


class FileForm(AddressChecked):
    """A file about a family."""

    file = FileField("Which file?", description="A PDF, JPEG, PNG or plain text file, smaller than 10 MB. Where a photograph was taken and with what is not kept.", widget=GovFileInput())  # fmt: skip
    title = StringField("What is it?", description="Such as: school report, autumn term", widget=GovTextInput(), validators=[Needed("Enter what it is"), Length(max=120, message="Write 120 characters or fewer")])  # fmt: skip
    sensitive = SelectMultipleField("Who may open it?", widget=GovCheckboxesInput(), choices={"yes": "It is sensitive: only the lead worker, who covers for them, and supervisors may open it"})  # fmt: skip


class ChronologyForm(CheckedForm):
    """What a chronology is narrowed to; sent by GET, so it holds nothing personal."""

    class Meta:
        """Nothing is changed by it."""

        csrf = False

    kinds = SelectMultipleField("What?", widget=GovCheckboxesInput(), choices={})
    person = RadioField("About whom?", widget=GovRadioInput(), choices={}, default="")
    first = DayField("From")
    last = DayField("To")
