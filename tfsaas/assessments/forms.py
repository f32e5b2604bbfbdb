"""A domain of an assessment as a form."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea
from wtforms import Field, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import Length

from tfsaas.assessments.assessing import WORDS, Slot, is_asked
from tfsaas.drafts.forms import given
from tfsaas.families.forms import AddressChecked
from tfsaas.fields import CheckedForm, Needed
from tfsaas.tenants.assessment_template import TOP, Asked

LONGEST = 10_000


def _long(asked: Asked) -> Field:
    return TextAreaField(asked.text, description=asked.hint, widget=GovTextArea(), validators=[Length(max=LONGEST, message=f"Write {LONGEST:,} characters or fewer")])  # fmt: skip


def _choice(asked: Asked) -> Field:
    return RadioField(asked.text, description=asked.hint, widget=GovRadioInput(), choices=dict(asked.options), validate_choice=False)  # fmt: skip


def _scale(asked: Asked) -> Field:
    said = {0: f"0: {asked.low}" if asked.low else "0", TOP: f"{TOP}: {asked.high}" if asked.high else str(TOP)}  # fmt: skip
    numbers = {str(number): said.get(number, str(number)) for number in range(TOP + 1)}
    return SelectField(asked.text, description=asked.hint, widget=GovSelect(), choices={"": "Not said"} | numbers)  # fmt: skip


MAKERS: dict[str, Callable[[Asked], Field]] = {"long": _long, "yes_no": _choice, "choice": _choice, "scale": _scale}  # fmt: skip


class DomainForm(AddressChecked):
    """The questions of a domain that are put now, a group of fields for each person."""

    seen = HiddenField()
    words = TextAreaField("In the family’s own words", description="What they said, as they said it. Say who.", widget=GovTextArea(), validators=[Length(max=LONGEST, message=f"Write {LONGEST:,} characters or fewer")])  # fmt: skip
    slots: Sequence[Slot] = ()

    @property
    def groups(self) -> list[tuple[Slot, list[Any]]]:
        """For each person the fields that are put about them."""
        found = [(slot, [self[name_of(slot, q)] for q in slot.questions if name_of(slot, q) in self]) for slot in self.slots]  # fmt: skip
        return [(slot, fields) for slot, fields in found if fields]

    @property
    def told(self) -> dict[str, Any]:
        """What was answered."""
        told: dict[str, Any] = {
            slot.key: {q.code: _answer(self, slot, q) for q in slot.questions}
            for slot in self.slots
        }
        return told | {WORDS: str(self.words.data or "").strip()}


def _answer(form: DomainForm, slot: Slot, asked: Asked) -> str:
    name = name_of(slot, asked)
    value = str(form[name].data or "").strip() if name in form else ""
    return value if not asked.options or value in asked.options else ""


def name_of(slot: Slot, asked: Asked) -> str:
    """What a field is called: about whom, and which question."""
    return f"{slot.key}-{asked.code}"


def digest(told: Mapping[str, Any]) -> str:
    """A mark by which it is seen that the answers of a domain were changed by somebody else."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def make_form(slots: Sequence[Slot], told: Mapping[str, Any]) -> DomainForm:
    """The form of a domain, filled with its answers; only what is asked by them has a field."""
    fields, data = {}, {}
    for slot in slots:
        said = told.get(slot.key, {})
        for asked in slot.questions:
            if is_asked(asked, said):
                fields[name_of(slot, asked)] = MAKERS[asked.kind](asked)
                data[name_of(slot, asked)] = said.get(asked.code)
    made = type("Filled", (DomainForm,), fields | {"slots": slots})
    form: DomainForm = made(
        formdata=given(), data=data | {WORDS: told.get(WORDS), "seen": digest(told)}
    )
    return form


class SignForm(CheckedForm):
    """Sign-off, or back to whoever wrote it."""

    version = HiddenField()
    decision = RadioField("What do you decide?", widget=GovRadioInput(), choices={"sign": "Sign it off", "return": "Return it, to be worked on"}, validators=[Needed("Select what you decide")], invalid_choice_message="Select what you decide")  # fmt: skip
    note = TextAreaField("What do you say to it?", description="Needed where you return it: what is to be done", widget=GovTextArea(), validators=[Length(max=2000, message="Write 2,000 characters or fewer")])  # fmt: skip

    def validate(self, extra_validators: Any = None) -> bool:
        """A reason where it is returned."""
        fine = super().validate(extra_validators)
        if self.decision.data == "return" and not str(self.note.data or "").strip():
            note: Any = self.note
            note.errors = ["Enter what is to be done"]
            return False
        return fine
