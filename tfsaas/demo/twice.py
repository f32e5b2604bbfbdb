"""Children whom somebody entered a second time, in a family of their own, and who may be found out."""

from collections.abc import Sequence
from datetime import date

from tfsaas.families.actions import Particulars, add_family, add_person
from tfsaas.families.queries import find_family_by_reference, list_members
from tfsaas.loads.linking import find_pairs


def enter_twice(references: Sequence[str], today: date) -> None:
    """The youngest of some families: once as they are, and with the postcode that they had before."""
    for reference in references:
        family = find_family_by_reference(reference)
        assert family is not None
        child = list_members(family.id)[-1].person
        again = Particulars(child.given_name, child.family_name, child.date_of_birth, "", "ZZ99 8AB")  # fmt: skip
        add_person(add_family(family.name).id, again, resident=True, joined_on=today)
    find_pairs()
