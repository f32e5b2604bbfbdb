"""What holds for every page: few statements, and looking changes nothing."""

from collections.abc import Callable

import pytest
from sqlalchemy import event

from tests.every_page import PAGES
from tfsaas.db import db
from tfsaas.permissions import Role

MOST = 12
BESIDE = (
    "set_config",
    "from tenant join host",
    "from branding",
    "from sign_in_session",
    "insert into reading",
)
MAY_BE_WRITTEN = ("insert into reading", "update sign_in_session")


def statements_of(app, call: Callable[[], object]) -> list[str]:
    """What a call sends to the database, in small letters."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, _parameters, _context, _many) -> None:
        sent.append(" ".join(statement.lower().split()))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    call()
    event.remove(engine, "before_cursor_execute", note)
    return sent


def own_statements(app, call: Callable[[], object]) -> list[str]:
    """The same, beside host, council, session and person, and the record of reading."""
    return [s for s in statements_of(app, call) if not any(words in s for words in BESIDE)]


@pytest.mark.parametrize("role", list(PAGES), ids=lambda role: role.value)
def test_no_page_needs_more_than_a_dozen_statements_and_none_writes(app, stocked, role: Role):
    council, named = stocked
    browser = council.browser(role)

    for path in PAGES[role]:
        sent = statements_of(app, lambda p=path: browser.get(p.format(**named)))
        own = [s for s in sent if not any(words in s for words in BESIDE)]
        writes = [
            s
            for s in sent
            if s.startswith(("insert", "update", "delete")) and not s.startswith(MAY_BE_WRITTEN)
        ]
        assert len(own) <= MOST, f"{path}: {len(own)}\n" + "\n".join(own)
        assert writes == [], path
