"""A referral as it may be shown: without where the family lives, once anybody in it has an address that must stay hidden."""

from typing import Any

from tfsaas.families.protecting import has_protected
from tfsaas.referrals.models import Referral

HOME = "home"
WITHHELD = "Withheld: somebody in this family has an address that must stay hidden"


def shown_answers(referral: Referral) -> list[dict[str, Any]]:
    """Page by page what was asked and said."""
    pages: list[dict[str, Any]] = referral.answers
    if referral.family_id is None or not has_protected(referral.family_id):
        return pages
    return [
        page | {"rows": [(page["title"], WITHHELD)]} if page["code"] == HOME else page
        for page in pages
    ]
