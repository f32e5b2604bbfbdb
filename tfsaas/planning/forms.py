"""The forms of versions and of moving families between them."""

from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from tfsaas.fields import CheckedForm, Needed


class MoveForm(CheckedForm):
    """The second word of a move, with its reason."""

    families = HiddenField()  # how many were shown
    why = TextAreaField(
        "Why are they moved?",
        description="Kept in the audit trail for as long as the move can be asked about",
        widget=GovTextArea(),
        validators=[
            Needed("Enter why the families are moved"),
            Length(max=1000, message="It must be 1,000 characters or fewer"),
        ],
    )
