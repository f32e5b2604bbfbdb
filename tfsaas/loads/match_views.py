"""Records that may be one person: side by side, with why, to be linked, kept apart, or taken back."""

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.accounts.queries import name_users
from tfsaas.families.finding_models import PairStatus
from tfsaas.families.models import Person
from tfsaas.families.protecting import list_protected
from tfsaas.families.records import find_record, get_record
from tfsaas.fields import ActionForm, CheckedForm, add_faults, as_uuid, whole_or_nought
from tfsaas.jobs.actions import ask_for
from tfsaas.jobs.queries import find_latest_job, find_open_job
from tfsaas.loads.answers import drop_answer, list_answers_about
from tfsaas.loads.forms import LinkPeopleForm, LookForm
from tfsaas.loads.linking import (
    BY_HAND,
    FIND_PAIRS,
    PAGE,
    PairRefused,
    count_pairs,
    decide_pair,
    link_people,
    list_pairs,
    list_pairs_of,
)
from tfsaas.loads.seeing import name_families_seen
from tfsaas.permissions import Permission, requires
from tfsaas.tenants.scope import current_tenant

blueprint = Blueprint("matches", __name__, url_prefix="/evidence/matches")
WORDS = {
    PairStatus.LINKED: "one person",
    PairStatus.APART: "two people",
    PairStatus.OPEN: "not decided",
}
ANSWERS = {"link": PairStatus.LINKED, "apart": PairStatus.APART, "undo": PairStatus.OPEN}


@blueprint.get("")
@requires(Permission.SEE_MATCHES, reads="people alike")
def index() -> str:
    """Pairs that wait, and those decided last."""
    rows, counts = list_pairs(PairStatus.OPEN), count_pairs()
    decided = [*list_pairs(PairStatus.LINKED, 5), *list_pairs(PairStatus.APART, 5)]
    people = [person.id for row in (*rows, *decided) for person in (row.one, row.other)]
    return render_template(
        "loads/matches.html",
        rows=rows,
        decided=decided,
        counts=counts,
        statuses=PairStatus,
        families=name_families_seen(people),
        withheld=list_protected(people),
        job=find_latest_job(FIND_PAIRS, current_tenant()),
        users=name_users(),
        words=WORDS,
    )


@blueprint.get("/decided/<answer>")
@requires(Permission.SEE_MATCHES, reads="people alike")
def decided(answer: str) -> str:
    """Every pair that was decided one way, the latest first, a page at a time."""
    status = ANSWERS.get(answer, PairStatus.OPEN)
    if status is PairStatus.OPEN:
        abort(404)
    skip = whole_or_nought(request.args.get("skip"))
    rows = list_pairs(status, PAGE + 1, skip)
    return render_template(
        "loads/pairs_decided.html",
        rows=rows[:PAGE],
        status=status,
        answer=answer,
        next=skip + PAGE if len(rows) > PAGE else None,
        users=name_users(),
        words=WORDS,
    )


@blueprint.get("/of/<uuid:person_id>")
@requires(Permission.SEE_MATCHES, reads="people alike")
def of_person(person_id: UUID) -> str:
    """The other records of one person, and a way to say that another record is this person too."""
    return _of_person(get_record(person_id), LookForm())


def _of_person(person: Person, form: CheckedForm, other: Person | None = None) -> str:
    rows = list_pairs_of(person.id)
    people = [person.id, *(p.id for row in rows for p in (row.one, row.other)), *([other.id] if other else [])]  # fmt: skip
    g.seen_too = [other.id] if other else []
    return render_template(
        "loads/same_person.html",
        person=person,
        rows=rows,
        other=other,
        form=form,
        answers=list_answers_about(person.id),
        families=name_families_seen(people),
        users=name_users(),
        words=WORDS,
    )


@blueprint.post("/of/<uuid:person_id>/look")
@requires(Permission.LOAD_EVIDENCE, reads="people alike")
def look(person_id: UUID) -> tuple[str, int]:
    """The record that somebody means, beside this one."""
    person, form = get_record(person_id), LookForm()
    other = find_record(str(form.reference.data or "").strip()) if form.validate() else None
    if other is not None and other.id != person.id:
        return _of_person(person, LinkPeopleForm(formdata=None), other), 200
    if not form.errors:
        add_faults(form, {"reference": ["No other person has this reference. It stands on the person’s page"]})  # fmt: skip
    return _of_person(person, form), 400


@blueprint.post("/of/<uuid:person_id>")
@requires(Permission.LOAD_EVIDENCE, reads="people alike")
def link(person_id: UUID) -> AnyResponse | tuple[str, int]:
    """Say that another record is this person too."""
    person, form = get_record(person_id), LinkPeopleForm()
    other = get_record(as_uuid(request.form.get("other")) or person_id)
    if not form.validate_on_submit():
        return _of_person(person, form, other), 400
    try:
        link_people(person.id, other.id, f"{BY_HAND}: {str(form.reason.data).strip()}")
    except PairRefused as refused:
        flash(f"{refused}.", "error")
    else:
        flash("The two records are one person now.")
    return redirect(url_for("matches.of_person", person_id=person_id))


@blueprint.post("/of/<uuid:person_id>/answers/<uuid:answer_id>")
@requires(Permission.LOAD_EVIDENCE)
def forget(person_id: UUID, answer_id: UUID) -> AnyResponse:
    """Take back what was said of a partner's files and this person."""
    if ActionForm().validate_on_submit():
        drop_answer(get_record(person_id).id, answer_id)
        flash("Taken back: the partner’s next file is matched as if nobody had said it.")
    return redirect(url_for("matches.of_person", person_id=person_id))


@blueprint.post("/find")
@requires(Permission.LOAD_EVIDENCE)
def find() -> AnyResponse:
    """Have everybody looked through for people entered twice."""
    if ActionForm().validate_on_submit() and not find_open_job(FIND_PAIRS, current_tenant()):
        ask_for(FIND_PAIRS, current_tenant())
    return redirect(url_for("matches.index"))


@blueprint.post("/<uuid:pair_id>/<answer>")
@requires(Permission.LOAD_EVIDENCE)
def decide(pair_id: UUID, answer: str) -> AnyResponse:
    """Link two records, keep them apart, or take back what was decided."""
    if answer not in ANSWERS or not ActionForm().validate_on_submit():
        abort(404)
    try:
        decide_pair(pair_id, ANSWERS[answer], version=whole_or_nought(request.form.get("version")))
    except PairRefused as refused:
        flash(f"{refused}.", "error")
        return redirect(url_for("matches.index"))
    if answer == "undo":
        flash("Taken back: the two records are as they were before.")
    back = as_uuid(request.form.get("person"))
    if back is not None:
        return redirect(url_for("matches.of_person", person_id=back))
    return redirect(url_for("matches.index", _anchor="pair-1"))
