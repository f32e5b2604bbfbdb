"""What a question of a council's own may be: the same rules for the page and for an imported set-up."""

from collections.abc import Sequence
from typing import Any

from tfsaas.rules.table import Table

MOST = 20
MOST_CHOICES = 12
KINDS = {
    "line": "In a few words",
    "long": "In their own words, as much as they like",
    "yes_no": "Yes, no, or I do not know",
    "choice": "One of several answers",
}
AUDIENCES = {"both": "Everybody", "family": "Families", "professional": "Professionals"}


def new_code(questions: Sequence[dict[str, Any]]) -> str:
    """A code that no question of the form has."""
    taken = {row["code"] for row in questions}
    return next(f"q{number}" for number in range(1, MOST + 2) if f"q{number}" not in taken)


def read_form(table: Table) -> tuple[str, str, list[dict[str, Any]]]:
    """The council's own part of the form as an imported set-up has it, with every fault noted."""
    intro, next_steps = table.text("intro", needed=False), table.text("next_steps", needed=False)
    questions = list(table.tables("question", read_question))
    codes = [question["code"] for question in questions]
    if len(set(codes)) < len(codes) or len(codes) > MOST:
        table.fault("question", f"must be at most {MOST}, each with a code of its own")
    table.close()
    return intro, next_steps, questions


def read_question(table: Table) -> dict[str, Any]:
    """A question of an imported set-up, with every fault noted."""
    kind = table.one_of("kind", tuple(KINDS))
    choices = table.texts("choices")
    several = 2 <= len(choices) <= MOST_CHOICES and len(set(choices)) == len(choices)
    if (choices and (kind != "choice" or not several)) or (kind == "choice" and not choices):
        table.fault("choices", "must be 2 to 12 different answers where the kind is choice, and none elsewhere")  # fmt: skip
    return {
        "code": table.text("code"),
        "text": table.text("text"),
        "hint": table.text("hint", needed=False),
        "kind": kind,
        "choices": choices,
        "audience": table.one_of("audience", tuple(AUDIENCES)),
    }
