"""The edge of a request: host → council, person, permission, record of reading, one commit."""

from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, current_user
from sqlalchemy import insert, select
from werkzeug.wrappers import Response as AnyResponse

from tfsaas import clock
from tfsaas.accounts.views import load_user
from tfsaas.db import Model, db
from tfsaas.permissions import Policy, policy_of
from tfsaas.tenants.queries import find_council_of_host
from tfsaas.tenants.scope import act_as, enter, unit_of_work
from tfsaas.tenants.settings import DEFAULT_ACCENT, Branding
from tfsaas.web.drafting import forget_saved, rescue

SUBJECTS = (
    "file_id",
    "referral_id",
    "assessment_id",
    "delivery_id",
    "proposal_id",
    "person_id",
    "user_id",
)  # what a page may show besides a family
LOOK = select(
    Branding.display_name,
    Branding.accent_colour,
    Branding.version,
    Branding.logo_type.is_not(None),
)
RECORD_READING = insert(Model.metadata.tables["reading"])
NOT_COUNCILS = ("static", "platform.health", "platform.ready")  # asked by machines, on any host


@dataclass(frozen=True, slots=True)
class Brand:
    """What the top of a page shows. `version` 0: nothing is decided."""

    name: str
    accent: str = DEFAULT_ACCENT
    version: int = 0
    has_logo: bool = False


class HostSession(SecureCookieSessionInterface):
    """The signed cookie: bound to one host, and Secure wherever the connection is not plain localhost."""

    def _is_plain(self) -> bool:
        host = request.host.split(":")[0]
        return request.scheme == "http" and (host == "localhost" or host.endswith(".localhost"))

    def get_cookie_name(self, app: Flask) -> str:
        """`__Host-` makes browsers insist on Secure, on the path / and on one host."""
        return "session" if self._is_plain() else "__Host-session"

    def get_cookie_secure(self, app: Flask) -> bool:
        """Secure except on plain localhost."""
        return not self._is_plain()


def init_app(app: Flask) -> None:
    """Wire the edge into `app`."""
    app.session_interface = HostSession()
    login = LoginManager(app)
    login.session_protection = None
    login.user_loader(load_user)
    app.add_template_global(lambda: g.get("brand", Brand("Family support")), "brand_of_council")
    app.add_template_global(lambda: g.get("draft"), "kept_draft")
    app.before_request(_open)
    app.after_request(_close)
    setattr(app.view_functions["static"], "policy", Policy(None, anywhere=True))  # noqa: B010 (typed as a bare function)


def _open() -> AnyResponse | None:
    """Find the council and the person, and let them in or not."""
    g.raised = False
    g.council_id, g.brand = None, Brand("Family support")
    texts = [value for _, values in request.values.lists() for value in values]
    names = [file.filename or "" for _, files in request.files.lists() for file in files]
    if any("\0" in text for text in (*texts, *names)):
        abort(HTTPStatus.BAD_REQUEST)
    if request.endpoint in NOT_COUNCILS:
        return None
    is_council = _enter_council()
    if request.endpoint is None:
        return None  # routing found nothing; Flask answers 404 or 405
    policy = policy_of(current_app.view_functions[request.endpoint])
    if policy is None:
        abort(403)
    if not is_council:
        return None if policy.anywhere else abort(404)
    return _gate(policy)


def _enter_council() -> bool:
    """Give the unit of work to the host's council. False on the bare host."""
    host = request.host.split(":")[0].lower()
    if host == current_app.config["DOMAIN"]:
        return False
    council = find_council_of_host(host)
    if council is None:
        abort(400, "This address does not lead to a council.")
    enter(council.id)
    g.council_id, g.brand = council.id, _brand(council.name)
    return True


def _brand(council_name: str) -> Brand:
    """How the council looks; as it comes, until it decides."""
    look = db.session.execute(LOOK).first()
    return Brand(*look) if look else Brand(council_name)


def _gate(policy: Policy) -> AnyResponse | None:
    if current_user.is_authenticated:
        act_as(current_user.id)
    if policy.permission is None:
        return None
    if not current_user.is_authenticated:
        if path := rescue():
            return redirect(url_for("accounts.sign_in", next=path))
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.sign_in", next=None if wanted == "/" else wanted))
    if not current_user.may(policy.permission):
        abort(403)
    return None


def _close(response: Response) -> Response:
    """Commit once, unless the view raised or the answer is a refusal or a failure."""
    if request.endpoint in NOT_COUNCILS:
        return response
    policy = policy_of(current_app.view_functions.get(request.endpoint or ""))
    reads = bool(policy and policy.reads and g.get("council_id") and not _is_poll())
    row = _reading(policy, refused=g.get("raised", False)) if reads and policy else None
    if g.get("raised") or response.status_code >= HTTPStatus.BAD_REQUEST:
        db.session.rollback()
        if row:
            _record_apart(row)
        return response
    if row:
        db.session.execute(RECORD_READING, row)
        for subject in g.get("seen_too", ()):  # whom a page shows beside the one it is of
            db.session.execute(RECORD_READING, row | {"id": uuid4(), "subject_id": subject})
    if policy is not None and g.get("council_id"):
        forget_saved(policy, response.status_code)
    db.session.commit()
    return response


def _is_poll() -> bool:
    """The page looks by itself whether a job has ended; that is nobody reading."""
    return request.headers.get("X-Poll") == "1"


def _record_apart(row: dict[str, object]) -> None:
    """A reading is written down although the request itself is undone."""
    with unit_of_work(g.council_id):
        db.session.execute(RECORD_READING, row)


def _reading(policy: Policy, *, refused: bool) -> dict[str, object] | None:
    """The entry of this reading; None when nobody is signed in, so nothing was shown."""
    if not current_user.is_authenticated:
        return None
    named = request.view_args or {}
    family_id = named.get("family_id")
    return {
        "tenant_id": g.council_id,
        "id": uuid4(),
        "at": clock.now(),
        "user_id": current_user.id,
        "session_id": current_user.session_id,
        "address": request.remote_addr or "",
        "what": policy.reads,
        "route": request.endpoint,
        "family_id": None if refused else family_id,
        "subject_id": next((value for key, value in named.items() if key in SUBJECTS), None),
        "refused": refused,
    }
