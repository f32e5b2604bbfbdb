"""Filling a form with what was kept of it."""

from typing import Any

from flask import g, request
from flask_login import current_user
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from tfsaas.drafts.keeping import find_draft


def given() -> Any:
    """What a form is filled with: what was sent, or what the person had written before; None when there is neither.

    A page says that it shows a draft by itself (see layout.html).
    """
    if request.method == "POST":
        return CombinedMultiDict([request.form, request.files])
    draft = find_draft(current_user.id, request.path)
    if draft is None:
        return None
    g.draft = draft
    return MultiDict([(name, value) for name, value in draft.content])
