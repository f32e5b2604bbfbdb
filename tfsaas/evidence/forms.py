"""The form of an upload."""

from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovTextInput
from wtforms import StringField
from wtforms.validators import Length

from tfsaas.fields import CheckedForm, Needed


class LoadForm(CheckedForm):
    """A ZIP of files of facts, and who sent it."""

    source = StringField(
        "Who sent it?",
        description="Such as: Police, week 12. No names of families.",
        widget=GovTextInput(),
        validators=[Needed("Enter who sent it"), Length(max=100)],
    )
    file = FileField(
        "ZIP file",
        description="Up to 32 MB, with files in the layouts described below",
        widget=GovFileInput(),
        validators=[FileRequired("Choose a ZIP file")],
    )
