"""Recording facts and headlines by hand, and withdrawing what was wrong."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas import clock
from tfsaas.cases.forms import FORMS, TODAY_OR_BEFORE, HeadlineForm, SignalForm
from tfsaas.evidence.actions import Statement, record_fact, record_headline, withdraw_fact
from tfsaas.evidence.queries import get_fact, list_facts
from tfsaas.families.queries import get_family, list_present
from tfsaas.fields import CheckedForm, add_faults
from tfsaas.permissions import Permission, requires
from tfsaas.rules.plan import Signal, SignalKind
from tfsaas.tenants.plans import name_headlines, name_signals, plan_of
from tfsaas.tenants.queries import find_plan_in_force, get_programme, list_plan_versions

blueprint = Blueprint("facts", __name__, url_prefix="/families/<uuid:family_id>")
Page = AnyResponse | tuple[str, int]
WHOLE_FAMILY = "family"


def _signals() -> dict[str, Signal]:
    """The signals of the plan in force, or of the newest one."""
    programme = get_programme()
    version = find_plan_in_force(programme.id, clock.today()) or next(
        iter(list_plan_versions(programme.id)), None
    )
    return plan_of(version).signals if version else {}


def _people(family_id: UUID) -> dict[str, str]:
    return {str(member.person.id): member.name for member in list_present(family_id)}


@blueprint.route("/facts/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="family")
def choose(family_id: UUID) -> Page:
    """Which fact, and about whom."""
    family, signals = get_family(family_id), _signals()
    form = SignalForm()
    form.signal.choices = {"": "Choose"} | {code: signal.title for code, signal in signals.items()}
    form.person.choices = {"": "Choose"} | _people(family_id) | {WHOLE_FAMILY: "The whole family"}
    if form.validate_on_submit():
        code, whom = form.signal.data, form.person.data
        if whom == WHOLE_FAMILY and signals[code].kind is not SignalKind.ATTESTATION:
            add_faults(form, {"person": ["This is recorded of one person. Choose who it is about"]})
        else:
            return redirect(url_for("facts.record", family_id=family_id, signal=code, whom=whom))
    page = render_template("cases/fact_choose.html", form=form, family=family)
    return page, 400 if form.errors else 200


@blueprint.route("/facts/new/<signal>/<whom>", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="family")
def record(family_id: UUID, signal: str, whom: str) -> Page:
    """When it was, and how much."""
    family, found, people = get_family(family_id), _signals().get(signal), _people(family_id)
    if found is None or whom not in {*people, WHOLE_FAMILY}:
        abort(404)
    if whom == WHOLE_FAMILY and found.kind is not SignalKind.ATTESTATION:
        abort(404)
    form = FORMS[found.kind]()
    if form.validate_on_submit() and _is_past(form):
        record_fact(family_id, _statement(found, whom, form))
        flash("Recorded. The family has been looked at again below.")
        return redirect(url_for("cases.family", family_id=family_id))
    page = render_template(
        "cases/fact_record.html",
        form=form,
        family=family,
        signal=found,
        who=people.get(whom, "the whole family"),
    )
    return page, 400 if form.errors else 200


def _is_past(form: CheckedForm) -> bool:
    if form["on"].data > clock.today():
        add_faults(form, {"on": [TODAY_OR_BEFORE]})
        return False
    return True


def _statement(signal: Signal, whom: str, form: CheckedForm) -> Statement:
    fields = form._fields
    numbers = {
        name: fields[name].number for name in ("part", "possible", "value") if name in fields
    }
    return Statement(
        signal=signal.code,
        kind=signal.kind,
        person_id=None if whom == WHOLE_FAMILY else UUID(whom),
        on=form["on"].data,
        until=fields["until"].data if "until" in fields else None,
        **numbers,
    )


@blueprint.route("/headlines/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="family")
def headline(family_id: UUID) -> Page:
    """A problem that the worker has found."""
    family = get_family(family_id)
    form = HeadlineForm()
    form.headline.choices = {"": "Choose"} | name_headlines(get_programme().id)
    if form.validate_on_submit() and _is_past(form):
        record_headline(family_id, form.headline.data, form["on"].data)
        flash("Recorded.")
        return redirect(url_for("cases.family", family_id=family_id))
    page = render_template("cases/headline.html", form=form, family=family)
    return page, 400 if form.errors else 200


@blueprint.route("/facts/<kind>/<uuid:fact_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="family")
def withdraw(family_id: UUID, kind: str, fact_id: UUID) -> Page:
    """Say that a fact is wrong. It stays on record, and counts no longer."""
    family, members = get_family(family_id), list_present(family_id)
    fact = get_fact(kind, fact_id)
    people = {member.person.id for member in members}
    if (
        getattr(fact, "person_id", None) not in people
        and getattr(fact, "family_id", None) != family_id
    ):
        abort(404)
    form = CheckedForm()
    if form.validate_on_submit():
        taken = withdraw_fact(kind, fact_id)
        flash("It counts no longer. What was decided before can still be checked.")
        if taken:
            flash(
                "A partner’s file had said otherwise and was left out. That is believed now; withdraw it too if it is wrong."
            )
        return redirect(url_for("cases.family", family_id=family_id))
    shown = next(f for f in list_facts(family_id, list(people)) if f.id == fact_id)
    names = {member.person.id: member.name for member in members}
    page = render_template(
        "cases/fact_withdraw.html",
        form=form,
        family=family,
        fact=shown,
        title=name_signals(get_programme().id).get(fact.signal, fact.signal),
        who=names.get(shown.person_id) if shown.person_id else "the whole family",
    )
    return page, 400 if form.errors else 200
