"""Referrals of the invented council: some that wait, one of which is about a family helped before, and some decided."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tfsaas import clock
from tfsaas.db import db
from tfsaas.demo.setting_up import Person as Mailboxes
from tfsaas.families.models import Family, Membership, Person
from tfsaas.referrals import drafts, sending
from tfsaas.referrals.known import find_matches
from tfsaas.referrals.models import Audience, Referral, Stage
from tfsaas.referrals.questions import FILES, PEOPLE, SAFETY, UNKNOWN
from tfsaas.referrals.triage import ask_for_more, decide
from tfsaas.referrals.working_days import after_working_days
from tfsaas.tenants.council import save_form
from tfsaas.tenants.scope import act_as

QUESTION = {"code": "q1", "text": "Which school or nursery do the children go to?", "hint": "", "kind": "line", "choices": [], "audience": "both"}  # fmt: skip
IRA = {"name": "Ira Bell", "job": "Teacher", "agency": "Hill Road Primary", "email": "ira.bell@hillroad.example"}  # fmt: skip
NADIA = {"name": "Nadia Cole", "job": "Health visitor", "agency": "Westshire Health", "phone": "01632 960044"}  # fmt: skip
Told = dict[str, Any]


def send_referrals(mailboxes: Mailboxes) -> None:
    """Four that wait and two that are decided, of the last three weeks."""
    act_as(mailboxes("admin"))
    save_form(
        "For families in Westshire with children under 18, or a baby on the way. It costs nothing, and you can stop at any time.",
        "", [QUESTION], 0,
    )  # fmt: skip
    act_as(mailboxes("supervisor"))
    known, home = _somebody_known()
    school = {"worries": {"areas": ["school", "children"], "told": "Away 31 days this year. “I stay with mum when she is sad.”"}, "tried": {"told": "Breakfast club, two meetings with mum."}}  # fmt: skip
    _send(Audience.PROFESSIONAL, 9, [known], {"you": IRA, "home": home, **school, "agreement": {"agreed": "agreed"}})  # fmt: skip
    _send(Audience.PROFESSIONAL, 16, [_person("Callum", "Price", 2014), _person("Dee", "Price", 1988, "parent")], {"you": NADIA, "worries": {"areas": ["health", "work"], "told": "Behind with the rent; mum is low since the birth."}, "agreement": {"agreed": "knows"}})  # fmt: skip
    _send(Audience.FAMILY, 2, [_person("Leo", "Marsh", 2017)], {"name": {"given_name": "Tara", "family_name": "Marsh"}, "contact": {"phone": "01632 960055", "safe": "Ring before three. Do not leave a message."}, "worries": {"areas": ["work", "school"], "told": "We may lose the flat, and Leo will not go in."}, "wishes": {"told": "That mornings are not a fight."}, "agreement": {"agreed": "yes"}})  # fmt: skip
    asked = _send(Audience.PROFESSIONAL, 5, [_person("Ezra", "Quinn", 2011)], {"you": IRA, "worries": {"areas": ["crime"], "told": "Seen with older boys at night."}, "agreement": {"agreed": "no", "why": "His mother does not answer."}})  # fmt: skip
    ask_for_more(asked, "Has anybody spoken to his mother, and what did she say?", version=asked.version)  # fmt: skip
    for days, stage, reason, message in (
        (20, Stage.SIGNPOSTED, "Housing alone, and the family wants nothing else", "Westshire Homes advice line, 01632 960066, can help with the rent. The family may come back to us."),
        (18, Stage.STEPPED_UP, "An injury that nobody explains", "Social care has taken this over."),
    ):  # fmt: skip
        sent = _send(Audience.PROFESSIONAL, days, [_person("Ana", "Nowak", 2015)], {"you": NADIA, "worries": {"areas": ["work"], "told": "See letter."}, "agreement": {"agreed": "agreed"}})  # fmt: skip
        decide(sent, stage, reason, message, version=sent.version)


def _somebody_known() -> tuple[Told, Told]:
    """A child of a family whose support has ended or begun long ago, and where it lives."""
    query = (
        select(Person)
        .join(Membership, (Membership.tenant_id == Person.tenant_id) & (Membership.person_id == Person.id))
        .join(Family, (Family.tenant_id == Membership.tenant_id) & (Family.id == Membership.family_id))
        .where(Person.date_of_birth > clock.today() - timedelta(days=365 * 16))
        .order_by(Family.reference, Person.reference)
        .limit(1)
    )  # fmt: skip
    child = db.session.scalars(query).one()
    born = child.date_of_birth.isoformat() if child.date_of_birth else ""
    told = {"given_name": child.given_name, "family_name": child.family_name, "born": born, "role": "child", "resident": "yes"}  # fmt: skip
    return told, {"address": child.address, "postcode": child.postcode}


def _person(given: str, family: str, year: int, role: str = "child") -> Told:
    return {"given_name": given, "family_name": family, "born": f"{year}-05-14", "role": role, "resident": "yes"}  # fmt: skip


def _send(audience: Audience, days_ago: int, people: Sequence[Told], told: Told) -> Referral:
    """A referral as if it had come some days ago."""
    draft, _ = drafts.begin(audience)
    draft.begun_at -= sending.LEAST_SECONDS
    for person in people:
        drafts.put_person(draft, 0, person)
    for page in drafts.list_pages(draft):
        if page.code not in (SAFETY, PEOPLE, FILES):
            drafts.answer(draft, page.code, told.get(page.code, {UNKNOWN: True}))
    referral = sending.send(draft)
    referral.received_at -= timedelta(days=days_ago)
    referral.answer_by = after_working_days(clock.today() - timedelta(days=days_ago), 5)
    referral.user_id = None
    db.session.flush()
    find_matches(referral.id)
    return referral
