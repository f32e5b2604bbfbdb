"""Tasks: given to oneself or to a colleague, done, or moved."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from tfsaas import clock
from tfsaas.accounts.models import User
from tfsaas.db import NotFound, Refused, db
from tfsaas.recording.contacts import works_with
from tfsaas.recording.models import Task
from tfsaas.tenants.scope import actor, lock


class TaskRefused(Refused):
    """It cannot be so; `field` is what it is about, the text says what to do."""


def add_task(key: UUID, family_id: UUID | None, text: str, for_id: UUID, due_on: date) -> Task:
    """Give somebody a task, once for each `key`.

    Raises:
        TaskRefused: the day is past, or they have no account in use.
    """
    if due_on < clock.today():
        raise TaskRefused("due_on", "The day must be today or later")
    known = select(User.id).where(User.id == for_id, User.disabled_at.is_(None))
    if db.session.scalar(known) is None:
        raise TaskRefused("for_id", "Choose somebody who still has an account")
    lock(f"task {key}")
    if found := db.session.scalar(select(Task).where(Task.key == key)):
        return found  # sent twice
    made = Task(
        id=uuid4(), family_id=family_id, key=key, text=text, for_id=for_id, due_on=due_on,
        made_at=clock.now(), made_by_id=actor(),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def get_task(task_id: UUID, *, of_anybody: bool = False) -> Task:
    """A task that the person has or gave, or about a family that they work with. `of_anybody`: any other too.

    Raises:
        NotFound: there is none with that id here, or it is between others.
    """
    found = db.session.scalar(select(Task).where(Task.id == task_id).with_for_update())
    user_id = actor()
    if found is None or user_id is None:
        raise NotFound("no such task")
    own = user_id in (found.for_id, found.made_by_id)
    if own or of_anybody or (found.family_id and works_with(found.family_id, user_id)):
        return found
    raise NotFound("no such task")


def hand_tasks_over(user_id: UUID, to_id: UUID, family_ids: Sequence[UUID]) -> None:
    """Let another person do what somebody still has to do about these families."""
    rows = select(Task).where(Task.for_id == user_id, Task.done_at.is_(None))
    for task in db.session.scalars(rows.where(Task.family_id.in_(family_ids))):
        task.for_id = to_id


def end_task(task: Task) -> None:
    """It is done; nothing happens when it is already."""
    if task.done_at is None:
        task.done_at, task.done_by_id = clock.now(), actor()
