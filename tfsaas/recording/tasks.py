"""Tasks: given to oneself or to a colleague, done, or moved."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from tfsaas import clock
from tfsaas.accounts.models import User
from tfsaas.db import NotFound, db
from tfsaas.recording.models import Task
from tfsaas.tenants.scope import actor, lock


class TaskRefused(Exception):
    """It cannot be so; `field` is what it is about, the text says what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


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


def get_task(task_id: UUID) -> Task:
    """A task that the person has or gave.

    Raises:
        NotFound: there is none with that id here, or it is between others.
    """
    found = db.session.scalar(select(Task).where(Task.id == task_id).with_for_update())
    if found is None or actor() not in (found.for_id, found.made_by_id):
        raise NotFound("no such task")
    return found


def end_task(task: Task) -> None:
    """It is done; nothing happens when it is already."""
    if task.done_at is None:
        task.done_at, task.done_by_id = clock.now(), actor()


def list_open_tasks(family_id: UUID) -> Sequence[Task]:
    """What is still to be done about a family, the earliest first."""
    query = select(Task).where(Task.family_id == family_id, Task.done_at.is_(None))
    return db.session.scalars(query.order_by(Task.due_on, Task.made_at)).all()
