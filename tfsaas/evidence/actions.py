"""Recording facts by hand, and loading files of them: all of a load or nothing."""

import hashlib
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from tfsaas import clock
from tfsaas.audit.trail import record_act
from tfsaas.collector import without_collector
from tfsaas.db import db
from tfsaas.evidence.checks import read_facts
from tfsaas.evidence.instead import take_instead
from tfsaas.evidence.layouts import LAYOUTS
from tfsaas.evidence.models import (
    Attestation,
    Event,
    Fact,
    Load,
    LoadStatus,
    Period,
    RecordedHeadline,
    Score,
    Spell,
)  # fmt: skip
from tfsaas.evidence.people import check_against_council, store_families
from tfsaas.evidence.queries import get_fact
from tfsaas.evidence.reader import FactsRefused
from tfsaas.evidence.store import Provenance, store_facts
from tfsaas.jobs.actions import ask_for
from tfsaas.rules.plan import SignalKind
from tfsaas.tenants.bulk import gather_statistics
from tfsaas.tenants.scope import actor, lock

LOAD = "evidence-load"
LARGEST_UNPACKED = 200 * 1024 * 1024
LARGEST_RATIO = 200
MOST_FAULTS_KEPT = 500
KNOWN = {layout.file: layout.name for layout in LAYOUTS}
NO_ZIP = "This is not a ZIP file that can be opened: make it again, without a password"
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact as a person records it. Which of the values count depends on the signal's kind.

    `person_id` None: an attestation about the whole family.
    """

    signal: str
    kind: SignalKind
    person_id: UUID | None
    on: date
    until: date | None = None
    part: Decimal | None = None
    possible: Decimal | None = None
    value: Decimal | None = None


def record_fact(family_id: UUID, statement: Statement, *, replaces: Fact | None = None) -> Fact:
    """Record a fact by hand; with `replaces`, the corrected one is withdrawn, not overwritten."""
    fact = _fact_of(family_id, statement)
    fact.id, fact.recorded_at, fact.recorded_by_id = uuid4(), clock.now(), actor()
    if replaces is not None:
        replaces.withdrawn_at = fact.recorded_at
        fact.replaces_id = replaces.id
    db.session.add(fact)
    return fact


def _fact_of(family_id: UUID, said: Statement) -> Fact:
    about = {"signal": said.signal, "person_id": said.person_id}
    if said.kind is SignalKind.EVENT:
        return Event(**about, happened_on=said.on)
    if said.kind is SignalKind.PERIOD:
        return Period(
            **about, from_on=said.on, to_on=said.until, part=said.part, possible=said.possible
        )
    if said.kind is SignalKind.SPELL:
        return Spell(**about, from_on=said.on, to_on=said.until)
    if said.kind is SignalKind.SCORE:
        return Score(**about, scored_on=said.on, value=said.value)
    return Attestation(
        **about, family_id=None if said.person_id else family_id, attested_on=said.on
    )


def record_headline(family_id: UUID, headline: str, on: date) -> RecordedHeadline:
    """Record that a family has a headline, whether or not the data shows it."""
    recorded = RecordedHeadline(
        id=uuid4(), family_id=family_id, signal=headline, recorded_on=on, recorded_at=clock.now(),
        recorded_by_id=actor(),
    )  # fmt: skip
    db.session.add(recorded)
    return recorded


def withdraw_fact(kind: str, fact_id: UUID) -> int:
    """Stop believing a fact from now on. What was decided before can still be checked.

    Returns how many rows of files, which had said otherwise, are believed instead.
    """
    fact = get_fact(kind, fact_id)
    fact.withdrawn_at = clock.now()
    db.session.flush()
    taken = take_instead(fact.withdrawn_at)
    if taken:
        record_act("take instead", kind, fact_id, {"taken": taken})
    return taken


@without_collector()
def load_files(files: Mapping[str, bytes], source: str) -> Load:
    """Load a set of files into the council, now.

    Raises:
        FactsRefused: with every fault; nothing is stored.
    """
    load = new_load(source, b"".join(files[name] for name in sorted(files)))
    _store(load, files)
    return load


def new_load(source: str, content: bytes, kept: bytes | None = None) -> Load:
    """A load that waits. `kept`: what is read when its turn comes; None: it is kept elsewhere."""
    load = Load(
        id=uuid4(), source=source, status=LoadStatus.WAITING, asked_at=clock.now(), asked_by_id=actor(),
        content=kept, sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip
    db.session.add(load)
    db.session.flush()
    return load


def _store(load: Load, files: Mapping[str, bytes]) -> None:
    lock("load")  # two loads at once could each miss what the other adds
    rows = read_facts(files)
    if faults := check_against_council(rows):
        raise FactsRefused(tuple(faults))
    provenance = Provenance(load.id, clock.now())
    load.counts = store_families(rows, provenance.recorded_at) | store_facts(rows, provenance)
    load.status, load.ended_at, load.content = LoadStatus.STORED, clock.now(), None
    record_act("load", "load", load.id, load.counts)
    gather_statistics(sum(load.counts.values()))


def ask_for_load(source: str, archive: bytes) -> Load:
    """Keep an uploaded ZIP and have it loaded by a job.

    Raises:
        FactsRefused: it is not a ZIP of the layouts' files, or too large.
    """
    with _opened(archive):
        load = new_load(source, archive, archive)
    ask_for(LOAD, load.id)
    return load


def run_load(load: Load) -> None:
    """Load what was uploaded; a refusal is kept with the load for the person to read."""
    if load.status is not LoadStatus.WAITING or load.content is None:
        return
    try:
        with db.session.begin_nested():
            _store(load, unpack(load.content))
    except FactsRefused as refused:
        db.session.refresh(load)
        load.faults = list(refused.faults[:MOST_FAULTS_KEPT])
        load.status, load.ended_at, load.content = LoadStatus.REFUSED, clock.now(), None


def unpack(archive: bytes) -> dict[str, bytes]:
    """The layouts' files in a ZIP.

    Raises:
        FactsRefused: it is no ZIP, holds none or other files, or unpacks to too much.
    """
    with _opened(archive) as opened:
        names = ((info, KNOWN.get(_bare(info))) for info in opened.infolist())
        return {name: opened.read(info) for info, name in names if name}


@contextmanager
def _opened(archive: bytes) -> Iterator[zipfile.ZipFile]:
    """A ZIP whose contents may be read.

    Raises:
        FactsRefused: see `unpack`; also when it turns out damaged while it is read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            infos = [info for info in opened.infolist() if not info.is_dir()]
            if faults := _archive_faults(infos, KNOWN):
                raise FactsRefused(tuple(faults))
            yield opened
    except UNREADABLE:
        raise FactsRefused((NO_ZIP,)) from None


def _bare(info: zipfile.ZipInfo) -> str:
    return info.filename.rsplit("/", 1)[-1]


def _archive_faults(infos: list[zipfile.ZipInfo], known: Mapping[str, str]) -> list[str]:
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos) or 1
    if unpacked > LARGEST_UNPACKED or unpacked > LARGEST_RATIO * packed:
        return ["The ZIP unpacks to more than can be read: send it in parts"]
    names = [_bare(info) for info in infos if not info.filename.startswith("__MACOSX/")]
    faults = [f"{name}: not one of the files of facts" for name in names if name not in known]
    faults += [
        f"{name}: stands twice in the ZIP" for name in sorted(set(names)) if names.count(name) > 1
    ]
    if not names:
        faults.append(f"The ZIP holds none of the files of facts: {', '.join(known)}")
    return faults
