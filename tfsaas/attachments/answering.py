"""Sending a kept file: to be saved, and unable to do anything where it is opened in the browser all the same."""

from flask import Response

from tfsaas.attachments.models import StoredFile

CONFINED = "default-src 'none'; sandbox"


def send_stored(stored: StoredFile) -> Response:
    """The answer that carries a file, with its content loaded."""
    answer = Response(stored.content, mimetype=stored.type)
    answer.headers["Content-Security-Policy"] = CONFINED
    answer.headers.set("Content-Disposition", "attachment", filename=stored.name)
    return answer
