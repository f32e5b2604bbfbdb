"""Telling a referrer by email that there is something to read: never what, and never about whom."""

from tfsaas.clock import LONDON
from tfsaas.families.identifiers import unseal
from tfsaas.mail.actions import write_letter
from tfsaas.mail.sending import address_of_council
from tfsaas.referrals.models import Referral
from tfsaas.tenants.queries import get_tenant
from tfsaas.words import day

TEXT = """Your referral to {council} of {day} has been looked at.

See how it stands, and what the team says to you, with the reference that you were given when you sent it, at
{address}

This message says nothing else, because email can be read by others. Nobody reads answers to it.
"""


def notify(referral: Referral, about: str) -> None:
    """Write to a professional who gave an email address. `about`: so that nobody is written to twice about one thing."""
    if referral.reply_to is None:
        return
    council = get_tenant().name
    address = f"{address_of_council()}/refer/status"
    sent_on = day(referral.received_at.astimezone(LONDON).date())
    text = TEXT.format(day=sent_on, council=council, address=address)
    key = f"referral {referral.id} {about}"
    write_letter(key, f"Your referral of {sent_on}", text, to=unseal(referral.reply_to))
