"""What an invented council set up for itself: its look, teams, reviews, and the next version of its plan."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from uuid import UUID

from tfsaas.accounts.queries import get_user
from tfsaas.rules.parse import Document
from tfsaas.rules.templates import get_template
from tfsaas.tenants.council import USUAL_CYCLE, add_area, add_team, save_setting
from tfsaas.tenants.logo import clean_logo
from tfsaas.tenants.models import Programme
from tfsaas.tenants.scope import act_as
from tfsaas.tenants.settings import Branding, ReferralSettings, Retention, ReviewCycle
from tfsaas.tenants.versions import approve_plan, draft_plan, publish_plan, send_plan

LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">'
    '<path d="M20 4 4 18v18h12V26h8v10h12V18z" fill="#4a2a5c"/><circle cx="20" cy="17" r="4" fill="#ffffff"/></svg>'
)
WHY = "The first plan of the programme, as the board agreed it"
Person = Callable[[str], UUID]  # mailbox -> the person's id


def set_council_up(person: Person) -> None:
    """Look, areas, teams, reviews, referrals and retention."""
    act_as(person("admin"))
    logo = clean_logo(LOGO.encode())
    look = {"display_name": "Westshire Council", "accent_colour": "#4a2a5c"}
    save_setting(Branding, look | {"logo": logo.content, "logo_type": logo.kind}, None)
    for area, mailbox in (("North Westshire", "worker"), ("South Westshire", "worker2")):
        team = add_team(f"{area.split()[0]} family team", add_area(area, "").id)
        get_user(person(mailbox)).team_id = team.id
    save_setting(ReviewCycle, USUAL_CYCLE, None)
    referrals = {
        "self_referral": True,
        "answer_working_days": 5,
        "team_name": "Westshire early help",
        "contact": "01632 960001",
        "danger_contact": "Westshire front door, 01632 960002",
    }
    save_setting(ReferralSettings, referrals, None)
    save_setting(Retention, {"family_years": 25, "referral_months": 12, "audit_years": 7}, None)


def publish_first_plan(programme: Programme, starts_on: date, person: Person) -> None:
    """Version 1 as two people put it in force, and a draft that asks for more attendance."""
    act_as(person("admin"))
    version = draft_plan(programme.id, get_template("tf-2015"))
    send_plan(version, WHY)
    act_as(person("leader"))
    approve_plan(version)
    act_as(person("admin"))
    publish_plan(version, starts_on)
    draft_plan(programme.id, _next_plan())


def _next_plan() -> Document:
    document = deepcopy(get_template("tf-2015"))
    document["always"][0]["test"]["at_least"] = 95
    document["always"][0]["title"] = (
        "Every child of school age attends at least 95% over three terms"
    )
    return document
