"""Administrators' pages: who has an account, and what they may do."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.accounts import actions, queries
from tfsaas.accounts.forms import ROLE_HINTS, InviteForm, RoleForm
from tfsaas.fields import add_faults
from tfsaas.permissions import Permission, Role, requires
from tfsaas.tenants.council import list_teams
from tfsaas.tenants.settings_forms import EMPTY_TEAM

blueprint = Blueprint("users", __name__, url_prefix="/users")


@blueprint.get("")
@requires(Permission.SEE_USERS)
def index() -> str:
    """Everyone with an account."""
    return render_template("users/index.html", users=queries.list_users(), teams=_teams())


def _teams() -> dict[str, str]:
    """Every team by id, and none."""
    return EMPTY_TEAM | {str(team.id): team.name for team, _ in list_teams()}


def _team_id(form: InviteForm | RoleForm) -> UUID | None:
    return UUID(form.team.data) if form.team.data else None


@blueprint.route("/invite", methods=["GET", "POST"])
@requires(Permission.CHANGE_USERS)
def invite() -> AnyResponse | tuple[str, int] | str:
    """A new account; the link is shown once."""
    form = InviteForm()
    form.team.choices = _teams()
    if form.validate_on_submit():
        try:
            token = actions.invite(
                str(form.email.data),
                str(form.name.data),
                Role(form.role.data),
                team_id=_team_id(form),
                agency=str(form.agency.data or "").strip(),
            )
        except actions.AccountRefused as refused:
            add_faults(form, {"email": [str(refused)]})
        else:
            return _show_link(str(form.name.data), token)
    return render_template("users/invite.html", form=form), 400 if form.errors else 200


@blueprint.get("/<uuid:user_id>")
@requires(Permission.SEE_USERS)
def show(user_id: UUID) -> str:
    """One account and what it may do."""
    user = queries.get_user(user_id)
    return render_template(
        "users/show.html",
        user=user,
        hint=ROLE_HINTS[user.role],
        team=_teams()[str(user.team_id or "")],
        sessions=queries.list_sessions(user_id),
    )


@blueprint.route("/<uuid:user_id>/role", methods=["GET", "POST"])
@requires(Permission.CHANGE_USERS)
def change_role(user_id: UUID) -> AnyResponse | tuple[str, int] | str:
    """Another role."""
    user = queries.get_user(user_id)
    form = RoleForm(role=user.role.value, team=str(user.team_id or ""), agency=user.agency)
    form.team.choices = _teams()
    if form.validate_on_submit():
        try:
            role = Role(form.role.data)
            team_id, agency = _team_id(form), str(form.agency.data or "").strip()
            actions.change_role(user_id, role, by=current_user.id, team_id=team_id, agency=agency)
        except actions.AccountRefused as refused:
            add_faults(form, {"role": [str(refused)]})
        else:
            flash("Saved. It counts from their next page.")
            return redirect(url_for("users.show", user_id=user_id))
    return render_template("users/role.html", form=form, user=user), 400 if form.errors else 200


@blueprint.post("/<uuid:user_id>/disable")
@requires(Permission.CHANGE_USERS)
def disable(user_id: UUID) -> AnyResponse:
    """Stop a person from signing in."""
    try:
        actions.disable(user_id, by=current_user.id)
        flash("The account is disabled and its sessions have ended.")
    except actions.AccountRefused as refused:
        flash(str(refused), "error")
    return redirect(url_for("users.show", user_id=user_id))


@blueprint.post("/<uuid:user_id>/enable")
@requires(Permission.CHANGE_USERS)
def enable(user_id: UUID) -> AnyResponse:
    """Let a person sign in again."""
    actions.enable(user_id)
    flash("The account can sign in again.")
    return redirect(url_for("users.show", user_id=user_id))


@blueprint.post("/<uuid:user_id>/link")
@requires(Permission.CHANGE_USERS)
def link(user_id: UUID) -> str:
    """A new one-use link: for an invitation that lapsed, or a forgotten password."""
    user = queries.get_user(user_id)
    return _show_link(user.name, actions.invite_again(user_id))


def _show_link(name: str, token: str) -> str:
    address = url_for("accounts.accept", token=token, _external=True)
    return render_template("users/link.html", name=name, address=address)
