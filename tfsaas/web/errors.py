"""Error pages: what happened and what to do, never a traceback."""

import logging
from http import HTTPStatus

from flask import Flask, g, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from tfsaas.db import NotFound, db, describe_failure

log = logging.getLogger(__name__)

PAGES = {
    400: ("We could not read that", "Go back and try again. If you typed the address, check it."),
    403: (
        "You cannot open this page",
        "Your role does not include it. If you need it for your work, ask an administrator of your council.",
    ),
    404: (
        "Page not found",
        "If you typed the address, check it. If you followed a link, what it led to is not here.",
    ),
    405: ("That cannot be done here", "Go back and use the buttons of the page."),
    409: (
        "Somebody else changed this while you had it open",
        "Nothing of yours was saved over theirs. Go back, copy what you wrote, reload the page and add it again.",
    ),
    410: ("This link can no longer be used", "Ask an administrator of your council for a new one."),
    413: (
        "That is too large",
        "The most that can be sent at once is 32 MB; a logo may have 1 MB. Choose a smaller file, or send it in parts.",
    ),
    429: ("Too many attempts", "Wait 15 minutes, then try again."),
    500: (
        "Something went wrong on our side",
        "Nothing was saved. Try again in a minute. It has been written down for us.",
    ),
    503: (
        "The service is not available for the moment",
        "Nothing was saved. Try again in a few minutes.",
    ),
}


def init_app(app: Flask) -> None:
    """Answer every exception with a page."""
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(NotFound, lambda _: _page(HTTPStatus.NOT_FOUND))
    app.register_error_handler(StaleDataError, lambda _: _page(HTTPStatus.CONFLICT))
    app.register_error_handler(OperationalError, _on_unavailable)
    app.register_error_handler(Exception, _on_failure)


def _page(status: int, message: str | None = None) -> tuple[str, int]:
    g.raised = True
    db.session.rollback()  # what was undone must not be asked for while the page is written
    title, advice = PAGES.get(
        status, PAGES[500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400]
    )
    return render_template("errors/page.html", title=title, advice=message or advice), status


def _on_http(error: HTTPException) -> tuple[str, int] | HTTPException:
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if code < HTTPStatus.BAD_REQUEST:
        return error
    own_words = (
        error.description
        if code == HTTPStatus.BAD_REQUEST and "council" in str(error.description)
        else None
    )
    return _page(code, own_words)


def _on_csrf(_: CSRFError) -> tuple[str, int]:
    return _page(
        HTTPStatus.BAD_REQUEST,
        "The page had been open too long, or you signed out in another tab. Go back, reload it and send it again.",
    )


def _on_unavailable(error: Exception) -> tuple[str, int]:
    log.error("the database does not answer: %s", type(error).__name__)
    return _page(HTTPStatus.SERVICE_UNAVAILABLE)


def _on_failure(error: Exception) -> tuple[str, int]:
    describe_failure(log, "a request", error)
    return _page(HTTPStatus.INTERNAL_SERVER_ERROR)
