"""What is forgotten by itself: drafts whose time is over, referrals that were not taken up."""

from datetime import timedelta

from sqlalchemy import delete, select

from tfsaas import clock
from tfsaas.attachments.models import StoredFile
from tfsaas.audit.trail import record_act
from tfsaas.db import db
from tfsaas.referrals.drafts import forget_lapsed
from tfsaas.referrals.models import (
    OPEN,
    Referral,
    ReferralDraft,
    ReferralFile,
    Stage,
)
from tfsaas.tenants.council import find_setting
from tfsaas.tenants.scope import current_tenant
from tfsaas.tenants.settings import Retention

MONTH = timedelta(days=30.44)


def tend() -> None:
    """Look after one council's drafts and referrals; called every minute."""
    forget_lapsed()
    forget_not_taken_up()


def forget_not_taken_up() -> int:
    """Delete referrals that were not accepted when their time, which the council set, is over. Returns how many."""
    kept = find_setting(Retention)
    if kept is None:
        return 0
    over = select(Referral.id).where(
        Referral.stage.not_in([*OPEN, Stage.ACCEPTED]),
        Referral.decided_at < clock.now() - kept.referral_months * MONTH,
    )
    gone = list(db.session.scalars(over.limit(100)))
    if not gone:
        return 0
    files = select(ReferralFile.stored_file_id).where(ReferralFile.referral_id.in_(gone))
    stored = list(db.session.scalars(files))
    db.session.execute(delete(ReferralDraft).where(ReferralDraft.referral_id.in_(gone)))
    db.session.execute(delete(ReferralFile).where(ReferralFile.referral_id.in_(gone)))
    db.session.execute(delete(Referral).where(Referral.id.in_(gone)))
    db.session.execute(delete(StoredFile).where(StoredFile.id.in_(stored)))
    record_act("retention", "council", current_tenant(), {"referrals": len(gone)})
    return len(gone)
