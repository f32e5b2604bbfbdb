"""The pages of the referral form as data: one thing a page, in words that people use.

Changing what a page asks makes a new EDITION; a referral keeps the words that it was asked in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tfsaas.referrals.models import Audience
from tfsaas.tenants.settings import ReferralFormVersion

EDITION = 1
UNKNOWN = "unknown"
DO_NOT_KNOW = "I do not know"
PEOPLE, FILES, CHECK, SAFETY = "people", "files", "check", "safety"
AREAS = {
    "school": "School or nursery",
    "children": "Looking after the children",
    "safety": "Somebody in the family hurts or frightens another",
    "health": "Health, feelings, drink or drugs",
    "crime": "The police or trouble with neighbours",
    "work": "Work, money or housing",
    "other": "Something else",
    UNKNOWN: DO_NOT_KNOW,
}
YES_NO = {"yes": "Yes", "no": "No", UNKNOWN: DO_NOT_KNOW}


@dataclass(frozen=True, slots=True)
class Question:
    """One field. `needed` "": it may stay empty; otherwise what to say when it is.

    `kind`: line, long, phone, email, postcode, day, choice, choices. `autocomplete`: only where
    the answer is the referrer's own.
    """

    code: str
    text: str
    kind: str = "line"
    hint: str = ""
    needed: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    autocomplete: str = ""
    longest: int = 200


@dataclass(frozen=True, slots=True)
class FormPage:
    """One page. `skippable`: "I do not know" leads on. `one_of`: questions of which one must be answered."""

    code: str
    title: str
    questions: Sequence[Question] = ()
    lead: str = ""
    skippable: bool = True
    one_of: Sequence[str] = ()
    one_of_fault: str = ""


def _words(code: str, text: str, hint: str = "") -> Question:
    return Question(code, text, "long", hint, longest=5000)


def _contact(own: str) -> tuple[Question, ...]:
    return (
        Question("phone", "Telephone number", "phone", autocomplete="tel" if own else "", longest=40),
        Question("email", "Email address", "email", autocomplete="email" if own else ""),
    )  # fmt: skip


ADDRESS = (
    Question("address", "Address", "long", "House, street and town", longest=300),
    Question("postcode", "Postcode", "postcode", longest=10),
)
SAFE = "Such as when to ring, or that no message may be left. We will keep to it."

FAMILY_PAGES = (
    FormPage(
        SAFETY, "Before you start",
        lead="",
        skippable=False,
    ),
    FormPage("name", "What is your name?", (
        Question("given_name", "First name", autocomplete="given-name"),
        Question("family_name", "Last name", autocomplete="family-name"),
    ), one_of=("given_name", "family_name"), one_of_fault="Enter your first name or your last name, whichever you want us to use", skippable=False),
    FormPage("born", "When were you born?", (Question("born", "Date of birth", "day", "For example, 27 3 1985", autocomplete="bday"),)),
    FormPage("home", "Where do you live?", ADDRESS),
    FormPage("contact", "How can we reach you safely?", (*_contact("own"), _words("safe", "Is there anything we must know before we ring or write?", SAFE)),
             lead="Give only what is safe for you. If you choose “I do not know”, we cannot reach you, and you can ring us instead."),
    FormPage(PEOPLE, "Who is in your family?"),
    FormPage("worries", "What would you like help with?", (
        Question("areas", "What is it about?", "choices", "Choose all that fit", choices=AREAS),
        _words("told", "Tell us about it in your own words", "As much or as little as you like"),
    ), one_of=("areas", "told"), one_of_fault="Choose what you would like help with, or write it down"),
    FormPage("strengths", "What is going well?", (_words("told", "What is going well?", "What are you and your family good at? Who stands by you?"),)),
    FormPage("wishes", "What would you like to be different?", (_words("told", "What would you like to be different?"),)),
    FormPage("helpers", "Who helps your family now?", (_words("told", "Who helps your family now?", "Such as a health visitor, a teacher, your grandmother"),)),
)  # fmt: skip
FAMILY_LAST = (
    FormPage("agreement", "May we talk to the people who help your family now?", (
        Question("agreed", "May we talk to the people who help your family now?", "choice", "We ask you again before we talk to anybody, unless a child is in danger.", "Select yes, no, or I do not know", YES_NO),
    ), skippable=False),
    FormPage(FILES, "Do you want to send us anything with it?"),
)  # fmt: skip
PROFESSIONAL_PAGES = (
    FormPage("you", "About you", (
        Question("name", "Your name", needed="Enter your name", autocomplete="name"),
        Question("job", "What you do", hint="Such as teacher, health visitor, police officer"),
        Question("agency", "Where you work", needed="Enter where you work", autocomplete="organization"),
        *_contact("own"),
    ), one_of=("phone", "email"), one_of_fault="Enter a telephone number or an email address, so that we can tell you the outcome", skippable=False),
    FormPage("home", "Where does the family live?", ADDRESS),
    FormPage("contact", "How can the family be reached safely?", (*_contact(""), _words("safe", "Is there anything we must know before we ring or write?", "Such as who must not answer or see a letter"))),
    FormPage(PEOPLE, "Who is in the family?"),
    FormPage("worries", "What are you worried about?", (
        Question("areas", "What is it about?", "choices", "Choose all that fit", choices=AREAS),
        _words("told", "What have you seen or heard?", "What happened, when, to whom. Say which words are a child’s own."),
    ), one_of=("areas", "told"), one_of_fault="Choose what you are worried about, or write what you have seen"),
    FormPage("strengths", "What is going well in the family?", (_words("told", "What is going well in the family?"),)),
    FormPage("tried", "What has been tried so far?", (_words("told", "What has been tried so far?", "By whom, when, and what it brought"),)),
    FormPage("helpers", "Who else works with the family?", (_words("told", "Who else works with the family?", "Names, where they work, and how to reach them"),)),
    FormPage("risk", "Is there anything a worker should know before visiting?", (
        Question("risk", "Is there a risk to somebody who visits?", "choice", needed="Select yes, no, or I do not know", choices=YES_NO),
        _words("told", "What should they know?", "Such as a dog, or somebody who was violent"),
    ), skippable=False),
)  # fmt: skip
PROFESSIONAL_LAST = (
    FormPage("agreement", "Does the family know about this referral?", (
        Question("agreed", "Does the family know about this referral?", "choice", needed="Select whether the family knows and agrees", choices={
            "agreed": "They know, and agree to be supported", "knows": "They know, and have not agreed", "no": "They have not been told", UNKNOWN: DO_NOT_KNOW,
        }),
        _words("why", "If they have not agreed or have not been told: why do you refer them now?"),
    ), skippable=False),
    FormPage(FILES, "Do you want to send us anything with it?"),
)  # fmt: skip


def pages_for(audience: Audience, own: ReferralFormVersion | None) -> list[FormPage]:
    """The pages of the form in their order, with the council's own questions before the last ones."""
    first, last = (
        (FAMILY_PAGES, FAMILY_LAST)
        if audience is Audience.FAMILY
        else (PROFESSIONAL_PAGES, PROFESSIONAL_LAST)
    )
    return [*first, *_own_pages(audience, own), *last]


OWN_KINDS = {"line": "line", "long": "long", "yes_no": "choice", "choice": "choice"}


def _own_pages(audience: Audience, own: ReferralFormVersion | None) -> list[FormPage]:
    found = []
    for told in own.questions if own else []:
        if told["audience"] not in ("both", audience.value):
            continue
        kind = OWN_KINDS[told["kind"]]
        choices = YES_NO if told["kind"] == "yes_no" else _numbered(told.get("choices", []))
        needed = "Select an answer" if kind == "choice" else ""
        asked = Question("answer", told["text"], kind, told.get("hint", ""), needed, choices, longest=2000)  # fmt: skip
        found.append(FormPage(f"own-{told['code']}", told["text"], (asked,)))
    return found


def _numbered(choices: Sequence[str]) -> dict[str, str]:
    return {str(at): choice for at, choice in enumerate(choices, start=1)} | {UNKNOWN: DO_NOT_KNOW}
