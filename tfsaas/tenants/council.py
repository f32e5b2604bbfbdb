"""Reading and changing what a council sets once for itself."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tfsaas import clock
from tfsaas.db import NotFound, db
from tfsaas.tenants.actions import ProgrammeRefused
from tfsaas.tenants.scope import actor, lock
from tfsaas.tenants.settings import (
    Area,
    AssessmentTemplate,
    ReferralFormVersion,
    ReviewCycle,
    Setting,
    Team,
)

USUAL_CYCLE: dict[str, Any] = {"weeks": 6, "watch_months": 12, "contact_weeks": 4}
AnySetting = TypeVar("AnySetting", bound=Setting)
Part = TypeVar("Part", Area, Team)
Version = TypeVar("Version", ReferralFormVersion, AssessmentTemplate)


class ChangedMeanwhile(Exception):
    """Somebody else saved the same setting since it was opened."""


def find_setting(model: type[AnySetting]) -> AnySetting | None:
    """The council's row of a setting; None while nothing is decided."""
    return db.session.scalar(select(model))


def get_review_cycle() -> ReviewCycle:
    """The council's review cycle; the usual lengths, not saved, while it has set none."""
    return find_setting(ReviewCycle) or ReviewCycle(**USUAL_CYCLE)


def save_setting(
    model: type[AnySetting], values: dict[str, object], version: int | None
) -> AnySetting:
    """Write a setting down. `version`: of the row that was opened, 0 when there was none, None to overwrite.

    Raises:
        ChangedMeanwhile: somebody saved it in between.
    """
    lock(model.__tablename__)
    row = find_setting(model)
    if version is not None and version != (row.version if row else 0):
        raise ChangedMeanwhile
    if row is None:
        row = model(id=uuid4())
        db.session.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    db.session.flush()
    return row


def find_form() -> ReferralFormVersion | None:
    """The newest version of the council's own part of the referral form; None: it has none."""
    return _find_newest(ReferralFormVersion)


def find_template() -> AssessmentTemplate | None:
    """The newest version of the council's assessment; None: it asks what the service brings."""
    return _find_newest(AssessmentTemplate)


def _find_newest(model: type[Version]) -> Version | None:
    return db.session.scalar(select(model).order_by(model.number.desc()).limit(1))


def get_form(form_id: UUID) -> ReferralFormVersion:
    """One version of the council's own part of the referral form."""
    return db.session.scalars(
        select(ReferralFormVersion).where(ReferralFormVersion.id == form_id)
    ).one()


def list_forms() -> Sequence[ReferralFormVersion]:
    """The versions of the council's own part of the referral form, the newest first."""
    query = select(ReferralFormVersion).order_by(ReferralFormVersion.number.desc()).limit(20)
    return db.session.scalars(query).all()


def save_form(
    intro: str, next_steps: str, questions: list[dict[str, Any]], number: int | None
) -> ReferralFormVersion:
    """A new version of the council's own part. `number`: of the one that was opened, 0: none, None: any.

    What equals the newest version makes none.

    Raises:
        ChangedMeanwhile: there is a newer one.
    """
    values = {"intro": intro, "next_steps": next_steps, "questions": questions}
    return _save_version(ReferralFormVersion, values, number)


def save_template(domains: list[dict[str, Any]], number: int | None) -> AssessmentTemplate:
    """A new version of the assessment. `number`: of the one that was opened, 0: none, None: any.

    What equals the newest version makes none.

    Raises:
        ChangedMeanwhile: there is a newer one.
    """
    return _save_version(AssessmentTemplate, {"domains": domains}, number)


def _save_version(model: type[Version], values: dict[str, Any], number: int | None) -> Version:
    lock(model.__tablename__)
    newest = _find_newest(model)
    last = newest.number if newest else 0
    if number is not None and number != last:
        raise ChangedMeanwhile
    if newest and all(getattr(newest, name) == value for name, value in values.items()):
        return newest
    made = model(id=uuid4(), number=last + 1, made_at=clock.now(), made_by_id=actor(), **values)
    db.session.add(made)
    db.session.flush()
    return made


def list_areas() -> Sequence[Area]:
    """The parts of the council's area, by name."""
    return db.session.scalars(select(Area).order_by(Area.name)).all()


def list_teams() -> Sequence[tuple[Team, str | None]]:
    """The teams with the name of their area (None: the whole council), by name."""
    rows = db.session.execute(
        select(Team, Area.name)
        .outerjoin(Area, (Area.tenant_id == Team.tenant_id) & (Area.id == Team.area_id))
        .order_by(Team.name)
    )
    return [(team, area) for team, area in rows]


def add_area(name: str, gss_code: str) -> Area:
    """A new part of the council's area.

    Raises:
        ProgrammeRefused: there is one of this name.
    """
    return _add(Area(id=uuid4(), name=name, gss_code=gss_code), "There is an area of this name")


def add_team(name: str, area_id: UUID | None) -> Team:
    """A new team.

    Raises:
        ProgrammeRefused: there is one of this name.
    """
    return _add(Team(id=uuid4(), name=name, area_id=area_id), "There is a team of this name")


def _add(row: Part, refusal: str) -> Part:
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        raise ProgrammeRefused(name=refusal) from None
    return row


def remove_part(model: type[Part], part_id: UUID) -> None:
    """Take an area or a team away that nothing belongs to.

    Raises:
        NotFound: there is none with that id here.
        ProgrammeRefused: something belongs to it; the text says what to do.
    """
    row = db.session.scalar(select(model).where(model.id == part_id))
    if row is None:
        raise NotFound("no such area or team")
    try:
        with db.session.begin_nested():
            db.session.delete(row)
            db.session.flush()
    except IntegrityError:
        inside = "teams" if model is Area else "people"
        raise ProgrammeRefused(
            name=f"{row.name} still has {inside}. Move them elsewhere first"
        ) from None
