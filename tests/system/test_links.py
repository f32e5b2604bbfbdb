"""Whatever a page leads to can be opened by whoever is shown it: no link ends in a refusal, or nowhere."""

import re
from html import unescape

import pytest

from tests.every_page import PAGES
from tfsaas.permissions import Role

LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
ELSEWHERE = ("/static/", "/sign-out")


@pytest.mark.parametrize("role", list(PAGES), ids=lambda role: role.value)
def test_every_link_on_every_page_leads_somewhere(stocked, role: Role):
    council, named = stocked
    browser, shown = council.browser(role), {}
    for path in PAGES[role]:
        page = browser.get(path.format(**named)).text
        for href in map(unescape, LINK.findall(page)):
            if not href.startswith(ELSEWHERE):
                shown.setdefault(ID.sub("id", href.partition("?")[0]), (path, href))

    refused = []
    for path, href in shown.values():
        answer = browser.client.get(href, base_url=council.base_url)
        if answer.status_code >= 400:
            refused.append(f"{path} → {href}: {answer.status}")

    assert len(shown) > 5
    assert refused == []
