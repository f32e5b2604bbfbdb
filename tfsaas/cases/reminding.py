"""An email on mornings when something is due; it says how much, never what or about whom."""

from datetime import time

from sqlalchemy import or_, select, update

from tfsaas import clock
from tfsaas.accounts.models import User
from tfsaas.cases.caseloads import WORKERS
from tfsaas.cases.my_work import list_work
from tfsaas.db import db
from tfsaas.families.allocating import list_covers_by
from tfsaas.mail.actions import write_letter
from tfsaas.mail.sending import address_of_council, mail_address
from tfsaas.referrals.working_days import working_days_between
from tfsaas.tenants.council import get_review_cycle
from tfsaas.tenants.queries import find_programme
from tfsaas.words import many

FROM, TO = time(7), time(10)
AT_ONCE = 25  # people a minute, so that one council's morning keeps no other waiting
TEXT = """{told}

See what it is at {address}/my-work

You can switch these messages off on the page of your account. Nobody reads answers to them.
"""


def remind() -> None:
    """On the morning of a working day, tell whoever has something due; once a day. Called every minute."""
    now, programme = clock.now().astimezone(clock.LONDON), find_programme()
    day = now.date()
    is_work = working_days_between(day - clock.DAY, day) == 1
    if not mail_address() or programme is None or not is_work or not FROM <= now.time() < TO:
        return
    not_yet = or_(User.reminded_on.is_(None), User.reminded_on < day)
    people = select(User.id).where(User.disabled_at.is_(None), User.is_reminded, User.role.in_(WORKERS), not_yet)  # fmt: skip
    waiting = db.session.scalars(people.order_by(User.id).limit(AT_ONCE)).all()
    looked = update(User).where(User.id.in_(waiting)).values(reminded_on=day)
    db.session.execute(looked.execution_options(synchronize_session=False))
    weeks = get_review_cycle().contact_weeks
    for user_id in waiting:
        covered = [cover.user_id for cover in list_covers_by(user_id, day)]
        work = list_work(programme.id, user_id, covered, day, weeks)
        overdue, today = len(work.overdue), sum(line.on == day for line in work.week)
        if overdue or today:
            said = f"{many(overdue, 'family', 'families')} overdue, {today} due today"
            text = TEXT.format(told=f"On My work: {said}.", address=address_of_council())
            write_letter(f"reminder {day} {user_id}", "Something is due", text, user_id=user_id)
