"""How gunicorn runs the service: threads, time-outs, and a refusal of unsafe settings before it listens."""

import os
import sys
from typing import Any

from tfsaas import config as surroundings

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
    """Name every missing or unsafe setting and stop."""
    try:
        surroundings.load(surroundings.surroundings())
    except surroundings.SettingsRefused as refused:
        sys.exit("\n".join(refused.faults))
