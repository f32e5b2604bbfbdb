"""Looking for the people of a referral as background work."""

from collections.abc import Callable
from uuid import UUID

from tfsaas.referrals.known import find_matches

Tell = Callable[[int, int], None]


def matches(referral_id: UUID, tell: Tell) -> str:
    """Look for everybody named in a referral among those on record."""
    tell(0, 1)
    return f"{find_matches(referral_id):,} may be somebody on record."
