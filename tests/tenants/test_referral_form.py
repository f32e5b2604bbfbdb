"""The council's own part of the referral form: every change a version, none of them lost."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from tests.builders import Council, errors_on
from tests.referrals.walking import open_for_referrals, read
from tfsaas.db import db
from tfsaas.permissions import Role
from tfsaas.tenants.configuration import export_configuration
from tfsaas.tenants.council import find_form
from tfsaas.tenants.importing import ConfigurationRefused, import_configuration
from tfsaas.tenants.settings import ReferralFormVersion

PATH = "/programme/referral-form"
ASKED = {"text": "Which school?", "hint": "Its name", "audience": "both", "kind": "choice", "choices": "Hill\nMill\n", "version": "0"}  # fmt: skip


def versions(council: Council) -> list[ReferralFormVersion]:
    return read(council, select(ReferralFormVersion).order_by(ReferralFormVersion.number))


def test_words_and_questions_are_kept_as_versions(council: Council):
    browser = council.browser(Role.ADMINISTRATOR)

    browser.post(f"{PATH}/questions/0", ASKED)
    browser.post(PATH, {"intro": "For Hill", "next_steps": "We ring", "version": "1"})
    browser.post(f"{PATH}/questions/1", ASKED | {"text": "Which nursery?", "version": "2"})
    browser.post(f"{PATH}/questions/1/remove", {"version": "3"})

    told = [(row.intro, [question["text"] for question in row.questions]) for row in versions(council)]  # fmt: skip
    assert told == [("", ["Which school?"]), ("For Hill", ["Which school?"]), ("For Hill", ["Which nursery?"]), ("For Hill", [])]  # fmt: skip
    assert versions(council)[0].questions[0]["choices"] == ["Hill", "Mill"]


def test_saving_what_is_there_makes_no_version(council: Council):
    browser = council.browser(Role.ADMINISTRATOR)
    browser.post(PATH, {"intro": "For Hill", "version": "0"})

    browser.post(PATH, {"intro": "For Hill ", "version": "1"})

    assert len(versions(council)) == 1


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"text": " "}, "Enter the question"),
        ({"choices": "Hill"}, "Enter 2 to 12 different answers, one a line"),
        ({"choices": "Hill\nHill"}, "Enter 2 to 12 different answers, one a line"),
        ({"text": "x" * 201}, "Write 200 characters or fewer"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(council: Council, told, fault):
    page = council.browser(Role.ADMINISTRATOR).post(f"{PATH}/questions/0", ASKED | told, status=400)

    assert fault in errors_on(page.text)
    assert versions(council) == []


def test_two_editors_lose_nothing(council: Council):
    one, two = council.browser(Role.ADMINISTRATOR), council.browser(Role.ADMINISTRATOR)
    one.post(PATH, {"intro": "Mine", "version": "0"})

    late = two.post(PATH, {"intro": "Theirs", "version": "0"}, status=400)

    assert "Somebody else changed the form" in late.text
    assert "Theirs</textarea>" in late.text
    assert 'name="version" type="hidden" value="1"' in late.text, "saving again then keeps it"
    assert [row.intro for row in versions(council)] == ["Mine"]


def test_a_version_cannot_be_changed(council: Council):
    council.browser(Role.ADMINISTRATOR).post(PATH, {"intro": "Mine", "version": "0"})

    with council.work(), pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text("update referral_form set intro = 'other'"))


def test_the_form_travels_with_the_set_up(council: Council, other_council: Council):
    open_for_referrals(council)
    council.browser(Role.ADMINISTRATOR).post(f"{PATH}/questions/0", ASKED)
    with council.work():
        document = export_configuration()

    with other_council.work():
        import_configuration(document, rehearse=False)
        again = import_configuration(document, rehearse=True)
        found = find_form()
        assert found is not None
        assert found.questions[0]["choices"] == ["Hill", "Mill"]
        copied = export_configuration()

    assert again == []
    assert "Which school?" in document
    assert copied.partition("[[referral_form")[1:] == document.partition("[[referral_form")[1:]


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        ('code = "a"\ntext = "t"\nkind = "song"\naudience = "both"', "kind"),
        ('code = "a"\ntext = "t"\nkind = "choice"\naudience = "both"', "choices"),
        (
            'code = "a"\ntext = "t"\nkind = "line"\naudience = "both"\nchoices = ["x", "y"]',
            "choices",
        ),
        ('code = "a"\nkind = "line"\naudience = "both"', "text"),
        ('code = "a"\ntext = "t"\nkind = "line"\naudience = "nobody"', "audience"),
    ],
)
def test_an_imported_form_with_faults_is_refused(council: Council, question, fault):
    document = f"[configuration]\nformat = 1\n[referral_form]\n[[referral_form.question]]\n{question}\n"  # fmt: skip

    with council.work(), pytest.raises(ConfigurationRefused, match=fault):
        import_configuration(document, rehearse=False)


def test_only_administrators_change_it(council: Council):
    for role in (Role.WORKER, Role.SUPERVISOR, Role.LEADER, Role.AUDITOR):
        council.browser(role).get(PATH, status=403)
        council.browser(role).post(f"{PATH}/questions/0", ASKED, status=403)
    council.browser(Role.ADMINISTRATOR).get(f"{PATH}/questions/5", status=404)
