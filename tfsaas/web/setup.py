"""The set-up as a list of tasks, each with how far it is and what is decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, g, render_template, url_for

from tfsaas import clock
from tfsaas.accounts.queries import count_by_role
from tfsaas.loads.agreements import count_cares, is_in_date
from tfsaas.loads.queries import list_agreements
from tfsaas.permissions import Permission, Role, requires
from tfsaas.tenants import queries
from tfsaas.tenants.council import find_setting, list_areas, list_teams
from tfsaas.tenants.models import FundingArrangement, FundingModel, PlanVersion, Programme, Term
from tfsaas.tenants.plans import pick_in_force
from tfsaas.tenants.settings import ReferralSettings, Retention, ReviewCycle
from tfsaas.web.edge import Brand
from tfsaas.words import day, many, pounds

blueprint = Blueprint("setup", __name__)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to set up. `status`: done, open, or blocked until the programme is there."""

    title: str
    address: str
    status: str
    preview: str


@blueprint.get("/programme")
@requires(Permission.SEE_PROGRAMME)
def index() -> str:
    """Everything that is set up, and what is not yet."""
    programme = queries.find_programme()
    today = clock.today()
    on = min(today, (programme.ends_on if programme else None) or today)
    tasks = [
        *_of_council(),
        _programme(programme),
        *(_of_programme(programme, on) if programme else _blocked()),
        *_of_work(),
    ]
    return render_template("programme/index.html", programme=programme, tasks=tasks)


def _task(title: str, endpoint: str, preview: str, section: str | None = None) -> Task:
    """A task that is done as soon as there is something to preview."""
    return Task(
        title,
        url_for(endpoint, section=section),
        "done" if preview else "open",
        preview or MISSING.get(title, "Nothing is decided yet"),
    )


def _of_council() -> list[Task]:
    look: Brand = g.brand
    areas, teams = list_areas(), list_teams()
    kept = f"{look.name}, {look.accent}, {'with a' if look.has_logo else 'no'} logo" if look.version else ""  # fmt: skip
    parts = ", ".join([many(len(areas), "area"), many(len(teams), "team")]) if teams else ""
    return [
        _task("Branding", "settings.branding", kept),
        _task("Areas and teams", "settings.teams", parts),
        _people(),
    ]


def _people() -> Task:
    people = count_by_role()
    workers = people.get(Role.WORKER, 0) + people.get(Role.SUPERVISOR, 0)
    told = f"{many(workers, 'person', 'people')} who can work with families" if workers else ""
    return _task("People", "users.index", told)


def _programme(programme: Programme | None) -> Task:
    if programme is None:
        return _task("Programme", "programme.add", "")
    until = f"to {day(programme.ends_on)}" if programme.ends_on else "no end set"
    return _task(
        "Programme",
        "programme.particulars",
        f"{programme.title}, from {day(programme.starts_on)}, {until}",
    )


MISSING = {
    "School terms": "No term is entered that ends today or later",
    "Outcomes plan": "No version is in force yet",
    "People": "Nobody can work with families yet",
    "Sharing agreements": "No partner may send files yet",
}
PARTS = (
    ("Target", "programme.targets"),
    ("Funding", "programme.funding"),
    ("School terms", "programme.terms"),
    ("Outcomes plan", "plans.index"),
)


def _blocked() -> list[Task]:
    return [Task(title, "", "blocked", "Set up the programme first") for title, _ in PARTS]


def _of_programme(programme: Programme, on: date) -> list[Task]:
    target = queries.find_target(programme.id, on)
    terms = queries.list_terms()
    previews = (
        f"{target.families:,} families, since {day(target.from_on)}" if target else "",
        _funding(queries.find_arrangement(programme.id, on)),
        _terms(terms, on),
        _plan(queries.list_plan_versions(programme.id), on),
    )
    return [
        _task(title, endpoint, preview)
        for (title, endpoint), preview in zip(PARTS, previews, strict=True)
    ]


def _terms(terms: Sequence[Term], on: date) -> str:
    """Terms are set up while the last one has not ended; attendance could not be judged any longer."""
    is_enough = terms and terms[-1].last_on >= on
    return f"{many(len(terms), 'term')}, the last one until {day(terms[-1].last_on)}" if is_enough else ""  # fmt: skip


def _funding(arrangement: FundingArrangement | None) -> str:
    if arrangement is None:
        return ""
    if arrangement.model is FundingModel.EARNED_AUTONOMY:
        return "Earned Autonomy"
    return f"Payment by results: {pounds(arrangement.result_pounds)} for each result"


def _plan(versions: Sequence[PlanVersion], on: date) -> str:
    in_force = pick_in_force(versions, on)
    return f"Version {in_force.number} in force since {day(in_force.in_force_from)}" if in_force else ""  # fmt: skip


def _of_work() -> list[Task]:
    reviews, referrals, kept = (
        find_setting(ReviewCycle),
        find_setting(ReferralSettings),
        find_setting(Retention),
    )
    answered = f"{'Families and professionals' if referrals.self_referral else 'Professionals'} refer to {referrals.team_name}" if referrals else ""  # fmt: skip
    watch = f"{many(reviews.watch_months, 'month')} of watch after closing" if reviews else ""
    return [
        _task("Review cycle", "settings.change", f"Every {many(reviews.weeks, 'week')}, {watch}" if reviews else "", section="reviews"),
        _task("Referrals", "settings.change", answered, section="referrals"),
        _task("Referral form", "referral_form.index", "Our questions, and your own where you add some"),
        _task("Assessment", "assessment_template.index", "What a whole-family assessment asks"),
        _task("Sharing agreements", "agreements.index", _agreements()),
        _task("How long files are kept", "settings.change", f"Families {many(kept.family_years, 'year')} after closing" if kept else "", section="retention"),
    ]  # fmt: skip


def _agreements() -> str:
    agreements = list_agreements()
    found, cares = [row for row in agreements if is_in_date(row)], count_cares(agreements)
    waits = f"; {many(cares, 'agreement')} {'needs' if cares == 1 else 'need'} looking at" if cares else ""  # fmt: skip
    return f"{many(len(found), 'partner')} may send files{waits}" if found else ""
