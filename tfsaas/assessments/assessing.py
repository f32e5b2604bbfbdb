"""The course of an assessment: begun, answered, complete or not, sent, signed or returned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import defer
from sqlalchemy.orm.attributes import flag_modified

from tfsaas import clock
from tfsaas.assessments.models import Assessment, Standing
from tfsaas.db import NotFound, db
from tfsaas.families.actions import get_or_open_episode, lock_record
from tfsaas.families.models import Episode
from tfsaas.families.queries import Member, list_present
from tfsaas.referrals.triage import list_of_family
from tfsaas.tenants.assessment_template import ADULT_AGE, Asked, Domain, read_domains, shipped
from tfsaas.tenants.council import find_template
from tfsaas.tenants.scope import actor

FAMILY, WORDS = "family", "words"
CLOSED = {
    Standing.SENT: "It was sent for sign-off meanwhile. Ask a supervisor to return it, then save again",
    Standing.SIGNED: "It was signed off meanwhile. Begin a new one from it to write more",
}
EVERYBODY = {
    "code": "everybody", "title": "Everybody in the family", "intro": "So that nobody is forgotten.",
    "questions": [{"code": "about", "text": "What matters about this person?", "kind": "long", "of": "member"}],
}  # fmt: skip
MOST = 100
Answers = dict[str, dict[str, Any]]


class AssessmentRefused(Exception):
    """It cannot be done now; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The questions of a domain that are put about one person (`key` their id) or the family, and about whom."""

    key: str
    name: str
    questions: Sequence[Asked]


def find_latest(family_id: UUID) -> Assessment | None:
    """The family's latest assessment; None: there is none."""
    query = select(Assessment).where(Assessment.family_id == family_id)
    return db.session.scalar(query.order_by(Assessment.begun_at.desc()).limit(1))


def get_assessment(family_id: UUID, *, locked: bool = False) -> Assessment:
    """The family's latest assessment.

    Raises:
        NotFound: it has none.
    """
    found = find_latest(family_id)
    if found is None:
        raise NotFound("no assessment")
    if locked:
        db.session.refresh(found, with_for_update=True)
    return found


def begin(family_id: UUID) -> Assessment:
    """A new assessment by the council's template, with what the referral said; or the one that is open.

    The latest one that was signed is a beginning too: its answers are carried over, to be looked at anew.
    """
    episode = get_or_open_episode(family_id)
    db.session.flush()
    lock_record(episode)
    query = select(Assessment).where(Assessment.episode_id == episode.id, Assessment.standing != Standing.SIGNED)  # fmt: skip
    if going_on := db.session.scalar(query):
        return going_on
    before = next(iter(list_signed(family_id)), None)
    template = find_template()
    domains = template.domains if template else shipped()
    if not any(question["of"] == "member" for row in domains for question in row["questions"]):
        domains = [*domains, EVERYBODY]
    made = Assessment(
        id=uuid4(), family_id=family_id, episode_id=episode.id, template_id=template.id if template else None,
        domains=domains, answers=_first_answers(family_id, domains, before), begun_at=clock.now(),
        begun_by_id=actor(), returned="", note="",
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def _first_answers(
    family_id: UUID, domains: Sequence[dict[str, Any]], before: Assessment | None
) -> Answers:
    """What an assessment begins with: the last one's answers, or else the referral's own words."""
    if before is not None:
        return _carried(before, domains)
    said = {page["code"]: page["rows"] for row in list_of_family(family_id)[:1] for page in row.answers}  # fmt: skip
    found: Answers = {}
    for domain in read_domains(domains):
        for question in domain.questions:
            rows = said.get(question.from_referral, [])
            words = "\n".join(value for _, value in rows if value not in ("I do not know", "Not answered"))  # fmt: skip
            if question.of == FAMILY and words:
                found.setdefault(domain.code, {}).setdefault(FAMILY, {})[question.code] = words
    return found


def _carried(before: Assessment, domains: Sequence[dict[str, Any]]) -> Answers:
    """The last one's answers to questions that are still asked in the same words, of the same people, in the same way."""
    asked = {domain.code: {q.code: q for q in domain.questions} for domain in read_domains(before.domains)}  # fmt: skip
    found: Answers = {}
    for domain in read_domains(domains):
        same = {q.code for q in domain.questions if asked.get(domain.code, {}).get(q.code) == q}
        for key, said in before.answers.get(domain.code, {}).items():
            kept = {code: value for code, value in said.items() if code in same} if isinstance(said, dict) else said  # fmt: skip
            if kept:
                found.setdefault(domain.code, {})[key] = kept
    return found


def list_slots(domain: Domain, members: Sequence[Member]) -> list[Slot]:
    """About whom a domain asks: the family first, then each person."""
    found = [Slot(FAMILY, "The family", [q for q in domain.questions if q.of == FAMILY])]
    for member in members:
        age = member.age(clock.today())
        is_child = age is None or age < ADULT_AGE  # whose age nobody knows is not passed over
        asked = [q for q in domain.questions if q.of == "member" or (q.of == "child" and is_child)]
        found.append(Slot(str(member.person.id), member.name, asked))
    return [slot for slot in found if slot.questions]


def list_written(domain: Domain, members: Sequence[Member]) -> list[Slot]:
    """Everybody about whom a domain can have been answered, whoever they are by now: for reading what was written."""
    names = {str(member.person.id): member.name for member in members}
    return [Slot(FAMILY, "The family", domain.questions), *(Slot(key, name, domain.questions) for key, name in names.items())]  # fmt: skip


def is_asked(question: Asked, told: Mapping[str, Any]) -> bool:
    """Whether a question is put, by what was answered of the same person so far."""
    return question.when is None or told.get(question.when[0]) == question.when[1]


def list_open(domain: Domain, answers: Mapping[str, Any], members: Sequence[Member]) -> list[str]:
    """The questions of a domain that still need an answer, each with about whom."""
    told = answers.get(domain.code, {})
    return [
        f"{slot.name}: {question.text}"
        for slot in list_slots(domain, members)
        for question in slot.questions
        if is_asked(question, told.get(slot.key, {})) and not told.get(slot.key, {}).get(question.code)
    ]  # fmt: skip


def list_forgotten(
    domains: Sequence[Domain], answers: Mapping[str, Any], members: Sequence[Member]
) -> list[Member]:
    """Members of whom nothing is said."""
    asked = {domain.code for domain in domains}
    spoken = {key for code, told in answers.items() if code in asked for key, said in told.items() if said}  # fmt: skip
    return [member for member in members if str(member.person.id) not in spoken]


def answer(assessment: Assessment, domain: Domain, told: dict[str, Any]) -> None:
    """Keep the answers of a domain; what is no longer asked of somebody goes. Who is not in `told` keeps theirs.

    Raises:
        AssessmentRefused: it waits for sign-off, or is signed.
    """
    if assessment.standing is not Standing.OPEN:
        raise AssessmentRefused(CLOSED[assessment.standing])
    before = assessment.answers.get(domain.code, {})
    now = before | {key: _kept(domain, said) for key, said in told.items()}
    assessment.answers[domain.code] = {key: said for key, said in now.items() if said}
    flag_modified(assessment, "answers")


def _kept(domain: Domain, said: Any) -> Any:
    """The answers about somebody that are still asked for, by what is kept of the questions before."""
    if not isinstance(said, dict):
        return said
    found: dict[str, Any] = {}
    for question in domain.questions:
        if said.get(question.code) and is_asked(question, found):
            found[question.code] = said[question.code]
    others = {question.code for question in domain.questions}
    return found | {code: value for code, value in said.items() if code not in others}


def list_missing(assessment: Assessment, members: Sequence[Member]) -> list[str]:
    """What must still be done before it can be sent."""
    domains = read_domains(assessment.domains)
    open_domains = [d.title for d in domains if list_open(d, assessment.answers, members)]
    forgotten = list_forgotten(domains, assessment.answers, members)
    return [
        *(f"Answer the questions under {title}" for title in open_domains),
        *(f"Say something of {member.name}: nobody has mentioned them yet" for member in forgotten),
    ]


def send(assessment: Assessment, *, version: int) -> None:
    """Send it to a supervisor.

    Raises:
        AssessmentRefused: it is not complete, or was changed or sent meanwhile.
    """
    _expect(assessment, Standing.OPEN, version)
    if list_missing(assessment, list_present(assessment.family_id)):
        raise AssessmentRefused("It is not complete yet")
    assessment.standing, assessment.sent_at, assessment.sent_by_id = Standing.SENT, clock.now(), actor()  # fmt: skip


def give_back(assessment: Assessment, reason: str, *, version: int) -> None:
    """Return it to be worked on, with what is to be done.

    Raises:
        AssessmentRefused: it was signed or returned meanwhile.
    """
    _expect(assessment, Standing.SENT, version)
    assessment.standing, assessment.returned = Standing.OPEN, reason


def sign(assessment: Assessment, note: str, *, version: int) -> bool:
    """Sign it off, and set the day of the principle where none is set. Returns whether it was set.

    Raises:
        AssessmentRefused: whoever signs has sent it themselves, or it was returned meanwhile.
    """
    _expect(assessment, Standing.SENT, version)
    if assessment.sent_by_id == actor():
        raise AssessmentRefused("You sent it yourself: somebody else must sign it off")
    if missing := list_missing(assessment, list_present(assessment.family_id)):
        raise AssessmentRefused(f"The family has changed since it was sent. Return it: {'; '.join(missing)}")  # fmt: skip
    moment = clock.now()
    assessment.standing, assessment.note, assessment.returned = Standing.SIGNED, note, ""
    assessment.signed_at, assessment.signed_by_id = moment, actor()
    episode = db.session.scalars(select(Episode).where(Episode.id == assessment.episode_id)).one()
    if episode.whole_family_assessment_on is not None:
        return False
    episode.whole_family_assessment_on = clock.today()
    return True


def _expect(assessment: Assessment, standing: Standing, version: int) -> None:
    if assessment.standing is not standing or assessment.version != version:
        raise AssessmentRefused("Somebody changed it meanwhile. Look at it again")


def list_to_sign() -> Sequence[Assessment]:
    """Assessments that wait for sign-off, the longest first, without what is in them."""
    query = select(Assessment).where(Assessment.standing == Standing.SENT)
    bare = query.options(defer(Assessment.answers), defer(Assessment.domains))
    return db.session.scalars(bare.order_by(Assessment.sent_at).limit(MOST)).all()


def count_to_sign() -> int:
    """How many assessments wait for sign-off."""
    query = select(func.count()).where(Assessment.standing == Standing.SENT)
    return db.session.scalar(query) or 0


def list_signed(family_id: UUID) -> Sequence[Assessment]:
    """The family's assessments that were signed off, the latest first, without what is in them."""
    query = select(Assessment).where(Assessment.family_id == family_id, Assessment.standing == Standing.SIGNED)  # fmt: skip
    bare = query.options(defer(Assessment.answers), defer(Assessment.domains))
    return db.session.scalars(bare.order_by(Assessment.signed_at.desc())).all()


def get_signed(family_id: UUID, assessment_id: UUID) -> Assessment:
    """One that was signed off.

    Raises:
        NotFound: the family has none such.
    """
    query = select(Assessment).where(
        Assessment.id == assessment_id, Assessment.family_id == family_id
    )
    found = db.session.scalar(query.where(Assessment.standing == Standing.SIGNED))
    if found is None:
        raise NotFound("no such assessment")
    return found
