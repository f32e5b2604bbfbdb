"""What partners' files and the record say differently: seen, and settled by somebody."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.accounts.queries import name_users
from tfsaas.fields import as_uuid, whole_or_nought
from tfsaas.loads.contradictions import (
    PAGE,
    SettlementRefused,
    list_contradictions,
    settle,
)
from tfsaas.loads.forms import SettleForm
from tfsaas.loads.queries import get_delivery
from tfsaas.loads.seeing import name_families_seen
from tfsaas.permissions import Permission, requires
from tfsaas.tenants.plans import name_signals
from tfsaas.tenants.queries import find_programme

blueprint = Blueprint("contradictions", __name__, url_prefix="/evidence/contradictions")


@blueprint.get("")
@requires(Permission.SEE_MATCHES, reads="contradictions")
def index() -> str:
    """Those of all loads that nobody settled yet."""
    return _page(SettleForm(), None)


@blueprint.get("/of/<uuid:delivery_id>")
@requires(Permission.SEE_MATCHES, reads="contradictions")
def of_load(delivery_id: UUID) -> str:
    """Those of one load, settled ones too."""
    return _page(SettleForm(), get_delivery(delivery_id).load_id)


def _page(form: SettleForm, load_id: UUID | None, failed: UUID | None = None) -> str:
    rows = list_contradictions(load_id, as_uuid(request.args.get("after")))
    programme = find_programme()
    return render_template(
        "loads/contradictions.html",
        rows=rows[:PAGE],
        after=rows[PAGE].row.id if len(rows) > PAGE else None,
        load_id=load_id,
        form=form,
        failed=failed,
        signals=name_signals(programme.id) if programme else {},
        families=name_families_seen([row.person.id for row in rows]),
        users=name_users(),
    )


@blueprint.post("/<uuid:contradiction_id>")
@requires(Permission.LOAD_EVIDENCE)
def decide(contradiction_id: UUID) -> AnyResponse | tuple[str, int]:
    """Say what came of one."""
    form = SettleForm()
    if not form.validate_on_submit():
        return _page(form, None, contradiction_id), 400
    try:
        settle(contradiction_id, str(form.settlement.data).strip(), version=whole_or_nought(form.version.data))  # fmt: skip
    except SettlementRefused:
        flash("Somebody else settled this meanwhile. Look again.", "error")
    else:
        flash("What came of it is recorded.")
    return redirect(url_for("contradictions.index"))
