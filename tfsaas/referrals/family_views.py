"""The referral with which a family came, for whoever works with the family."""

from uuid import UUID

from flask import Blueprint, render_template

from tfsaas.db import NotFound
from tfsaas.families.queries import get_family
from tfsaas.permissions import Permission, requires
from tfsaas.referrals.questions import AREAS
from tfsaas.referrals.sending import get_referral, list_messages
from tfsaas.referrals.withheld import shown_answers

blueprint = Blueprint("family_referral", __name__, url_prefix="/families")


@blueprint.get("/<uuid:family_id>/referrals/<uuid:referral_id>")
@requires(Permission.SEE_FAMILIES, reads="referral")
def show(family_id: UUID, referral_id: UUID) -> str:
    """What was said when the family was referred, as it was said."""
    family, referral = get_family(family_id), get_referral(referral_id)
    if referral.family_id != family.id:
        raise NotFound("no such referral of this family")
    return render_template(
        "referrals/of_family.html",
        family=family,
        referral=referral,
        answers=shown_answers(referral),
        messages=[row for row in list_messages(referral.id) if row.user_id is None],
        areas=AREAS,
    )
