"""The life of a version of the outcomes plan: draft, sent, approved by a second person, published."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import func, select

from tfsaas import clock
from tfsaas.db import db
from tfsaas.rules.parse import Document, hash_document, parse, write_document
from tfsaas.tenants.actions import ProgrammeRefused
from tfsaas.tenants.models import PlanStatus, PlanVersion
from tfsaas.tenants.queries import find_plan_in_force, list_plan_versions
from tfsaas.tenants.scope import actor, lock


def draft_plan(programme_id: UUID, document: Document) -> PlanVersion:
    """A new draft of the outcomes plan.

    Raises:
        PlanRefused: the document is no plan; with every fault.
    """
    plan = parse(document)
    lock("plans")
    newest = select(func.max(PlanVersion.number)).where(PlanVersion.programme_id == programme_id)
    version = PlanVersion(
        id=uuid4(),
        programme_id=programme_id,
        number=(db.session.scalar(newest) or 0) + 1,
        title=plan.title,
        status=PlanStatus.DRAFT,
        document=write_document(document),
        document_hash=hash_document(document),
        changed_at=clock.now(),
        changed_by_id=actor(),
    )
    db.session.add(version)
    db.session.flush()
    return version


def change_draft(version: PlanVersion, document: Document) -> None:
    """Give a draft other contents.

    Raises:
        PlanRefused: the document is no plan; with every fault.
        ProgrammeRefused: the version is no draft any more.
    """
    if version.status is not PlanStatus.DRAFT:
        raise ProgrammeRefused(
            plan="Only a draft can be changed. Take it back first, or make a new draft from it"
        )
    plan = parse(document)
    version.title = plan.title
    version.document, version.document_hash = write_document(document), hash_document(document)
    version.changed_at, version.changed_by_id = clock.now(), actor()


def send_plan(version: PlanVersion, why: str) -> None:
    """Send a draft to be approved. `why`: what it changes and what for, in the sender's words.

    Raises:
        ProgrammeRefused: it is no draft.
    """
    if version.status is not PlanStatus.DRAFT:
        raise ProgrammeRefused(why="This version was sent already")
    version.status, version.why = PlanStatus.SENT, why
    version.sent_at, version.sent_by_id = clock.now(), actor()


def return_plan(version: PlanVersion) -> None:
    """Make a version that is not yet published a draft again; its approval no longer counts.

    Raises:
        ProgrammeRefused: it is published.
    """
    if version.status not in {PlanStatus.SENT, PlanStatus.APPROVED}:
        raise ProgrammeRefused(plan="Only a version that was sent or approved can be taken back")
    version.status = PlanStatus.DRAFT
    version.sent_at = version.sent_by_id = version.approved_at = version.approved_by_id = None


def may_approve(version: PlanVersion, person_id: UUID | None) -> bool:
    """Whether a person may approve a version: somebody else changed and sent it."""
    return version.status is PlanStatus.SENT and person_id not in {
        version.sent_by_id,
        version.changed_by_id,
    }


def approve_plan(version: PlanVersion) -> None:
    """Approve what somebody else made.

    Raises:
        ProgrammeRefused: it was not sent, or by the same person.
    """
    if version.status is not PlanStatus.SENT:
        raise ProgrammeRefused(plan="This version does not wait for approval")
    if not may_approve(version, actor()):
        raise ProgrammeRefused(
            plan="A second person approves it: somebody who neither changed nor sent it"
        )
    version.status = PlanStatus.APPROVED
    version.approved_at, version.approved_by_id = clock.now(), actor()


def publish_plan(version: PlanVersion, in_force_from: date) -> None:
    """Publish an approved version from a day on. Episodes pinned to other versions stay with them.

    Raises:
        ProgrammeRefused: it is not approved, published already, or a later version is in force that day.
    """
    if version.status is not PlanStatus.APPROVED:
        raise ProgrammeRefused(in_force_from="Only an approved version can be published, and once")
    _put_in_force(version, in_force_from)


def take_plan_over(programme_id: UUID, document: Document, in_force_from: date) -> PlanVersion:
    """A version that was approved and published elsewhere, in force here from a day on.

    Raises:
        PlanRefused: the document is no plan; with every fault.
        ProgrammeRefused: a later version is in force that day.
    """
    version = draft_plan(programme_id, document)
    version.taken_over_at = clock.now()
    _put_in_force(version, in_force_from)
    db.session.flush()
    return version


def _put_in_force(version: PlanVersion, in_force_from: date) -> None:
    latest = max(
        (v.in_force_from for v in list_plan_versions(version.programme_id) if v.in_force_from),
        default=None,
    )
    if latest and in_force_from <= latest:
        raise ProgrammeRefused(
            in_force_from=f"The version before is in force from {latest:%d %B %Y}. Choose a later day"
        )
    before = find_plan_in_force(version.programme_id, in_force_from)
    version.status, version.in_force_from = PlanStatus.PUBLISHED, in_force_from
    version.published_at, version.published_by_id = clock.now(), actor()
    if before is not None and in_force_from <= clock.today():
        before.status = PlanStatus.RETIRED
