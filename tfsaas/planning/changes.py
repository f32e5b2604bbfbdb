"""What a version of the plan changes against another, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tfsaas.planning.parts import NAMES, describe_part, name_part
from tfsaas.rules.differences import ChangeKind, list_differences
from tfsaas.rules.items import kind_of
from tfsaas.rules.parse import Document, read_document
from tfsaas.tenants.models import IN_FORCE, PlanVersion


@dataclass(frozen=True, slots=True)
class Change:
    """One part that differs. `before` and `after`: what it said and says; "" where it was or is not there."""

    kind: ChangeKind
    where: str
    name: str
    became: tuple[str, ...]
    before: str
    after: str


def find_base(version: PlanVersion, others: Sequence[PlanVersion]) -> PlanVersion | None:
    """The version that another takes over from: the latest published before it; None when it is the first."""
    published = [
        other for other in others if other.status in IN_FORCE and other.number < version.number
    ]
    earlier = [other for other in others if other.number < version.number]
    return max(published or earlier, key=lambda other: other.number, default=None)


def list_changes(before: PlanVersion, after: PlanVersion) -> list[Change]:
    """Every part in which two versions differ, in plain words."""
    old, new = read_document(before.document), read_document(after.document)
    return [
        Change(
            kind=found.kind,
            where=_where(new, found.after) if found.after else _where(old, found.before),
            name=name_part(new, found.after) if found.after else name_part(old, found.before),
            became=tuple(_in_words(line, old, new) for line in found.became),
            before=describe_part(old, found.before) if found.before else "",
            after=describe_part(new, found.after) if found.after else "",
        )
        for found in list_differences(old, new)
    ]


def _where(document: Document, place: str) -> str:
    """The headline that a measure belongs to, or what kind of part it is."""
    steps = place.split(".")
    if len(steps) > 2:
        return name_part(document, ".".join(steps[:2]))
    return NAMES[kind_of(place)].capitalize()


def _in_words(line: str, *documents: Document) -> str:
    """Codes of signals as people call them."""
    for document in documents:
        for signal in document.get("signal", []):
            line = line.replace(f"“{signal['code']}”", f"“{signal['title']}”")
    return line
