"""Search, sent by POST so that no name stands in an address."""

from flask import Blueprint, render_template, request
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField
from wtforms.validators import Length

from tfsaas.families.search import search
from tfsaas.fields import CheckedForm, DayField
from tfsaas.permissions import Permission, requires

blueprint = Blueprint("search", __name__)


class SearchForm(CheckedForm):
    """Words, and a date of birth."""

    words = StringField(
        "Name, reference, postcode, number or date of birth",
        description="The beginning of a name will do. Names that sound alike and short forms are found too.",
        widget=GovTextInput(),
        validators=[Length(max=100, message="It must be 100 characters or fewer")],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    born = DayField("Date of birth")


@blueprint.route("/search", methods=["GET", "POST"])
@requires(Permission.SEE_FAMILIES, reads="search")
def index() -> tuple[str, int]:
    """The form, and what was found."""
    form, found = SearchForm(), None
    if request.method == "POST" and form.validate():
        found = search(str(form.words.data or ""), form.born.data)
    page = render_template("cases/search.html", form=form, found=found)
    return page, 400 if form.errors else 200
