"""Nearly there: the forecast for everybody who sees figures, the families for those who may see them."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_login import current_user

from tfsaas.outcomes.actions import working_day
from tfsaas.permissions import Permission, requires
from tfsaas.planning.forecast import SIZES, draw, list_months
from tfsaas.planning.nearly import NearPage, count_by_month, count_gaps, list_near
from tfsaas.rules.disclosure import hide_alone
from tfsaas.tenants.queries import find_programme, list_arrangements, list_plan_versions

blueprint = Blueprint("nearly", __name__, url_prefix="/nearly-there")


@blueprint.get("")
@requires(Permission.SEE_FIGURES, reads="families nearly there")
def index() -> str:
    """Results to come, by month, and the families one step away."""
    programme = find_programme()
    if programme is None:
        return render_template("reports/no_programme.html")
    versions, on = list_plan_versions(programme.id), working_day(programme)
    rows = list_months(count_by_month(programme.id, on), on, list_arrangements(programme.id))
    missing = request.args.get("missing") or None
    sees = current_user.may(Permission.SEE_FAMILIES)
    page = NearPage([], None)
    if sees:
        after = request.args.get("after", type=UUID)
        page = list_near(programme.id, versions, missing=missing, after=after)
    return render_template(
        "planning/nearly.html",
        rows=rows,
        picture=draw(rows),
        sizes=SIZES,
        sees=sees,
        page=page,
        gaps=count_gaps(programme.id, versions),
        missing=missing,
        on=on,
        hide=hide_alone,
    )
