"""The programme's set-up: targets, funding and terms."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas import clock
from tfsaas.fields import ActionForm, add_faults
from tfsaas.permissions import Permission, requires
from tfsaas.tenants import actions, queries
from tfsaas.tenants.actions import Funding, ProgrammeRefused
from tfsaas.tenants.forms import EndForm, FundingForm, ProgrammeForm, TargetForm, TermForm
from tfsaas.tenants.models import FundingModel

blueprint = Blueprint("programme", __name__, url_prefix="/programme")
Page = AnyResponse | tuple[str, int]


@blueprint.get("")
@requires(Permission.SEE_PROGRAMME)
def index() -> str:
    """The whole set-up on a page."""
    programme = queries.find_programme()
    if programme is None:
        return render_template("programme/none.html")
    today = clock.today()
    return render_template(
        "programme/index.html",
        programme=programme,
        others=[p for p in queries.list_programmes() if p.id != programme.id],
        targets=queries.list_targets(programme.id),
        arrangements=queries.list_arrangements(programme.id),
        terms=queries.list_terms(),
        versions=queries.list_plan_versions(programme.id),
        in_force=queries.find_plan_in_force(programme.id, min(today, programme.ends_on or today)),
    )


def _done(message: str) -> AnyResponse:
    flash(message)
    return redirect(url_for("programme.index"))


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def add() -> Page:
    """The council's programme."""
    if queries.find_programme():
        return redirect(url_for("programme.index"))
    form = ProgrammeForm()
    if form.validate_on_submit():
        title = str(form.title.data).strip()
        actions.add_programme(
            "programme", title, form.starts_on.data, form.ends_on.data, is_current=True
        )
        return _done(
            "The programme is set up. Next: its target, its funding and its outcomes plan."
        )
    return render_template("programme/add.html", form=form), 400 if form.errors else 200


@blueprint.route("/targets/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def add_target() -> Page:
    """A new target from a day on."""
    form, programme = TargetForm(), queries.get_programme()
    if form.validate_on_submit():
        try:
            reason = str(form.reason.data).strip()
            actions.revise_target(
                programme.id, form.from_on.data, form.families.number or 0, reason
            )
        except ProgrammeRefused as refused:
            add_faults(form, refused.faults)
        else:
            return _done("The target is revised.")
    return render_template("programme/target.html", form=form), 400 if form.errors else 200


@blueprint.route("/funding/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def add_funding() -> Page:
    """A new funding arrangement."""
    form, programme = FundingForm(), queries.get_programme()
    if form.validate_on_submit():
        try:
            actions.arrange_funding(programme.id, _funding(form))
        except ProgrammeRefused as refused:
            add_faults(form, refused.faults)
        else:
            return _done("The funding arrangement is added.")
    return render_template("programme/funding.html", form=form), 400 if form.errors else 200


def _funding(form: FundingForm) -> Funding:
    lines = [line.strip() for line in str(form.strands.data or "").splitlines()]
    return Funding(
        model=FundingModel(form.model.data),
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        attachment_fee_pounds=form.attachment_fee.number,
        result_pounds=form.result.number,
        grant_pounds=form.grant.number,
        strands=[line for line in lines if line],
        source=str(form.source.data or "").strip(),
    )


@blueprint.route("/funding/<uuid:arrangement_id>/end", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def end_funding(arrangement_id: UUID) -> Page:
    """The last day of an arrangement."""
    arrangement = queries.get_arrangement(arrangement_id)
    form = EndForm(ends_on=arrangement.ends_on)
    if form.validate_on_submit():
        try:
            actions.end_funding(arrangement, form.ends_on.data)
        except ProgrammeRefused as refused:
            add_faults(form, refused.faults)
        else:
            return _done("The arrangement’s last day is changed.")
    page = render_template("programme/funding_end.html", form=form, arrangement=arrangement)
    return page, 400 if form.errors else 200


@blueprint.route("/terms/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def add_term() -> Page:
    """A new school term."""
    form = TermForm()
    if form.validate_on_submit():
        try:
            actions.add_term(form.first_on.data, form.last_on.data)
        except ProgrammeRefused as refused:
            add_faults(form, refused.faults)
        else:
            return _done("The term is added.")
    return render_template("programme/term.html", form=form), 400 if form.errors else 200


@blueprint.post("/terms/<uuid:term_id>/remove")
@requires(Permission.CHANGE_PROGRAMME)
def remove_term(term_id: UUID) -> AnyResponse:
    """Take away a term that was entered by mistake."""
    if not ActionForm().validate_on_submit():
        return redirect(url_for("programme.index"))
    actions.remove_term(term_id)
    return _done("The term is removed.")
