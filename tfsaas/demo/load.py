"""Loading the demo councils through the same actions as everybody's work."""

import os
import tomllib
from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from importlib.resources import files
from random import Random
from typing import Any
from uuid import UUID

from flask import current_app

from tfsaas import clock
from tfsaas.accounts.actions import accept_invitation, invite
from tfsaas.accounts.queries import find_user_by_email
from tfsaas.demo import stories
from tfsaas.demo.assessments import write_assessments
from tfsaas.demo.daily import SCHOOL, live_days
from tfsaas.demo.families import Generator, Story, month_ends, school_terms
from tfsaas.demo.partners import bring_files
from tfsaas.demo.plans import write_plans
from tfsaas.demo.referrals import send_referrals
from tfsaas.demo.setting_up import publish_first_plan, set_council_up
from tfsaas.demo.twice import enter_twice
from tfsaas.evidence.actions import load_files
from tfsaas.families.actions import assign_lead_worker
from tfsaas.families.allocating import arrange_cover
from tfsaas.families.queries import find_family_by_reference
from tfsaas.outcomes.actions import evaluate_council, evaluate_days
from tfsaas.outcomes.confirmation import confirm_all
from tfsaas.permissions import Role
from tfsaas.rules.templates import get_template
from tfsaas.tenants.actions import (
    Funding,
    add_programme,
    add_published_figure,
    arrange_funding,
    revise_target,
)  # fmt: skip
from tfsaas.tenants.founding import add_council
from tfsaas.tenants.models import FundingModel, Programme
from tfsaas.tenants.queries import find_tenant_by_slug
from tfsaas.tenants.scope import act_as, unit_of_work
from tfsaas.tenants.versions import take_plan_over

Tell = Callable[[str], object]
DAY = timedelta(days=1)
HOUSING = ("money.arrears",)  # Westshire Homes is late with its file
PEOPLE = (
    ("admin", "Amira Khan", Role.ADMINISTRATOR),
    ("supervisor", "Joan Roe", Role.SUPERVISOR),
    ("worker", "Sam Okoro", Role.WORKER),
    ("worker2", "Lena Fisher", Role.WORKER),
    ("analyst", "Mina Patel", Role.ANALYST),
    ("leader", "David Price", Role.LEADER),
    ("auditor", "Ruth Mendel", Role.AUDITOR),
    ("partner", "Ira Bell", Role.PARTNER),
)


class DemoRefused(Exception):
    """The demo cannot be loaded here; the text says why."""


def load_all(tell: Tell) -> None:
    """Load each demo council that is not there yet.

    Raises:
        DemoRefused: this is not a demo installation, or no password was given.
    """
    if not current_app.config["SETTINGS"].demo:
        raise DemoRefused("TFSAAS_DEMO is not 1: demo councils are not loaded into a real service.")
    password = os.environ.get("TFSAAS_DEMO_PASSWORD", "")
    if not password:
        raise DemoRefused("TFSAAS_DEMO_PASSWORD is not set: the demo's people need a password.")
    for slug, name, gss_code, load in COUNCILS:
        with current_app.app_context():
            tenant = find_tenant_by_slug(slug)
        tenant_id = tenant.id if tenant else add_council(slug, name, gss_code)
        with unit_of_work(tenant_id):
            if find_user_by_email(f"admin@{slug}.example") is None:
                tell(f"Loading {name}…")
                _add_people(slug, password)
                load(slug)


def _add_people(slug: str, password: str) -> None:
    for mailbox, name, role in PEOPLE:
        agency = SCHOOL if role is Role.PARTNER else ""
        link = invite(f"{mailbox}@{slug}.example", name, role, agency=agency)
        accept_invitation(link, password)
    _act_as("supervisor", slug)


def _user(mailbox: str, slug: str) -> UUID:
    user = find_user_by_email(f"{mailbox}@{slug}.example")
    assert user is not None
    return user.id


def _act_as(mailbox: str, slug: str) -> None:
    act_as(_user(mailbox, slug))


def load_published(slug: str) -> None:
    """A council with published history: its particulars, and families whose facts lead where it says."""
    published = tomllib.loads((files("tfsaas.demo") / "programme.toml").read_text("utf-8"))[slug]
    programme = _set_up(published)
    take_plan_over(programme.id, get_template("tf-2015"), published["starts_on"])
    random = Random(slug)
    made = stories.medway(random) if slug == "medway" else stories.kent(random)
    generator = Generator(random, slug[0].upper(), school_terms(2013, 2019))
    last = published["ends_on"]
    _load(generator, made, (date(2012, 1, 1), last))
    evaluate_days(month_ends(published["starts_on"], last), confirm_all)
    evaluate_council(last)


def _set_up(told: dict[str, Any]) -> Programme:
    programme = add_programme(
        "expanded", told["title"], told["starts_on"], told["ends_on"], is_current=True
    )
    for row in told["target"]:
        revise_target(programme.id, row["from"], row["families"], row["reason"])
    for row in told["funding"]:
        arrange_funding(programme.id, _funding(row))
    for row in told.get("published", []):
        days = (row.get("from"), row["to"])
        add_published_figure(programme.id, row["measure"], row["value"], row["source"], days=days)
    return programme


def _funding(row: dict[str, Any]) -> Funding:
    return Funding(
        model=FundingModel(row["model"]),
        starts_on=row["from"],
        ends_on=row.get("to"),
        attachment_fee_pounds=row.get("attachment_fee_pounds"),
        result_pounds=row.get("result_pounds"),
        grant_pounds=row.get("grant_pounds"),
        strands=row.get("strands", []),
        source=row.get("source", ""),
    )


def load_westshire(slug: str) -> None:
    """An invented council whose programme runs today."""
    today = clock.today()
    starts = date(today.year - 2 if today >= date(today.year, 4, 1) else today.year - 3, 4, 1)
    programme = _set_up(
        {
            "title": "Stronger Families Westshire",
            "starts_on": starts,
            "ends_on": None,
            "target": [{"from": starts, "families": 400, "reason": "Agreed with the department"}],
            "funding": [
                {
                    "model": "payment_by_results",
                    "from": starts,
                    "attachment_fee_pounds": 1000,
                    "result_pounds": 800,
                }
            ],
        }
    )
    random = Random(slug)
    _set_westshire_up(programme, starts, slug)
    generator = Generator(random, "W", school_terms(starts.year - 2, today.year + 1), numbered=True)
    made = stories.westshire(random, starts, today)
    references = _load(generator, made, (starts - 1200 * DAY, today), late=HOUSING)
    _share_out(slug, references)
    evaluate_days(month_ends(starts, today - 25 * DAY), confirm_all)
    evaluate_council(today)
    bring_files(lambda mailbox: _user(mailbox, slug), today)
    send_referrals(lambda mailbox: _user(mailbox, slug))
    write_assessments(lambda mailbox: _user(mailbox, slug), references)
    write_plans(lambda mailbox: _user(mailbox, slug), references, today)
    enter_twice(references[3:5], today)
    live_days(lambda mailbox: _user(mailbox, slug), today)
    arrange_cover(_user("worker2", slug), _user("worker", slug), today, today + 9 * DAY)


def _set_westshire_up(programme: Programme, starts_on: date, slug: str) -> None:
    def person(mailbox: str) -> UUID:
        return _user(mailbox, slug)

    set_council_up(person)
    publish_first_plan(programme, starts_on, person)
    _act_as("supervisor", slug)


def _load(
    generator: Generator,
    made: Sequence[Story],
    covered: tuple[date, date],
    late: Collection[str] = (),
) -> list[str]:
    generator.cover(*covered, late)
    references = [generator.family(story) for story in made]
    generator.drop_after(covered[1])
    load_files(generator.files(), "Demo data")
    return references


def _share_out(slug: str, references: Sequence[str]) -> None:
    """Some families to each worker."""
    found = [family for family in map(find_family_by_reference, references) if family]
    for number, mailbox in enumerate(("worker", "worker2", "supervisor")):
        assign_lead_worker([family.id for family in found[number::9]], _user(mailbox, slug))


COUNCILS = (
    ("westshire", "Westshire Council", "E10999999", load_westshire),
    ("kent", "Kent County Council", "E10000016", load_published),
    ("medway", "Medway Council", "E06000035", load_published),
)
