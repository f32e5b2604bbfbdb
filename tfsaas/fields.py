"""Form fields that the whole service shares."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovDateInput
from wtforms import Field, Form
from wtforms.validators import StopValidation, ValidationError

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
MOST_FIGURES = 12
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


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


class ActionForm(FlaskForm):
    """A button: nothing to fill in, but the proof that it was pressed on our page."""


def whole_or_nought(text: object) -> int:
    """A whole number that a page of ours sent; 0 for anything else."""
    bare = str(text or "")
    return int(bare) if bare.isdecimal() and bare.isascii() and len(bare) <= MOST_FIGURES else 0


def add_faults(form: FlaskForm, faults: dict[str, Sequence[str]]) -> None:
    """Put what an action refused beside the fields it is about."""
    for name, messages in faults.items():
        field: Any = form[name]
        field.errors = [*field.errors, *messages]
