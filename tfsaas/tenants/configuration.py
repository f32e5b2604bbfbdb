"""The whole set-up as one TOML document: what a council exports, and another can begin with."""

import base64
from collections.abc import Iterable, Sequence
from typing import Any

import tomli_w

from tfsaas.db import Model
from tfsaas.rules.parse import Document
from tfsaas.tenants.council import find_form, find_setting, find_template, list_areas, list_teams
from tfsaas.tenants.models import Programme
from tfsaas.tenants.queries import (
    get_tenant,
    list_arrangements,
    list_plan_versions,
    list_programmes,
    list_published_figures,
    list_targets,
    list_terms,
)
from tfsaas.tenants.settings import Branding, ReferralSettings, Retention, ReviewCycle

FORMAT = 1
SETTINGS: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "reviews": (ReviewCycle, ("weeks", "watch_months", "contact_weeks")),
    "referrals": (
        ReferralSettings,
        ("self_referral", "answer_working_days", "team_name", "contact", "danger_contact"),
    ),
    "retention": (Retention, ("family_years", "referral_months", "found_months", "audit_years")),
}
PARTICULARS = ("key", "title", "starts_on", "ends_on", "is_current")
TARGET = ("from_on", "families", "reason")
FUNDING = (
    "model", "starts_on", "ends_on", "attachment_fee_pounds", "result_pounds", "grant_pounds", "strands", "source",
)  # fmt: skip
PLAN = ("number", "status", "in_force_from", "document")
FIGURE = ("measure", "from_on", "to_on", "value", "source")
TERM = ("first_on", "last_on")


def export_configuration() -> str:
    """The council's whole set-up as TOML. Reading it into an empty council gives an equal set-up."""
    tenant = get_tenant()
    document: Document = {"configuration": {"format": FORMAT, "council": tenant.name}}
    if look := find_setting(Branding):
        document["branding"] = _branding(look)
    areas = {area.id: area.name for area in list_areas()}
    document["area"] = [_values(area, ("name", "gss_code")) for area in list_areas()]
    document["team"] = [
        {"name": team.name} | ({"area": areas[team.area_id]} if team.area_id else {})
        for team, _ in list_teams()
    ]
    document["term"] = _rows(list_terms(), TERM)
    for name, (model, columns) in SETTINGS.items():
        if row := find_setting(model):
            document[name] = _values(row, columns)
    if form := find_form():
        told = _values(form, ("intro", "next_steps"))
        document["referral_form"] = told | {"question": [_filled(row) for row in form.questions]}
    if template := find_template():
        document["assessment"] = {"domain": [_domain(row) for row in template.domains]}
    document["programme"] = [_programme(programme) for programme in list_programmes()]
    return tomli_w.dumps(document, multiline_strings=True)


def _domain(kept: Document) -> Document:
    told = _filled(kept)
    return told | {"question": [_filled(row) for row in told.pop("questions")]}


def _filled(question: Document) -> Document:
    return {name: value for name, value in question.items() if value not in ("", [], {})}


def _branding(look: Branding) -> Document:
    told = _values(look, ("display_name", "accent_colour", "logo_type"))
    if look.logo:
        told["logo"] = base64.b64encode(look.logo).decode()
    return told


def _programme(programme: Programme) -> Document:
    versions = sorted(list_plan_versions(programme.id), key=lambda version: version.number)
    return _values(programme, PARTICULARS) | {
        "target": _rows(list_targets(programme.id), TARGET),
        "funding": _rows(list_arrangements(programme.id), FUNDING),
        "plan": _rows(versions, PLAN),
        "published": _rows(list_published_figures(programme.id), FIGURE),
    }


def _rows(rows: Iterable[Model], columns: Sequence[str]) -> list[Document]:
    return [_values(row, columns) for row in rows]


def _values(row: Model, columns: Sequence[str]) -> Document:
    """A row's columns as TOML holds them; what is absent or empty is left out."""
    found = {name: getattr(row, name) for name in columns}
    return {
        name: getattr(value, "value", value)
        for name, value in found.items()
        if value is not None and value != ""
    }
