"""The list of families, and the family's file."""

from flask import Blueprint, render_template

from tfsaas.permissions import Permission, requires

blueprint = Blueprint("cases", __name__)


@blueprint.get("/families")
@requires(Permission.SEE_FAMILIES, reads="families")
def index() -> str:
    """The council's families."""
    return render_template("cases/index.html", families=[])
