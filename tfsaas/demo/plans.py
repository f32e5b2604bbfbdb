"""Plans of the invented council's families: one agreed and reviewed, one with gaps."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from tfsaas.db import db
from tfsaas.demo.setting_up import Person as Mailboxes
from tfsaas.families.queries import find_family_by_reference, list_members
from tfsaas.family_plans import actions
from tfsaas.family_plans.actions import Found, Wanted
from tfsaas.family_plans.models import FamilyPlan, State
from tfsaas.family_plans.queries import list_identified, list_parts
from tfsaas.tenants.scope import act_as

DAY = timedelta(days=1)
AIMS = ("Mornings are calm and everybody gets where they need to be", "There is enough for food and heating each week", "Nobody at home is afraid")  # fmt: skip
DONE = (("Walk to breakfast club together on Mondays", "Mum"), ("Ring the school about the timetable", ""))  # fmt: skip


def write_plans(mailboxes: Mailboxes, references: Sequence[str], today: date) -> None:
    """Two families that the worker leads."""
    act_as(mailboxes("worker"))
    families = [family for family in map(find_family_by_reference, references) if family]
    reviewed, begun = families[0], families[9]
    plan = _plan(reviewed.id, mailboxes("worker"), today, list_identified(reviewed.id))
    actions.agree(plan, today - 45 * DAY, complete=True, aligned=True)
    db.session.flush()
    rows = [row for part in list_parts(plan.id) for row in part.actions]
    found = {row.id: Found(State.DONE if at == 0 else State.OPEN, today + 10 * DAY, "It goes well" if at == 0 else "") for at, row in enumerate(rows)}  # fmt: skip
    actions.review(plan, today - 3 * DAY, found, "Mornings are better; money is still short.", "“I got a star for being on time.”", today + 39 * DAY)  # fmt: skip
    _plan(begun.id, mailboxes("worker"), today, list_identified(begun.id)[:1])


def _plan(family_id: UUID, worker: UUID, today: date, headlines: Sequence[str]) -> FamilyPlan:
    plan = actions.open_plan(family_id)
    child = list_members(family_id)[-1].person.id
    for at, headline in enumerate(headlines):
        aim = actions.put_objective(plan, None, AIMS[at % len(AIMS)], headline)
        db.session.flush()
        for text, owner in DONE:
            wanted = Wanted(text, None if owner else worker, owner, None if owner else child, today - 2 * DAY)  # fmt: skip
            actions.put_action(plan, aim, None, wanted)
        db.session.flush()
    return plan
