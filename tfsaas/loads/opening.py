"""A delivery's file, read and checked; what was found is kept with it for the steps that follow."""

from collections.abc import Sequence

from tfsaas import clock
from tfsaas.loads.checking import Checked, check_table
from tfsaas.loads.facts_of_rows import Known
from tfsaas.loads.feeds import CENSUS, get_feed
from tfsaas.loads.keeping import mark_of, pack, unpack
from tfsaas.loads.models import Delivery
from tfsaas.loads.sandbox import read_file
from tfsaas.loads.table import Table, TableRefused
from tfsaas.tenants.plans import plan_of
from tfsaas.tenants.queries import list_plan_versions, list_programmes

NO_CENSUS = "This is not the census's XML file. Choose the file that is sent to the department, or choose another feed"
A_CENSUS = "This is a Children in Need census. Choose that feed, and bring the file again"


def open_table(delivery: Delivery) -> Table:
    """The table in a delivery's file.

    Raises:
        TableRefused: it cannot be read, or is of another feed.
    """
    assert delivery.content is not None
    table = read_file(delivery.content)
    if (table.covers is not None) != (delivery.feed == CENSUS):
        raise TableRefused(A_CENSUS if table.covers else NO_CENSUS)
    return table


def open_checked(delivery: Delivery) -> Checked:
    """What a delivery's file says, by what was said about its columns.

    Raises:
        TableRefused: as `open_table`.
    """
    feed, known = get_feed(delivery.feed), known_signals()
    mark = mark_of(feed, delivery.mapping, known)
    if delivery.reading and (kept := unpack(delivery.reading, mark)):
        return kept
    checked = check_table(feed, open_table(delivery), delivery.mapping, known, clock.today())
    delivery.reading = None if checked.faults else pack(checked, mark)
    return checked


def known_signals() -> Known:
    """The signals of every version of the council's plans."""
    versions = [row for programme in list_programmes() for row in list_plan_versions(programme.id)]
    return Known(*(frozenset(plan_of(version).signals) for version in versions))


def signals_of(feed_code: str) -> Sequence[str]:
    """What a feed can say that some plan of the council asks for."""
    known = known_signals()
    return [signal for signal in get_feed(feed_code).signals if signal in known]
