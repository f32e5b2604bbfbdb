"""Files about a family."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import select

from tfsaas import clock
from tfsaas.attachments.actions import keep_file
from tfsaas.attachments.cleaning import Cleaned
from tfsaas.attachments.models import StoredFile
from tfsaas.db import NotFound, db
from tfsaas.recording.models import FamilyFile
from tfsaas.tenants.scope import actor, lock


def add_file(family_id: UUID, cleaned: Cleaned, title: str, *, sensitive: bool) -> FamilyFile:
    """Keep a cleaned file about a family; the same file under the same title is kept once, and sensitive if anybody said so."""
    lock(f"files of {family_id}")
    stored = keep_file(cleaned)
    for known, other in list_files(family_id):
        if (other.sha256, known.title) == (stored.sha256, title) and other.id != stored.id:
            db.session.delete(stored)
            known.sensitive = known.sensitive or sensitive
            return known
    made = FamilyFile(
        id=uuid4(), family_id=family_id, stored_file_id=stored.id, title=title, sensitive=sensitive,
        added_at=clock.now(), by_id=actor(),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def list_files(family_id: UUID) -> Sequence[tuple[FamilyFile, StoredFile]]:
    """The files about a family, the latest first."""
    rows = db.session.execute(
        select(FamilyFile, StoredFile)
        .join(StoredFile, (StoredFile.tenant_id == FamilyFile.tenant_id) & (StoredFile.id == FamilyFile.stored_file_id))
        .where(FamilyFile.family_id == family_id, FamilyFile.withdrawn_at.is_(None))
        .order_by(FamilyFile.added_at.desc(), FamilyFile.id)
    )  # fmt: skip
    return rows.tuples().all()


def get_file(family_id: UUID, file_id: UUID) -> FamilyFile:
    """A file about a family, by the stored file's id.

    Raises:
        NotFound: there is none with that id for this family.
    """
    query = select(FamilyFile).where(
        FamilyFile.stored_file_id == file_id,
        FamilyFile.family_id == family_id,
        FamilyFile.withdrawn_at.is_(None),
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("no such file")
    return found


def withdraw_file(row: FamilyFile, why: str) -> None:
    """It was a mistake: nobody opens it any more. The row says who took it out, and why."""
    row.withdrawn_at, row.withdrawn_by_id, row.why_withdrawn = clock.now(), actor(), why


def make_sensitive(row: FamilyFile) -> None:
    """From now on only those who work with the family open it."""
    row.sensitive = True
