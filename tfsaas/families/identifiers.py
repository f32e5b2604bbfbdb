"""People's numbers: checked, encrypted at rest, and found again by a keyed hash."""

import base64
import hashlib
import hmac
import re
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from stdnum.gb import nhs, upn

from tfsaas.families.models import Scheme

NONCE = 12
NINO = re.compile(r"^(?!BG|GB|KN|NK|NT|TN|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z]\d{6}[A-D]?$")
POSTCODE = re.compile(r"^(GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})$")
MESSAGES = {
    Scheme.UPN: "is not a unique pupil number: a letter and 12 figures that fit together, like B801200005001",
    Scheme.NHS_NUMBER: "is not an NHS number: ten figures that fit together, like 999 007 9196",
    Scheme.NINO: "is not a National Insurance number: two letters, six figures and A to D, like AB123456C",
}


class NotAnIdentifier(ValueError):
    """The number cannot be what it is given as; the text says what it should look like."""


def check(scheme: Scheme, text: str) -> str:
    """A number as it is kept: capitals, no spaces.

    Raises:
        NotAnIdentifier: its shape or check character is wrong.
    """
    bare = re.sub(r"[\s-]", "", text).upper()
    if not CHECKS[scheme](bare):
        raise NotAnIdentifier(MESSAGES[scheme])
    return bare


CHECKS = {
    Scheme.UPN: upn.is_valid,
    Scheme.NHS_NUMBER: nhs.is_valid,
    Scheme.NINO: lambda bare: bool(NINO.match(bare)),
}


def normalise_postcode(text: str) -> str:
    """A postcode in capitals with one space.

    Raises:
        NotAnIdentifier: it does not have a postcode's shape.
    """
    bare = re.sub(r"\s", "", text).upper()
    if not POSTCODE.match(bare):
        raise NotAnIdentifier("Enter a full UK postcode, like ME4 4TR")
    return f"{bare[:-3]} {bare[-3:]}"


def seal(text: str) -> bytes:
    """`text` encrypted under the installation's data key; each time differently."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(_key("encrypt")).encrypt(nonce, text.encode(), None)


def unseal(sealed: bytes) -> str:
    """What `seal` was given."""
    return AESGCM(_key("encrypt")).decrypt(sealed[:NONCE], sealed[NONCE:], None).decode()


def fingerprint(scheme: Scheme, text: str) -> str:
    """The same for equal numbers, and of no use without the key."""
    return fingerprint_text(scheme.value, text)


def fingerprint_text(purpose: str, text: str) -> str:
    """The same for any text of one purpose that must be found again without being kept."""
    return hmac.new(_key("find"), f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


def _key(purpose: str) -> bytes:
    """A key for one purpose, from the data key."""
    secret = base64.urlsafe_b64decode(current_app.config["DATA_KEY"])
    return hmac.new(secret, purpose.encode(), hashlib.sha256).digest()
