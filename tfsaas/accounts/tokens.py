"""Random tokens, and the hashes under which they are kept."""

import hashlib
import hmac
import secrets

from flask import current_app


def new_token() -> str:
    """256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What the database keeps of a token; a random token needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_known(text: str) -> str:
    """A keyed hash for text that could be guessed, such as an e-mail address."""
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
