"""What the council's assessment asks: every change a version, nothing that cannot be asked."""

import pytest
from sqlalchemy import select

from tests.builders import Council, errors_on
from tests.referrals.walking import read
from tfsaas.permissions import Role
from tfsaas.tenants.assessment_template import shipped
from tfsaas.tenants.configuration import export_configuration
from tfsaas.tenants.council import find_template
from tfsaas.tenants.importing import ConfigurationRefused, import_configuration
from tfsaas.tenants.settings import AssessmentTemplate

PATH = "/programme/assessment"
ASKED = {"text": "Do they eat together?", "hint": "", "of": "family", "kind": "yes_no", "choices": "", "low": "", "high": "", "when": "", "version": "0"}  # fmt: skip


def newest(council: Council) -> AssessmentTemplate:
    return read(council, select(AssessmentTemplate).order_by(AssessmentTemplate.number))[-1]


def test_the_first_change_makes_it_the_councils_own(council: Council):
    browser = council.browser(Role.ADMINISTRATOR)
    before = browser.get(PATH).text

    browser.post(f"{PATH}/parts/1/questions/0", ASKED)

    assert "What the service brings" in before
    made = newest(council)
    assert made.number == 1
    assert made.domains[0]["questions"][-1]["text"] == "Do they eat together?"
    assert made.domains[1:] == shipped()[1:]


def test_parts_are_added_changed_and_removed(council: Council):
    browser = council.browser(Role.ADMINISTRATOR)
    browser.post(f"{PATH}/parts/0", {"title": "Pets", "intro": "", "version": "0"})
    browser.post(f"{PATH}/parts/7", {"title": "Animals", "intro": "Ask the children", "version": "1"})  # fmt: skip
    added = newest(council).domains[-1]
    browser.post(f"{PATH}/parts/7/remove", {"version": "2", "number": "0"})

    assert (added["title"], added["intro"], len(added["questions"])) == ("Animals", "Ask the children", 1)  # fmt: skip
    assert [row["code"] for row in newest(council).domains] == [row["code"] for row in shipped()]


def test_a_question_can_hang_on_an_earlier_answer_only(council: Council):
    browser = council.browser(Role.ADMINISTRATOR)
    page = browser.get(f"{PATH}/parts/6/questions/3").text

    assert "After “Is anybody afraid of somebody in or near the family?”: Yes" in page
    assert "After “" not in browser.get(f"{PATH}/parts/6/questions/1").text


def test_a_question_on_which_another_hangs_is_not_removed(council: Council):
    browser = council.browser(Role.ADMINISTRATOR)

    browser.post(f"{PATH}/parts/6/remove", {"version": "0", "number": "2"})

    page = browser.get(PATH).text
    assert "afraid-what: can only hang on an answer" in page
    assert read(council, select(AssessmentTemplate.id)) == []


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"text": ""}, "Enter the question"),
        ({"kind": "choice", "choices": "One"}, "needs 2 to 12 different answers"),
        ({"when": "home-safe=maybe"}, "Choose from the list"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(council: Council, told, fault):
    page = council.browser(Role.ADMINISTRATOR).post(f"{PATH}/parts/4/questions/0", ASKED | told, status=400)  # fmt: skip

    assert any(fault in error for error in errors_on(page.text))


def test_two_editors_lose_nothing(council: Council):
    browser = council.browser(Role.ADMINISTRATOR)
    browser.post(f"{PATH}/parts/1/questions/0", ASKED)

    late = browser.post(f"{PATH}/parts/1", {"title": "Mine", "intro": "", "version": "0"}, status=400)  # fmt: skip

    assert "Somebody else changed the assessment" in late.text
    assert 'value="Mine"' in late.text
    browser.post(f"{PATH}/parts/1/remove", {"version": "0", "number": "0"})
    assert newest(council).number == 1


def test_it_travels_with_the_set_up(council: Council, other_council: Council):
    council.browser(Role.ADMINISTRATOR).post(f"{PATH}/parts/1/questions/0", ASKED)
    with council.work():
        document = export_configuration()

    with other_council.work():
        import_configuration(document, rehearse=False)
        again = import_configuration(document, rehearse=True)
        found = find_template()
        assert found is not None
        domains = found.domains

    assert again == []
    assert domains == newest(council).domains


def test_an_imported_one_with_faults_is_refused_with_all_of_them(council: Council):
    document = """
[configuration]
format = 1
[assessment]
[[assessment.domain]]
code = "a"
title = "A"
[[assessment.domain.question]]
code = "q"
text = "Q"
kind = "song"
of = "nobody"
[[assessment.domain.question]]
code = "q"
text = "Q"
kind = "choice"
of = "family"
"""

    with council.work(), pytest.raises(ConfigurationRefused) as refused:
        import_configuration(document, rehearse=False)

    told = "\n".join(refused.value.faults)
    for fault in ("kind", "of", "each with a code of its own", "different answers"):
        assert fault in told
