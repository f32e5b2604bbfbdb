"""The form of bringing a file, for the signed-in and for partners alike."""

from tfsaas.loads.actions import Brought
from tfsaas.loads.feeds import CENSUS, Feed
from tfsaas.loads.forms import BringForm
from tfsaas.loads.models import SharingAgreement
from tfsaas.loads.opening import signals_of
from tfsaas.tenants.plans import name_signals
from tfsaas.tenants.queries import find_programme

NONE = "none"


def bring_form(feed: Feed, agreement: SharingAgreement) -> BringForm:
    """The form for a file of a feed. Nothing is ticked beforehand: silence counts only where somebody says so."""
    form = BringForm()
    if feed.code == CENSUS:  # it says itself which days it covers
        del form.covers_from, form.covers_to
    signals, titles = signals_of(feed.code), _titles()
    form.covers.choices = {signal: titles.get(signal, signal) for signal in signals}
    form.covers.choices |= {NONE: "For none of these: it holds only a part"}
    form.agreement.data, form.feed.data = str(agreement.id), feed.code
    return form


def _titles() -> dict[str, str]:
    programme = find_programme()
    return name_signals(programme.id) if programme else {}


def read_brought(form: BringForm, feed: Feed, *, finds: bool) -> Brought:
    """What was sent with the form. `finds`: whether people nobody knows may be kept at all."""
    first, last = (None, None) if feed.code == CENSUS else (form.covers_from.data, form.covers_to.data)  # fmt: skip
    return Brought(
        feed.code,
        str(form.file.data.filename or "file"),
        form.file.data.read(),
        first,
        last,
        [signal for signal in form.covers.data or [] if signal != NONE],
        finds_families=finds and bool(form.finds_families.data),
    )
