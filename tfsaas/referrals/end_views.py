"""The end of the referral form: checked, sent, confirmed; and how far a referral is."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.db import NotFound
from tfsaas.fields import ActionForm, add_faults
from tfsaas.permissions import requires
from tfsaas.referrals import drafts, sending
from tfsaas.referrals.drafts import DraftRefused, TooOften
from tfsaas.referrals.forms import HONEYPOT, MoreForm, StatusForm
from tfsaas.referrals.models import OPEN, ReferralDraft
from tfsaas.referrals.reaching import TOO_OFTEN, Page, count, get_settings, open_draft, unsent
from tfsaas.tenants.council import find_form, find_setting
from tfsaas.tenants.settings import ReferralSettings

blueprint = Blueprint("refer_end", __name__, url_prefix="/refer")
TOO_QUICK = "That was very quick. Wait a few seconds, then press Send once more."
NOT_A_PERSON = "Leave the box empty that says so, then press Send once more."


@blueprint.route("/<uuid:draft_id>/check", methods=["GET", "POST"])
@requires(None)
@unsent
def check(draft: ReferralDraft) -> Page:
    """Everything once more before it is sent."""
    form = ActionForm()
    fault, missing = "", []
    if form.validate_on_submit():
        try:
            return _send(draft)
        except sending.NotComplete as incomplete:
            missing = incomplete.pages
        except sending.TooQuick:
            fault = TOO_QUICK
        except TooOften:
            fault = TOO_OFTEN
        except DraftRefused as refused:
            fault = str(refused)
    shown = render_template(
        "refer/check.html",
        draft=draft,
        answers=sending.show_answers(draft),
        people=drafts.list_told_people(draft),
        files=drafts.list_files(draft.id),
        missing=missing,
        fault=fault,
        settings=get_settings(),
        last=drafts.list_pages(draft)[-1],
    )
    return shown, 400 if fault or missing else 200


def _send(draft: ReferralDraft) -> AnyResponse:
    if str(request.form.get(HONEYPOT) or "").strip():
        raise DraftRefused(NOT_A_PERSON)
    if not draft.user_id:
        count("send")
    sending.send(draft)
    return redirect(url_for("refer_end.sent", draft_id=draft.id))


@blueprint.get("/<uuid:draft_id>/sent")
@requires(None)
def sent(draft_id: UUID) -> Page:
    """The reference, who answers by when, and what happens next."""
    draft = open_draft(draft_id)
    if not draft.referral_id:
        return redirect(url_for("refer_end.check", draft_id=draft_id))
    referral = sending.get_referral(draft.referral_id)
    return render_template(
        "refer/sent.html", referral=referral, settings=get_settings(), words=find_form()
    )


@blueprint.post("/<uuid:draft_id>/delete")
@requires(None)
def delete(draft_id: UUID) -> Page:
    """Forget what was written."""
    draft = open_draft(draft_id, locked=True)
    if ActionForm().validate_on_submit() and not draft.referral_id:
        drafts.give_up(draft)
        flash("It is deleted. Nothing of it is kept.")
    return redirect(url_for("refer.start"))


@blueprint.route("/status", methods=["GET", "POST"])
@requires(None)
def status() -> Page:
    """How far a referral is, by its reference; what is in it is not shown. Something can be added."""
    form, more = StatusForm(), MoreForm()
    referral, messages, added = None, [], False
    if form.validate_on_submit():
        try:
            count("look up")
            referral = sending.find_by_reference(str(form.reference.data))
            if referral is None:
                raise NotFound
            added = _add(referral, more)
            messages = [row for row in sending.list_messages(referral.id) if row.user_id]
        except TooOften:
            add_faults(form, {"reference": [TOO_OFTEN]})
        except NotFound:
            add_faults(form, {"reference": ["There is no referral with this reference. Check it, or ring the team"]})  # fmt: skip
    shown = render_template(
        "refer/status.html", form=more if more.errors else form, ask=form, more=more, referral=referral,
        messages=messages, added=added, settings=find_setting(ReferralSettings),
    )  # fmt: skip
    return shown, 400 if form.errors or more.errors else 200


def _add(referral: Any, more: MoreForm) -> bool:
    """Keep what the referrer adds, while the referral is open. False: nothing was added."""
    if "text" not in request.form:
        more.errors.clear()
        return False
    if referral.stage not in OPEN or not more.validate():
        return False
    try:
        sending.add_message(referral, str(more.text.data).strip(), None)
    except DraftRefused as refused:
        add_faults(more, {"text": [str(refused)]})
        return False
    more.text.data = ""
    return True
