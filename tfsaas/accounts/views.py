"""Signing in and out, and one's own account."""

from urllib.parse import urlsplit

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)  # fmt: skip
from flask_login import current_user, login_user, logout_user
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.accounts import actions, queries
from tfsaas.accounts.forms import ChangePasswordForm, FirstPasswordForm, SignInForm
from tfsaas.accounts.proving import TRY_LATER, prove
from tfsaas.accounts.queries import SignedIn
from tfsaas.fields import add_faults
from tfsaas.permissions import Permission, requires
from tfsaas.tenants.queries import get_tenant
from tfsaas.tenants.scope import current_tenant, unit_of_work

blueprint = Blueprint("accounts", __name__)

PHONE_LENGTH = 40
NOT_KNOWN = "The email address and password do not belong to an account that can sign in here"


@blueprint.route("/sign-in", methods=["GET", "POST"])
@requires(None)
def sign_in() -> AnyResponse | tuple[str, int] | str:
    """Ask for address and password."""
    if current_user.is_authenticated:
        return redirect(url_for("home.show"))
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form), 400 if form.errors else 200
    email = str(form.email.data)
    try:
        with unit_of_work(current_tenant()):
            attempt_id = actions.count_attempt(email, request.remote_addr or "")
        token = actions.sign_in(email, str(form.password.data), request.user_agent.string)
    except actions.TooManyAttempts:
        add_faults(form, {"email": [TRY_LATER]})
        return render_template("accounts/sign_in.html", form=form), 429
    except actions.SignInRefused:
        add_faults(form, {"email": [NOT_KNOWN]})
        return render_template("accounts/sign_in.html", form=form), 400
    actions.forget_attempt(attempt_id)
    _remember(token)
    return redirect(_safe_next())


@blueprint.post("/sign-out")
@requires(Permission.SIGNED_IN)
def sign_out() -> AnyResponse:
    """End the session for good."""
    actions.end_session(current_user.session_id)
    logout_user()
    session.clear()
    flash("You are signed out.")
    response = make_response(redirect(url_for("accounts.sign_in")))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@requires(None)
def accept(token: str) -> AnyResponse | tuple[str, int] | str:
    """Choose the first password."""
    form = FirstPasswordForm()
    if queries.find_invitation(token) is None:
        return render_template("accounts/invitation_over.html"), 410
    if form.validate_on_submit() and not _password_is_faulty(form):
        try:
            user = actions.accept_invitation(token, str(form.password.data))
        except actions.NotUsable:
            abort(410)
        _remember(actions.start_session(user.id, request.user_agent.string))
        flash("Your password is set and you are signed in.")
        return redirect(url_for("home.show"))
    return render_template("accounts/invitation.html", form=form), 400 if form.errors else 200


@blueprint.route("/account", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
def account() -> AnyResponse | tuple[str, int] | str:
    """One's own account: password and sessions."""
    form = ChangePasswordForm()
    if form.validate_on_submit() and not _new_password_is_faulty(form) and prove(form, "old"):
        new, session_id = str(form.new.data), current_user.session_id
        actions.change_password(current_user.id, new, session_id=session_id)
        flash("Your password is changed. Your other sessions have ended.")
        return redirect(url_for("accounts.account"))
    sessions = queries.list_sessions(current_user.id)
    page = render_template(
        "accounts/account.html",
        form=form,
        sessions=sessions,
        user=queries.get_user(current_user.id),
    )
    return page, 400 if form.errors else 200


@blueprint.post("/account/phone")
@requires(Permission.SIGNED_IN)
def phone() -> AnyResponse:
    """Say where colleagues reach one."""
    actions.set_phone(current_user.id, request.form.get("phone", "").strip()[:PHONE_LENGTH])
    flash("Your telephone number is kept.")
    return redirect(url_for("accounts.account"))


@blueprint.post("/account/reminders")
@requires(Permission.SIGNED_IN)
def reminders() -> AnyResponse:
    """Have emails on mornings when something is due, or none."""
    on = request.form.get("reminders") == "on"
    actions.set_reminders(current_user.id, on=on)
    flash("You get an email when something is due." if on else "You get no emails any more.")
    return redirect(url_for("accounts.account"))


@blueprint.post("/account/sessions/end")
@requires(Permission.SIGNED_IN)
def end_other_sessions() -> AnyResponse:
    """Sign out everywhere else."""
    actions.end_sessions(current_user.id, but=current_user.session_id)
    flash("Your other sessions have ended.")
    return redirect(url_for("accounts.account"))


def load_user(token: str) -> SignedIn | None:
    """For Flask-Login: the person whose session has this token."""
    found = actions.use_session(token, touch=request.headers.get("X-Poll") != "1")
    if found is None:
        return None
    return SignedIn(found.user_id, found.name, found.role, found.id, token)


def _remember(token: str) -> None:
    """Put the new session's token in a cookie that carries nothing from before."""
    session.clear()
    person = load_user(token)
    login_user(person)


def _forbidden_words(name: str, email: str) -> list[str]:
    return [
        *name.split(),
        email.split("@", maxsplit=1)[0],
        *get_tenant().name.split()[:1],
        "password",
        "tfsaas",
    ]


def _password_is_faulty(form: FirstPasswordForm) -> bool:
    faults = actions.list_password_faults(
        str(form.password.data), forbidden=[get_tenant().name.split()[0], "password", "tfsaas"]
    )
    add_faults(form, {"password": faults})
    return bool(faults)


def _new_password_is_faulty(form: ChangePasswordForm) -> bool:
    user = queries.get_user(current_user.id)
    forbidden = _forbidden_words(user.name, user.email)
    faults = actions.list_password_faults(str(form.new.data), forbidden=forbidden)
    add_faults(form, {"new": faults})
    return bool(faults)


def _safe_next() -> str:
    """Where the person wanted to go, if that is a page of ours; home otherwise."""
    wanted = request.args.get("next", "")
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return url_for("home.show")
    odd = (
        parts.scheme
        or parts.netloc
        or not wanted.startswith("/")
        or wanted.startswith(("//", "/\\"))
    )
    if odd or any(ord(character) < ord(" ") or character == "\\" for character in wanted):
        return url_for("home.show")
    try:
        current_app.url_map.bind_to_environ(request.environ).match(parts.path, method="GET")
    except (HTTPException, RequestRedirect):
        return url_for("home.show")
    return wanted
