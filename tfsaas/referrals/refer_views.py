"""The referral form: open to families and professionals, one thing a page."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.attachments.cleaning import FileRefused
from tfsaas.fields import ActionForm, add_faults
from tfsaas.permissions import Permission, requires
from tfsaas.referrals import drafts, sending
from tfsaas.referrals.drafts import DraftRefused, TooOften
from tfsaas.referrals.forms import (
    ROLES,
    FilesForm,
    PersonForm,
    make_form,
)
from tfsaas.referrals.models import Audience, ReferralDraft
from tfsaas.referrals.questions import CHECK, FILES, PEOPLE, SAFETY, UNKNOWN, FormPage
from tfsaas.referrals.reaching import (
    TOKEN,
    TOO_OFTEN,
    Page,
    count,
    get_settings,
    unsent,
)
from tfsaas.tenants.council import find_form, find_setting
from tfsaas.tenants.settings import ReferralSettings

blueprint = Blueprint("refer", __name__, url_prefix="/refer")
ELSEWHERE = "https://www.bbc.co.uk/weather"


def _may_refer() -> bool:
    """Whether somebody is signed in who refers in their own name."""
    return bool(current_user.is_authenticated and current_user.may(Permission.REFER))


@blueprint.get("")
@requires(None)
def start() -> Page:
    """Who it is for, what to do in danger first, and how to begin."""
    settings = find_setting(ReferralSettings)
    own = _may_refer()
    return render_template(
        "refer/start.html",
        settings=settings,
        words=find_form(),
        drafts=drafts.list_drafts(current_user.id) if own else [],
        sent=drafts.list_sent(current_user.id) if own else [],
    )


@blueprint.post("/begin/<audience>")
@requires(None)
def begin(audience: str) -> Page:
    """A new draft, and its first page."""
    settings = get_settings()
    if audience not in {kind.value for kind in Audience}:
        abort(404)
    kind = Audience(audience)
    if kind is Audience.FAMILY and not settings.self_referral:
        abort(404)
    if not ActionForm().validate_on_submit():
        abort(400)
    try:
        count("begin")
    except TooOften:
        flash(TOO_OFTEN, "error")
        return redirect(url_for("refer.start"))
    draft, token = drafts.begin(kind, session.get(TOKEN))
    if token:
        session[TOKEN] = token
    first = drafts.list_pages(draft)[0]
    return redirect(url_for("refer.question", draft_id=draft.id, code=first.code))


@blueprint.get("/leave")
@requires(None)
def leave() -> AnyResponse:
    """Away from here at once; this browser can no longer reach what was written."""
    session.pop(TOKEN, None)
    return redirect(ELSEWHERE)


def _after(draft: ReferralDraft, code: str) -> str:
    """Where to go on from a page: to the check, if one came from there, or else to the next page."""
    codes = [page.code for page in drafts.list_pages(draft)]
    following = codes[codes.index(code) + 1 :]
    if request.args.get("from") == CHECK or not following:
        return url_for("refer_end.check", draft_id=draft.id)
    return url_for("refer.question", draft_id=draft.id, code=following[0])


def _back(draft: ReferralDraft, code: str) -> str:
    """Where a page's back link leads."""
    codes = [page.code for page in drafts.list_pages(draft)]
    if request.args.get("from") == CHECK:
        return url_for("refer_end.check", draft_id=draft.id)
    at = codes.index(code)
    if at == 0:
        return url_for("refer.start")
    return url_for("refer.question", draft_id=draft.id, code=codes[at - 1])


def _page(draft: ReferralDraft, code: str) -> FormPage:
    found = next((page for page in drafts.list_pages(draft) if page.code == code), None)
    return found or abort(404)


@blueprint.route("/<uuid:draft_id>/<code>", methods=["GET", "POST"])
@requires(None)
@unsent
def question(draft: ReferralDraft, code: str) -> Page:
    """One page of the form."""
    page = _page(draft, code)
    if code == SAFETY:
        return _furniture("refer/safety.html", draft, page)
    if code == PEOPLE:
        return _people(draft, page)
    if code == FILES:
        return _files(draft, page)
    form = make_form(page, draft.answers.get(code))
    if request.method == "POST" and request.form.get(UNKNOWN) and page.skippable:
        drafts.answer(draft, code, {UNKNOWN: True})
        return redirect(_after(draft, code))
    if form.validate_on_submit():
        drafts.answer(draft, code, form.kept)
        return redirect(_after(draft, code))
    return _furniture("refer/question.html", draft, page, form=form), 400 if form.errors else 200


def _furniture(template: str, draft: ReferralDraft, page: FormPage, **told: Any) -> str:
    return render_template(
        template, draft=draft, page=page, back=_back(draft, page.code), after=_after(draft, page.code),
        settings=find_setting(ReferralSettings), **told,
    )  # fmt: skip


def _people(draft: ReferralDraft, page: FormPage) -> Page:
    """Those who were named so far, and whether there is somebody else."""
    if request.method == "POST" and ActionForm().validate_on_submit():
        return redirect(_after(draft, PEOPLE))
    return _furniture(
        "refer/people.html", draft, page, people=drafts.list_told_people(draft), roles=ROLES
    )


@blueprint.route("/<uuid:draft_id>/people/<int:number>", methods=["GET", "POST"])
@requires(None)
@unsent
def person(draft: ReferralDraft, number: int) -> Page:
    """Somebody of the family; 0 is somebody new."""
    told = drafts.find_told_person(draft, number) if number else {}
    form = _person_form(told)
    if request.method == "POST" and request.form.get("remove") and ActionForm().validate():
        drafts.drop_person(draft, number)
        return redirect(_people_list(draft))
    if form.validate_on_submit():
        try:
            drafts.put_person(draft, number, _person_told(form))
        except DraftRefused as refused:
            add_faults(form, {"given_name": [str(refused)]})
        else:
            return redirect(_people_list(draft))
    shown = render_template(
        "refer/person.html", draft=draft, number=number, form=form, back=_people_list(draft)
    )
    return shown, 400 if form.errors else 200


def _people_list(draft: ReferralDraft) -> str:
    told: dict[str, Any] = {"from": CHECK} if request.args.get("from") == CHECK else {}
    return url_for("refer.question", draft_id=draft.id, code=PEOPLE, **told)


def _person_form(told: dict[str, Any]) -> PersonForm:
    born = date.fromisoformat(told["born"]) if told.get("born") else None
    return PersonForm(data=told | {"born": born})


def _person_told(form: PersonForm) -> dict[str, Any]:
    born = form.born.data
    return {
        "given_name": str(form.given_name.data or "").strip(),
        "family_name": str(form.family_name.data or "").strip(),
        "role": form.role.data,
        "born": born.isoformat() if born else "",
        "resident": form.resident.data,
    }


def _files(draft: ReferralDraft, page: FormPage) -> Page:
    """Files to send along: added one by one or together, and taken out again."""
    form, kept = FilesForm(), drafts.list_files(draft.id)
    if form.validate_on_submit():
        if gone := request.form.get("remove", type=UUID):
            drafts.drop_file(draft, gone)
            return redirect(request.full_path)
        sent = [upload for upload in form.files.data or [] if upload and upload.filename]
        if not sent:
            return redirect(_after(draft, FILES))
        if not (faults := _keep(draft, sent)):
            went_on = "add" not in request.form
            return redirect(_after(draft, FILES) if went_on else request.full_path)
        add_faults(form, {"files": faults})
    shown = _furniture("refer/files.html", draft, page, form=form, files=kept)
    return shown, 400 if form.errors else 200


def _keep(draft: ReferralDraft, sent: list[Any]) -> list[str]:
    """Keep every file, or say of each that cannot be taken why; then none of them is kept."""
    faults = []
    try:
        if not draft.user_id:
            count("attach")
    except TooOften:
        return [TOO_OFTEN]
    for upload in sent:
        try:
            sending.add_file(draft, str(upload.filename), upload.read())
        except (FileRefused, DraftRefused) as refused:
            faults.append(f"{upload.filename}: {refused}")
    return faults
