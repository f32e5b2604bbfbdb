"""Settings: frozen, from the environment, with every missing or unsafe value named at once."""

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
ENVIRONMENT_FILE = "environment"  # written under the home by `make run`, removed when it stops
KEY_BYTES = 32


class SettingsRefused(Exception):
    """The settings are missing or unsafe; `faults` says how, one sentence each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Settings:
    """What the process was told by its surroundings."""

    database_url: str
    redis_url: str
    secret_key: str
    data_key: str
    domain: str
    database_owner_url: str | None
    demo: bool
    port: int
    proxy_hops: int
    scanner_url: str
    mail_url: str = ""


REQUIRED = {
    "DATABASE_URL": "the PostgreSQL database, as the role tfsaas_app",
    "REDIS_URL": "the Redis or Valkey server that carries the jobs",
    "SECRET_KEY": "32 or more random characters that sign cookies",
    "TFSAAS_DATA_KEY": "32 random bytes in URL-safe base64 that encrypt identifiers",
    "TFSAAS_DOMAIN": "the domain under which each council has its host",
}


def home(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder that holds the bundled servers' data and secrets.

    As root it lies outside the checkout, because PostgreSQL runs as a system user who must
    be able to reach it.
    """
    if told := environ.get("TFSAAS_HOME"):
        return Path(told).resolve()
    if os.geteuid() != 0:
        return CHECKOUT / "var"
    digest = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:12]
    return Path("/var/lib/tfsaas") / digest


def read_environment_file(path: Path) -> dict[str, str]:
    """The KEY=VALUE lines of `path`; empty when there is no such file."""
    if not path.is_file():
        return {}
    lines = path.read_text().splitlines()
    return {key: value for key, _, value in (line.partition("=") for line in lines) if value}


def surroundings(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment, completed by what a running `make run` wrote down."""
    if "DATABASE_URL" in environ:
        return dict(environ)
    return read_environment_file(home(environ) / ENVIRONMENT_FILE) | dict(environ)


def load(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`.

    Raises:
        SettingsRefused: a value is missing or unsafe.
    """
    missing = [
        f"{name} is not set: {why}." for name, why in REQUIRED.items() if not environ.get(name)
    ]
    faults = missing + _unsafe(environ)
    if faults:
        raise SettingsRefused(faults)
    return Settings(
        database_url=environ["DATABASE_URL"],
        redis_url=environ["REDIS_URL"],
        secret_key=environ["SECRET_KEY"],
        data_key=environ["TFSAAS_DATA_KEY"],
        domain=environ["TFSAAS_DOMAIN"].lower(),
        database_owner_url=environ.get("DATABASE_OWNER_URL") or None,
        demo=environ.get("TFSAAS_DEMO") == "1",
        port=int(environ.get("PORT") or 8000),
        proxy_hops=int(environ.get("TFSAAS_PROXY_HOPS") or 0),
        scanner_url=environ.get("TFSAAS_SCANNER_URL") or "",
        mail_url=environ.get("MAIL_URL") or "",
    )


def _unsafe(environ: Mapping[str, str]) -> list[str]:
    faults = []
    if 0 < len(environ.get("SECRET_KEY", "")) < KEY_BYTES:
        faults.append(f"SECRET_KEY is too short: give {KEY_BYTES} or more random characters.")
    if (key := environ.get("TFSAAS_DATA_KEY")) and not _is_key(key):
        faults.append("TFSAAS_DATA_KEY is not 32 bytes in URL-safe base64.")
    if (url := environ.get("DATABASE_URL")) and not url.startswith("postgresql"):
        faults.append("DATABASE_URL does not name a PostgreSQL database.")
    faults += [
        f"{name} is not a whole number."
        for name in ("PORT", "TFSAAS_PROXY_HOPS")
        if environ.get(name) and not environ[name].isdigit()
    ]
    scanner = environ.get("TFSAAS_SCANNER_URL", "")
    if scanner and not scanner.startswith(("tcp://", "unix://")):
        faults.append(
            "TFSAAS_SCANNER_URL must be tcp://host:port or unix:///path of a ClamAV daemon."
        )
    mail = environ.get("MAIL_URL", "")
    if mail and not mail.startswith(("smtp://", "smtps://", "smtp+tls://", "file:///")):
        faults.append(
            "MAIL_URL must be smtp+tls://user:password@host:587, smtps://…, smtp://… or file:///folder."
        )
    if environ.get("FLASK_DEBUG") not in (None, "", "0"):
        faults.append("FLASK_DEBUG is on: it shows code and data to whoever causes an error.")
    return faults


def _is_key(text: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(text)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False
