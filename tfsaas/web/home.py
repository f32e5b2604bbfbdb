"""The first page: my work for those who work with families, the overview for the others."""

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from tfsaas.permissions import Permission, requires
from tfsaas.tenants.queries import list_tenants
from tfsaas.web.links import address

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@requires(None, anywhere=True)
def show() -> AnyResponse | str:
    """The chooser on the bare host; otherwise the page that fits the person's work."""
    if g.council_id is None:
        return render_template(
            "chooser.html", councils=list_tenants(), port=current_app.config["PORT"]
        )
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in"))
    return redirect(url_for(_first_page()))


def _first_page() -> str:
    """The page that fits the person's work."""
    if current_user.may(Permission.CHANGE_FAMILIES):
        return "my_work.show"
    if current_user.may(Permission.SEE_OWN_FAMILIES):
        return "involved.own"
    if current_user.may(Permission.LOAD_EVIDENCE):
        return "loads.index"
    return "reports.overview"


@blueprint.get("/accessibility")
@requires(None, anywhere=True)
def accessibility() -> str:
    """How accessible the service is, and whom to tell when it is not."""
    return render_template("pages/accessibility.html")


@blueprint.get("/cookies")
@requires(None, anywhere=True)
def cookies() -> str:
    """The one cookie."""
    return render_template("pages/cookies.html")


def navigation() -> list[tuple[str, str, bool]]:
    """The links of the service's bar that this person can use: text, address, whether the page is there."""
    if not current_user.is_authenticated:
        return []
    may = current_user.may  # asked once: each look at who is signed in goes through a proxy
    links = [
        (text, address(endpoint)) for text, endpoint, permission in NAVIGATION if may(permission)
    ]
    if may(Permission.SEE_OWN_FAMILIES):
        links.append(("Your families", address("involved.own")))
    if may(Permission.REFER) and not may(Permission.SEE_FAMILIES):
        links.append(("Refer a family", address("refer.start")))
    return [(text, href, _is_at(href)) for text, href in links]


def may_search() -> bool:
    """Whether this person may look for families."""
    return bool(current_user.may(Permission.SEE_FAMILIES))


def _is_at(href: str) -> bool:
    """Whether the page is the one a link leads to, or below it."""
    return request.path == href or request.path.startswith(f"{href}/")


NAVIGATION = (
    ("My work", "my_work.show", Permission.CHANGE_FAMILIES),
    ("Families", "cases.index", Permission.SEE_FAMILIES),
    ("Referrals", "triage.index", Permission.SEE_REFERRALS),
    ("Caseloads", "caseloads.index", Permission.ALLOCATE),
    ("Progress", "reports.overview", Permission.SEE_FIGURES),
    ("Results", "claims.index", Permission.SEE_FIGURES),
    ("Reports", "reports.index", Permission.SEE_FIGURES),
    ("Evidence", "loads.index", Permission.SEE_EVIDENCE),
    ("Programme", "setup.index", Permission.SEE_PROGRAMME),
    ("Users", "users.index", Permission.SEE_USERS),
    ("Audit", "audit.index", Permission.SEE_AUDIT),
)
