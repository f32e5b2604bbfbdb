"""Telling a referrer by email that there is something to read: never what, and never about whom."""

from tfsaas.families.identifiers import unseal
from tfsaas.mail.actions import write_letter
from tfsaas.mail.sending import address_of_council
from tfsaas.referrals.models import Referral
from tfsaas.tenants.queries import get_tenant

TEXT = """Your referral {reference} to {council} has been looked at.

See how it stands, and what the team says to you, with the reference at
{address}

This message says nothing else, because email can be read by others. Nobody reads answers to it.
"""


def notify(referral: Referral, about: str) -> None:
    """Write to a professional who gave an email address. `about`: so that nobody is written to twice about one thing."""
    if referral.reply_to is None:
        return
    council = get_tenant().name
    address = f"{address_of_council()}/refer/status"
    text = TEXT.format(reference=referral.reference, council=council, address=address)
    write_letter(
        f"referral {referral.id} {about}",
        f"Your referral {referral.reference}",
        text,
        to=unseal(referral.reply_to),
    )
