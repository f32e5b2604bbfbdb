"""The programme's particulars, targets, funding and terms."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.fields import ActionForm, add_faults, list_differences, put, whole_or_nought
from tfsaas.permissions import Permission, requires
from tfsaas.tenants import actions, queries
from tfsaas.tenants.actions import Funding, ProgrammeRefused
from tfsaas.tenants.forms import EndForm, FundingForm, ProgrammeForm, TargetForm, TermForm
from tfsaas.tenants.models import FundingModel

blueprint = Blueprint("programme", __name__, url_prefix="/programme")
Page = AnyResponse | tuple[str, int]


@blueprint.get("/particulars")
@requires(Permission.SEE_PROGRAMME)
def particulars() -> str:
    """What the programme is called and when it runs, and the ones before it."""
    programme = queries.get_programme()
    others = [other for other in queries.list_programmes() if other.id != programme.id]
    return render_template("programme/particulars.html", programme=programme, others=others)


@blueprint.get("/targets")
@requires(Permission.SEE_PROGRAMME)
def targets() -> str:
    """Every revision of the target."""
    found = queries.list_targets(queries.get_programme().id)
    return render_template("programme/targets.html", targets=found)


@blueprint.get("/funding")
@requires(Permission.SEE_PROGRAMME)
def funding() -> str:
    """Every funding arrangement."""
    found = queries.list_arrangements(queries.get_programme().id)
    return render_template("programme/arrangements.html", arrangements=found)


@blueprint.get("/terms")
@requires(Permission.SEE_PROGRAMME)
def terms() -> str:
    """Every school term."""
    return render_template("programme/terms.html", terms=queries.list_terms())


def _done(message: str, endpoint: str = "setup.index") -> AnyResponse:
    flash(message)
    return redirect(url_for(endpoint))


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def add() -> Page:
    """The council's programme."""
    if queries.find_programme():
        return redirect(url_for("programme.particulars"))
    form = ProgrammeForm()
    if form.validate_on_submit():
        title = str(form.title.data).strip()
        actions.add_programme(
            "programme", title, form.starts_on.data, form.ends_on.data, is_current=True
        )
        return _done(
            "The programme is set up. Next: its target, its funding and its outcomes plan."
        )
    page = render_template("programme/add.html", form=form, button="Set up", conflict=[])
    return page, 400 if form.errors else 200


@blueprint.route("/particulars/change", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def change() -> Page:
    """Another name or other days of the programme."""
    programme = queries.get_programme()
    saved = {name: getattr(programme, name) for name in ("title", "starts_on", "ends_on")}
    form = ProgrammeForm(data=saved | {"version": programme.version})
    conflict: list[tuple[str, str, str]] = []
    if form.validate_on_submit():
        if whole_or_nought(form.version.data) == programme.version:
            actions.change_programme(
                programme,
                str(form.title.data).strip(),
                form.starts_on.data,
                form.ends_on.data,
            )
            return _done("The programme is changed.", "programme.particulars")
        conflict = list_differences(form, saved)
        put(form.version, programme.version)
    page = render_template("programme/add.html", form=form, button="Save", conflict=conflict)
    return page, 409 if conflict else 400 if form.errors else 200


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
            return _done("The target is revised.", "programme.targets")
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
            return _done("The funding arrangement is added.", "programme.funding")
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
            return _done("The arrangement’s last day is changed.", "programme.funding")
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
            return _done("The term is added.", "programme.terms")
    return render_template("programme/term.html", form=form), 400 if form.errors else 200


@blueprint.post("/terms/<uuid:term_id>/remove")
@requires(Permission.CHANGE_PROGRAMME)
def remove_term(term_id: UUID) -> AnyResponse:
    """Take away a term that was entered by mistake."""
    if not ActionForm().validate_on_submit():
        return redirect(url_for("programme.terms"))
    actions.remove_term(term_id)
    return _done("The term is removed.", "programme.terms")
