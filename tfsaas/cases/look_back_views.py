"""The time machine for one family."""

from uuid import UUID

from flask import Blueprint, render_template, request

from tfsaas.cases.panel import make_panel
from tfsaas.cases.queries import get_file_head
from tfsaas.evidence.queries import list_facts, summarise_loads
from tfsaas.families.models import Episode
from tfsaas.families.queries import list_linked, list_members
from tfsaas.outcomes.at_hand import batch_of_family
from tfsaas.permissions import Permission, requires
from tfsaas.planning.look_back_views import make_form
from tfsaas.planning.looking_back import Moment
from tfsaas.planning.models import Knowledge
from tfsaas.tenants.models import PlanVersion
from tfsaas.tenants.plans import pick_in_force
from tfsaas.tenants.queries import get_programme, list_plan_versions

blueprint = Blueprint("family_look_back", __name__, url_prefix="/families/<uuid:family_id>")


@blueprint.get("/look-back")
@requires(Permission.SEE_FAMILIES, reads="family")
def show(family_id: UUID) -> tuple[str, int]:
    """A family as at a past day, by any version, by what is or was known."""
    programme = get_programme()
    head = get_file_head(family_id, programme.id)
    form = make_form(programme, request.args or None)
    is_asked = bool(request.args) and form.validate()
    moment = form.moment() if is_asked else None
    version = _version(programme.id, head.episode, moment) if moment else None
    panel = None
    if moment and version and head.episode:
        members = list_members(family_id)
        person_ids = [member.person.id for member in members]
        linked = list_linked(person_ids)
        facts = list_facts(family_id, person_ids, moment.known_at, linked=linked)
        batch = batch_of_family(
            version, head.episode, members, facts, known_at=moment.known_at, linked=linked
        )
        names = {str(member.person.id): member.name for member in members}
        panel = make_panel(batch, names, moment.as_at)
    loads, last = summarise_loads(moment.known_at) if moment else (0, None)
    page = render_template(
        "cases/look_back.html",
        family=head.family,
        form=form,
        moment=moment,
        version=version,
        panel=panel,
        loads=loads,
        last=last,
        knows_then=bool(moment and moment.knowledge is Knowledge.THEN),
    )
    return page, 400 if form.errors else 200


def _version(programme_id: UUID, episode: Episode | None, moment: Moment) -> PlanVersion | None:
    """The version asked for, or the family's own, or the one in force that day."""
    versions = list_plan_versions(programme_id)
    wanted = moment.version_id or (episode.plan_version_id if episode else None)
    chosen = next((version for version in versions if version.id == wanted), None)
    return chosen or pick_in_force(versions, moment.as_at)
