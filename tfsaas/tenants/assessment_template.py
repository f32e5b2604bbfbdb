"""What an assessment asks: domains with questions, whom each is asked of, and when.

A council's template is a version that never changes; an assessment keeps the version it was begun with.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from tfsaas.rules.table import Table

KINDS = {
    "long": "In words",
    "yes_no": "Yes, no, or not known",
    "choice": "One of several answers",
    "scale": "A number from 0 to 10",
}
OF = {
    "family": "The family as a whole",
    "member": "Everybody in the family",
    "child": "Every child",
}
YES_NO = {"yes": "Yes", "no": "No", "unknown": "Not known"}
MOST_DOMAINS, MOST_QUESTIONS, MOST_CHOICES, TOP = 15, 20, 12, 10
ADULT_AGE = 18


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. `when`: it is asked only where another of the same domain has this answer; None: always.

    `low`, `high`: what 0 and 10 of a scale mean. `from_referral`: the page of a referral from
    which its first words are taken; "": none.
    """

    code: str
    text: str
    kind: str
    of: str
    hint: str = ""
    choices: Sequence[str] = ()
    low: str = ""
    high: str = ""
    when: tuple[str, str] | None = None
    from_referral: str = ""

    @property
    def options(self) -> Mapping[str, str]:
        """The answers to choose from; empty for words and numbers."""
        if self.kind == "yes_no":
            return YES_NO
        return {choice: choice for choice in self.choices}


@dataclass(frozen=True, slots=True)
class Domain:
    """A part of life, with its questions."""

    code: str
    title: str
    intro: str = ""
    questions: Sequence[Asked] = field(default_factory=tuple)


def shipped() -> list[dict[str, Any]]:
    """The template that a council begins with, as it is kept."""
    document = tomllib.loads((files("tfsaas.tenants") / "assessment.toml").read_text("utf-8"))
    faults: list[str] = []
    found = read_template(Table(document, "", faults))
    assert not faults, faults
    return found


def read_domains(kept: Sequence[dict[str, Any]]) -> list[Domain]:
    """A kept template as it is asked."""
    return [
        Domain(row["code"], row["title"], row.get("intro", ""), tuple(_asked(q) for q in row["questions"]))
        for row in kept
    ]  # fmt: skip


def _asked(kept: dict[str, Any]) -> Asked:
    when = kept.get("when") or {}
    condition = (when["question"], when["answer"]) if when else None
    return Asked(
        kept["code"], kept["text"], kept["kind"], kept["of"], kept.get("hint", ""), tuple(kept.get("choices", [])),
        kept.get("low", ""), kept.get("high", ""), condition, kept.get("from_referral", ""),
    )  # fmt: skip


def read_template(root: Table) -> list[dict[str, Any]]:
    """The domains of a document as they are kept, with every fault noted."""
    domains = list(root.tables("domain", _read_domain))
    codes = [row["code"] for row in domains]
    if not 1 <= len(domains) <= MOST_DOMAINS or len(set(codes)) < len(codes):
        root.fault("domain", f"must be 1 to {MOST_DOMAINS}, each with a code of its own")
    return domains


def _read_domain(table: Table) -> dict[str, Any]:
    questions = list(table.tables("question", _read_question))
    told = {
        "code": table.text("code"),
        "title": table.text("title"),
        "intro": table.text("intro", needed=False),
        "questions": questions,
    }
    for fault in list_faults(questions):
        table.fault("question", fault)
    return told


def _read_question(table: Table) -> dict[str, Any]:
    told: dict[str, Any] = {
        "code": table.text("code"),
        "text": table.text("text"),
        "kind": table.one_of("kind", tuple(KINDS)),
        "of": table.one_of("of", tuple(OF)),
        "choices": table.texts("choices"),
    }
    told |= {name: table.text(name, needed=False) for name in ("hint", "low", "high", "from_referral")}  # fmt: skip
    when = table.table("when")
    told["when"] = {"question": when.text("question"), "answer": when.text("answer")} if when else {}  # fmt: skip
    return told


def list_faults(questions: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What is wrong with the questions of a domain taken together."""
    codes = [row["code"] for row in questions]
    if not 1 <= len(questions) <= MOST_QUESTIONS or len(set(codes)) < len(codes):
        yield f"must be 1 to {MOST_QUESTIONS}, each with a code of its own"
    earlier: dict[str, dict[str, Any]] = {}
    for row in questions:
        if row["kind"] == "choice" and not 2 <= len(set(row["choices"])) == len(row["choices"]) <= MOST_CHOICES:  # fmt: skip
            yield f"{row['code']}: needs 2 to {MOST_CHOICES} different answers to choose from"
        if row["when"] and not _can_hang_on(row, earlier):
            yield f"{row['code']}: can only hang on an answer to choose of an earlier question that is asked of the same people"  # fmt: skip
        earlier[row["code"]] = row


def _can_hang_on(row: dict[str, Any], earlier: Mapping[str, dict[str, Any]]) -> bool:
    other = earlier.get(row["when"]["question"])
    if other is None or other["of"] != row["of"]:
        return False
    return row["when"]["answer"] in _asked(other).options
