"""Keeping sent files, and having them scanned."""

import hashlib
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import undefer

from tfsaas import clock
from tfsaas.attachments.cleaning import Cleaned
from tfsaas.attachments.models import Scan, StoredFile
from tfsaas.attachments.scanning import ScannerUnreachable, is_clean, scanner_address
from tfsaas.db import NotFound, db
from tfsaas.jobs.actions import JobRefused, ask_for
from tfsaas.jobs.queries import find_latest_job

SCAN = "scan-file"
PATIENCE = timedelta(minutes=10)
SCANNER_AWAY = "The virus scanner does not answer. The file stays closed until it does."


def keep_file(cleaned: Cleaned) -> StoredFile:
    """Keep a cleaned file. Where a scanner is set, it stays closed until the scanner has seen it."""
    scanner = scanner_address()
    row = StoredFile(
        id=uuid4(), name=cleaned.name, type=cleaned.type, size=len(cleaned.content),
        sha256=hashlib.sha256(cleaned.content).hexdigest(), content=cleaned.content,
        scan=Scan.WAITING if scanner else Scan.NOT_SCANNED, received_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    if scanner:
        ask_for(SCAN, row.id)
    return row


def get_open_file(file_id: UUID) -> StoredFile:
    """A file that may be opened, with its content.

    Raises:
        NotFound: there is none with that id here, or it waits for the scanner, or was refused.
    """
    found = db.session.scalar(
        select(StoredFile)
        .where(StoredFile.id == file_id, StoredFile.scan.in_((Scan.CLEAN, Scan.NOT_SCANNED)))
        .options(undefer(StoredFile.content))
    )
    if found is None:
        raise NotFound("no such file, or not open")
    return found


def scan_file(file_id: UUID) -> str:
    """Ask the scanner about one file. What it refuses is not kept.

    Raises:
        JobRefused: the scanner does not answer.
    """
    row = db.session.scalar(
        select(StoredFile).where(StoredFile.id == file_id).options(undefer(StoredFile.content)).with_for_update()
    )  # fmt: skip
    if row is None or row.content is None or row.scan is not Scan.WAITING:
        return "Nothing to scan."
    try:
        clean = is_clean(scanner_address(), row.content)
    except ScannerUnreachable:
        raise JobRefused(SCANNER_AWAY) from None
    row.scan = Scan.CLEAN if clean else Scan.REFUSED
    if not clean:
        row.content = None
    return "The file is clean." if clean else "The scanner refused the file."


def scan_again() -> int:
    """Ask once more about files that the scanner has not answered for a while. Returns how many."""
    waiting = select(StoredFile.id).where(
        StoredFile.scan == Scan.WAITING, StoredFile.received_at < clock.now() - PATIENCE
    )
    asked = 0
    for file_id in db.session.scalars(waiting.limit(100)):
        last = find_latest_job(SCAN, file_id)
        if last is None or (
            (last.finished_at or last.failed_at) and last.asked_at < clock.now() - PATIENCE
        ):
            ask_for(SCAN, file_id)
            asked += 1
    return asked
