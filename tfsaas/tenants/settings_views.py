"""The council's own settings: look, areas and teams, reviews, referrals, how long files are kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.fields import (
    ActionForm,
    CheckedForm,
    add_faults,
    list_differences,
    put,
    whole_or_nought,
)
from tfsaas.permissions import Permission, requires
from tfsaas.tenants import council
from tfsaas.tenants.actions import ProgrammeRefused
from tfsaas.tenants.council import USUAL_CYCLE, ChangedMeanwhile, find_setting
from tfsaas.tenants.queries import get_tenant
from tfsaas.tenants.settings import (
    DEFAULT_ACCENT,
    Area,
    Branding,
    ReferralSettings,
    Retention,
    ReviewCycle,
    Team,
)  # fmt: skip
from tfsaas.tenants.settings_forms import (
    EMPTY_AREA,
    AreaForm,
    BrandingForm,
    ReferralForm,
    RetentionForm,
    ReviewForm,
    TeamForm,
)  # fmt: skip

blueprint = Blueprint("settings", __name__)
Page = AnyResponse | tuple[str, int]
LOGO_SHOWN = {"Content-Security-Policy": "default-src 'none'; style-src 'none'; sandbox"}


@dataclass(frozen=True, slots=True)
class Section:
    """One page of settings: what it is called, what it asks, and how answers become values."""

    title: str
    model: Any
    form: type[CheckedForm]
    values: Callable[[Any], dict[str, Any]]
    suggested: dict[str, object]


def _numbers(*names: str) -> Callable[[Any], dict[str, Any]]:
    return lambda form: {name: form[name].number for name in names}


def _referrals(form: Any) -> dict[str, Any]:
    written = {name: form[name].data.strip() for name in ("team_name", "contact", "danger_contact")}
    answered = form.answer_working_days.number
    return written | {
        "self_referral": form.self_referral.data == "yes",
        "answer_working_days": answered,
    }


SECTIONS = {
    "reviews": Section(
        "Review cycle", ReviewCycle, ReviewForm, _numbers("weeks", "watch_months", "contact_weeks"),
        USUAL_CYCLE,
    ),
    "referrals": Section(
        "Referrals", ReferralSettings, ReferralForm, _referrals, {"answer_working_days": 5}
    ),
    "retention": Section(
        "How long files are kept", Retention, RetentionForm,
        _numbers("family_years", "referral_months", "found_months", "audit_years"),
        {"family_years": 25, "referral_months": 12, "found_months": 12, "audit_years": 7},
    ),
}  # fmt: skip


@blueprint.route("/programme/settings/<section>", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def change(section: str) -> Page:
    """One page of settings."""
    asked = SECTIONS.get(section) or abort(404)
    row = find_setting(asked.model)
    saved = _saved(asked, row)
    form = asked.form(data=(saved or asked.suggested) | {"version": row.version if row else 0})
    conflict = _save(asked, form, saved) if form.validate_on_submit() else []
    if form.is_submitted() and conflict is None:
        flash(f"{asked.title}: saved.")
        return redirect(url_for("setup.index"))
    page = render_template(
        "programme/settings.html", form=form, title=asked.title, conflict=conflict
    )
    return page, 409 if conflict else 400 if form.errors else 200


def _saved(asked: Section, row: Any) -> dict[str, object]:
    """What is saved, as the form's fields hold it; empty while nothing is."""
    names = [name for name in asked.form()._fields if name not in {"version", "csrf_token"}]
    values = {name: getattr(row, name) for name in names} if row else {}
    return {
        name: {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
        for name, value in values.items()
    }


def _save(
    asked: Section, form: CheckedForm, saved: dict[str, object]
) -> list[tuple[str, str, str]] | None:
    """Keep the answers; where another editor was quicker, what the two say. None: it is saved."""
    try:
        council.save_setting(asked.model, asked.values(form), _version(form))
    except ChangedMeanwhile:
        row = find_setting(asked.model)
        _renew(form, row)
        return list_differences(form, saved) or [("", "", "")]
    return None


def _version(form: Any) -> int:
    return whole_or_nought(form.version.data)


def _renew(form: Any, row: Any) -> None:
    """Saving again then keeps what stands in the form."""
    put(form.version, row.version if row else 0)


@blueprint.route("/programme/branding", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def branding() -> Page:
    """Name, colour and logo."""
    row = find_setting(Branding)
    name = row.display_name if row else get_tenant().name
    saved: dict[str, object] = {
        "display_name": name,
        "accent_colour": row.accent_colour if row else DEFAULT_ACCENT,
    }
    form = BrandingForm(data=saved | {"version": row.version if row else 0})
    conflict: list[tuple[str, str, str]] = []
    if form.validate_on_submit():
        try:
            _save_look(form)
        except ChangedMeanwhile:
            conflict = list_differences(form, saved)
            _renew(form, find_setting(Branding))
        else:
            flash("The council’s look is saved.")
            return redirect(url_for("settings.branding"))
    page = render_template("programme/branding.html", form=form, conflict=conflict, branding=row)
    return page, 409 if conflict else 400 if form.errors else 200


def _save_look(form: BrandingForm) -> None:
    values = {
        "display_name": str(form.display_name.data).strip(),
        "accent_colour": form.accent_colour.data,
    }
    if form.logo:
        values |= {"logo": form.logo.content, "logo_type": form.logo.kind}
    council.save_setting(Branding, values, _version(form))


@blueprint.post("/programme/branding/remove-logo")
@requires(Permission.CHANGE_PROGRAMME)
def remove_logo() -> AnyResponse:
    """Show the name alone again."""
    if ActionForm().validate_on_submit() and find_setting(Branding):
        council.save_setting(Branding, {"logo": None, "logo_type": None}, None)
        flash("The logo is removed.")
    return redirect(url_for("settings.branding"))


@blueprint.get("/branding/style.css")
@requires(None)
def style() -> Response:
    """The council's colour, for every page of it."""
    row = find_setting(Branding)
    colour = row.accent_colour if row else DEFAULT_ACCENT
    return Response(f":root {{ --council-accent: {colour}; }}\n", mimetype="text/css")


@blueprint.get("/branding/logo")
@requires(None)
def logo() -> Response:
    """The council's logo. Opened by itself it can do nothing either."""
    row = find_setting(Branding)
    if row is None or row.logo_type is None or row.logo is None:
        abort(404)
    return Response(row.logo, mimetype=row.logo_type, headers=LOGO_SHOWN)


@blueprint.get("/programme/teams")
@requires(Permission.SEE_PROGRAMME)
def teams() -> str:
    """Areas, and the teams that work in them."""
    return render_template(
        "programme/teams.html", areas=council.list_areas(), teams=council.list_teams()
    )


@blueprint.route("/programme/areas/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def add_area() -> Page:
    """A new area."""
    form = AreaForm()
    if form.validate_on_submit():
        try:
            council.add_area(
                str(form.name.data).strip(), str(form.gss_code.data or "").strip().upper()
            )
        except ProgrammeRefused as refused:
            add_faults(form, refused.faults)
        else:
            flash("The area is added.")
            return redirect(url_for("settings.teams"))
    page = render_template("programme/part.html", form=form, title="Add an area", button="Add it")
    return page, 400 if form.errors else 200


@blueprint.route("/programme/teams/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def add_team() -> Page:
    """A new team."""
    form = TeamForm()
    form.area.choices = EMPTY_AREA | {str(area.id): area.name for area in council.list_areas()}
    if form.validate_on_submit():
        area_id = UUID(form.area.data) if form.area.data else None
        try:
            council.add_team(str(form.name.data).strip(), area_id)
        except ProgrammeRefused as refused:
            add_faults(form, refused.faults)
        else:
            flash("The team is added.")
            return redirect(url_for("settings.teams"))
    page = render_template("programme/part.html", form=form, title="Add a team", button="Add it")
    return page, 400 if form.errors else 200


PARTS: dict[str, Any] = {"area": Area, "team": Team}


@blueprint.post("/programme/parts/<kind>/<uuid:part_id>/remove")
@requires(Permission.CHANGE_PROGRAMME)
def remove_part(kind: str, part_id: UUID) -> AnyResponse:
    """Take away an area or a team that nothing belongs to."""
    if kind not in PARTS:
        abort(404)
    if ActionForm().validate_on_submit():
        try:
            council.remove_part(PARTS[kind], part_id)
            flash(f"The {kind} is removed.")
        except ProgrammeRefused as refused:
            flash(f"{refused}.", "error")
    return redirect(url_for("settings.teams"))
