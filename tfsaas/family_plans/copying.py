"""What the family's own copy of the plan says beside the plan itself: why the council helps, in paragraphs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tfsaas.outcomes.facts import read_batches
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import evaluate
from tfsaas.rules.explanation import why
from tfsaas.rules.prose import tell_plainly


@dataclass(frozen=True, slots=True)
class Reason:
    """A headline of the family, and in a paragraph why it counts and how far it has improved."""

    title: str
    told: str


def list_reasons(
    programme_id: UUID, family_id: UUID, on: date, names: Mapping[UUID, str]
) -> list[Reason]:
    """Why the council helps a family; empty while no plan applies to it."""
    called = {str(person_id): name for person_id, name in names.items()}
    found = []
    for batch in read_batches(programme_id, on, family_ids=[family_id]):
        explained = why(evaluate(batch.plan, assemble(batch.tables), on), 0)
        found += [
            Reason(headline.title, tell_plainly(headline, called))
            for headline in explained.headlines
            if headline.identified
        ]
    return found
