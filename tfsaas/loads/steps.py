"""The steps of a delivery that take time. Each begins anew from the file, and does nothing a second time."""

from collections.abc import Callable, Sequence
from datetime import date

from tfsaas import clock
from tfsaas.audit.trail import record_act
from tfsaas.collector import without_collector
from tfsaas.db import db
from tfsaas.evidence.models import LoadStatus
from tfsaas.evidence.taking import Clashes
from tfsaas.jobs.actions import ask_for
from tfsaas.jobs.queries import find_open_job
from tfsaas.loads.actions import CHECK, MATCH, REHEARSE, REHEARSE_UNDO, forget
from tfsaas.loads.checking import Checked, Fault
from tfsaas.loads.effects import try_out
from tfsaas.loads.feeds import CENSUS, get_feed
from tfsaas.loads.finding import FIND_FAMILIES
from tfsaas.loads.mapping import guess, list_missing, list_spoken, marks_seen
from tfsaas.loads.models import Delivery, Step
from tfsaas.loads.opening import open_checked, open_table
from tfsaas.loads.pairing import has_newcomers, pair_people
from tfsaas.loads.queries import find_mapping, get_load_of, was_loaded_since, was_refused_last
from tfsaas.loads.storing import store_delivery, undo_delivery
from tfsaas.loads.table import TableRefused
from tfsaas.loads.who import FilePerson
from tfsaas.tenants.bulk import gather_statistics
from tfsaas.tenants.scope import current_tenant, lock

Tell = Callable[[int, int], None]
DONE = "This step is done already."
REFUSED = "The file cannot be used as it is. Every fault is listed."
STAGES = 4
UNSURE = (
    "Of {:,} people too little is said to tell whether they are somebody here: no name, no number that everybody here "
    "has on record, and no day of birth that only a few here share. Their rows are dropped. "
)
UNSURE_END = "So the file is not taken as complete: silence in it says nothing"
NOT_YET = "The census’s ReferenceDate has not come yet, so it cannot be complete. Bring the file that is sent afterwards"


def read(delivery: Delivery, tell: Tell) -> str:
    """Read the file's columns, and say which is which where it is known from before."""
    if delivery.step is not Step.READING:
        return DONE
    tell(0, 1)
    try:
        table = open_table(delivery)
    except TableRefused as refused:
        return _refuse(delivery, [Fault(0, "", fault) for fault in refused.faults])
    if table.covers:
        delivery.covers_from, delivery.covers_to = map(date.fromisoformat, table.covers)
        if delivery.covers_to and delivery.covers_to > clock.today():
            return _refuse(delivery, [Fault(0, "", NOT_YET)])
    feed = get_feed(delivery.feed)
    remembered = find_mapping(delivery.sharing_agreement_id, delivery.feed)
    before = remembered.columns if remembered else {}
    doubted = was_refused_last(delivery)
    seen = marks_seen(table.header, remembered.header) if remembered and not doubted else set()
    delivery.header = list(table.header)
    delivery.mapping = guess(feed, table.header, before, seen)
    said = {ours: theirs for ours, theirs in before.items() if theirs}
    is_known = remembered is not None and said == delivery.mapping and not doubted
    if (not is_known and feed.code != CENSUS) or list_missing(feed, delivery.mapping):
        delivery.step = Step.COLUMNS
        return "The columns were read. Say which is which."
    delivery.step = Step.CHECKING
    ask_for(CHECK, delivery.id)
    return "The columns are those of the last file."


def _refuse(delivery: Delivery, faults: Sequence[Fault], count: int = 0) -> str:
    """Keep the faults for whoever brought the file, and the file itself no longer."""
    delivery.faults = [[fault.line, fault.column, fault.message] for fault in faults]
    delivery.fault_count = count or len(faults)
    delivery.step = Step.REFUSED
    forget(delivery)
    load = get_load_of(delivery)
    load.status, load.ended_at = LoadStatus.REFUSED, clock.now()
    return REFUSED


@without_collector()
def check(delivery: Delivery, tell: Tell) -> str:
    """Check every row."""
    if delivery.step is not Step.CHECKING:
        return DONE
    tell(0, 1)
    try:
        checked = open_checked(delivery)
    except TableRefused as refused:
        return _refuse(delivery, [Fault(0, "", fault) for fault in refused.faults])
    _warn_of_days(delivery, checked)
    _narrow(delivery, checked)
    delivery.warnings = checked.warnings
    if checked.faults:
        return _refuse(delivery, checked.faults, checked.fault_count)
    delivery.people = {"rows": _count_rows(checked), "people": len(checked.people)}
    delivery.step = Step.MATCHING
    ask_for(MATCH, delivery.id)
    return f"{len(checked.people):,} people, no fault."


def _list_spoken(delivery: Delivery, checked: Checked) -> list[str]:
    """What the file was declared to be complete for, as far as its columns and the plans let it say that."""
    spoken = set(list_spoken(get_feed(delivery.feed), delivery.mapping)) - set(checked.mute)
    return [signal for signal in delivery.declared if signal in spoken]


def _narrow(delivery: Delivery, checked: Checked) -> None:
    """A file is complete for nothing that its columns cannot say."""
    delivery.covers = _list_spoken(delivery, checked)
    mute = [signal for signal in delivery.declared if signal not in (*delivery.covers, *checked.mute)]  # fmt: skip
    if mute:
        checked.warnings.append(
            f"The file has no column for {', '.join(mute)}, so silence about that says nothing"
        )


def _count_rows(checked: Checked) -> int:
    return len({line for found in checked.facts.values() for line in found.lines})


def _warn_of_days(delivery: Delivery, checked: Checked) -> None:
    """Facts that lie wholly outside the days for which the file is said to be complete."""
    first, last = delivery.covers_from, delivery.covers_to
    assert first is not None
    assert last is not None
    outside = 0
    for kind, found in checked.facts.items():
        starts = found.values[0]
        ends = found.values[1] if kind in ("period", "spell") else starts
        pairs = zip(starts, ends, strict=True)
        outside += sum(start > last or (end is not None and end < first) for start, end in pairs)
    if outside:
        checked.warnings.append(
            f"{outside:,} facts lie outside {first:%d/%m/%Y} to {last:%d/%m/%Y}, the days for which the file is said to be "
            "complete. They are stored all the same"
        )


@without_collector()
def match(delivery: Delivery, tell: Tell) -> str:
    """Find whom the rows are about."""
    if delivery.step is not Step.MATCHING:
        return DONE
    tell(0, STAGES)
    checked = open_checked(delivery)
    if checked.faults:
        return _refuse(delivery, checked.faults, checked.fault_count)
    tell(1, STAGES)
    counts = pair_people(delivery, _speaking(checked))
    delivery.people = delivery.people | counts
    record_act("match", "load", delivery.load_id, counts)
    delivery.covers = _list_spoken(delivery, checked)
    delivery.warnings = [text for text in delivery.warnings if not text.endswith(UNSURE_END)]
    if counts["unsure"]:
        delivery.covers = []
        delivery.warnings = [*delivery.warnings, UNSURE.format(counts["unsure"]) + UNSURE_END]
    tell(STAGES, STAGES)
    if counts["review"]:
        delivery.step = Step.PEOPLE
        return f"{counts['review']:,} people wait for somebody to look."
    delivery.step = Step.REHEARSING
    ask_for(REHEARSE, delivery.id)
    return f"{counts['linked']:,} of {counts['people']:,} people are known here."


@without_collector()
def rehearse(delivery: Delivery, tell: Tell) -> str:
    """Work out what storing the file would do, and store nothing."""
    if delivery.step is not Step.REHEARSING:
        return DONE
    tell(0, STAGES)
    checked = open_checked(delivery)
    if checked.faults:
        return _refuse(delivery, checked.faults, checked.fault_count)
    tell(1, STAGES)
    lock("load")
    try:
        stored, families = try_out(lambda: store_delivery(delivery, checked, clock.now()))
    except Clashes as clashes:
        return _refuse(delivery, [_clash(*lines) for lines in clashes.lines])
    delivery.effect = stored | {"effect": families}
    delivery.step = Step.READY
    tell(STAGES, STAGES)
    return "The dry run is done. Nothing was stored."


def _clash(first: int, second: int) -> Fault:
    return Fault(
        second, "", f"says otherwise than line {first} of the same person and the same days. Keep the right one"
    )  # fmt: skip


def _speaking(checked: Checked) -> list[FilePerson]:
    """Those of whom the file says something that a plan of the council asks for; nobody else need be anybody here."""
    named = {number for found in checked.facts.values() for number in found.people}
    return [person for person in checked.people if person.number in named]


def _must_go_back(delivery: Delivery, checked: Checked) -> str:
    """What has changed since the file was approved, which is taken back; "" where nothing has."""
    if checked.faults:
        delivery.approved_at = delivery.approved_by_id = None
        return _refuse(delivery, checked.faults, checked.fault_count)
    if has_newcomers(delivery, _speaking(checked)):
        step, kind, told = Step.MATCHING, MATCH, "People were added, or the plan was changed, since the file was matched. It is matched again, and then waits for approval."  # fmt: skip
    elif was_loaded_since(delivery):
        step, kind, told = Step.REHEARSING, REHEARSE, "Another file was stored or undone since the dry run. It is done again, and then waits for approval."  # fmt: skip
    else:
        return ""
    delivery.approved_at = delivery.approved_by_id = None
    delivery.step, delivery.effect = step, None
    ask_for(kind, delivery.id)
    return told


@without_collector()
def store(delivery: Delivery, tell: Tell) -> str:
    """Store the file, whole."""
    if delivery.step is not Step.STORING:
        return DONE
    tell(0, STAGES)
    checked = open_checked(delivery)
    tell(1, STAGES)
    lock("load")  # two loads at once could each miss what the other adds
    moment = clock.now()  # of whoever is added from now on the file says nothing
    if again := _must_go_back(delivery, checked):
        return again
    load = get_load_of(delivery)
    try:
        with db.session.begin_nested():
            stored = store_delivery(delivery, checked, moment)
    except Clashes as clashes:
        delivery.approved_at = delivery.approved_by_id = None
        return _refuse(delivery, [_clash(*lines) for lines in clashes.lines])
    delivery.effect = (delivery.effect or {}) | stored | {"contradictions": []}
    delivery.step = Step.STORED
    forget(delivery)
    counts: dict[str, int] = {}
    for found in stored["counts"].values():
        for name, count in found.items():
            counts[name] = counts.get(name, 0) + count
    load.status, load.ended_at, load.counts = LoadStatus.STORED, moment, counts
    record_act("load", "load", load.id, counts | {"dropped": stored["dropped"]})
    gather_statistics(sum(counts.values()))
    if stored["found"] and not find_open_job(FIND_FAMILIES, current_tenant()):
        ask_for(FIND_FAMILIES, current_tenant())
    tell(STAGES, STAGES)
    return f"{counts.get('new', 0):,} facts were added, {counts.get('changed', 0):,} corrected."


def rehearse_undo(delivery: Delivery, tell: Tell) -> str:
    """Work out what undoing the load would do, and undo nothing."""
    if delivery.step is not Step.STORED:
        return DONE
    tell(0, STAGES)
    lock("load")
    counts, families = try_out(lambda: undo_delivery(delivery, clock.now()))
    delivery.undo_effect = {"counts": counts, "effect": families}
    tell(STAGES, STAGES)
    return "Nothing was undone yet."


def undo(delivery: Delivery, tell: Tell) -> str:
    """Undo the load, whole."""
    if delivery.step is not Step.UNDOING:
        return DONE
    tell(0, STAGES)
    lock("load")
    if was_loaded_since(delivery, undoing=True):
        delivery.step, delivery.undo_effect = Step.STORED, None
        ask_for(REHEARSE_UNDO, delivery.id)
        return "Another file was stored or undone since. What undoing this one would do is worked out again."
    counts = undo_delivery(delivery, clock.now())
    delivery.undo_effect = (delivery.undo_effect or {}) | {"counts": counts}
    delivery.step = Step.UNDONE
    record_act("undone", "load", delivery.load_id, counts)
    tell(STAGES, STAGES)
    return f"{counts['withdrawn']:,} facts were withdrawn, {counts['restored']:,} restored."
