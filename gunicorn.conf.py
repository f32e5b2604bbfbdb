"""How gunicorn runs the service: threads, time-outs, and a refusal of unsafe settings before it listens."""

import os
import sys
from typing import Any

from sqlalchemy.exc import OperationalError

from tfsaas import config as surroundings
from tfsaas.app import create_app
from tfsaas.db import db
from tfsaas.tenants.scope import OutOfScope, refuse_privileged_role

worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
preload_app = False
control_socket_disable = True
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")


def on_starting(_server: Any) -> None:
    """Name every missing or unsafe setting, or a role that is too powerful, and stop."""
    try:
        app = create_app(surroundings.load(surroundings.surroundings()))
        with app.app_context():
            refuse_privileged_role()
            db.engine.dispose()
    except surroundings.SettingsRefused as refused:
        sys.exit("\n".join(refused.faults))
    except OutOfScope as refused:
        sys.exit(f"DATABASE_URL: {refused}. Connect as tfsaas_app.")
    except OperationalError:
        sys.exit("DATABASE_URL: the database does not answer.")
