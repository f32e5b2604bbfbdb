"""Bringing partners' files, and their way through the steps."""

from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from tfsaas import clock
from tfsaas.accounts.queries import name_users
from tfsaas.evidence.queries import find_newest_coverage
from tfsaas.families.finding_models import PairStatus
from tfsaas.families.queries import list_named
from tfsaas.fields import add_faults, as_uuid, whole_or_nought
from tfsaas.jobs.queries import find_latest_job
from tfsaas.loads.actions import KINDS_OF_JOB, DeliveryRefused, bring
from tfsaas.loads.agreements import count_cares
from tfsaas.loads.bringing import bring_form, read_brought
from tfsaas.loads.census import list_uses
from tfsaas.loads.contradictions import count_unsettled
from tfsaas.loads.coverage import list_months, list_stretches, show_coverage
from tfsaas.loads.feeds import (
    CENSUS,
    find_feed,
    get_feed,
    list_feeds,
    read_census_sample,
    write_sample,
)
from tfsaas.loads.forms import UndoForm
from tfsaas.loads.left_open import PAGE as OPEN_PAGE
from tfsaas.loads.left_open import list_cannot_tell, list_whole
from tfsaas.loads.linking import count_pairs
from tfsaas.loads.match_queries import count_waiting_people
from tfsaas.loads.models import Delivery, Step
from tfsaas.loads.opening import known_signals
from tfsaas.loads.proposals import count_open
from tfsaas.loads.queries import (
    PAGE,
    find_delivery_of,
    get_agreement,
    get_delivery,
    get_load_of,
    list_agreements,
    list_bringers,
    list_in_force,
    list_loads,
    list_neighbours,
)
from tfsaas.loads.shown import (
    describe_gaps,
    list_counts,
    list_stages,
    name_kinds,
    write_changed,
    write_faults,
)
from tfsaas.permissions import Permission, requires
from tfsaas.tenants.plans import name_signals, pick_in_force
from tfsaas.tenants.queries import find_programme, list_plan_versions

blueprint = Blueprint("loads", __name__, url_prefix="/evidence")
Page = AnyResponse | tuple[str, int]


@blueprint.get("")
@requires(Permission.SEE_EVIDENCE)
def index() -> str:
    """The latest loads, and the ways on."""
    newest, waiting = find_newest_coverage(), count_pairs()[PairStatus.OPEN]
    skip = whole_or_nought(request.args.get("skip"))
    rows = list_loads(PAGE + 1, skip)
    return render_template(
        "loads/index.html",
        rows=rows[:PAGE],
        next=skip + PAGE if len(rows) > PAGE else None,
        users=name_users(),
        newest=newest,
        waiting=waiting,
        found=count_open(),
        unsettled=count_unsettled(),
        cares=count_cares(list_agreements()),
    )


@blueprint.get("/coverage")
@requires(Permission.SEE_EVIDENCE)
def coverage() -> str:
    """What each feed covers, what hangs on it, and whom to ask."""
    programme, on = find_programme(), clock.today()
    versions = list_plan_versions(programme.id) if programme else []
    in_force = pick_in_force(versions, on)
    rows = show_coverage(programme.id, versions, in_force, on) if programme and in_force else []
    return render_template("loads/coverage.html", rows=rows, months=list_months(on), on=on)


@blueprint.get("/coverage/<signal>")
@requires(Permission.SEE_FAMILIES, reads="families that a gap leaves open")
def left_open(signal: str) -> str:
    """The families for whom a test that asks a signal cannot tell."""
    programme, on = find_programme(), clock.today()
    titles = name_signals(programme.id) if programme else {}
    if programme is None or signal not in titles:
        abort(404)
    whole = list_whole(list_stretches(), list_months(on)[0])
    after = as_uuid(request.args.get("after"))
    rows = list_cannot_tell(programme.id, list_plan_versions(programme.id), (signal, whole), after)
    return render_template(
        "loads/left_open.html",
        signal=signal,
        title=titles[signal],
        rows=rows[:OPEN_PAGE],
        after=rows[OPEN_PAGE].id if len(rows) > OPEN_PAGE else None,
    )


@blueprint.get("/feeds")
@requires(Permission.SEE_EVIDENCE)
def feeds() -> str:
    """What partners can send."""
    return render_template("loads/feeds.html", feeds=list_feeds())


@blueprint.get("/feeds/<code>")
@requires(Permission.SEE_EVIDENCE)
def feed(code: str) -> str:
    """The format of a feed."""
    found = find_feed(code) or abort(404)
    elements = list_uses() if code == CENSUS else []
    return render_template("loads/feed.html", feed=found, elements=elements)


@blueprint.get("/feeds/<code>/sample")
@requires(Permission.SEE_EVIDENCE)
def sample(code: str) -> Response:
    """A sample file, of invented people."""
    found = find_feed(code) or abort(404)
    if code == CENSUS:
        return _download(read_census_sample(), f"{code}-sample.xml", "application/xml")
    return _download("\ufeff" + write_sample(found), f"{code}-sample.csv")


def _download(text: str, name: str, kind: str = "text/csv") -> Response:
    answer = Response(text, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.get("/bring")
@requires(Permission.LOAD_EVIDENCE)
def choose() -> str:
    """Whose file of what it is; only what an agreement in date allows."""
    known = known_signals()
    rows = [
        (row, [(feed, bool(known & set(feed.signals))) for feed in map(get_feed, row.feeds)])
        for row in list_in_force(clock.today())
    ]
    return render_template("loads/choose.html", rows=rows)


@blueprint.route("/bring/<uuid:agreement_id>/<code>", methods=["GET", "POST"])
@requires(Permission.LOAD_EVIDENCE)
def bring_file(agreement_id: UUID, code: str) -> Page:
    """Bring a file."""
    agreement, found = get_agreement(agreement_id), find_feed(code) or abort(404)
    form = bring_form(found, agreement)
    if form.validate_on_submit():
        try:
            delivery = bring(agreement, read_brought(form, found, finds=True))
        except DeliveryRefused as refused:
            add_faults(form, refused.faults)
        else:
            return redirect(url_for("loads.show", delivery_id=delivery.id))
    page = render_template("loads/bring.html", form=form, feed=found, agreement=agreement)
    return page, 400 if form.errors else 200


@blueprint.get("/load/<uuid:load_id>")
@requires(Permission.SEE_EVIDENCE)
def of_load(load_id: UUID) -> AnyResponse:
    """To the page of a load, whether a partner's file or a council's own files brought it."""
    delivery_id = find_delivery_of(load_id)
    if delivery_id is None:
        return redirect(url_for("evidence.show", load_id=load_id))
    return redirect(url_for("loads.show", delivery_id=delivery_id))


@blueprint.get("/deliveries/<uuid:delivery_id>")
@requires(Permission.SEE_EVIDENCE, reads="load")
def show(delivery_id: UUID) -> str:
    """One file: how far it is, what it would do or did, or every fault."""
    return show_delivery(get_delivery(delivery_id), UndoForm())


def show_delivery(delivery: Delivery, form: UndoForm) -> str:
    """The page of a delivery."""
    programme = find_programme()
    titles = name_signals(programme.id) if programme else {}
    sees = current_user.may(Permission.SEE_FAMILIES)
    effect, undo_effect = delivery.effect or {}, delivery.undo_effect or {}
    examples = [*effect.get("effect", {}).get("examples", []), *undo_effect.get("effect", {}).get("examples", [])]  # fmt: skip
    families = list_named([UUID(row["family_id"]) for row in examples]) if sees else []
    return render_template(
        "loads/show.html",
        delivery=delivery,
        load=get_load_of(delivery),
        bringers=list_bringers(delivery),
        waiting=count_waiting_people(delivery.id) if delivery.step is Step.PEOPLE else 0,
        agreement=get_agreement(delivery.sharing_agreement_id),
        feed=get_feed(delivery.feed),
        stages=list_stages(delivery),
        job=find_latest_job(KINDS_OF_JOB[0], delivery.id, *KINDS_OF_JOB[1:]),
        counts=list_counts(effect, titles),
        signals=titles,
        contradicted=any(row.get("contradicted") for row in effect.get("counts", {}).values()),
        census=CENSUS,
        gaps=describe_gaps(delivery, list_neighbours(delivery), titles)
        if delivery.covers_to
        else [],
        families={str(row.id): row for row in families},
        kinds=name_kinds(),
        users=name_users(),
        form=form,
    )


@blueprint.get("/deliveries/<uuid:delivery_id>/families/<of>")
@requires(Permission.SEE_FAMILIES, reads="families of a load")
def changed(delivery_id: UUID, of: str) -> Response:
    """Every family that a file, or undoing it, changes."""
    delivery = get_delivery(delivery_id)
    effects = {"load": delivery.effect, "undo": delivery.undo_effect}
    effect = effects[of] or {} if of in effects else abort(404)
    rows = effect.get("effect", {}).get("changed", [])
    families = {str(row.id): row for row in list_named([UUID(row[0]) for row in rows])}
    return _download("\ufeff" + write_changed(rows, families, name_kinds()), f"families-{delivery.feed}-{clock.today()}.csv")  # fmt: skip


@blueprint.get("/deliveries/<uuid:delivery_id>/faults.csv")
@requires(Permission.SEE_EVIDENCE, reads="load")
def faults(delivery_id: UUID) -> Response:
    """Every fault, for whoever mends the file."""
    delivery = get_delivery(delivery_id)
    return _download(
        "\ufeff" + write_faults(delivery.faults, "child" if delivery.feed == CENSUS else "line"),
        f"faults-{delivery.feed}-{clock.today()}.csv",
    )
