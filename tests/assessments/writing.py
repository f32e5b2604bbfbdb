"""A worker in tests who writes an assessment, and a supervisor who decides about it."""

from typing import Any

from sqlalchemy import select

from tests.builders import Council
from tests.referrals.walking import read
from tests.world import World
from tfsaas.assessments.models import Assessment
from tfsaas.families.models import Person
from tfsaas.permissions import Role


def path_of(world: World, name: str = "NEW") -> str:
    return f"/families/{world.families[name]}/assessment"


def found(council: Council) -> Assessment:
    return read(council, select(Assessment).order_by(Assessment.begun_at))[-1]


def max_young(council: Council) -> str:
    return str(read(council, select(Person.id).where(Person.reference == "N1"))[0])


def put(council: Council, path: str, code: str, told: dict[str, Any], *, role: Role = Role.WORKER, status: int = 302):  # fmt: skip
    browser = council.browser(role)
    page = browser.get(f"{path}/{code}").text
    seen = page.split('name="seen" type="hidden" value="')[1].split('"')[0]
    return browser.post(f"{path}/{code}", told | {"seen": seen}, status=status)


def complete(council: Council, world: World, name: str = "NEW") -> str:
    """An assessment of Max Young, an adult alone, with every part answered."""
    path, person = path_of(world, name), max_young(council)
    council.browser(Role.WORKER).post(path)
    put(council, path, "wishes", {"family-hopes": "A flat", "family-strengths": "His sister"})
    put(council, path, "home", {"family-home-safe": "no", "family-money": "3", "family-work": "Looks for work"})  # fmt: skip
    put(council, path, "health", {f"{person}-health": "Well"})
    put(council, path, "relations", {"family-together": "Alone", "family-afraid": "no", "family-police": "None"})  # fmt: skip
    return path


def send(council: Council, path: str, role: Role = Role.WORKER) -> None:
    council.browser(role).post(f"{path}/send", {"version": found(council).version})


def sign(council: Council, path: str, decision: str = "sign", *, status: int = 302, **told: object):
    sent = {"decision": decision, "note": "Thorough", "version": found(council).version} | told
    return council.browser(Role.SUPERVISOR).post(f"{path}/sign", sent, status=status)
