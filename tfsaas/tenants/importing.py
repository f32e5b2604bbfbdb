"""Taking a set-up over from a file: all of it or nothing, and told before it is done."""

import base64
import binascii
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.exc import DataError, IntegrityError

from tfsaas.db import db
from tfsaas.rules.parse import Document
from tfsaas.rules.table import Table
from tfsaas.tenants import council
from tfsaas.tenants.actions import ProgrammeRefused, add_term
from tfsaas.tenants.assessment_template import read_template
from tfsaas.tenants.colours import LEAST_CONTRAST, WHITE, contrast, read_colour
from tfsaas.tenants.configuration import FORMAT
from tfsaas.tenants.importing_programmes import Step, list_programme_steps, read_programme
from tfsaas.tenants.logo import LogoRefused, clean_logo
from tfsaas.tenants.queries import list_terms
from tfsaas.tenants.referral_questions import read_form
from tfsaas.tenants.settings import Branding, ReferralSettings, Retention, ReviewCycle, Setting

LARGEST_SOURCE = 4_000_000
CONTRADICTS = "contradicts what the council has, or is more than can be kept"


class ConfigurationRefused(Exception):
    """The file is no set-up, or cannot be one here; each fault begins with its place in the file."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class _Undone(Exception):
    """Raised to take a rehearsal back."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """One of the council's settings, as the file has it."""

    model: type[Setting]
    name: str
    values: Document


def import_configuration(source: str, *, rehearse: bool) -> list[str]:
    """Take a set-up over, or only rehearse it. Returns what it does, a sentence each; none: nothing is new.

    What the council has and the file has not stays. Settings of which there is one are replaced.

    Raises:
        ConfigurationRefused: with every fault; nothing is changed.
    """
    faults: list[str] = []
    steps = list(_steps(Table(_read(source), "", faults)))
    if faults:
        raise ConfigurationRefused(tuple(faults))
    done: list[str] = []
    try:
        with db.session.begin_nested():
            for step in steps:
                _take(step, done, faults)
            if rehearse or faults:
                raise _Undone
    except _Undone:
        db.session.expire_all()
    if faults:
        raise ConfigurationRefused(tuple(faults))
    return done


def _take(step: Step, done: list[str], faults: list[str]) -> None:
    try:
        with db.session.begin_nested():
            if step.do():
                done.append(step.sentence)
    except ProgrammeRefused as refused:
        faults.append(f"{step.place}: {refused}")
    except (IntegrityError, DataError):
        faults.append(f"{step.place}: {CONTRADICTS}")


def _read(source: str) -> Document:
    if len(source) > LARGEST_SOURCE:
        raise ConfigurationRefused(("The file is too large to be a set-up",))
    try:
        return tomllib.loads(source, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationRefused((f"The file is not TOML: {error}",)) from None


def _steps(root: Table) -> Iterator[Step]:
    """What is to be done, in order; faults are noted on the way."""
    head = root.table("configuration") or Table({}, "configuration", root.faults)
    if head.whole("format", least=1, needed=True) not in {FORMAT, None}:
        head.fault("format", f"must be {FORMAT}; this file was written by another version")
    head.text("council", needed=False)
    head.close()
    settings = [_branding(root), *_settings(root)]
    yield from (_setting_step(found) for found in settings if found)
    if table := root.table("referral_form"):
        yield _form_step(table)
    if table := root.table("assessment"):
        yield _template_step(table)
    areas = root.tables("area", _area)
    yield from areas
    yield from root.tables("team", _team)
    yield from root.tables("term", _term)
    programmes = root.tables("programme", read_programme)
    root.close()
    for programme in programmes:
        yield from list_programme_steps(programme)


def _form_step(table: Table) -> Step:
    intro, next_steps, questions = read_form(table)

    def do() -> bool:
        newest = council.find_form()
        made = council.save_form(intro, next_steps, questions, None)
        return newest is None or made.number != newest.number

    return Step(table.path, "The referral form’s own words and questions are set", do)


def _template_step(table: Table) -> Step:
    domains = read_template(table)
    table.close()

    def do() -> bool:
        newest = council.find_template()
        made = council.save_template(domains, None)
        return newest is None or made.number != newest.number

    return Step(table.path, "What an assessment asks is set", do)


def _setting_step(found: _Setting) -> Step:
    def do() -> bool:
        row = council.find_setting(found.model)
        if row and all(getattr(row, name) == value for name, value in found.values.items()):
            return False
        council.save_setting(found.model, found.values, None)
        return True

    return Step(found.name.lower(), f"{found.name} is set", do)


def _branding(root: Table) -> _Setting | None:
    table = root.table("branding")
    if table is None:
        return None
    colour = read_colour(table.text("accent_colour"))
    if colour is None or contrast(colour, WHITE) < LEAST_CONTRAST:
        table.fault("accent_colour", "must be a colour on which white text can be read")
    values: Document = {"display_name": table.text("display_name"), "accent_colour": colour}
    values |= {"logo": None, "logo_type": None}
    table.text("logo_type", needed=False)
    if told := table.text("logo", needed=False):
        try:
            logo = clean_logo(base64.b64decode(told, validate=True))
            values |= {"logo": logo.content, "logo_type": logo.kind}
        except (binascii.Error, LogoRefused) as refused:
            table.fault("logo", str(refused))
    table.close()
    return _Setting(Branding, "Branding", values)


def _settings(root: Table) -> Iterator[_Setting]:
    if table := root.table("reviews"):
        # A file from before it was asked does not say.
        table.values.setdefault("contact_weeks", council.USUAL_CYCLE["contact_weeks"])
        limits = {"weeks": (1, 52), "watch_months": (0, 60), "contact_weeks": (1, 52)}
        yield _numbers(table, ReviewCycle, "Review cycle", limits)
    if table := root.table("referrals"):
        yield _referrals(table)
    if table := root.table("retention"):
        table.values.setdefault("found_months", 12)  # likewise
        limits = {
            "family_years": (1, 100),
            "referral_months": (1, 120),
            "found_months": (1, 60),
            "audit_years": (1, 100),
        }
        yield _numbers(table, Retention, "How long files are kept", limits)


def _numbers(
    table: Table, model: type[Setting], name: str, limits: dict[str, tuple[int, int]]
) -> _Setting:
    values: Document = {}
    for key, (least, most) in limits.items():
        values[key] = table.whole(key, least=least, needed=True)
        if (values[key] or least) > most:
            table.fault(key, f"must be at most {most}")
    table.close()
    return _Setting(model, name, values)


def _referrals(table: Table) -> _Setting:
    if "self_referral" not in table.values:
        table.fault("self_referral", "missing; must be true or false")
    values: Document = {"self_referral": table.flag("self_referral")}
    answer = values["answer_working_days"] = table.whole(
        "answer_working_days", least=1, needed=True
    )
    if (answer or 1) > 60:
        table.fault("answer_working_days", "must be at most 60")
    for key in ("team_name", "contact", "danger_contact"):
        values[key] = table.text(key)
    table.close()
    return _Setting(ReferralSettings, "Referrals", values)


def _area(table: Table) -> Step:
    name, code = table.text("name"), table.text("gss_code", needed=False)

    def do() -> bool:
        if any(area.name == name for area in council.list_areas()):
            return False
        council.add_area(name, code)
        return True

    return Step(table.path, f"The area {name} is added", do)


def _team(table: Table) -> Step:
    name, area = table.text("name"), table.text("area", needed=False)

    def do() -> bool:
        if any(team.name == name for team, _ in council.list_teams()):
            return False
        known = {found.name: found.id for found in council.list_areas()}
        if area and area not in known:
            raise ProgrammeRefused(area=f"there is no area called {area!r}")
        council.add_team(name, known.get(area))
        return True

    return Step(table.path, f"The team {name} is added", do)


def _term(table: Table) -> Step:
    first, last = table.needed_day("first_on"), table.needed_day("last_on")
    if last < first:
        table.fault("last_on", "is before first_on")

    def do() -> bool:
        if any((term.first_on, term.last_on) == (first, last) for term in list_terms()):
            return False
        add_term(first, last)
        return True

    return Step(table.path, f"The term from {first:%d %B %Y} to {last:%d %B %Y} is added", do)
