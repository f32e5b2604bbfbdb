"""The council's own part of the referral form: its words and its questions, each change a version."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import Length

from tfsaas.fields import ActionForm, CheckedForm, Needed, add_faults, put, whole_or_nought
from tfsaas.permissions import Permission, requires
from tfsaas.tenants.council import ChangedMeanwhile, find_form, list_forms, save_form
from tfsaas.tenants.referral_questions import AUDIENCES, KINDS, MOST, MOST_CHOICES, new_code
from tfsaas.tenants.settings import ReferralFormVersion

blueprint = Blueprint("referral_form", __name__, url_prefix="/programme/referral-form")
Page = AnyResponse | tuple[str, int]
Questions = list[dict[str, Any]]
MEANWHILE = "Somebody else changed the form since you opened it. What you wrote still stands here: look at the form, then save again."


class WordsForm(CheckedForm):
    """What the council says on the start page and after sending."""

    version = HiddenField()
    intro = TextAreaField("Whom is the help for?", description="Stands on the first page, below what to do in danger. Leave it empty to keep our words.", widget=GovTextArea(), validators=[Length(max=2000, message="Write 2,000 characters or fewer")])  # fmt: skip
    next_steps = TextAreaField("What happens after a referral?", description="Stands on the first page and on the one that confirms. Leave it empty to say only who answers by when.", widget=GovTextArea(), validators=[Length(max=2000, message="Write 2,000 characters or fewer")])  # fmt: skip


class QuestionForm(CheckedForm):
    """A question of the council's own, on a page of its own."""

    version = HiddenField()
    text = StringField("What do you ask?", description="One thing, in words that everybody knows", widget=GovTextInput(), validators=[Needed("Enter the question"), Length(max=200, message="Write 200 characters or fewer")])  # fmt: skip
    hint = StringField("What helps to answer it?", description="Such as an example. May stay empty.", widget=GovTextInput(), validators=[Length(max=300, message="Write 300 characters or fewer")])  # fmt: skip
    audience = RadioField(
        "Who is asked?", widget=GovRadioInput(), choices=AUDIENCES, default="both"
    )
    kind = RadioField("How is it answered?", widget=GovRadioInput(), choices=KINDS, default="long")
    choices = TextAreaField("If one of several answers: which?", description="One a line. “I do not know” is always added.", widget=GovTextArea())  # fmt: skip

    def validate(self, extra_validators: Any = None) -> bool:
        """Answers to choose from, where they are to be chosen."""
        fine = super().validate(extra_validators)
        lines, field = self.lines, self.choices
        if self.kind.data != "choice" or (2 <= len(lines) <= MOST_CHOICES and len(set(lines)) == len(lines)):  # fmt: skip
            return fine
        wrong: Any = field
        wrong.errors = [f"Enter 2 to {MOST_CHOICES} different answers, one a line"]
        return False

    @property
    def lines(self) -> list[str]:
        """The answers to choose from."""
        return [line.strip() for line in str(self.choices.data or "").splitlines() if line.strip()]


@blueprint.get("")
@requires(Permission.CHANGE_PROGRAMME)
def index() -> str:
    """The form as it is asked now, and its versions."""
    found = find_form()
    words = WordsForm(formdata=None, data=_words(found))
    return render_template(
        "programme/referral_form.html", found=found, form=words, versions=list_forms(),
        audiences=AUDIENCES, kinds=KINDS,
    )  # fmt: skip


def _words(found: ReferralFormVersion | None) -> dict[str, object]:
    return {
        "intro": found.intro if found else "",
        "next_steps": found.next_steps if found else "",
        "version": found.number if found else 0,
    }


@blueprint.post("")
@requires(Permission.CHANGE_PROGRAMME)
def words() -> Page:
    """Keep the council's words."""
    found, form = find_form(), WordsForm()
    if form.validate_on_submit():
        intro, steps = str(form.intro.data or "").strip(), str(form.next_steps.data or "").strip()
        if _save(form, intro, steps, _questions(found)):
            flash("The words are saved.")
            return redirect(url_for("referral_form.index"))
    page = render_template(
        "programme/referral_form.html", found=found, form=form, versions=list_forms(),
        audiences=AUDIENCES, kinds=KINDS,
    )  # fmt: skip
    return page, 400


def _questions(found: ReferralFormVersion | None) -> Questions:
    return [*found.questions] if found else []


def _save(form: Any, intro: str, next_steps: str, questions: Questions) -> bool:
    """Keep a version; False, with a fault in the form, when another editor was quicker."""
    try:
        save_form(intro, next_steps, questions, whole_or_nought(form.version.data))
    except ChangedMeanwhile:
        first = next(field for field in form if field.type not in ("HiddenField", "CSRFTokenField"))
        add_faults(form, {first.name: [MEANWHILE]})
        newest = find_form()
        put(form.version, newest.number if newest else 0)
        return False
    return True


@blueprint.route("/questions/<int:place>", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def question(place: int) -> Page:
    """A question; 0 is a new one."""
    found = find_form()
    questions = _questions(found)
    if place > len(questions):
        abort(404)
    told = questions[place - 1] if place else {}
    form = QuestionForm(data=told | {"choices": "\n".join(told.get("choices", [])), "version": found.number if found else 0})  # fmt: skip
    if form.validate_on_submit():
        if not place and len(questions) >= MOST:
            add_faults(form, {"text": [f"The form has {MOST} questions of your own already. Remove one first"]})  # fmt: skip
        elif _save(form, *_kept_words(found), _with(questions, place, form)):
            flash("The question is saved.")
            return redirect(url_for("referral_form.index"))
    page = render_template("programme/referral_question.html", form=form, place=place)
    return page, 400 if form.errors else 200


def _kept_words(found: ReferralFormVersion | None) -> tuple[str, str]:
    return (found.intro, found.next_steps) if found else ("", "")


def _with(questions: Questions, place: int, form: QuestionForm) -> Questions:
    """The questions with this one added or changed."""
    told: dict[str, Any] = {
        "code": questions[place - 1]["code"] if place else new_code(questions),
        "text": str(form.text.data).strip(),
        "hint": str(form.hint.data or "").strip(),
        "kind": form.kind.data,
        "choices": form.lines if form.kind.data == "choice" else [],
        "audience": form.audience.data,
    }
    if not place:
        return [*questions, told]
    return [told if at == place else row for at, row in enumerate(questions, start=1)]


@blueprint.post("/questions/<int:place>/remove")
@requires(Permission.CHANGE_PROGRAMME)
def remove(place: int) -> AnyResponse:
    """Ask a question no longer. Referrals that answered it keep it."""
    found = find_form()
    questions = _questions(found)
    if not 1 <= place <= len(questions):
        abort(404)
    if ActionForm().validate_on_submit():
        left = [row for at, row in enumerate(questions, start=1) if at != place]
        number = whole_or_nought(request.form.get("version"))
        try:
            save_form(*_kept_words(found), left, number)
            flash("The question is removed.")
        except ChangedMeanwhile:
            flash("Somebody else changed the form meanwhile. Look at it again.", "error")
    return redirect(url_for("referral_form.index"))
