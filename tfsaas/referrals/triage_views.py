"""Triage: the queue of referrals, and one of them with what is known, to be decided."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas import clock
from tfsaas.accounts.queries import name_users
from tfsaas.attachments.actions import get_open_file
from tfsaas.attachments.answering import send_stored
from tfsaas.db import NotFound
from tfsaas.families.queries import get_family
from tfsaas.fields import ActionForm, add_faults, whole_or_nought
from tfsaas.jobs.actions import ask_for
from tfsaas.jobs.queries import find_latest_job, find_open_job
from tfsaas.permissions import Permission, requires
from tfsaas.referrals import known, triage
from tfsaas.referrals.forms import ROLES
from tfsaas.referrals.models import OPEN, Basis, Referral, Stage, Support
from tfsaas.referrals.questions import AREAS
from tfsaas.referrals.sending import FIND_MATCHES, get_referral, list_messages
from tfsaas.referrals.triage import DecidedMeanwhile, TriageRefused
from tfsaas.referrals.triage_forms import ACCEPT, ASK, STAGES, AgreementForm, DecisionForm
from tfsaas.referrals.withheld import shown_answers

blueprint = Blueprint("triage", __name__, url_prefix="/referrals")
Page = AnyResponse | tuple[str, int]
MEANWHILE = "Somebody else changed or decided this referral since you opened it. Look at it again; what you wrote still stands below."


@blueprint.get("")
@requires(Permission.SEE_REFERRALS, reads="referrals")
def index() -> str:
    """Referrals that wait, the longest first, and what was decided last."""
    return render_template(
        "referrals/index.html",
        rows=triage.list_queue(clock.today()),
        count=triage.count_open(),
        decided=triage.list_decided(),
        areas=AREAS,
        users=name_users(),
    )


@blueprint.get("/<uuid:referral_id>")
@requires(Permission.SEE_REFERRALS, reads="referral")
def show(referral_id: UUID) -> str:
    """One referral: what was said, who they may be, earlier help, and what to decide."""
    return _show(get_referral(referral_id))


def _show(
    referral: Referral,
    agreement: AgreementForm | None = None,
    decision: DecisionForm | None = None,
    conflict: str = "",
) -> str:
    named = known.list_named(referral.id)
    help_before = known.list_earlier_help(named)
    decided = decision or DecisionForm(formdata=None)
    decided.family.choices = _family_choices(help_before)
    asked = agreement or AgreementForm(formdata=None, data=_agreement_of(referral))
    return render_template(
        "referrals/show.html",
        referral=referral,
        answers=shown_answers(referral),
        is_open=referral.stage in OPEN,
        named=named,
        earlier=help_before,
        files=triage.list_files(referral.id),
        messages=list_messages(referral.id),
        job=find_latest_job(FIND_MATCHES, referral.id),
        users=name_users(),
        agreement=asked,
        decision=decided,
        form=agreement or decision,
        conflict=conflict,
        areas=AREAS,
        roles=ROLES,
    )


def _agreement_of(referral: Referral) -> dict[str, str]:
    basis = referral.basis.value if referral.basis else ""
    return {"support": referral.support.value, "basis": basis, "note": referral.agreement_note}


def _family_choices(earlier: Any) -> dict[str, str]:
    return {"": "A new family"} | {
        str(row.family.id): f"{row.family.name}, {row.family.reference}" for row in earlier
    }


@blueprint.post("/<uuid:referral_id>/people/<uuid:told_id>")
@requires(Permission.TRIAGE, reads="referral")
def say_who(referral_id: UUID, told_id: UUID) -> AnyResponse:
    """Say whom a person of the referral is."""
    referral = get_referral(referral_id, locked=True)
    if ActionForm().validate_on_submit():
        try:
            triage.say_who(referral, told_id, request.form.get("person", type=UUID))
        except DecidedMeanwhile:
            flash("This referral is decided already.", "error")
    return redirect(url_for("triage.show", referral_id=referral_id) + "#people")


@blueprint.post("/<uuid:referral_id>/look-again")
@requires(Permission.TRIAGE, reads="referral")
def look_again(referral_id: UUID) -> AnyResponse:
    """Have its people looked for once more."""
    referral = get_referral(referral_id)
    if ActionForm().validate_on_submit() and not find_open_job(FIND_MATCHES, referral.id):
        ask_for(FIND_MATCHES, referral.id)
    return redirect(url_for("triage.show", referral_id=referral_id) + "#people")


@blueprint.post("/<uuid:referral_id>/agreement")
@requires(Permission.TRIAGE, reads="referral")
def agreement(referral_id: UUID) -> Page:
    """Record agreement to support, and the basis for sharing."""
    referral, form = get_referral(referral_id, locked=True), AgreementForm()
    if not form.validate_on_submit():
        return _show(referral, agreement=form), 400
    basis = Basis(form.basis.data) if form.basis.data else None
    note = str(form.note.data or "").strip()
    try:
        triage.record_agreement(referral, Support(form.support.data), basis, note, version=whole_or_nought(form.version.data))  # fmt: skip
    except DecidedMeanwhile:
        return _show(referral, agreement=form, conflict=MEANWHILE), 409
    flash("Agreement and lawful basis are recorded.")
    return redirect(url_for("triage.show", referral_id=referral_id) + "#decide")


@blueprint.post("/<uuid:referral_id>/decide")
@requires(Permission.TRIAGE, reads="referral")
def decide(referral_id: UUID) -> Page:
    """Accept, ask for more, pass on, lead elsewhere, or not take up."""
    referral, form = get_referral(referral_id, locked=True), DecisionForm()
    form.family.choices = _family_choices(known.list_earlier_help(known.list_named(referral.id)))
    if not form.validate_on_submit():
        return _show(referral, decision=form), 400
    try:
        return _decide(referral, form)
    except TriageRefused as refused:
        add_faults(form, {"decision": [str(refused)]})
        return _show(referral, decision=form), 400
    except DecidedMeanwhile:
        return _show(referral, decision=form, conflict=MEANWHILE), 409


def _decide(referral: Referral, form: DecisionForm) -> AnyResponse:
    version, chosen = whole_or_nought(form.version.data), form.decision.data
    reason, message = (str(field.data or "").strip() for field in (form.reason, form.message))
    if chosen == ASK:
        triage.ask_for_more(referral, message, reason, version=version)
        flash("The referrer is asked. The referral stays in the queue.")
        return redirect(url_for("triage.index"))
    if chosen == ACCEPT:
        family = get_family(UUID(form.family.data)) if form.family.data else None
        taken = triage.accept(referral, family, reason, message, version=version)
        flash("The referral is accepted. The family has its people; support has not begun.")
        return redirect(url_for("cases.family", family_id=taken.id))
    triage.decide(referral, STAGES[chosen], reason, message, version=version)
    flash(_told(STAGES[chosen]))
    return redirect(url_for("triage.index"))


def _told(stage: Stage) -> str:
    return f"Decided: {stage.value}. The referrer sees it with their reference."


@blueprint.get("/<uuid:referral_id>/files/<uuid:file_id>")
@requires(Permission.SEE_REFERRALS, reads="referral file")
def file(referral_id: UUID, file_id: UUID) -> Response:
    """A file that came with a referral, to be saved. Opened in the browser it can do nothing."""
    if file_id not in {stored.id for stored in triage.list_files(get_referral(referral_id).id)}:
        raise NotFound("no such file in this referral")
    return send_stored(get_open_file(file_id))
