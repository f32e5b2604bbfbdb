"""flask jobs and flask security-check: running the service."""

import logging
import signal
import sys
import threading
import time
from importlib import import_module

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from tfsaas import config
from tfsaas.attachments.actions import scan_again
from tfsaas.cases.reminding import remind
from tfsaas.cases.watching import watch_now_and_then
from tfsaas.cli.needs import leave, requires_servers
from tfsaas.db import describe_failure
from tfsaas.drafts.keeping import forget_old_drafts
from tfsaas.jobs import worker
from tfsaas.loads.tending import tend
from tfsaas.mail.actions import send_again
from tfsaas.outcomes.refreshing import ask_for_refresh, needs_refresh
from tfsaas.referrals.tending import tend as tend_referrals
from tfsaas.tenants.queries import list_tenants
from tfsaas.tenants.scope import OutOfScope, refuse_privileged_role, unit_of_work

log = logging.getLogger(__name__)
RELAY_SECONDS = 5
REFRESH_ROUNDS = 12  # so many relays between looks for what has to be evaluated again

jobs = AppGroup("jobs", help="Background work.")


@jobs.command("work")
@click.option("--burst", is_flag=True, help="Stop when the queues are empty.")
@requires_servers()
def work(burst: bool) -> None:  # noqa: FBT001 (click gives it by name)
    """Do the jobs of every council, in turn, until a signal comes."""
    import_module("tfsaas.reports.pdf")  # once, before jobs are forked off
    worker.work(burst=burst)


@jobs.command("schedule")
@requires_servers()
def schedule() -> None:
    """Hand over jobs that were left behind, and have evaluated again what changed, until a signal comes.

    What was marked as changed is evaluated within a minute; what is due by the day, soon after midnight.
    """
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    rounds = 0
    while not ended.wait(RELAY_SECONDS):
        rounds += 1
        try:
            worker.relay()
            if rounds % REFRESH_ROUNDS == 0:
                ask_for_refreshes()
        except SQLAlchemyError as error:
            click.echo(f"the database does not answer: {type(error).__name__}", err=True)
            time.sleep(1)


def ask_for_refreshes() -> None:
    """In each council: a refresh if something has changed, or the day; and its files and keys looked after."""
    with current_app.app_context():
        councils = [tenant.id for tenant, _ in list_tenants()]
    for tenant_id in councils:
        for task in (
            _refresh,
            tend,
            tend_referrals,
            scan_again,
            forget_old_drafts,
            watch_now_and_then,
            remind,
            send_again,
        ):
            try:
                with unit_of_work(tenant_id):
                    task()
            except Exception as error:  # noqa: BLE001 (one council's trouble must not keep the others waiting)
                describe_failure(log, task.__name__, error)


def _refresh() -> None:
    if needs_refresh():
        ask_for_refresh()


@click.command("security-check")
@with_appcontext
def security_check() -> None:
    """Refuse unsafe production settings, naming every one of them."""
    try:
        settings = config.load(config.surroundings())
    except config.SettingsRefused as refused:
        leave("\n".join(refused.faults), status=1)
    faults = []
    if settings.demo:
        faults.append("TFSAAS_DEMO is on: the demo's passwords are known.")
    if settings.domain == "localhost" or settings.domain.endswith(".localhost"):
        faults.append("TFSAAS_DOMAIN is localhost: cookies are sent over plain connections.")
    try:
        refuse_privileged_role()
    except OutOfScope as error:
        faults.append(f"DATABASE_URL: {error}.")
    except SQLAlchemyError:
        faults.append("DATABASE_URL: the database does not answer.")
    if faults:
        leave("\n".join(faults), status=1)
    click.echo(f"Nothing unsafe found for {current_app.config['DOMAIN']}.")
    sys.exit(0)
