"""Earned Autonomy: the agreement, its strands, and the outcomes counted under it."""

from flask import Blueprint, render_template

from tfsaas.outcomes.queries import total_by_arrangement
from tfsaas.permissions import Permission, requires
from tfsaas.tenants.models import FundingModel
from tfsaas.tenants.queries import find_programme

blueprint = Blueprint("earned_autonomy", __name__)


@blueprint.get("/earned-autonomy")
@requires(Permission.SEE_FIGURES)
def index() -> str:
    """Every agreement of the council's programme."""
    programme = find_programme()
    totals = total_by_arrangement(programme.id) if programme else []
    agreements = [row for row in totals if row.arrangement.model is FundingModel.EARNED_AUTONOMY]
    return render_template("earned_autonomy/index.html", agreements=agreements)
