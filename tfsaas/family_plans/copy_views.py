"""The family's own copy of its plan, after a check of who gets it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput
from wtforms import RadioField, SelectMultipleField

from tfsaas import clock
from tfsaas.accounts.queries import name_users
from tfsaas.audit.trail import record_act
from tfsaas.db import NotFound
from tfsaas.families.queries import list_members
from tfsaas.family_plans import copying, queries
from tfsaas.family_plans.models import State
from tfsaas.family_plans.plan_views import Desk, Page, open_desk
from tfsaas.fields import CheckedForm, Needed
from tfsaas.permissions import Permission, requires
from tfsaas.tenants.council import find_setting
from tfsaas.tenants.queries import get_programme
from tfsaas.tenants.settings import ReferralSettings

blueprint = Blueprint("plan_copy", __name__, url_prefix="/families/<uuid:family_id>/plan/copy")
EVERYTHING, PLAN_ALONE = "why", "plan"


class CopyForm(CheckedForm):
    """Who gets the copy, and what it tells."""

    to = SelectMultipleField("Who gets it?", widget=GovCheckboxesInput(), choices={}, validators=[Needed("Select who gets it")])  # fmt: skip
    tells = RadioField("What does it tell?", widget=GovRadioInput(), choices={PLAN_ALONE: "The plan alone", EVERYTHING: "The plan, and why the council helps: what is on record about the family"}, default=PLAN_ALONE, validators=[Needed("Select what it tells")])  # fmt: skip
    checked = SelectMultipleField("Before you hand it over", widget=GovCheckboxesInput(), choices={"names": "Everybody who gets it may see the names and the actions in it", "safe": "It is safe for each of them to have it at home", "record": "If it tells why the council helps: each of them may see what is on record about everybody named"}, validators=[])  # fmt: skip

    def validate(self, extra_validators: Any = None) -> bool:
        """Both checks, each by itself."""
        fine = super().validate(extra_validators)
        needed = {"names", "safe"} | ({"record"} if self.tells.data == EVERYTHING else set())
        if not needed <= set(self.checked.data or []):
            checked: Any = self.checked
            checked.errors = ["Check each point that applies before you make the copy"]
            return False
        return fine


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="plan")
def make(family_id: UUID) -> Page:
    """Check who gets it; then the copy itself, to print."""
    desk, form = open_desk(family_id), CopyForm()
    if desk.plan is None or desk.plan.agreed_on is None:
        raise NotFound("no plan that was agreed")
    form.to.choices = {str(member.person.id): member.name for member in desk.members}
    if form.validate_on_submit():
        return _copy(desk, form), 200
    away = [member.name for member in list_members(family_id) if not member.membership.resident or member.membership.left_on]  # fmt: skip
    page = render_template("family_plans/copy_check.html", family=desk.family, form=form, away=away)
    return page, 400 if form.errors else 200


def _copy(desk: Desk, form: CopyForm) -> str:
    assert desk.plan is not None
    on, names = clock.today(), {member.person.id: member.name for member in desk.members}
    tells_why = form.tells.data == EVERYTHING
    told = {"recipients": sorted(form.to.data), "why": tells_why}
    record_act("copy", "family_plan", desk.plan.id, told, family_id=desk.family.id)
    return render_template(
        "family_plans/copy.html",
        family=desk.family,
        plan=desk.plan,
        parts=[part for part in desk.parts if any(row.state is not State.DROPPED for row in part.actions)],
        to=[name for person_id, name in names.items() if str(person_id) in form.to.data],
        names=names,
        users=name_users(),
        name_owner=queries.name_owner,
        reasons=copying.list_reasons(get_programme().id, desk.family.id, on, names) if tells_why else [],
        settings=find_setting(ReferralSettings),
        on=on,
    )  # fmt: skip
