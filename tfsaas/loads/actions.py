"""A delivery's steps as people take them: bring, say which column is which, decide, approve, undo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from sqlalchemy import update

from tfsaas import clock
from tfsaas.audit.trail import record_act
from tfsaas.db import db
from tfsaas.evidence.actions import new_load
from tfsaas.evidence.models import LoadStatus
from tfsaas.jobs.actions import ask_for
from tfsaas.jobs.queries import find_open_job
from tfsaas.loads.checking import UNUSED
from tfsaas.loads.feeds import CENSUS, find_feed, get_feed
from tfsaas.loads.mapping import list_missing, mark_column
from tfsaas.loads.models import (
    OVER,
    ColumnMapping,
    Delivery,
    IncomingMatch,
    SharingAgreement,
    Step,
)
from tfsaas.loads.opening import signals_of
from tfsaas.loads.queries import (
    find_mapping,
    get_agreement,
    get_load_of,
    list_bringers,
    was_loaded_since,
)
from tfsaas.tenants.scope import actor

READ, CHECK, MATCH, REHEARSE, STORE = (
    "load-read", "load-check", "load-match", "load-rehearse", "load-store",
)  # fmt: skip
REHEARSE_UNDO, UNDO = "load-undo-rehearse", "load-undo"
JOBS = {
    Step.READING: READ, Step.CHECKING: CHECK, Step.MATCHING: MATCH, Step.REHEARSING: REHEARSE, Step.STORING: STORE,
    Step.UNDOING: UNDO,
}  # fmt: skip
KINDS_OF_JOB = (READ, CHECK, MATCH, REHEARSE, STORE, REHEARSE_UNDO, UNDO)
WAY_OUT = "An administrator can record the agreement, or put its dates right, under Programme, Sharing agreements"


SECOND = "The agreement with {} asks that somebody other than whoever brought it, or made the link for it, approves a file. Ask a colleague who may approve files"
LARGEST = 32_000_000  # bytes, also what a request may hold
CHANGEABLE = (Step.PEOPLE, Step.READY)  # columns may be said anew


class DeliveryRefused(Exception):
    """The step cannot be taken; `faults` gives for each field what to do, in the user's words."""

    def __init__(self, **faults: str) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults: dict[str, Sequence[str]] = {field: [text] for field, text in faults.items()}


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as it was brought, with what whoever brought it declares.

    `covers`: the signals for which it is complete from `covers_from` to `covers_to`, both
    included; of a census the days are read from the file and None here.
    """

    feed: str
    file_name: str
    content: bytes
    covers_from: date | None
    covers_to: date | None
    covers: Sequence[str]
    finds_families: bool = False


def bring(agreement: SharingAgreement, brought: Brought) -> Delivery:
    """Take a partner's file in; a job reads it.

    Raises:
        DeliveryRefused: no agreement in date allows it, or what is declared cannot be.
    """
    check_allowed(agreement, brought.feed)
    if brought.finds_families and not agreement.finds_families:
        raise DeliveryRefused(finds_families=f"The agreement with {agreement.partner} does not say that people you do not know may be kept. {WAY_OUT}")  # fmt: skip
    _check_declared(brought)
    if len(brought.content) > LARGEST:
        raise DeliveryRefused(
            file=f"The file is larger than {LARGEST // 1_000_000} MB. Send it in parts, such as a term or a month at a time"
        )
    feed = get_feed(brought.feed)
    load = new_load(f"{agreement.partner}: {feed.title}", brought.content)
    delivery = Delivery(
        id=uuid4(), load_id=load.id, sharing_agreement_id=agreement.id, feed=brought.feed, file_name=brought.file_name[-100:],
        content=brought.content, covers_from=brought.covers_from, covers_to=brought.covers_to,
        covers=list(brought.covers), declared=list(brought.covers), finds_families=brought.finds_families,
    )  # fmt: skip
    db.session.add(delivery)
    db.session.flush()
    ask_for(READ, delivery.id)
    return delivery


def check_allowed(agreement: SharingAgreement, feed: str) -> None:
    """A file may come in only under an agreement that is in date and names its feed.

    Raises:
        DeliveryRefused: with the way out.
    """
    today = clock.today()
    known = find_feed(feed)
    if known is None:
        raise DeliveryRefused(feed="Choose what the file holds")
    if today < agreement.starts_on:
        raise DeliveryRefused(agreement=f"The agreement with {agreement.partner} begins on {agreement.starts_on:%d/%m/%Y}. {WAY_OUT}")  # fmt: skip
    if agreement.ends_on and today > agreement.ends_on:
        raise DeliveryRefused(agreement=f"The agreement with {agreement.partner} ended on {agreement.ends_on:%d/%m/%Y}. {WAY_OUT}")  # fmt: skip
    if feed not in agreement.feeds:
        raise DeliveryRefused(feed=f"The agreement with {agreement.partner} does not name “{known.title}”. {WAY_OUT}")  # fmt: skip


def _check_declared(brought: Brought) -> None:
    faults = {} if brought.feed == CENSUS else _day_faults(brought.covers_from, brought.covers_to)
    known = signals_of(brought.feed)
    if not known:
        faults["feed"] = "No version of your outcomes plan asks for what this feed says"
    elif set(brought.covers) - set(known):
        faults["covers"] = "Select from the list for what the file is complete"
    if faults:
        raise DeliveryRefused(**faults)


def _day_faults(first: date | None, last: date | None) -> dict[str, str]:
    """What is wrong with the days for which a file is said to be complete."""
    faults = {}
    if first is None:
        faults["covers_from"] = "Enter the first day for which the file is complete"
    if last is None:
        faults["covers_to"] = "Enter the last day for which the file is complete"
    elif last > clock.today():
        faults["covers_to"] = "The last day has not come yet"
    elif first and last < first:
        faults["covers_to"] = "The last day must not be before the first day"
    return faults


def say_columns(delivery: Delivery, mapping: Mapping[str, str], *, version: int) -> None:
    """Say which of the file's columns is which; remembered for the partner's next file of this feed.

    Raises:
        DeliveryRefused: something is missing, chosen twice, or the file is approved or being worked on.
    """
    expect(delivery, Step.COLUMNS, *CHANGEABLE, version=version)
    chosen = {ours: theirs for ours, theirs in mapping.items() if theirs}
    if unknown := {
        ours: theirs for ours, theirs in chosen.items() if theirs not in delivery.header
    }:
        raise DeliveryRefused(**dict.fromkeys(unknown, "Choose one of the file’s columns, or none"))
    if faults := list_missing(get_feed(delivery.feed), chosen):
        raise DeliveryRefused(**faults)
    delivery.mapping, delivery.reading, delivery.effect = chosen, None, None
    remembered = find_mapping(delivery.sharing_agreement_id, delivery.feed)
    if remembered is None:
        remembered = ColumnMapping(
            sharing_agreement_id=delivery.sharing_agreement_id, feed=delivery.feed
        )
        db.session.add(remembered)
    none = {ours: "" for ours in mapping if ours not in chosen}
    remembered.columns = chosen | none
    remembered.header = [mark_column(name) for name in delivery.header]
    delivery.step = Step.CHECKING
    ask_for(CHECK, delivery.id)


def expect(delivery: Delivery, *steps: Step, version: int | None = None) -> None:
    """Raises DeliveryRefused where a delivery is at none of these steps, or (unless None) of another version."""
    moved = delivery.step not in steps or (version is not None and delivery.version != version)
    if moved:
        raise DeliveryRefused(step="Somebody else took this step meanwhile. Look at where the file is now")  # fmt: skip


def approve(delivery: Delivery, *, version: int) -> None:
    """Have a rehearsed file stored.

    Raises:
        DeliveryRefused: it was changed meanwhile, or its agreement ran out.
    """
    expect(delivery, Step.READY, version=version)
    agreement = get_agreement(delivery.sharing_agreement_id)
    try:
        check_allowed(agreement, delivery.feed)
    except DeliveryRefused as refused:
        raise DeliveryRefused(step=str(refused)) from None
    if delivery.finds_families and not agreement.finds_families:
        raise DeliveryRefused(step=f"The agreement with {agreement.partner} does not let you keep people you do not know any more. {WAY_OUT}")  # fmt: skip
    if agreement.second_person and actor() in list_bringers(delivery):
        raise DeliveryRefused(step=SECOND.format(agreement.partner))
    if was_loaded_since(delivery):
        delivery.step, delivery.effect = Step.REHEARSING, None
        ask_for(REHEARSE, delivery.id)
        raise DeliveryRefused(step="Another file was stored or undone since this dry run, so it is done again. Look at what it shows, then approve")  # fmt: skip
    delivery.approved_at, delivery.approved_by_id = clock.now(), actor()
    delivery.step = Step.STORING
    ask_for(STORE, delivery.id)


def set_aside(delivery: Delivery, reason: str, *, version: int) -> None:
    """Do not go on with a file. What it held is deleted.

    Raises:
        DeliveryRefused: it is being stored, or is over.
    """
    if delivery.step in (*OVER, Step.STORING, Step.UNDOING):
        raise DeliveryRefused(step="The file is stored, or over already")
    expect(delivery, delivery.step, version=version)
    delivery.step = Step.SET_ASIDE
    delivery.set_aside_reason, delivery.set_aside_by_id = reason, actor()
    forget(delivery)
    load = get_load_of(delivery)
    load.status, load.ended_at = LoadStatus.REFUSED, clock.now()


def forget(delivery: Delivery) -> None:
    """Keep neither the file nor what it says of people who are not the council's."""
    delivery.content = delivery.reading = None
    delivery.header = []  # of a file without names of columns it is a row
    if delivery.step is not Step.REFUSED:  # there it is kept as long as the faults
        delivery.warnings = [text for text in delivery.warnings if not text.startswith(UNUSED)]
    of_it = (IncomingMatch.delivery_id == delivery.id) & (IncomingMatch.told != {})
    db.session.execute(update(IncomingMatch).where(of_it).values(told={}))


def try_again(delivery: Delivery) -> None:
    """Have the step done again whose job failed.

    Raises:
        DeliveryRefused: it is under way, or waits for a person.
    """
    kind = JOBS.get(delivery.step)
    if kind is None or find_open_job(kind, delivery.id) is not None:
        raise DeliveryRefused(step="The service is working on the file, or waits for you")
    ask_for(kind, delivery.id)


def ask_to_undo(delivery: Delivery) -> None:
    """Have it worked out what undoing a stored file would do.

    Raises:
        DeliveryRefused: it is not stored.
    """
    expect(delivery, Step.STORED)
    delivery.undo_effect = None
    ask_for(REHEARSE_UNDO, delivery.id)


def undo(delivery: Delivery, reason: str, *, version: int) -> None:
    """Have a stored file undone, after its effect was seen.

    Raises:
        DeliveryRefused: its effect was not worked out, or it was changed meanwhile.
    """
    expect(delivery, Step.STORED, version=version)
    if delivery.undo_effect is None:
        raise DeliveryRefused(step="See first what undoing it would do")
    if was_loaded_since(delivery, undoing=True):
        ask_to_undo(delivery)
        raise DeliveryRefused(step="Another file was stored or undone since, so what undoing this one would do is worked out again")  # fmt: skip
    delivery.step, delivery.undo_reason = Step.UNDOING, reason
    delivery.undone_at, delivery.undone_by_id = clock.now(), actor()
    record_act("undo", "load", delivery.load_id, {"reason": reason})
    ask_for(UNDO, delivery.id)
