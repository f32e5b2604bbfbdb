"""Drafts over HTTP: a form is kept every few seconds, when its page is left, and when its sender's session had lapsed."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    request,
    session,
    url_for,
)  # fmt: skip
from flask_login import current_user
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse
from wtforms import ValidationError

from tfsaas import clock
from tfsaas.accounts.queries import find_session
from tfsaas.drafts.keeping import TooLong, drop_draft, keep_draft
from tfsaas.families.involving import get_own_family
from tfsaas.families.queries import get_family
from tfsaas.permissions import Permission, Policy, may, policy_of, requires
from tfsaas.tenants.scope import act_as
from tfsaas.words import clock_time

blueprint = Blueprint("drafts", __name__, url_prefix="/drafts")
RESCUED_WITHIN = timedelta(days=7)
TOO_LONG = "This is more than one form can hold. Save it in parts."
SIGNED_OUT = "You were signed out because nothing happened for a while. What you wrote is kept: sign in, and it comes back."


@dataclass(frozen=True, slots=True)
class Place:
    """A form of which drafts are kept."""

    path: str
    policy: Policy
    family_id: UUID | None

    @property
    def what(self) -> str:
        """What it will be when it is saved."""
        return self.policy.draft or ""


@blueprint.post("")
@requires(Permission.SIGNED_IN)
def keep() -> AnyResponse:
    """Keep what stands in a form. A script asks for a line to show; a button leads back to the first page."""
    place = _own_place()
    try:
        draft = keep_draft(current_user.id, place.path, place.what, place.family_id, _pairs())
    except TooLong:
        abort(Response(TOO_LONG, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, mimetype="text/plain"))
    if "X-Draft" in request.headers:
        return Response(f"Draft kept at {clock_time(draft.saved_at)}", mimetype="text/plain")
    flash("Your draft is kept. It comes back when you open the form again.")
    return redirect(url_for("home.show"))


@blueprint.post("/drop")
@requires(Permission.SIGNED_IN)
def drop() -> AnyResponse:
    """Throw a draft away."""
    place = _own_place()
    drop_draft(current_user.id, place.path)
    flash("The draft is thrown away.")
    return redirect(url_for("home.show") if "from_list" in request.form else place.path)


def _pairs() -> list[tuple[str, str]]:
    return list(request.form.items(multi=True))


def _own_place() -> Place:
    place = find_place(request.form.get("draft_path", ""))
    if place is None or place.policy.permission is None:
        abort(HTTPStatus.NOT_FOUND)
    if not current_user.may(place.policy.permission):
        abort(HTTPStatus.FORBIDDEN)
    _check_family(place)
    return place


def _check_family(place: Place) -> None:
    """The family that a form is about is one that this person may see; not found otherwise."""
    if place.family_id is None:
        return
    if place.policy.permission is Permission.SEE_OWN_FAMILIES:
        get_own_family(place.family_id)
    else:
        get_family(place.family_id)


def find_place(path: str) -> Place | None:
    """The form at an address; None where there is none, or none of which drafts are kept."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None or not path.startswith("/") or "?" in path:
        return None
    try:
        endpoint, values = adapter.match(path, method="POST")
    except HTTPException:
        return None
    policy = policy_of(current_app.view_functions[endpoint])
    if policy is None or not policy.draft:
        return None
    return Place(path, policy, values.get("family_id"))


def rescue() -> str | None:
    """Keep what a person sent after their session had lapsed, so that it comes back when they sign in. Gives the form's path.

    Only for whoever the lapsed session belongs to, and with the proof that the form was ours.
    None: nothing was kept.
    """
    if request.method != "POST":
        return None
    by_button = request.endpoint == "drafts.keep"
    place = find_place(request.form.get("draft_path", "") if by_button else request.path)
    found = find_session(str(session.get("_user_id", "")))
    if found is None or place is None or place.policy.permission is None:
        return None
    if found.disabled_at or clock.now() - found.seen_at > RESCUED_WITHIN:
        return None
    if not may(found.role, place.policy.permission):
        return None
    try:
        validate_csrf(request.form.get("csrf_token"))
        act_as(found.user_id)
        _check_family(place)
        keep_draft(found.user_id, place.path, place.what, place.family_id, _pairs())
    except (ValidationError, LookupError, TooLong):
        return None
    flash(SIGNED_OUT)
    return place.path


def forget_saved(policy: Policy, status: int) -> None:
    """A form that was saved needs its draft no longer."""
    saved = request.method == "POST" and status < HTTPStatus.BAD_REQUEST
    if saved and policy.draft and current_user.is_authenticated and not g.get("raised"):
        drop_draft(current_user.id, request.path)
