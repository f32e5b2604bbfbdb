"""The forms of agreements, of bringing a file, and of its steps."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovFileInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional, Regexp

from tfsaas.fields import CheckedForm, DayField, Needed, NotAfter, text_area, text_line
from tfsaas.loads.feeds import Feed, list_feeds

TOO_LONG = "It must be {} characters or fewer"
GONE = "The last file called it “{}”; this one has no such column."


def _text(label: str, longest: int, hint: str = "", *checks: Any) -> StringField:
    limit = Length(max=longest, message=TOO_LONG.format(longest))
    return StringField(label, description=hint, widget=GovTextInput(), validators=[*checks, limit])


class AgreementForm(CheckedForm):
    """What a partner may send, and until when."""

    version = HiddenField()
    partner = _text("Who is the partner?", 80, "Such as Westshire Police", Needed("Enter who the partner is"))  # fmt: skip
    feeds = SelectMultipleField(
        "What may they send?",
        widget=GovCheckboxesInput(),
        choices={feed.code: feed.title for feed in list_feeds()},
        validators=[Needed("Select what they may send")],
    )
    finds_families = BooleanField(
        "People we do not know may be kept, to find families among them",
        widget=GovCheckboxInput(),
    )
    second_person = BooleanField(
        "Somebody other than whoever brought a file must approve it",
        widget=GovCheckboxInput(),
    )
    purpose = TextAreaField(
        "For what purpose, and on what lawful basis?",
        description="Such as: finding families with several problems; public task, Children Act 2004",
        widget=GovTextArea(),
        validators=[
            Needed("Enter the purpose and the lawful basis"),
            Length(max=2000, message=TOO_LONG.format("2,000")),
        ],
    )
    starts_on = DayField(
        "From which day?",
        validators=[
            Needed("Enter the day the agreement begins"),
            NotAfter("ends_on", "The agreement must not begin after it ends"),
        ],
    )
    ends_on = DayField("Until which day?", description="Leave it empty while no end is agreed")
    review_on = DayField(
        "When is it to be reviewed?", validators=[Needed("Enter the day of the next review")]
    )
    contact_name = _text("Whom do you ask when a file is late?", 80)
    contact_email = _text("Their e-mail address", 120, "", Optional(), Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message="Enter an e-mail address like name@example.com"))  # fmt: skip
    contact_phone = _text("Their telephone number", 40)


class BringForm(CheckedForm):
    """A file, and for what it is complete."""

    file = FileField(
        "The file",
        description="CSV, Excel (.xlsx) or OpenDocument (.ods), up to 32 MB and 500,000 rows",
        widget=GovFileInput(),
        validators=[FileRequired("Choose the file")],
    )
    covers_from = DayField("From which day is the file complete?")
    covers_to = DayField("Until which day?")
    covers = SelectMultipleField(
        "For what is it complete on those days?",
        description="For what you tick, silence will count: who is not in the file had none of it. Leave out what it holds only in part.",
        widget=GovCheckboxesInput(),
        choices={},
        validators=[Needed("Select for what the file is complete, or that it is for none")],
    )
    finds_families = BooleanField(
        "Keep people we do not know, to find families among them",
        description="Otherwise rows about people you do not know are counted and dropped.",
        widget=GovCheckboxInput(),
    )
    agreement = HiddenField()
    feed = HiddenField()


class UndoForm(CheckedForm):
    """Why a load is undone."""

    version = HiddenField()
    reason = TextAreaField(
        "Why is it undone?",
        widget=GovTextArea(),
        validators=[
            Needed("Enter why the load is undone"),
            Length(max=500, message=TOO_LONG.format(500)),
        ],
    )


class SetAsideForm(CheckedForm):
    """Why a file is not gone on with."""

    version = HiddenField()
    reason = text_area("Why is it set aside?", needed="Enter why the file is set aside", longest=500)  # fmt: skip


class LookForm(CheckedForm):
    """Another record, by what stands on its page."""

    reference = text_line("Reference of the other record", needed="Enter the reference of the other record. It stands on the person’s page", longest=40)  # fmt: skip


class LinkPeopleForm(CheckedForm):
    """Why two records are one person."""

    reason = text_line("How do you know?", "Such as: seen both birth certificates", needed="Enter how you know that they are one person", longest=200)  # fmt: skip


class SettleForm(CheckedForm):
    """What came of a contradiction."""

    version = HiddenField()
    settlement = text_line("What came of it?", needed="Enter what came of it, such as whom you asked", longest=300)  # fmt: skip


class LinkForm(CheckedForm):
    """A link by which a partner sends one file."""

    place = SelectField(
        "Who is to send what?", widget=GovSelect(), choices={}, validators=[Needed("Choose who is to send what")]
    )  # fmt: skip
    days = SelectField(
        "How long is the link good?",
        widget=GovSelect(),
        choices={"1": "1 day", "3": "3 days", "7": "7 days", "14": "14 days"},
        default="7",
    )


def columns_form(
    feed: Feed, header: Sequence[str], mapping: Mapping[str, str], gone: Mapping[str, str]
) -> CheckedForm:
    """A form that asks, for each of the feed's columns, which of the file's it is. `gone`: what the last file called those it has no more."""
    choices = {"": "None"} | {name: name for name in header if name}
    fields: dict[str, Any] = {
        column.name: SelectField(
            column.title,
            description=f"{column.help} {GONE.format(gone[column.name])}".strip()
            if column.name in gone
            else column.help,
            widget=GovSelect(),
            choices=choices,
            default=mapping.get(column.name, ""),
            validate_choice=False,  # the action refuses what is not there, in words
        )
        for column in feed.all_columns
    }
    fields["version"] = HiddenField()
    form: CheckedForm = type("ColumnsForm", (CheckedForm,), fields)()
    return form
