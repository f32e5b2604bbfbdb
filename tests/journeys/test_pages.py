"""Every page of every role: axe finds nothing, nothing is wider than a phone, the console is quiet."""

import pytest

from tests.every_page import PAGES

pytestmark = pytest.mark.journey

PHONE = 320


@pytest.mark.timeout(180)
@pytest.mark.parametrize("role", list(PAGES), ids=lambda role: role.value)
def test_every_page_can_be_used_by_everybody(stocked, visit, role):
    council, named = stocked
    visitor = visit(council, role)

    for path in PAGES[role]:
        visitor.page.set_viewport_size({"width": 1280, "height": 900})
        visitor.open(path.format(**named))
        visitor.page.set_viewport_size({"width": PHONE, "height": 900})
        width = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE, f"{path}: {width} pixels wide on a phone"
