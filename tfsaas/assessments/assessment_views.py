"""The whole-family assessment: a task list, a page a domain, sign-off."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.accounts.queries import name_users
from tfsaas.assessments import assessing
from tfsaas.assessments.assessing import AssessmentRefused
from tfsaas.assessments.forms import SignForm, digest, make_form
from tfsaas.assessments.models import Assessment, Standing
from tfsaas.families.queries import get_family, list_members, list_named, list_present
from tfsaas.fields import ActionForm, add_faults, put, whole_or_nought
from tfsaas.permissions import Permission, requires
from tfsaas.referrals.triage import list_of_family
from tfsaas.tenants.assessment_template import Domain, read_domains

blueprint = Blueprint("assessments", __name__)
Page = AnyResponse | tuple[str, int]
MEANWHILE = "Somebody else saved this page since you opened it. Their answers stand beside yours; save again to keep yours."


@blueprint.get("/families/<uuid:family_id>/assessment")
@requires(Permission.SEE_FAMILIES, reads="assessment")
def show(family_id: UUID) -> str:
    """The task list: which parts are answered, who is not mentioned yet, and how far it is."""
    return _show(family_id, SignForm(formdata=None))


def _show(family_id: UUID, form: SignForm) -> str:
    family, found = get_family(family_id), assessing.find_latest(family_id)
    members = list_present(family_id)
    domains = read_domains(found.domains) if found else []
    answers = found.answers if found else {}
    return render_template(
        "assessments/show.html",
        family=family,
        found=found,
        domains=[(domain, assessing.list_open(domain, answers, members)) for domain in domains],
        forgotten=assessing.list_forgotten(domains, answers, members) if found else [],
        slots=_slots(family_id, domains),
        signed=assessing.list_signed(family_id),
        referrals=list_of_family(family_id),
        users=name_users(),
        form=form,
    )


def _slots(family_id: UUID, domains: list[Domain]) -> dict[str, Any]:
    everybody = list_members(family_id)
    return {domain.code: assessing.list_written(domain, everybody) for domain in domains}


@blueprint.get("/families/<uuid:family_id>/assessments/<uuid:assessment_id>")
@requires(Permission.SEE_FAMILIES, reads="assessment")
def signed(family_id: UUID, assessment_id: UUID) -> str:
    """One that was signed off, as it was signed."""
    family, found = get_family(family_id), assessing.get_signed(family_id, assessment_id)
    domains = read_domains(found.domains)
    return render_template("assessments/signed.html", family=family, found=found, domains=domains, slots=_slots(family_id, domains), users=name_users())  # fmt: skip


@blueprint.post("/families/<uuid:family_id>/assessment")
@requires(Permission.CHANGE_FAMILIES, reads="assessment")
def begin(family_id: UUID) -> AnyResponse:
    """Begin one, or go on with the one that is open."""
    get_family(family_id)
    if ActionForm().validate_on_submit():
        assessing.begin(family_id)
    return redirect(url_for("assessments.show", family_id=family_id))


@blueprint.route("/families/<uuid:family_id>/assessment/<code>", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="assessment", draft="a part of an assessment")
def domain(family_id: UUID, code: str) -> Page:
    """The questions of one part, about everybody whom it asks about."""
    family = get_family(family_id)
    found = assessing.get_assessment(family_id, locked=request.method == "POST")
    asked = next((each for each in read_domains(found.domains) if each.code == code), None)
    if asked is None:
        abort(404)
    if request.method == "GET" and found.standing is not Standing.OPEN:
        return redirect(url_for("assessments.show", family_id=family_id))
    members = list_present(family_id)
    saved = found.answers.get(code, {})
    form = make_form(assessing.list_slots(asked, members), saved)
    conflict = ""
    if form.validate_on_submit() and form.gives_nothing_away(family_id):
        if form.seen.data == digest(saved) or _says_the_same(form, saved):
            try:
                return _save(found, asked, form, members)
            except AssessmentRefused as refused:
                conflict = f"{refused}. What you wrote still stands here."
        else:
            conflict = MEANWHILE
            put(form.seen, digest(saved))
    page = render_template(
        "assessments/domain.html", family=family, domain=asked, form=form, found=found, saved=saved,
        conflict=conflict,
    )  # fmt: skip
    return page, 409 if conflict else 400 if form.errors else 200


def _says_the_same(form: Any, saved: dict[str, Any]) -> bool:
    """Whether a form was only sent twice: what it says is what is kept."""
    return all(
        {code: value for code, value in said.items() if value} == saved.get(key, {})
        if isinstance(said, dict)
        else said == saved.get(key, "")
        for key, said in form.told.items()
    )


def _save(found: Assessment, asked: Domain, form: Any, members: Any) -> Page:
    """Keep a page; where an answer asks for another one, the page comes again."""
    fields = set(form._fields)
    assessing.answer(found, asked, form.told)
    told = found.answers.get(asked.code, {})
    again = make_form(assessing.list_slots(asked, members), told)
    if set(again._fields) - fields:
        flash("Saved. Your answer asks for one thing more.")
        return redirect(url_for("assessments.domain", family_id=found.family_id, code=asked.code))
    flash(f"{asked.title}: saved.")
    return redirect(url_for("assessments.show", family_id=found.family_id))


@blueprint.post("/families/<uuid:family_id>/assessment/send")
@requires(Permission.CHANGE_FAMILIES, reads="assessment")
def send(family_id: UUID) -> AnyResponse:
    """Send it to be signed off."""
    get_family(family_id)
    found = assessing.get_assessment(family_id, locked=True)
    if ActionForm().validate_on_submit():
        try:
            assessing.send(found, version=whole_or_nought(request.form.get("version")))
            flash("It is sent. A supervisor signs it off, or returns it with what is to be done.")
        except AssessmentRefused as refused:
            missing = assessing.list_missing(found, list_present(family_id))
            flash(". ".join([str(refused), *missing]) + ".", "error")
    return redirect(url_for("assessments.show", family_id=family_id))


@blueprint.post("/families/<uuid:family_id>/assessment/sign")
@requires(Permission.SIGN_OFF, reads="assessment")
def sign(family_id: UUID) -> Page:
    """Sign it off, or return it."""
    get_family(family_id)
    found, form = assessing.get_assessment(family_id, locked=True), SignForm()
    if not form.validate_on_submit():
        return _show(family_id, form), 400
    note, version = str(form.note.data or "").strip(), whole_or_nought(form.version.data)
    try:
        if form.decision.data == "return":
            assessing.give_back(found, note, version=version)
            flash("It is returned, with what you wrote.")
        elif assessing.sign(found, note, version=version):
            flash("It is signed off. The day of the whole-family assessment is today.")
        else:
            flash("It is signed off. The day of the whole-family assessment stays as it was.")
    except AssessmentRefused as refused:
        add_faults(form, {"decision": [str(refused)]})
        return _show(family_id, form), 409
    return redirect(url_for("assessments.show", family_id=family_id))


@blueprint.get("/assessments")
@requires(Permission.SIGN_OFF, reads="assessments")
def index() -> str:
    """Assessments that wait for sign-off."""
    rows = assessing.list_to_sign()
    families = {family.id: family for family in list_named([row.family_id for row in rows])}
    return render_template(
        "assessments/index.html",
        rows=[(row, families[row.family_id]) for row in rows if row.family_id in families],
        users=name_users(),
    )
