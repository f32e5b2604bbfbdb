"""The addresses that templates make are those that Flask makes."""

from uuid import UUID, uuid4

import pytest
from flask import Flask, url_for

from tfsaas.web.links import address

ONE, OTHER = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("cases.index", {}),
        ("cases.index", {"after": ONE, "status": "with result & more", "headline": ""}),
        ("cases.index", {"after": None, "status": "x"}),
        ("cases.index", {"after": ONE, "name": "{after}%s" * 20}),
        ("cases.family", {"family_id": ONE, "_anchor": "fact"}),
        ("cases.person", {"person_id": OTHER, "family_id": ONE}),
        ("facts.withdraw", {"family_id": ONE, "kind": "spell", "fact_id": OTHER}),
        ("facts.withdraw", {"family_id": OTHER, "kind": "score", "fact_id": ONE}),
        ("reports.annual", {"year": 2024}),
        ("settings.style", {"v": 3}),
        ("static", {"filename": "built/app.css"}),
        ("cases.family", {"family_id": UUID(int=0)}),
    ],
)
@pytest.mark.parametrize("root", ["", "/families"])
def test_an_address_is_flasks_own(app: Flask, endpoint, values, root):
    environ = {"SCRIPT_NAME": root}
    with app.test_request_context("/", environ_overrides=environ):
        wanted = url_for(endpoint, **values)
        assert [address(endpoint, **values) for _ in range(2)] == [wanted, wanted]
