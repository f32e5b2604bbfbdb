"""From answers to a referral: what was asked and said, who is in it, and by when the referrer hears."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm.attributes import flag_modified

from tfsaas import clock
from tfsaas.attachments.actions import keep_file
from tfsaas.attachments.sandbox import clean_apart
from tfsaas.db import NotFound, db
from tfsaas.families.actions import new_reference
from tfsaas.families.identifiers import seal
from tfsaas.jobs.actions import ask_for
from tfsaas.referrals.drafts import (
    MOST_FILES,
    DraftRefused,
    list_files,
    list_pages,
    list_told_people,
)
from tfsaas.referrals.models import (
    Audience,
    DraftFile,
    Referral,
    ReferralDraft,
    ReferralFile,
    ReferralMessage,
    ReferralPerson,
    Stage,
)
from tfsaas.referrals.questions import (
    DO_NOT_KNOW,
    EDITION,
    FILES,
    PEOPLE,
    SAFETY,
    UNKNOWN,
    FormPage,
    Question,
)
from tfsaas.referrals.working_days import after_working_days
from tfsaas.tenants.council import find_setting
from tfsaas.tenants.settings import ReferralSettings

FIND_MATCHES = "referral-matches"
NOT_ANSWERED = "Not answered"
LEAST_SECONDS = timedelta(seconds=3)
REFERENCE = 8
LARGEST_MESSAGES = 20


class NotComplete(Exception):
    """Pages are not answered yet; `pages` are they."""

    def __init__(self, pages: list[FormPage]) -> None:
        super().__init__(f"{len(pages)} pages")
        self.pages = pages


class TooQuick(Exception):
    """Nobody can read and answer the form in that time."""


def add_file(draft: ReferralDraft, name: str, content: bytes) -> None:
    """Clean a file and keep it with the draft.

    Raises:
        FileRefused: it is not one that is taken.
        DraftRefused: there are as many files as a referral can hold.
    """
    if len(list_files(draft.id)) >= MOST_FILES:
        raise DraftRefused(f"A referral can hold {MOST_FILES} files. Take one out first")
    stored = keep_file(clean_apart(name, content))
    db.session.add(DraftFile(referral_draft_id=draft.id, stored_file_id=stored.id))
    db.session.flush()


def is_answered(draft: ReferralDraft, page: FormPage) -> bool:
    """Whether a page was answered, or was left with “I do not know”; files and people may be none."""
    return page.code in draft.answers or page.code in (SAFETY, PEOPLE, FILES) or not page.questions


def list_unanswered(draft: ReferralDraft) -> list[FormPage]:
    """The pages that still need an answer."""
    return [page for page in list_pages(draft) if not is_answered(draft, page)]


def show_answers(draft: ReferralDraft) -> list[dict[str, Any]]:
    """Page by page what is asked and what was said, in words, as it will be kept."""
    return [
        {"code": page.code, "title": page.title, "rows": list(_rows(page, draft.answers.get(page.code)))}
        for page in list_pages(draft)
        if page.questions
    ]  # fmt: skip


def _rows(page: FormPage, told: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    if told is None or told.get(UNKNOWN):
        yield page.title, DO_NOT_KNOW if told else NOT_ANSWERED
        return
    said = [(question.text, _say(question, told.get(question.code))) for question in page.questions]
    answered = [(text, value) for text, value in said if value]
    yield from answered or [(page.title, NOT_ANSWERED)]


def _say(question: Question, value: Any) -> str:
    if not value:
        return ""
    if question.kind == "choices":
        return ", ".join(question.choices[code] for code in value if code in question.choices)
    if question.kind == "choice":
        return question.choices.get(value, "")
    if question.kind == "day":
        day = date.fromisoformat(value)
        return f"{day.day} {day:%B %Y}"
    return str(value)


def send(draft: ReferralDraft) -> Referral:
    """Make a draft a referral, once. Its answers stand in the referral from then on, and no longer in the draft.

    Raises:
        NotComplete: pages are not answered.
        TooQuick: it was begun a moment ago.
    """
    if draft.referral_id:
        return get_referral(draft.referral_id)
    if missing := list_unanswered(draft):
        raise NotComplete(missing)
    if clock.now() - draft.begun_at < LEAST_SECONDS:
        raise TooQuick
    referral = _referral_of(draft)
    db.session.add(referral)
    db.session.flush()
    db.session.add_all(_people_of(draft, referral.id))
    for stored in list_files(draft.id):
        db.session.add(ReferralFile(referral_id=referral.id, stored_file_id=stored.id))
    db.session.execute(delete(DraftFile).where(DraftFile.referral_draft_id == draft.id))
    draft.referral_id, draft.answers = referral.id, {}
    ask_for(FIND_MATCHES, referral.id)
    return referral


def _referral_of(draft: ReferralDraft) -> Referral:
    settings, now = find_setting(ReferralSettings), clock.now()
    answers = draft.answers
    areas = [area for area in answers.get("worries", {}).get("areas", []) if area != UNKNOWN]
    return Referral(
        id=uuid4(), reference=new_reference("R", REFERENCE), audience=draft.audience, edition=EDITION,
        referral_form_id=draft.referral_form_id, user_id=draft.user_id, received_at=now,
        answer_by=after_working_days(clock.today(), settings.answer_working_days if settings else 5),
        name=_family_name(draft), referrer=_referrer(draft), areas=areas, answers=show_answers(draft),
        reason="", agreement_note="", basis=None, family_id=None, reply_to=_reply_to(draft),
    )  # fmt: skip


def _reply_to(draft: ReferralDraft) -> bytes | None:
    """Where a professional hears by email. A family is never written to: somebody else may read it."""
    told = draft.answers.get("you", {}).get("email") if draft.audience is Audience.PROFESSIONAL else None  # fmt: skip
    return seal(told) if told else None


def _referrer(draft: ReferralDraft) -> str:
    told = draft.answers.get("you" if draft.audience is Audience.PROFESSIONAL else "name", {})
    if draft.audience is Audience.FAMILY:
        return "The family itself"
    return ", ".join(told[key] for key in ("name", "job", "agency") if told.get(key))


def _family_name(draft: ReferralDraft) -> str:
    """What the family is called in lists: the commonest last name among those named."""
    own = draft.answers.get("name", {}).get("family_name", "")
    names = [person.get("family_name", "") for person in list_told_people(draft)]
    names = [name for name in [own, *names] if name]
    return max(names, key=names.count) if names else "Name not known"


def _people_of(draft: ReferralDraft, referral_id: UUID) -> Iterator[ReferralPerson]:
    """Everybody named, with the family's home; who asks for their own family is one of it."""
    home = draft.answers.get("home", {})
    own = draft.answers.get("name", {})
    told = list_told_people(draft)
    if draft.audience is Audience.FAMILY and not own.get(UNKNOWN):
        born = draft.answers.get("born", {}).get("born", "")
        told = [own | {"born": born, "role": "parent", "resident": "yes"}, *told]
    for number, person in enumerate(told, start=1):
        lives_there = {"yes": True, "no": False}.get(person.get("resident", ""))
        yield ReferralPerson(
            referral_id=referral_id, number=number, given_name=person.get("given_name", ""),
            family_name=person.get("family_name", ""), role=person.get("role", UNKNOWN),
            date_of_birth=date.fromisoformat(person["born"]) if person.get("born") else None,
            resident=lives_there, address=home.get("address", "") if lives_there else "",
            postcode=home.get("postcode", "") if lives_there else "", person_id=None,
        )  # fmt: skip


def get_referral(referral_id: UUID, *, locked: bool = False) -> Referral:
    """One referral of this council.

    Raises:
        NotFound: there is none with that id here.
    """
    query = select(Referral).where(Referral.id == referral_id)
    found = db.session.scalar(query.with_for_update() if locked else query)
    if found is None:
        raise NotFound("no such referral")
    return found


def find_by_reference(reference: str) -> Referral | None:
    """The referral with a reference, written in any case and with any spaces; None when there is none."""
    bare = "".join(letter for letter in reference.upper() if letter.isalnum())
    return db.session.scalar(select(Referral).where(Referral.reference == f"R-{bare[1:]}"))


def list_messages(referral_id: UUID) -> list[ReferralMessage]:
    """What the council and the referrer wrote to each other, in order."""
    query = select(ReferralMessage).where(ReferralMessage.referral_id == referral_id)
    return list(db.session.scalars(query.order_by(ReferralMessage.at, ReferralMessage.id)))


def add_message(referral: Referral, text: str, user_id: UUID | None) -> None:
    """Write something to the other side. `user_id` None: the referrer did, and the team looks at it again.

    Raises:
        DraftRefused: the referrer has written as often as can be read.
    """
    if user_id is None:
        held = [row for row in list_messages(referral.id) if row.user_id is None]
        if len(held) >= LARGEST_MESSAGES:
            raise DraftRefused("Much was added already. Ring the team instead")
        db.session.refresh(referral, with_for_update=True)
        referral.stage = Stage.RECEIVED
        flag_modified(referral, "stage")  # whoever has it open sees that it changed
    db.session.add(ReferralMessage(referral_id=referral.id, at=clock.now(), user_id=user_id, text=text))  # fmt: skip
