"""Carrying letters: to a mail server, or into a folder as files."""

import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

from flask import current_app

from tfsaas.tenants.queries import get_host

SECONDS = 30
SENDER = "no-reply"


class MailUnreachable(Exception):
    """The mail server did not take the letter; it is tried again."""


def mail_address() -> str:
    """Where letters go (`MAIL_URL`); "" where nothing is set, and none is written."""
    address: str = current_app.config["SETTINGS"].mail_url
    return address


def carry(letter_id: UUID, to: str, subject: str, text: str) -> None:
    """Hand one letter over.

    Raises:
        MailUnreachable: it was not taken.
    """
    parts = urlsplit(mail_address())
    message = _message(letter_id, to, subject, text)
    try:
        if parts.scheme == "file":
            _put(Path(unquote(parts.path)), letter_id, message)
        else:
            _send(message)
    except (OSError, smtplib.SMTPException) as error:
        raise MailUnreachable(type(error).__name__) from None


def _message(letter_id: UUID, to: str, subject: str, text: str) -> EmailMessage:
    domain = str(current_app.config["DOMAIN"])
    wanted = parse_qs(urlsplit(mail_address()).query).get("from", [f"{SENDER}@{domain}"])
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = wanted[0], to, subject
    message["Message-ID"] = f"<{letter_id}@{domain}>"  # the same when it is sent again
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _put(folder: Path, letter_id: UUID, message: EmailMessage) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / f"{letter_id}.eml").write_bytes(message.as_bytes())


def _send(message: EmailMessage) -> None:
    parts = urlsplit(mail_address())
    host, context = parts.hostname or "", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS, context=context)  # fmt: skip
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=SECONDS)
    with server:
        if parts.scheme == "smtp+tls":
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def address_of_council() -> str:
    """Where the council's pages are, for a letter that is written outside of a request."""
    host, settings = get_host(), current_app.config["SETTINGS"]
    plain = host == "localhost" or host.endswith(".localhost")
    return f"http://{host}:{settings.port}" if plain else f"https://{host}"
