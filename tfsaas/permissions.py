"""Who may do what: the whole policy on one page, as data."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar


class Role(Enum):
    """What a person is in their council. One role a person."""

    ADMINISTRATOR = "administrator"
    WORKER = "worker"
    SUPERVISOR = "supervisor"
    ANALYST = "analyst"
    LEADER = "leader"
    AUDITOR = "auditor"
    PARTNER = "partner"


class Permission(Enum):
    """Something a signed-in person may do."""

    SIGNED_IN = "use the pages everyone has"
    SEE_FIGURES = "see progress, results as totals, and reports"
    MAKE_REPORTS = "make an edition of the annual report"
    SEE_FAMILIES = "see families and their people"
    CHANGE_FAMILIES = "add and change families and record facts"
    SEE_EVIDENCE = "see loads and coverage"
    LOAD_EVIDENCE = "bring partners' files and say whom their rows are about"
    SEE_MATCHES = "see who was matched, linked or found, and who decided"
    SEE_CONTRADICTIONS = "see where partners' files say otherwise than the record"
    APPROVE_LOADS = "approve that a file is stored, and undo it"
    EVALUATE = "have families evaluated"
    LOOK_BACK = "evaluate a past day, which changes nothing"
    CONFIRM_RESULTS = "confirm a family's result"
    SEE_PROGRAMME = "see the programme and its plan"
    CHANGE_PROGRAMME = "change targets, funding, terms and the plan"
    APPROVE_PLAN = "approve what somebody else changed in the plan"
    SEE_USERS = "see who has an account"
    CHANGE_USERS = "invite people, change roles, disable accounts"
    SEE_AUDIT = "see who did and saw what"
    SEE_OWN_FAMILIES = "see, in the part one needs, the families one is involved with"
    LEAD_FAMILIES = "lead families' support, when they are given to one"
    REFER = "refer families in one's own name, with drafts"
    SEE_REFERRALS = "see referrals and what was decided"
    TRIAGE = "decide about referrals"
    SIGN_OFF = "sign off assessments"
    SEE_SENSITIVE = "open the sensitive parts of every family's record"
    ALLOCATE = "give families a lead worker, and arrange cover"


P = Permission

ROLES: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(
        {
            P.SIGNED_IN,
            P.SEE_FIGURES,
            P.SEE_PROGRAMME,
            P.CHANGE_PROGRAMME,
            P.SEE_USERS,
            P.CHANGE_USERS,
        }
        | {P.SEE_AUDIT, P.EVALUATE, P.APPROVE_PLAN, P.LOOK_BACK}
    ),
    Role.WORKER: frozenset(
        {
            P.SIGNED_IN,
            P.SEE_FIGURES,
            P.SEE_FAMILIES,
            P.CHANGE_FAMILIES,
            P.LEAD_FAMILIES,
            P.SEE_EVIDENCE,
            P.SEE_PROGRAMME,
            P.REFER,
        }
    ),
    Role.SUPERVISOR: frozenset(
        {P.SIGNED_IN, P.SEE_FIGURES, P.SEE_FAMILIES, P.CHANGE_FAMILIES, P.LEAD_FAMILIES}
        | {
            P.SEE_EVIDENCE,
            P.LOAD_EVIDENCE,
            P.SEE_MATCHES,
            P.SEE_CONTRADICTIONS,
            P.APPROVE_LOADS,
            P.EVALUATE,
            P.CONFIRM_RESULTS,
            P.SEE_PROGRAMME,
            P.LOOK_BACK,
        }
        | {P.REFER, P.SEE_REFERRALS, P.TRIAGE, P.ALLOCATE, P.SIGN_OFF, P.SEE_SENSITIVE}
    ),
    Role.ANALYST: frozenset(
        {P.SIGNED_IN, P.SEE_FIGURES, P.SEE_EVIDENCE, P.LOAD_EVIDENCE, P.SEE_MATCHES}
        | {P.SEE_PROGRAMME}
    ),
    Role.LEADER: frozenset(
        {P.SIGNED_IN, P.SEE_FIGURES, P.MAKE_REPORTS, P.SEE_PROGRAMME, P.APPROVE_PLAN}
        | {P.LOOK_BACK}
    ),
    Role.AUDITOR: frozenset(
        {P.SIGNED_IN, P.SEE_FIGURES, P.SEE_FAMILIES, P.SEE_EVIDENCE, P.SEE_PROGRAMME, P.SEE_USERS}
        | {P.SEE_AUDIT, P.LOOK_BACK, P.SEE_MATCHES, P.SEE_CONTRADICTIONS, P.SEE_REFERRALS}
    ),
    Role.PARTNER: frozenset({P.SIGNED_IN, P.REFER, P.SEE_OWN_FAMILIES, P.LEAD_FAMILIES}),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """What a route asks of whoever calls it.

    `permission` None: open to all. `reads` names the family data that the page shows, and
    makes the edge record the reading; the family's id is taken from the route.
    `anywhere`: also answered on the bare host, where there is no council. `draft`: what the
    form will be when it is saved ("a contact"); what is written into it is kept meanwhile.
    """

    permission: Permission | None
    reads: str | None = None
    anywhere: bool = False
    draft: str | None = None


def may(role: Role, permission: Permission) -> bool:
    """Whether `role` has `permission`."""
    return permission in ROLES[role]


def roles_that_may(permission: Permission) -> list[Role]:
    """The roles that have a permission."""
    return [role for role in Role if may(role, permission)]


View = TypeVar("View", bound=Callable[..., object])


def requires(
    permission: Permission | None,
    *,
    reads: str | None = None,
    anywhere: bool = False,
    draft: str | None = None,
) -> Callable[[View], View]:
    """Declare a view's policy. A view without one is refused to everybody."""

    def mark(view: View) -> View:
        # a function carries its policy, so that no second list can go stale
        view.policy = Policy(permission, reads, anywhere, draft)  # type: ignore[attr-defined]
        return view

    return mark


def policy_of(view: object) -> Policy | None:
    """The policy that `requires` declared on `view`; None when it has none."""
    return getattr(view, "policy", None)
