"""Every page of every role, and a council that has one of everything they show."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from tests.builders import Council
from tests.loads.deliveries import HEAD, agree, bring_in, brought, do_jobs, store
from tests.loads.test_finding import HEAD as FOUND_HEAD
from tests.loads.test_finding import NEW, without_number
from tests.loads.test_linking import double
from tests.loads.test_steps import ROW
from tests.referrals.test_refer import QUESTION
from tests.referrals.test_triage import TWIN, decide
from tests.referrals.test_triage import agree as agree_to_support
from tests.referrals.walking import look as look_at_referral
from tests.referrals.walking import open_for_referrals, refer
from tests.world import TODAY, World, build_world
from tfsaas import clock
from tfsaas.assessments.assessing import begin as begin_assessment
from tfsaas.cases.endings import Told as Ended
from tfsaas.cases.endings import end_support
from tfsaas.cases.models import HowEnded, WatchAlert
from tfsaas.db import db
from tfsaas.families.actions import get_or_open_episode, relate
from tfsaas.families.allocating import lead
from tfsaas.families.involved import Sees
from tfsaas.families.involving import Colleague, involve
from tfsaas.families.models import Person, Relationship, RelationshipKind
from tfsaas.families.protecting import HiddenAddress, protect_address
from tfsaas.family_plans.actions import Wanted, open_plan, put_action, put_objective
from tfsaas.family_plans.actions import agree as agree_plan
from tfsaas.loads.actions import ask_to_undo, bring
from tfsaas.loads.linking import find_pairs
from tfsaas.loads.models import FamilyProposal
from tfsaas.loads.queries import get_agreement, get_delivery
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.outcomes.confirmation import confirm_all
from tfsaas.permissions import Role
from tfsaas.planning.models import Rehearsal
from tfsaas.planning.rehearsing import ask_for_rehearsal, rehearse
from tfsaas.recording.contacts import Told, record_contact
from tfsaas.recording.models import How, Part
from tfsaas.recording.tasks import add_task
from tfsaas.reports.actions import add_edition, make_edition
from tfsaas.reports.years import year_of
from tfsaas.rules.templates import get_template
from tfsaas.tenants.council import save_form
from tfsaas.tenants.versions import draft_plan, take_plan_over

PAGES = {
    Role.WORKER: [
        "/my-work", "/families", "/families?status=confirmed", "{family}", "{family}/look-back", "{family}/look-back?on={day.day}&on={day.month}&on={day.year}&version=&knowledge=then",
        "{family}/change", "{family}/people/new",
        "{family}/people/{person}", "{family}/people/{person}/change", "{family}/facts/new",
        "{family}/facts/new/school.attended/{person}", "{family}/headlines/new", "{family}/relationships/new",
        "/families/new", "/search", "/evidence", "/evidence/coverage", "/evidence/coverage/police.domestic_incident", "/evidence/feeds", "/evidence/feeds/school-exclusions",
        "/evidence/agreements", "/evidence/deliveries/{stored}", "/programme", "/account", "/refer", "{accepted}",
        "{family}/assessment", "{family}/assessment/children", "{new}/assessment",
        "{family}/plan", "{family}/plan/objectives/new", "{family}/plan/objectives/{objective}", "{family}/plan/objectives/{objective}/actions/new",
        "{family}/plan/objectives/{objective}/actions/{action}", "{family}/plan/review", "{family}/plan/copy", "{family}/plan/meetings/new", "{new}/plan", "/accessibility", "/cookies",
        "{family}/contacts/new", "{family}/contacts/{contact}", "{family}/contacts/{contact}/correct", "{family}/chronology", "{family}/files", "{family}/files/new",
        "{family}/tasks/new", "/tasks/new", "{family}/relationships", "{family}/relationships/{relationship}", "{family}/involved", "{family}/end",
        "{ended}", "{ended}/endings", "{ended}/open-again", "{ended}/alerts/{alert}",
        "{family}/people/{person}/hidden-address", "{family}/people/{person}/hidden-address/protect",
    ],
    Role.SUPERVISOR: [
        "{new}", "/claims", "/evidence/loads/new", "/progress", "/nearly-there", "/evidence/bring", "/evidence/bring/{agreement}/early-help",
        "/evidence/bring/{agreement}/cin-census", "/evidence/links", "/evidence/matches", "/evidence/families", "/evidence/families/{proposal}", "/evidence/deliveries/{stored}", "/evidence/deliveries/{waiting}",
        "/evidence/deliveries/{waiting}/people", "/evidence/deliveries/{mapping}", "/evidence/deliveries/{mapping}/columns", "/evidence/deliveries/{faulty}",
        "/evidence/deliveries/{stored}/people/known", "/evidence/deliveries/{waiting}/people/known", "/evidence/deliveries/{waiting}/set-aside", "/evidence/contradictions", "/evidence/matches/of/{person}", "/evidence/matches/decided/link", "/evidence/matches/decided/apart",
        "/referrals", "/referrals/{referral}", "/referrals/{decided}",
        "/assessments", "{family}/assessment", "/caseloads", "/caseloads/{user}", "/caseloads/{user}/summary", "{family}/allocate",
        "/my-work", "/caseloads/drift", "{family}/contacts/{contact}/sensitive", "{family}/people/{person}/hidden-address/stop",
    ],
    Role.ADMINISTRATOR: [
        "/programme", "/programme/branding", "/programme/teams", "/programme/areas/new", "/programme/teams/new",
        "/programme/particulars", "/programme/particulars/change", "/programme/targets", "/programme/funding",
        "/programme/terms", "/programme/plans", "/programme/settings/reviews", "/programme/settings/referrals",
        "/programme/settings/retention", "/programme/configuration/import", "/programme/configuration/copy",
        "/programme/targets/new", "/programme/funding/new", "/programme/terms/new",
        "/programme/plans/new", "/programme/plans/{draft}", "/programme/plans/{draft}/parts/eligibility", "/programme/plans/{draft}/parts/headline.0.outcome.0",
        "/programme/plans/{draft}/parts/headline.new", "/programme/plans/{draft}/parts/headline.0.indicator.new",
        "/programme/plans/{draft}/parts/worked_with", "/programme/plans/{draft}/parts/group.0",
        "/programme/plans/{draft}/parts/signal.0/remove",
        "/programme/plans/{draft}/publish", "/programme/plans/{draft}/send", "/programme/plans/{draft}/differences",
        "/programme/plans/{draft}/what-if", "/programme/plans/{newest}/move", "/users", "/users/invite", "/users/{user}", "/users/{user}/role", "/audit",
        "/evidence/agreements", "/evidence/agreements/new", "/evidence/agreements/{agreement}",
        "/programme/referral-form", "/programme/referral-form/questions/0", "/programme/referral-form/questions/1",
        "/programme/assessment", "/programme/assessment/parts/0", "/programme/assessment/parts/2", "/programme/assessment/parts/2/questions/3", "/programme/assessment/parts/2/questions/0",
    ],
    Role.ANALYST: [
        "/evidence", "/evidence/families/{proposal}", "/evidence/deliveries/{waiting}", "/evidence/deliveries/{waiting}/people", "/evidence/deliveries/{stored}/people/known",
        "/evidence/matches/of/{person}",
    ],
    Role.LEADER: ["/progress", "/reports", "/reports/annual/{year}", "/reports/editions/{edition}", "/earned-autonomy", "/claims"],
    Role.PARTNER: ["/own-families", "/own-families/{own}", "/own-families/{own}/work", "/refer"],
    Role.AUDITOR: ["/audit", "/users", "{family}", "/progress/look-back"],
}  # fmt: skip


def stock(council: Council) -> dict[str, object]:
    """Give a council one of everything that pages show; what the paths name."""
    world = build_world(council)
    with council.work(Role.LEADER):
        evaluate_council(TODAY)
        confirm_all(TODAY)
        edition = add_edition(year_of(TODAY))
        make_edition(edition)
        person = db.session.scalars(select(Person.id).where(Person.reference == "S1")).one()
        newest = take_plan_over(world.programme_id, get_template("tf-2015"), TODAY).id
        draft_version = draft_plan(world.programme_id, get_template("sf-2022"))
        ask_for_rehearsal(draft_version)
        rehearsal = db.session.scalars(select(Rehearsal)).one()
        rehearse(rehearsal, lambda _done, _total: None)
        draft = draft_version.id
        told = {
            "day": TODAY,
            "edition": edition.id,
            "person": person,
            "draft": draft,
            "newest": newest,
            "year": edition.year,
        }
    families = {
        "family": f"/families/{world.families['STUCK']}",
        "new": f"/families/{world.families['NEW']}",
    }
    files, referred = deliveries_for(council), referrals_for(council, world)
    with council.work(Role.WORKER):
        begin_assessment(world.families["STUCK"])
        objective, action = plan_for(world)
    with council.work(Role.ADMINISTRATOR):
        save_form("For families here.", "", [QUESTION], None)
    told |= {"objective": objective, "action": action} | recorded_for(council, world, person)
    return told | families | files | referred | {"user": council.people[Role.WORKER]}


def recorded_for(council: Council, world: World, person: UUID) -> dict[str, object]:
    """A contact, a task, a hidden address, a relationship, a colleague elsewhere, and a family whose support has ended."""
    with council.work(Role.WORKER):
        family_id, ended = world.families["STUCK"], world.families["READY"]
        lead(get_or_open_episode(family_id), council.people[Role.WORKER])
        told = Told(TODAY, How.HOME, "Kai was at home.", "“Hello”, Kai", "Not for everybody.", {person: Part.SEEN})  # fmt: skip
        contact = record_contact(family_id, uuid4(), told)
        add_task(uuid4(), family_id, "Ask the school", council.people[Role.WORKER], TODAY)
        protect_address(db.session.scalars(select(Person).where(Person.id == person)).one(), HiddenAddress("1 Quiet Close", "ME4 9ZZ"))  # fmt: skip
        other = db.session.scalars(select(Person.id).where(Person.reference == "S2")).one()
        relate(person, RelationshipKind.PARENT, other)
        partner = Colleague(council.people[Role.PARTNER], "Ira Bell", "Jobcentre Plus", "adviser", "01632 960001", Sees.WORK)  # fmt: skip
        involve(family_id, partner, TODAY)
        ending = end_support(ended, Ended(HowEnded.MET, TODAY, "Agreed", "Better", "", "Asked twice", ""))  # fmt: skip
        sam = db.session.scalars(select(Person.id).where(Person.reference == "R2")).one()
        alert = WatchAlert(ending_id=ending.id, family_id=ended, person_id=sam, subject_id=uuid4(), signal="police.offence", happened_on=TODAY, found_at=clock.now())  # fmt: skip
        db.session.add(alert)
        db.session.flush()
        relationship = db.session.scalars(select(Relationship.id)).one()
        return {"contact": contact.id, "relationship": relationship, "ended": f"/families/{ended}", "alert": alert.id, "own": family_id}  # fmt: skip


def plan_for(world: World) -> tuple[object, object]:
    """A plan with an objective and an overdue action, agreed."""
    plan = open_plan(world.families["STUCK"])
    aim = put_objective(plan, None, "Kai is well", "help")
    db.session.flush()
    late = Wanted("Ring the school", None, "Mum", None, TODAY - timedelta(days=3))
    action = put_action(plan, aim, None, late)
    agree_plan(plan, TODAY, complete=True, aligned=True)
    db.session.flush()
    return aim.id, action.id


def referrals_for(council: Council, world: World) -> dict[str, object]:
    """A referral that waits, one that was accepted, and one that was not taken up."""
    open_for_referrals(council)
    waiting, declined, taken = (refer(council, None, TWIN) for _ in range(3))
    decide(council, declined, "decline")
    agree_to_support(council, taken)
    decide(council, taken, "accept")
    family_id = look_at_referral(council, taken).family_id
    return {
        "referral": waiting,
        "decided": declined,
        "accepted": f"/families/{family_id}/referrals/{taken}",
    }


def deliveries_for(council: Council) -> dict[str, object]:
    """An agreement, and a delivery at each of the steps where somebody has something to do or to read."""
    agreement = agree(council)
    stored = store(council, agreement, HEAD + ROW)
    with council.work(Role.SUPERVISOR):
        ask_to_undo(get_delivery(stored))
    do_jobs(council)
    faulty = bring_in(council, agreement, HEAD + ROW + "Kai,Lee,soon,,,\n")
    with council.work(Role.SUPERVISOR):
        sam = db.session.scalars(select(Person).where(Person.reference == "R2")).one()
        sam.postcode, born = "ME4 4TR", sam.date_of_birth
    twin = HEAD.replace("NHS number", "Postcode") + f"Zara,Okafor,{born},ME4 4TR,{TODAY},\n"
    waiting = bring_in(council, agree(council, partner="Schools"), twin)
    police = agree(council, partner="Police")
    with council.work(Role.SUPERVISOR):
        other = get_agreement(police)
        mapping = bring(other, brought("A,B\n1,2\n")).id
    do_jobs(council)
    proposal = proposal_for(council, agreement)
    return {"proposal": proposal, "agreement": agreement, "stored": stored, "faulty": faulty, "waiting": waiting, "mapping": mapping}  # fmt: skip


def proposal_for(council: Council, agreement: object) -> object:
    """A family found, at the home of a known one, and two records that may be one person."""
    store(
        council, agreement, FOUND_HEAD + without_number(NEW), feed="domestic-incidents", finds=True
    )
    double(council)
    with council.work(Role.SUPERVISOR):
        find_pairs()
        return db.session.scalars(select(FamilyProposal.id)).first()
