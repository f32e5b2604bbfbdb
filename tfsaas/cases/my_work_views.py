"""My work, and the tasks on it."""

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import Length

from tfsaas import clock
from tfsaas.accounts.queries import name_users, name_who_may
from tfsaas.assessments.assessing import count_to_sign
from tfsaas.cases.my_work import list_work
from tfsaas.cases.queries import list_led, list_ready
from tfsaas.drafts.keeping import list_drafts
from tfsaas.evidence.queries import find_newest_coverage
from tfsaas.families.allocating import list_covers_by
from tfsaas.families.forms import AddressChecked
from tfsaas.families.queries import get_family
from tfsaas.fields import ActionForm, DayField, Needed, add_faults, key_of
from tfsaas.loads.queries import count_waiting
from tfsaas.permissions import Permission, requires
from tfsaas.recording import tasks
from tfsaas.recording.tasks import TaskRefused
from tfsaas.tenants.council import get_review_cycle
from tfsaas.tenants.queries import find_programme

blueprint = Blueprint("my_work", __name__)
Page = AnyResponse | tuple[str, int]


class TaskForm(AddressChecked):
    """A task for oneself or for a colleague."""

    key = HiddenField()
    text = StringField("What is to be done?", description="Such as: ask the school for its report", widget=GovTextInput(), validators=[Needed("Enter what is to be done"), Length(max=200, message="Write 200 characters or fewer")])  # fmt: skip
    for_id = SelectField("Who does it?", widget=GovSelect(), choices={})
    due_on = DayField("By when?", validators=[Needed("Enter by when")])


@blueprint.get("/my-work")
@requires(Permission.CHANGE_FAMILIES, reads="my work")
def show() -> str:
    """What is overdue, due this week, new, changed, and waits on others; and for supervisors what waits for them."""
    programme, on = find_programme(), clock.today()
    if programme is None:
        return render_template("cases/my_work.html", work=None)
    covers, weeks = list_covers_by(current_user.id, on), get_review_cycle().contact_weeks
    covered = [cover.user_id for cover in covers]
    supervises = current_user.may(Permission.CONFIRM_RESULTS)
    return render_template(
        "cases/my_work.html",
        work=list_work(programme.id, current_user.id, covered, on, weeks),
        led=list_led(programme.id, current_user.id),
        covers=covers,
        drafts=list_drafts(current_user.id),
        to_sign=count_to_sign() if current_user.may(Permission.SIGN_OFF) else 0,
        files=count_waiting() if current_user.may(Permission.LOAD_EVIDENCE) else 0,
        users=name_users(),
        ready=list_ready(programme.id) if supervises else [],
        newest=find_newest_coverage(),
        weeks=weeks,
        on=on,
    )


@blueprint.route("/tasks/new", methods=["GET", "POST"], defaults={"family_id": None})
@blueprint.route("/families/<uuid:family_id>/tasks/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_FAMILIES, reads="family")
def add_task(family_id: UUID | None) -> Page:
    """A task, about a family or about none."""
    family = get_family(family_id) if family_id else None
    form = TaskForm(data={"key": str(uuid4()), "for_id": str(current_user.id)})
    form.for_id.choices = name_who_may(Permission.CHANGE_FAMILIES)
    if form.validate_on_submit() and (family_id is None or form.gives_nothing_away(family_id)):
        told = str(form.text.data).strip(), UUID(form.for_id.data), form.due_on.data
        try:
            tasks.add_task(key_of(form.key), family_id, *told)
        except TaskRefused as refused:
            add_faults(form, {refused.field: [str(refused)]})
        else:
            flash("The task is added.")
            return redirect(url_for("my_work.show"))
    page = render_template("cases/task.html", form=form, family=family)
    return page, 400 if form.errors else 200


@blueprint.post("/tasks/<uuid:task_id>/done")
@requires(Permission.CHANGE_FAMILIES)
def end_task(task_id: UUID) -> AnyResponse:
    """It is done."""
    if ActionForm().validate_on_submit():
        anybodys = current_user.may(Permission.ALLOCATE)
        tasks.end_task(tasks.get_task(task_id, of_anybody=anybodys))
        flash("Done.")
    return redirect(url_for("my_work.show"))
