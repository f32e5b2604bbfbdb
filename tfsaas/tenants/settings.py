"""What a council sets once for itself: its look, teams, reviews, referrals, how long files are kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import TenantModel

DEFAULT_ACCENT = "#1b4d5c"


class Branding(TenantModel):
    """The council's name, colour and logo on every page and report. At most one row a council.

    `accent_colour` is `#rrggbb`, dark enough for white text. `logo` is a cleaned picture of type
    `logo_type`; both None: no logo.
    """

    __tablename__ = "branding"
    __table_args__ = (
        UniqueConstraint("tenant_id"),
        CheckConstraint("accent_colour ~ '^#[0-9a-f]{6}$'", name="accent_colour"),
        CheckConstraint("(logo is null) = (logo_type is null)", name="logo"),
        CheckConstraint("logo_type in ('image/png', 'image/svg+xml')", name="logo_type"),
    )

    display_name: Mapped[str]
    accent_colour: Mapped[str] = mapped_column(default=DEFAULT_ACCENT)
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    logo_type: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Area(TenantModel):
    """A part of the council's area, such as a district. `gss_code` "" where it has none."""

    __tablename__ = "area"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        CheckConstraint("name <> ''", name="name"),
    )

    name: Mapped[str]
    gss_code: Mapped[str] = mapped_column(default="")


class Team(TenantModel):
    """People who work together. `area_id` None: it works in the whole council."""

    __tablename__ = "team"
    __table_args__ = (
        belongs_to("area"),
        UniqueConstraint("tenant_id", "name"),
        CheckConstraint("name <> ''", name="name"),
    )

    name: Mapped[str]
    area_id: Mapped[UUID | None]


class ReviewCycle(TenantModel):
    """How often a family's plan is reviewed, how long a closed family is watched, and after how long without a contact one is spoken of."""

    __tablename__ = "review_cycle"
    __table_args__ = (
        UniqueConstraint("tenant_id"),
        CheckConstraint(
            "weeks between 1 and 52 and watch_months between 0 and 60 and contact_weeks between 1 and 52",
            name="lengths",
        ),
    )

    weeks: Mapped[int]
    watch_months: Mapped[int]
    contact_weeks: Mapped[int] = mapped_column(default=4)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ReferralSettings(TenantModel):
    """Who may refer, how soon they hear, and whom to ring when somebody is in danger."""

    __tablename__ = "referral_settings"
    __table_args__ = (
        UniqueConstraint("tenant_id"),
        CheckConstraint("answer_working_days between 1 and 60", name="answer"),
        CheckConstraint("team_name <> '' and danger_contact <> ''", name="contacts"),
    )

    self_referral: Mapped[bool]
    answer_working_days: Mapped[int]
    team_name: Mapped[str]
    contact: Mapped[str]
    danger_contact: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ReferralFormVersion(TenantModel):
    """A version of the council's own part of the referral form. Never changed: each change is a version.

    `questions`: each a table with `code`, `text`, `hint`, `kind` (see QUESTION_KINDS), `choices`
    and `audience` (family, professional or both).
    """

    __tablename__ = "referral_form"
    __table_args__ = (
        belongs_to("user_account", "made_by_id"),
        UniqueConstraint("tenant_id", "number"),
    )

    number: Mapped[int]
    intro: Mapped[str]
    next_steps: Mapped[str]
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    made_at: Mapped[datetime]
    made_by_id: Mapped[UUID | None]


class AssessmentTemplate(TenantModel):
    """A version of the council's assessment. Never changed: each change is a version.

    `domains`: see tfsaas.tenants.assessment_template.
    """

    __tablename__ = "assessment_template"
    __table_args__ = (
        belongs_to("user_account", "made_by_id"),
        UniqueConstraint("tenant_id", "number"),
    )

    number: Mapped[int]
    domains: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    made_at: Mapped[datetime]
    made_by_id: Mapped[UUID | None]


class Retention(TenantModel):
    """How long what is kept, counted from the day named in each."""

    __tablename__ = "retention"
    __table_args__ = (
        UniqueConstraint("tenant_id"),
        CheckConstraint(
            "family_years between 1 and 100 and referral_months between 1 and 120"
            " and audit_years between 1 and 100 and found_months between 1 and 60",
            name="lengths",
        ),
    )

    family_years: Mapped[int]  # after the last episode closed
    referral_months: Mapped[int]  # after a referral was not taken up
    audit_years: Mapped[int]  # after the entry was made
    found_months: Mapped[int] = mapped_column(
        default=12
    )  # after a file brought somebody nobody knows
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


Setting = Branding | ReviewCycle | ReferralSettings | Retention
