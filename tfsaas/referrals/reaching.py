"""What the pages of the referral form share: whose draft it is, and how often somebody may."""

from functools import wraps
from typing import Any
from uuid import UUID

from flask import abort, g, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.referrals import drafts
from tfsaas.referrals.models import ReferralDraft
from tfsaas.tenants.council import find_setting
from tfsaas.tenants.scope import unit_of_work
from tfsaas.tenants.settings import ReferralSettings

Page = AnyResponse | tuple[str, int] | str
TOKEN = "referral"  # noqa: S105 (where the session keeps it)
TOO_OFTEN = "This was done very often from where you are. Wait an hour, or ring the team."


def get_settings() -> ReferralSettings:
    """Who may refer; a council that has not decided takes no referrals here."""
    return find_setting(ReferralSettings) or abort(404)


def count(what: str) -> None:
    """Count an attempt, whatever becomes of the request.

    Raises:
        TooOften: the limit is reached.
    """
    with unit_of_work(g.council_id):
        drafts.count_attempt(what, request.remote_addr or "")


def open_draft(draft_id: UUID, *, locked: bool = False) -> ReferralDraft:
    return drafts.get_draft(draft_id, session.get(TOKEN), locked=locked)


def unsent(view: Any) -> Any:
    """A page of a draft that is still being written; a sent one leads to what confirms it."""

    @wraps(view)
    def show(draft_id: UUID, **told: Any) -> Page:
        draft = open_draft(draft_id, locked=request.method == "POST")
        if draft.referral_id:
            return redirect(url_for("refer_end.sent", draft_id=draft_id))
        return view(draft, **told)

    return show
