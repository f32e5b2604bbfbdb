"""The response headers that confine what a page may do."""

import secrets

from flask import Flask, Response, g, request

STATIC_SECONDS = 31_536_000
VERSIONED = ("settings.style", "settings.logo")  # their address changes with what they show


def init_app(app: Flask) -> None:
    """Put the headers on every answer, errors too."""
    app.after_request(_add)
    app.add_template_global(nonce, "csp_nonce")


def nonce() -> str:
    """The response's permission for the template's own script."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    value: str = g.nonce
    return value


def _add(response: Response) -> Response:
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; "
        f"form-action 'self'; img-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
        f"script-src 'self' 'nonce-{nonce()}'",
    )
    if request.endpoint == "static" and response.status_code in (200, 304):
        headers["Cache-Control"] = f"public, max-age={STATIC_SECONDS}, immutable"
    elif request.endpoint in VERSIONED and "v" in request.args:
        headers["Cache-Control"] = f"private, max-age={STATIC_SECONDS}, immutable"
    else:
        headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response
