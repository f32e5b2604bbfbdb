"""A draft begins with a template, a version or a file, and a file with faults is refused whole."""

import io

import pytest
import tomli_w

from tests.builders import Council, errors_on
from tests.planning.test_editor import document_of
from tests.planning.test_versions import draft
from tfsaas.permissions import Role
from tfsaas.rules.parse import read_document
from tfsaas.rules.templates import TITLES, get_template
from tfsaas.tenants.queries import get_programme, list_plan_versions


@pytest.mark.parametrize("key", list(TITLES))
def test_a_draft_begins_with_a_template_and_leaves_as_it_came(council: Council, key):
    draft(council)
    admin = council.browser(Role.ADMINISTRATOR)

    led = admin.post("/programme/plans/new", {"start": f"template:{key}"})

    assert read_document(admin.get(f"{led.location}/toml").text) == get_template(key)


def upload(council: Council, content: bytes, status: int):
    told = {"start": "template:tf-2015", "file": (io.BytesIO(content), "plan.toml")}
    return council.browser(Role.ADMINISTRATOR).post("/programme/plans/new", told, status=status)


def test_a_draft_begins_with_a_file_and_round_trips_exactly(council: Council):
    draft(council)
    document = get_template("sf-2022")

    led = upload(council, tomli_w.dumps(document).encode(), 302)

    assert document_of(council, led.location.split("/")[-1]) == document


FAULTY = b"""
[plan]
key = "x"
title = ""
version = 0
wrong = 1
effective_from = 2020-01-02
effective_to = 2020-01-01
[eligibility]
dependent_child = true
expectant_parent = true
minimum_headlines = -1
[worked_with]
principles = ["nonsense"]
[[group]]
code = "anyone"
[[group]]
code = "a"
[[group]]
code = "a"
[[signal]]
code = "e"
kind = "event"
title = "E"
[[signal]]
code = "e"
kind = "nonsense"
title = "E"
[[headline]]
code = "h"
title = "H"
[[headline]]
code = "h"
title = "H"
[[headline.indicator]]
code = "1"
title = "T"
who = "nobody"
for = "family"
test = { kind = "spell", signal = "e" }
[[headline.indicator]]
code = "1"
title = "T"
test = { kind = "nonsense" }
[[headline.outcome]]
code = "1"
title = "T"
test = { kind = "count", signal = "undeclared", months = 0, weeks = 1, at_least = 1, at_most = 2 }
[[headline.outcome]]
code = "2"
title = "T"
test = { kind = "any_of", tests = [{ kind = "score", signal = "e" }, { kind = "held", signal = "e", weeks = 2, within_weeks = 1 }] }
[employment]
signal = "e"
[[employment_route]]
prior = "e"
weeks = 5
within_weeks = 4
[result]
prefer = "neither"
"""
PATHS = [
    "plan.title", "plan.version", "plan.wrong", "plan.effective_to", "eligibility.dependent_child",
    "eligibility.expectant_parent", "eligibility.minimum_headlines", "worked_with.principles", "group[0].code", "group:",
    "signal[1].kind", "signal:", "headline:", "headline[0].outcome", "headline[1].indicator[0].who",
    "headline[1].indicator[0].test.kind", "headline[1].indicator[0].test.signal", "headline[1].indicator:",
    "headline[1].indicator[1].test.kind", "headline[1].outcome[0].test.signal", "headline[1].outcome[0].test.months",
    "headline[1].outcome[0].test.weeks", "headline[1].outcome[0].test:", "headline[1].outcome[1].test.tests[0].signal",
    "headline[1].outcome[1].test.tests[0]:", "headline[1].outcome[1].test.tests[1].within_weeks", "employment.signal",
    "employment_route[0].prior", "employment_route[0].within_weeks", "result.prefer",
]  # fmt: skip


def test_a_file_with_every_kind_of_fault_tells_all_of_them_and_makes_nothing(council: Council):
    draft(council)

    page = upload(council, FAULTY, 400)

    told = errors_on(page.text)
    for path in PATHS:
        assert any(fault.startswith(path) for fault in told), path
    with council.work():
        assert len(list_plan_versions(get_programme().id)) == 2


def test_a_text_that_no_database_keeps_is_refused_at_its_place(council: Council):
    draft(council)
    document = get_template("tf-2015")
    document["plan"]["title"] = "A\0B"

    page = upload(council, tomli_w.dumps(document).encode(), 400)

    assert any(fault.startswith("plan.title") for fault in errors_on(page.text))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"not toml ["])
def test_a_file_that_is_no_plan_is_refused_in_words(council: Council, content):
    draft(council)

    assert "The file is not a plan" in upload(council, content, 400).text
