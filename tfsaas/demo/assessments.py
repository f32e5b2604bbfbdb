"""Assessments of the invented council: one that was signed off, one that waits for it, one being written."""

from collections.abc import Sequence
from uuid import UUID

from tfsaas.assessments import assessing
from tfsaas.assessments.models import Assessment
from tfsaas.db import db
from tfsaas.demo.setting_up import Person as Mailboxes
from tfsaas.families.queries import find_family_by_reference, list_present
from tfsaas.tenants.assessment_template import Asked, Domain, read_domains
from tfsaas.tenants.scope import act_as

SAID = {
    "long": "Things are better than in spring. Mornings are still hard; their aunt helps.",
    "scale": "6",
}
WORDS = "“I want us to eat together again.” (the eldest child)"


def write_assessments(mailboxes: Mailboxes, references: Sequence[str]) -> None:
    """The first three families that somebody leads, at different points."""
    worker, supervisor = mailboxes("worker"), mailboxes("supervisor")
    families = [family for family in map(find_family_by_reference, references) if family]
    signed, waiting, begun = (_begin(family.id, worker) for family in families[:3])
    for found in (signed, waiting):
        for domain in read_domains(found.domains):
            _fill(found, domain)
        db.session.flush()
        assessing.send(found, version=found.version)
        db.session.flush()
    _fill(begun, read_domains(begun.domains)[0])
    act_as(supervisor)
    assessing.sign(signed, "Thorough; see the youngest alone next time", version=signed.version)


def _begin(family_id: UUID, worker: UUID) -> Assessment:
    act_as(worker)
    return assessing.begin(family_id)


def _fill(found: Assessment, domain: Domain) -> None:
    slots = assessing.list_slots(domain, list_present(found.family_id))
    told = {slot.key: {q.code: _say(q) for q in slot.questions} for slot in slots}
    assessing.answer(found, domain, told | {assessing.WORDS: WORDS if domain.code == "wishes" else ""})  # fmt: skip


def _say(asked: Asked) -> str:
    """A plausible answer: yes where a child was seen, no where somebody may be afraid."""
    if asked.kind == "yes_no":
        return "no" if asked.code == "afraid" else "yes"
    return asked.choices[0] if asked.choices else SAID[asked.kind]
