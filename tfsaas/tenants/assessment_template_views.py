"""What the council's assessment asks: parts and questions, each change a version."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea, GovTextInput
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from tfsaas.fields import ActionForm, CheckedForm, Needed, add_faults, put, whole_or_nought
from tfsaas.permissions import Permission, requires
from tfsaas.tenants.assessment_template import (
    KINDS,
    MOST_DOMAINS,
    OF,
    list_faults,
    read_domains,
    shipped,
)
from tfsaas.tenants.council import ChangedMeanwhile, find_template, save_template

blueprint = Blueprint("assessment_template", __name__, url_prefix="/programme/assessment")
Page = AnyResponse | tuple[str, int]
Domains = list[dict[str, Any]]
MEANWHILE = "Somebody else changed the assessment since you opened it. What you wrote still stands here: look at it, then save again."
ALWAYS = {"": "Always"}


class DomainForm(CheckedForm):
    """A part of the assessment."""

    version = HiddenField()
    title = StringField("What is this part called?", widget=GovTextInput(), validators=[Needed("Enter what it is called"), Length(max=120, message="Write 120 characters or fewer")])  # fmt: skip
    intro = TextAreaField("What should a worker bear in mind?", description="May stay empty", widget=GovTextArea(), validators=[Length(max=500, message="Write 500 characters or fewer")])  # fmt: skip


class QuestionForm(CheckedForm):
    """A question of a part."""

    version = HiddenField()
    text = StringField("What is asked?", widget=GovTextInput(), validators=[Needed("Enter the question"), Length(max=200, message="Write 200 characters or fewer")])  # fmt: skip
    hint = StringField("What helps to answer it?", description="Such as what good looks like. May stay empty.", widget=GovTextInput(), validators=[Length(max=300, message="Write 300 characters or fewer")])  # fmt: skip
    of = RadioField("Of whom?", widget=GovRadioInput(), choices=OF, default="family")
    kind = RadioField("How is it answered?", widget=GovRadioInput(), choices=KINDS, default="long")
    choices = TextAreaField("If one of several answers: which?", description="One a line", widget=GovTextArea())  # fmt: skip
    low = StringField("If a number: what does 0 mean?", widget=GovTextInput(), validators=[Length(max=80)])  # fmt: skip
    high = StringField("If a number: what does 10 mean?", widget=GovTextInput(), validators=[Length(max=80)])  # fmt: skip
    when = SelectField("When is it asked?", description="Always, or only after an answer to an earlier question that is asked of the same people", widget=GovSelect(), choices=ALWAYS, default="")  # fmt: skip


def _now() -> tuple[Domains, int]:
    """What is asked now, and the number of the version; 0: the service's own."""
    found = find_template()
    return ([*found.domains], found.number) if found else (shipped(), 0)


@blueprint.get("")
@requires(Permission.CHANGE_PROGRAMME)
def index() -> str:
    """Every part with its questions."""
    domains, number = _now()
    return render_template("programme/assessment.html", domains=read_domains(domains), number=number, of=OF, kinds=KINDS)  # fmt: skip


def _save(form: Any, field: str, domains: Domains) -> bool:
    """Keep a version; False, with a fault in the form, when another editor was quicker."""
    try:
        save_template(domains, whole_or_nought(form.version.data))
    except ChangedMeanwhile:
        add_faults(form, {field: [MEANWHILE]})
        put(form.version, _now()[1])
        return False
    return True


@blueprint.route("/parts/<int:place>", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def part(place: int) -> Page:
    """A part; 0 is a new one, which comes last and needs its first question."""
    domains, number = _now()
    told = _at(domains, place) if place else {"title": "", "intro": ""}
    form = DomainForm(data={"title": told["title"], "intro": told["intro"], "version": number})
    if form.validate_on_submit():
        changed = {"title": str(form.title.data).strip(), "intro": str(form.intro.data or "").strip()}  # fmt: skip
        if not place and len(domains) >= MOST_DOMAINS:
            add_faults(form, {"title": [f"There are {MOST_DOMAINS} parts already. Remove one first"]})  # fmt: skip
        elif _save(form, "title", _with_part(domains, place, changed)):
            flash("The part is saved." if place else "The part is added. Now say what it asks.")
            at = place or len(domains) + 1
            return redirect(url_for("assessment_template.index") if place else url_for("assessment_template.question", place=at, number=1))  # fmt: skip
    page = render_template("programme/assessment_part.html", form=form, place=place)
    return page, 400 if form.errors else 200


def _at(rows: Sequence[dict[str, Any]], place: int) -> dict[str, Any]:
    return rows[place - 1] if 1 <= place <= len(rows) else abort(404)


def _with_part(domains: Domains, place: int, changed: dict[str, Any]) -> Domains:
    if place:
        return [row | changed if at == place else row for at, row in enumerate(domains, start=1)]
    first = {"code": "q1", "text": "What matters here?", "kind": "long", "of": "family", "hint": "", "choices": [], "low": "", "high": "", "when": {}, "from_referral": ""}  # fmt: skip
    return [*domains, changed | {"code": _new_code("part"), "questions": [first]}]


def _new_code(word: str) -> str:
    """A code that was never given before: a removed question's answers must not stand under another one."""
    return f"{word}-{uuid4().hex[:8]}"


@blueprint.route("/parts/<int:place>/questions/<int:number>", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def question(place: int, number: int) -> Page:
    """A question of a part; 0 is a new one."""
    domains, version = _now()
    told = _at(domains, place)
    questions = told["questions"]
    asked = _at(questions, number) if number else {}
    form = QuestionForm(data=_shown(asked) | {"version": version})
    form.when.choices = ALWAYS | _conditions(questions[: number - 1] if number else questions)
    if form.validate_on_submit():
        kept = _kept(form, _code_of(form, asked), asked)
        left = [kept if at == number else row for at, row in enumerate(questions, start=1)]
        left = left if number else [*questions, kept]
        faults = [fault for fault in list_faults(left) if fault]
        if faults:
            add_faults(form, {"choices" if "answers" in faults[0] and "choose from" in faults[0] else "when": faults[:1]})  # fmt: skip
        elif _save(form, "text", _with_part(domains, place, {"questions": left})):
            flash("The question is saved.")
            return redirect(url_for("assessment_template.index"))
    page = render_template("programme/assessment_question.html", form=form, place=place, number=number, part=told)  # fmt: skip
    return page, 400 if form.errors else 200


def _conditions(earlier: Sequence[dict[str, Any]]) -> dict[str, str]:
    """After which answers a question can come, by question and answer."""
    found = {}
    for row in read_domains([{"code": "", "title": "", "questions": earlier}])[0].questions:
        for value, said in row.options.items():
            found[f"{row.code}={value}"] = f"After “{row.text}”: {said}"
    return found


def _shown(asked: dict[str, Any]) -> dict[str, Any]:
    when = asked.get("when") or {}
    shown = f"{when['question']}={when['answer']}" if when else ""
    return asked | {"choices": "\n".join(asked.get("choices", [])), "when": shown}


def _kept(form: QuestionForm, code: str, before: dict[str, Any]) -> dict[str, Any]:
    lines = [line.strip() for line in str(form.choices.data or "").splitlines() if line.strip()]
    other, _, answer = str(form.when.data or "").partition("=")
    text = {name: str(form[name].data or "").strip() for name in ("text", "hint", "low", "high")}
    return text | {
        "code": code,
        "kind": form.kind.data,
        "of": form.of.data,
        "choices": lines if form.kind.data == "choice" else [],
        "when": {"question": other, "answer": answer} if other else {},
        "from_referral": before.get("from_referral", ""),
    }


def _code_of(form: QuestionForm, before: dict[str, Any]) -> str:
    """The question's code; a new one where it is asked of others or answered in another way."""
    if not before or (before["kind"], before["of"]) != (form.kind.data, form.of.data):
        return _new_code("q")
    return str(before["code"])


@blueprint.post("/parts/<int:place>/remove")
@requires(Permission.CHANGE_PROGRAMME)
def remove(place: int) -> AnyResponse:
    """Ask a part, or a question of it (`number`), no longer. Assessments that were begun keep it."""
    domains, version = _now()
    row, number = _at(domains, place), whole_or_nought(request.form.get("number"))
    questions = [q for at, q in enumerate(row["questions"], start=1) if at != number]
    left = _with_part(domains, place, {"questions": questions})
    if not number:
        left = [other for at, other in enumerate(domains, start=1) if at != place]
    if ActionForm().validate_on_submit():
        flash(*_remove(left, questions if number else [], version))
    return redirect(url_for("assessment_template.index"))


def _remove(left: Domains, questions: Sequence[dict[str, Any]], version: int) -> tuple[str, str]:
    """What to say of a removal that was tried, and of which kind that is."""
    faults = [*([] if left else ["An assessment needs at least one part"]), *(list_faults(questions) if questions else [])]  # fmt: skip
    if faults or whole_or_nought(request.form.get("version")) != version:
        return (f"{faults[0]}." if faults else "Somebody else changed the assessment meanwhile. Look at it again."), "error"  # fmt: skip
    save_template(left, version)
    return "It is removed. Assessments that were begun keep it.", "message"
