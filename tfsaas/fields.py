"""Form fields that the whole service shares."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovDateInput, GovTextArea, GovTextInput
from wtforms import Field, Form, StringField, TextAreaField
from wtforms.validators import Length, StopValidation, ValidationError

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
MOST_FIGURES = 12
LARGEST = 2**31 - 1  # that PostgreSQL takes for a number of this kind
MOST_POUNDS = 100_000_000
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


LISTED = "Choose from the list. It may have changed since you opened the page"


class _OurWords:
    """What the form library says by itself, in our words."""

    def gettext(self, text: str) -> str:
        return LISTED if text == "Not a valid choice." else text

    def ngettext(self, one: str, many: str, count: int) -> str:
        if "valid choice" in one:
            return LISTED
        return one if count == 1 else many


class CheckedForm(FlaskForm):
    """A form with proof that a page of ours was open; every form of the service is one."""

    class Meta(FlaskForm.Meta):
        """How the library is set."""

        def get_translations(self, form: Any) -> _OurWords:
            """What replaces the library's own sentences."""
            return _OurWords()


class DayField(Field):
    """A day in three boxes, the month as a number or a name. Data is None when all are empty."""

    widget = GovDateInput()
    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the three boxes.

        Raises:
            ValueError: they do not make a day; the text says what is missing.
        """
        self.raw_data = [*valuelist, "", "", ""][:3]
        parts = [part.strip() for part in self.raw_data]
        self.data = None
        if not any(parts):
            return
        missing = [
            name for name, part in zip(("day", "month", "year"), parts, strict=True) if not part
        ]
        if missing:
            raise ValueError(f"{self.label.text} must include a {' and a '.join(missing)}")
        self.data = self._day(parts)

    def _day(self, parts: list[str]) -> date:
        day, month, year = parts
        number = MONTHS.index(month[:3].lower()) + 1 if month[:3].lower() in MONTHS else month
        try:
            found = date(int(year), int(number), int(day))
        except (ValueError, OverflowError):
            raise ValueError(f"{self.label.text} must be a real date") from None
        if not EARLIEST <= found <= LATEST:
            raise ValueError(f"{self.label.text} must have a year with four figures, 1900 to 2199")
        return found

    def _value(self) -> str:
        return ""


class WholeField(StringField):
    """A whole number, commas and pound signs allowed; `number` is None when it is empty or wrong."""

    @property
    def number(self) -> int | None:
        """The number."""
        bare = str("" if self.data is None else self.data).replace(",", "").replace("£", "").strip()
        fits = bare.isascii() and bare.isdecimal() and len(bare) <= MOST_FIGURES
        return int(bare) if fits and int(bare) <= MOST_POUNDS else None


def whole_between(least: int, most: int, message: str) -> Any:
    """A check that a `WholeField` holds a number within these limits, both included."""

    def check(_form: CheckedForm, field: WholeField) -> None:
        if field.number is None or not least <= field.number <= most:
            raise ValidationError(message)

    return check


class Needed:
    """The field must be filled in. The message says how, in the user's words."""

    def __init__(self, message: str) -> None:
        self.message = message
        self.field_flags: dict[str, bool] = {}

    def __call__(self, form: Form, field: Field) -> None:
        """Refuse an empty field, keeping what a reader of the value itself had to say."""
        if field.errors or getattr(field, "process_errors", None):
            return
        data = field.data.strip() if isinstance(field.data, str) else field.data
        if data in (None, "", []):
            raise StopValidation(self.message)


class NotAfter:
    """The day must not be after another: a fixed one, or that of another field of the form."""

    def __init__(self, limit: str, message: str) -> None:
        self.limit = limit
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        """Compare only when both are there."""
        limit = form[self.limit].data
        if field.data and limit and field.data > limit:
            raise ValidationError(self.message)


class ActionForm(CheckedForm):
    """A button: nothing to fill in, but the proof that it was pressed on our page."""


def whole_or_nought(text: object) -> int:
    """A whole number that a page of ours sent; 0 for anything else."""
    bare = str(text or "")
    found = int(bare) if bare.isdecimal() and bare.isascii() and len(bare) <= MOST_FIGURES else 0
    return found if found <= LARGEST else 0


def as_uuid(text: object) -> UUID | None:
    """The id that a page of ours sent; None for anything else."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def key_of(field: Field) -> UUID:
    """What tells one sent form from another; a new one where a page of ours did not send it."""
    return as_uuid(field.data) or uuid4()


def put(field: Field, value: object) -> None:
    """Let a hidden field of a form that was sent hold another value when its page comes again."""
    field.data = str(value)
    field.raw_data = [field.data]


def text_area(label: str, hint: str = "", needed: str = "", longest: int = 5000) -> TextAreaField:
    """Several lines of somebody's words. `needed`: what is said where there are none; "": it may stay empty."""
    return TextAreaField(label, description=hint, widget=GovTextArea(), validators=_limits(needed, longest))  # fmt: skip


def text_line(label: str, hint: str = "", needed: str = "", longest: int = 120) -> StringField:
    """The same in one line."""
    return StringField(label, description=hint, widget=GovTextInput(), validators=_limits(needed, longest))  # fmt: skip


def _limits(needed: str, longest: int) -> list[Any]:
    length = Length(max=longest, message=f"Write {longest:,} characters or fewer")
    return [*([Needed(needed)] if needed else []), length]


def add_faults(form: CheckedForm, faults: dict[str, Sequence[str]]) -> None:
    """Put what an action refused beside the fields it is about."""
    for name, messages in faults.items():
        field: Any = form[name]
        field.errors = [*field.errors, *messages]


def shown(value: object) -> str:
    """A value as both of two editors are shown it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return f"{value.day} {value:%B %Y}" if isinstance(value, date) else str(value or "")


def list_differences(
    form: CheckedForm, theirs: dict[str, object], names: dict[str, str] | None = None
) -> list[tuple[str, str, str]]:
    """Field by field what the other editor saved and what this one wrote, where they differ.

    `names`: how values are called where they are ids.
    """
    rows, known = [], names or {}
    for key, value in theirs.items():
        saved, written = shown(value), shown(form[key].data)
        saved, written = known.get(saved, saved), known.get(written, written)
        if saved != written:
            rows.append((form[key].label.text, saved, written))
    return rows
