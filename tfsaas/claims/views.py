"""Confirmed results, and what they are worth by funding arrangement."""

from datetime import date
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_login import current_user

from tfsaas.accounts.queries import name_users
from tfsaas.outcomes.queries import list_results, total_by_arrangement
from tfsaas.permissions import Permission, requires
from tfsaas.tenants.queries import find_programme

blueprint = Blueprint("claims", __name__)
PAGE = 25


@blueprint.get("/claims")
@requires(Permission.SEE_FIGURES, reads="results")
def index() -> str:
    """Totals by arrangement; for those who may see families, each result as well."""
    programme = find_programme()
    if programme is None:
        return render_template("reports/no_programme.html")
    rows = []
    if current_user.may(Permission.SEE_FAMILIES):
        rows = list(list_results(programme.id, limit=PAGE + 1, before=_before()))
    return render_template(
        "claims/index.html",
        totals=total_by_arrangement(programme.id),
        rows=rows[:PAGE],
        more=rows[PAGE - 1].result if len(rows) > PAGE else None,
        users=name_users(),
    )


def _before() -> tuple[date, UUID] | None:
    """The last result of the page before; None on the first page, or when the address is not one of ours."""
    try:
        return date.fromisoformat(request.args["day"]), UUID(request.args["before"])
    except (KeyError, ValueError):
        return None
