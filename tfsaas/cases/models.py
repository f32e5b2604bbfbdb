"""How support ended, and what was seen of a family afterwards."""

from datetime import date, datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import TenantModel


class HowEnded(Enum):
    """How support ended."""

    MET = "needs met"
    PARTLY = "needs met in part"
    STEPPED_UP = "stepped up to social care"
    STEPPED_DOWN = "stepped down to another service"
    TRANSFERRED = "moved to another council"
    WITHDREW = "the family withdrew"
    LOST = "could not be reached"


class Ending(TenantModel):
    """The end of an episode, as it was told. Never changed; opening the family again begins a new episode.

    `words`: what the family says of it; "" where `no_words` says why there are none. `to`: who takes
    over, "" where nobody does. `watched_until`: the last day on which new signals about its people
    are told to whoever led (None: not watched).
    """

    __tablename__ = "ending"
    __table_args__ = (
        belongs_to("family"),
        belongs_to("episode"),
        belongs_to("user_account", "by_id"),
        belongs_to("user_account", "led_by_id"),
        UniqueConstraint("tenant_id", "episode_id"),
        Index(None, "tenant_id", "family_id"),
        Index(None, "tenant_id", "watched_until"),
        CheckConstraint("reason <> '' and outcome <> ''", name="told"),
        CheckConstraint("(words = '') = (no_words <> '')", name="voice"),
    )

    family_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    how: Mapped[HowEnded]
    ended_on: Mapped[date]
    reason: Mapped[str] = mapped_column(info={"secret": True})
    outcome: Mapped[str] = mapped_column(info={"secret": True})
    words: Mapped[str] = mapped_column(default="", info={"secret": True})
    no_words: Mapped[str] = mapped_column(default="", info={"secret": True})
    to: Mapped[str] = mapped_column(default="", info={"secret": True})
    led_by_id: Mapped[UUID | None]
    watched_until: Mapped[date | None]
    recorded_at: Mapped[datetime]
    by_id: Mapped[UUID | None]


class WatchAlert(TenantModel):
    """Something new about a family after its support ended: a fact, or a referral.

    `subject_id`: the fact or referral. `signal`: the fact's; "" for a referral. `is_relapse` None: nobody
    has looked yet; otherwise what whoever looked decided, with `answer`.
    """

    __tablename__ = "watch_alert"
    __table_args__ = (
        belongs_to("ending"),
        belongs_to("family"),
        belongs_to("person"),
        belongs_to("user_account", "answered_by_id"),
        UniqueConstraint("tenant_id", "ending_id", "person_id", "signal", "happened_on"),
        Index(None, "tenant_id", "family_id"),
        Index("ix_watch_alert_open", "tenant_id", "ending_id", postgresql_where="is_relapse is null"),
        CheckConstraint("(is_relapse is null) = (answered_at is null)", name="answered"),
        CheckConstraint("is_relapse is null or answer <> ''", name="told"),
    )  # fmt: skip

    ending_id: Mapped[UUID]
    family_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    subject_id: Mapped[UUID]
    signal: Mapped[str]
    happened_on: Mapped[date]
    found_at: Mapped[datetime]
    is_relapse: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(default="", info={"secret": True})
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
