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
@requires(Permission.SEE_CONTRADICTIONS, reads="contradictions")
def index() -> str:
    """Those of all loads that nobody settled yet."""
    return _page(SettleForm(), None, request.args.get("after"))


@blueprint.get("/of/<uuid:delivery_id>")
@requires(Permission.SEE_CONTRADICTIONS, reads="contradictions")
def of_load(delivery_id: UUID) -> str:
    """Those of one load, settled ones too."""
    return _page(SettleForm(), delivery_id, request.args.get("after"))


def _page(form: SettleForm, delivery_id: UUID | None, after: str | None, failed: UUID | None = None) -> str:  # fmt: skip
    load_id = get_delivery(delivery_id).load_id if delivery_id else None
    rows = list_contradictions(load_id, as_uuid(after))
    programme = find_programme()
    return render_template(
        "loads/contradictions.html",
        rows=rows[:PAGE],
        here=after,
        after=rows[PAGE].row.id if len(rows) > PAGE else None,
        delivery_id=delivery_id,
        form=form,
        failed=failed,
        signals=name_signals(programme.id) if programme else {},
        families=name_families_seen([row.person.id for row in rows]),
        users=name_users(),
    )


@blueprint.post("/<uuid:contradiction_id>")
@requires(Permission.APPROVE_LOADS, reads="contradictions")
def decide(contradiction_id: UUID) -> AnyResponse | tuple[str, int]:
    """Say what came of one."""
    form, delivery_id = SettleForm(), as_uuid(request.form.get("of"))
    if not form.validate_on_submit():
        return _page(form, delivery_id, request.form.get("after"), contradiction_id), 400
    try:
        settle(contradiction_id, str(form.settlement.data).strip(), version=whole_or_nought(form.version.data))  # fmt: skip
    except SettlementRefused:
        flash("Somebody else settled this meanwhile. Look again.", "error")
    else:
        flash("What came of it is recorded.")
    here = as_uuid(request.form.get("after"))
    if delivery_id:
        return redirect(url_for("contradictions.of_load", delivery_id=delivery_id, after=here))
    return redirect(url_for("contradictions.index", after=here))
