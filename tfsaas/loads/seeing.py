"""What is shown of families beside people who are matched or linked: nothing to those who see no families."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask_login import current_user

from tfsaas.families.models import Family
from tfsaas.loads.match_queries import name_families_of
from tfsaas.permissions import Permission


def name_families_seen(person_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Family]]:
    """The families of these people, as far as whoever is signed in sees families at all."""
    return name_families_of(person_ids) if current_user.may(Permission.SEE_FAMILIES) else {}
