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
FINAL = (
    550  # what a server says of a letter that it will never take; 4xx and what it says of us pass
)


class LetterRefused(Exception):
    """The letter cannot be sent, now or later: its address is none, or the server refuses it."""


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
        LetterRefused: it never will be.
    """
    parts = urlsplit(mail_address())
    try:
        message = _message(letter_id, to, subject, text)
        if parts.scheme == "file":
            _put(Path(unquote(parts.path)), letter_id, message)
        else:
            _send(message)
    except (ValueError, LookupError, smtplib.SMTPRecipientsRefused) as error:
        raise LetterRefused(type(error).__name__) from None
    except (OSError, smtplib.SMTPException) as error:
        if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= FINAL:
            raise LetterRefused(str(error.smtp_code)) from None
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
