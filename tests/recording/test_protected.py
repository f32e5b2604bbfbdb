"""An address that must stay hidden: on no page, in no search, no file, no trail, and not in free text unseen."""

import pytest
from sqlalchemy import select

from tests.builders import PASSWORD, Council, errors_on
from tests.recording.test_contacts import contacts, give, person, record
from tests.recording.test_contacts import path_of as contacts_of
from tests.referrals.test_triage import agree as agree_to_support
from tests.referrals.test_triage import decide
from tests.referrals.walking import SAM, look, open_for_referrals, read, refer
from tests.world import World, build_world, encoded
from tfsaas.accounts.actions import ACCOUNT_LIMIT
from tfsaas.audit.models import AuditEntry
from tfsaas.db import db
from tfsaas.evidence.actions import load_files
from tfsaas.evidence.export import export_files
from tfsaas.families.finding_models import PersonKey
from tfsaas.families.models import Membership, Person
from tfsaas.families.protecting import HiddenAddress, find_hidden
from tfsaas.families.search import search
from tfsaas.loads.linking import link_people
from tfsaas.permissions import Role

STREET, CODE = "17 Quiet Close, Chatham", "ME4 9ZZ"


@pytest.fixture
def world(council: Council) -> World:
    return build_world(council)


def path_of(council: Council, world: World) -> str:
    return f"/families/{world.families['READY']}/people/{person(council, 'R1')}"


def hide(council: Council, world: World) -> None:
    path = path_of(council, world)
    told = {"given_name": "Ada", "family_name": "Okafor", "resident": "yes", "joined_on": ["1", "1", "2020"], "version": "1"}  # fmt: skip
    browser = council.browser(Role.WORKER)
    browser.post(f"{path}/change", told | {"address": STREET, "postcode": CODE})
    assert CODE in browser.get(path).text
    browser.post(f"{path}/hidden-address/protect", {"address": STREET, "postcode": "me49zz"})


def test_it_stands_nowhere_any_more(council: Council, world: World):
    hide(council, world)
    path = path_of(council, world)

    for page in (path, f"{path}/change", f"{path}/hidden-address/protect", f"/families/{world.families['READY']}"):  # fmt: skip
        told = council.browser(Role.SUPERVISOR).get(page).text
        assert STREET not in told
        assert CODE not in told
    assert "Address withheld" in council.browser(Role.WORKER).get(path).text
    with council.work():
        assert search(CODE, None).people == []
        assert not any(STREET in text or CODE in text for text in export_files().values())
    assert read(council, select(PersonKey.key).where(PersonKey.key.like("z:%9ZZ%"))) == []


def test_the_trail_does_not_hold_it_either(council: Council, world: World):
    hide(council, world)

    trail = str(read(council, select(AuditEntry.changes)))
    assert STREET not in trail
    assert CODE not in trail


def test_who_needs_it_says_why_and_that_is_kept(council: Council, world: World):
    hide(council, world)
    place = f"{path_of(council, world)}/hidden-address"
    browser = council.browser(Role.WORKER)
    browser.get(place, status=403)
    browser.get(f"{place}/protect", status=403)
    give(council, world, Role.WORKER)

    assert STREET not in browser.get(place).text
    nothing = browser.post(place, {}, status=400).text
    assert errors_on(nothing) == ["Enter why you need to see it", "Enter your password"]
    wrong = browser.post(place, {"reason": "Taking her to court", "password": "guessed"}, status=400).text  # fmt: skip
    assert "This is not your password" in errors_on(wrong)[0]
    assert "Taking her to court" in wrong
    assert STREET not in wrong
    assert read(council, select(AuditEntry.id).where(AuditEntry.action == "unmask")) == []
    told = {"reason": "Taking her to court", "password": PASSWORD}
    page = browser.post(place, told, status=200).text

    assert STREET in page
    assert CODE in page
    told = read(council, select(AuditEntry.changes).where(AuditEntry.action == "unmask"))
    assert told == [{"why": [None, "Taking her to court"]}]


def test_the_password_cannot_be_guessed_there_either(council: Council, world: World):
    hide(council, world)
    give(council, world, Role.WORKER)
    place = f"{path_of(council, world)}/hidden-address"
    browser, told = council.browser(Role.WORKER), {"reason": "Taking her to court"}
    for _ in range(ACCOUNT_LIMIT):
        browser.post(place, told | {"password": "guessed"}, status=400)

    page = browser.post(place, told | {"password": PASSWORD}, status=400).text

    assert "Too many attempts" in errors_on(page)[0]
    assert STREET not in page


@pytest.mark.parametrize("note", [f"They live at {CODE.lower()} now.", "Near 17 quiet close.", "Moved to SW1A1AA."], ids=["the postcode", "the street", "any postcode"])  # fmt: skip
def test_a_text_that_may_give_it_away_is_asked_about_before_it_is_saved(council: Council, world: World, note):  # fmt: skip
    hide(council, world)

    page = record(council, contacts_of(world), note=note, status=400)
    assert "This may hold an address that must stay hidden" in errors_on(page.text)[0]
    assert contacts(council) == []
    record(council, contacts_of(world), note=note, address_checked="yes")

    assert len(contacts(council)) == 1


def test_other_families_and_other_texts_are_not_asked_about(council: Council, world: World):
    hide(council, world)

    record(council, contacts_of(world, "STUCK"), note=f"They live at {CODE}.")
    record(council, contacts_of(world), note="Sam, 7, came by bus 17.")

    assert len(contacts(council)) == 2


def test_a_file_does_not_bring_an_address_into_view(council: Council, world: World):
    hide(council, world)
    families = "family_id,baseline_on,whole_family_assessment_on,whole_family_plan_on,lead_worker_on,plan_aligned_on\nREADY,,,,,\n"
    people = f"person_id,family_id,date_of_birth,resident,joined_on,left_on,address,postcode\nR1,READY,1985-01-01,true,2020-01-01,,{STREET},{CODE}\n"  # fmt: skip

    with council.work(Role.SUPERVISOR):
        load_files(
            encoded({"families": families, "people": people.replace(STREET, f'"{STREET}"')}),
            "again",
        )

    assert read(council, select(Person.address).where(Person.reference == "R1")) == [""]


@pytest.mark.parametrize(
    ("address", "code", "is_told"), [(STREET, "", True), ("", CODE, True), ("", "", False)]
)
def test_another_record_that_still_shows_an_address_is_told_of(council: Council, world: World, address, code, is_told):  # fmt: skip
    with council.work(Role.SUPERVISOR):
        known = db.session.scalars(select(Person).where(Person.reference == "R1")).one()
        db.session.add(Person(reference="R9", given_name=known.given_name, family_name=known.family_name, date_of_birth=known.date_of_birth, address=address, postcode=code))  # fmt: skip
    path = path_of(council, world)
    browser = council.browser(Role.WORKER)

    browser.post(f"{path}/hidden-address/protect", {"address": STREET, "postcode": CODE})

    assert ("Another record may be this person" in browser.get(path).text) == is_told


def test_linking_a_record_hides_its_address_too(council: Council, world: World):
    hide(council, world)
    ada, lena = person(council, "R1"), person(council, "S1")
    with council.work(Role.SUPERVISOR):
        other = db.session.scalars(select(Person).where(Person.id == lena)).one()
        other.address, other.postcode = "9 Other Road", "ME4 8AA"
        db.session.flush()
        link_people(ada, lena, "The same woman")

    assert read(council, select(Person.postcode).where(Person.id == lena)) == [""]
    with council.work():
        assert find_hidden(lena) == HiddenAddress("9 Other Road", "ME4 8AA")
        assert find_hidden(ada) == HiddenAddress(STREET, CODE)


def test_a_supervisor_ends_it_with_a_reason(council: Council, world: World):
    hide(council, world)
    place = f"{path_of(council, world)}/hidden-address/stop"
    council.browser(Role.WORKER).get(place, status=403)

    council.browser(Role.SUPERVISOR).post(place, {"reason": "He has died", "show": "yes"})

    assert STREET in council.browser(Role.WORKER).get(path_of(council, world)).text
    council.browser(Role.WORKER).get(f"{path_of(council, world)}/hidden-address", status=404)


def test_other_councils_learn_nothing(council: Council, other_council: Council, world: World):
    hide(council, world)
    for page in ("", "/protect", "/stop"):
        place = f"{path_of(council, world)}/hidden-address{page}"
        other_council.browser(Role.SUPERVISOR).get(place, status=404)
        council.browser(Role.AUDITOR).get(place, status=403)


def test_what_a_referral_says_of_home_is_left_out(council: Council, world: World):
    open_for_referrals(council)
    referral = refer(council, None, SAM)
    agree_to_support(council, referral)
    decide(council, referral, "accept")
    family_id = look(council, referral).family_id
    page = f"/families/{family_id}/referrals/{referral}"
    assert "4 Mill Lane" in council.browser(Role.WORKER).get(page).text
    (sam,) = read(council, select(Membership.person_id).where(Membership.family_id == family_id))
    path = f"/families/{family_id}/people/{sam}/hidden-address/protect"
    council.browser(Role.WORKER).post(path, {"address": STREET, "postcode": CODE})

    for place, role in ((page, Role.WORKER), (f"/referrals/{referral}", Role.SUPERVISOR)):
        told = council.browser(role).get(place).text
        assert "4 Mill Lane" not in told
        assert "Withheld" in told
