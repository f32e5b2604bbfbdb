"""Who did what, and who saw which family, when. A view of cases, the lowest package that may name families."""

from uuid import UUID

from flask import Blueprint, render_template
from flask_login import current_user

from tfsaas.accounts.queries import name_users
from tfsaas.audit.forms import TrailForm
from tfsaas.audit.queries import PAGE, TrailFilters, list_changes, list_readings
from tfsaas.families.queries import find_family_by_reference, name_families
from tfsaas.fields import add_faults
from tfsaas.permissions import Permission, requires

blueprint = Blueprint("audit", __name__)


@blueprint.route("/audit", methods=["GET", "POST"])
@requires(Permission.SEE_AUDIT, reads="audit")
def index() -> tuple[str, int]:
    """Both trails, narrowed by POST, so that no reference stands in an address."""
    users = name_users()
    form = TrailForm()
    form.user.choices = {"": "Anybody"} | {str(key): name for key, name in users.items()}
    filters = TrailFilters()
    if form.validate_on_submit():
        filters = _filters(form)
    changes, readings = list_changes(filters), list_readings(filters)
    ids = {row.family_id for row in changes} | {row.family_id for row in readings}
    page = render_template(
        "audit/index.html",
        form=form,
        changes=changes,
        readings=readings,
        users=users,
        references=name_families([key for key in ids if key]),
        shows_values=current_user.may(Permission.SEE_FAMILIES),
        most=PAGE,
    )
    return page, 400 if form.errors else 200


def _filters(form: TrailForm) -> TrailFilters:
    reference = (form.family.data or "").strip()
    family = find_family_by_reference(reference) if reference else None
    if reference and family is None:
        add_faults(form, {"family": ["There is no family with this reference. Check it"]})
    return TrailFilters(
        user_id=UUID(form.user.data) if form.user.data else None,
        family_id=family.id if family else None,
        on=form.on.data,
    )
