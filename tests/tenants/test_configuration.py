"""The whole set-up as a file: out and in again without loss, and last year's copied."""

import io
import tomllib
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.builders import Council, set_up_programme
from tests.tenants.test_settings import LOOK, REFERRALS, RETENTION, picture
from tests.world import START, TODAY
from tfsaas.permissions import Role
from tfsaas.rules.templates import get_template
from tfsaas.tenants.actions import Funding, add_term, arrange_funding, end_funding
from tfsaas.tenants.configuration import export_configuration
from tfsaas.tenants.importing import ConfigurationRefused, import_configuration
from tfsaas.tenants.models import FundingModel, PlanStatus
from tfsaas.tenants.queries import (
    get_programme,
    list_arrangements,
    list_plan_versions,
    list_targets,
    list_terms,
)
from tfsaas.tenants.versions import (
    approve_plan,
    draft_plan,
    publish_plan,
    send_plan,
    take_plan_over,
)


def set_everything_up(council: Council) -> None:
    """A council in which every part of the set-up holds something."""
    admin = council.browser(Role.ADMINISTRATOR)
    admin.post("/programme/branding", LOOK | {"logo_file": (io.BytesIO(picture()), "l.png")})
    admin.post("/programme/areas/new", {"name": "North “quoted”", "gss_code": "E07000112"})
    admin.post("/programme/areas/new", {"name": "An area without a code"})
    admin.post("/programme/teams/new", {"name": "Whole council team"})
    told = {"weeks": "6", "watch_months": "12", "contact_weeks": "4", "version": "0"}
    admin.post("/programme/settings/reviews", told)
    admin.post("/programme/settings/referrals", REFERRALS)
    admin.post("/programme/settings/retention", RETENTION)
    with council.work():
        programme = set_up_programme(starts_on=START, in_force_from=START)
        end_funding(list_arrangements(programme.id)[0], TODAY)
        strands = ["One", 'Two "quoted"']
        later = Funding(
            FundingModel.EARNED_AUTONOMY, TODAY + timedelta(days=1), grant_pounds=5, strands=strands
        )
        arrange_funding(programme.id, later)
        add_term(date(2026, 1, 5), date(2026, 3, 27))
        take_plan_over(programme.id, get_template("sf-2022"), TODAY)
        draft_plan(programme.id, get_template("tf-2012"))


def test_a_set_up_exported_and_imported_elsewhere_is_the_same(
    council: Council, other_council: Council
):
    set_everything_up(council)
    with council.work():
        exported = export_configuration()

    with other_council.work(Role.ADMINISTRATOR):
        done = import_configuration(exported, rehearse=False)
        again = export_configuration()
        nothing = import_configuration(exported, rehearse=False)

    ours, theirs = (tomllib.loads(text, parse_float=Decimal) for text in (exported, again))
    assert ours["configuration"].pop("council") != theirs["configuration"].pop("council")
    assert ours == theirs
    assert len(done) > 10
    assert nothing == []


def test_a_rehearsal_changes_nothing(council: Council, other_council: Council):
    set_everything_up(council)
    with council.work():
        exported = export_configuration()

    with other_council.work():
        empty = export_configuration()
        told = import_configuration(exported, rehearse=True)

        assert told
        assert export_configuration() == empty


def test_the_file_is_shown_first_and_taken_over_on_the_second_word(
    council: Council, other_council: Council
):
    set_everything_up(council)
    exported = council.browser(Role.ADMINISTRATOR).get("/programme/configuration/export").text
    admin = other_council.browser(Role.ADMINISTRATOR)
    path = "/programme/configuration/import"
    uploaded = {"file": (io.BytesIO(exported.encode()), "s.toml")}

    shown = admin.post(path, uploaded, status=200)

    assert "The team Whole council team is added" in shown.text
    assert "Nothing is decided yet" in admin.get("/programme").text
    admin.post(path, {"confirmed": "yes", "source": exported.replace("\n", "\r\n")})
    assert "Our Council" in admin.get("/programme").text
    assert "Nothing is decided yet" not in admin.get("/programme").text


def test_where_a_council_has_published_itself_a_published_version_comes_as_a_draft(
    council: Council, other_council: Council
):
    set_everything_up(council)
    with council.work():
        exported = export_configuration()
    with other_council.work():
        import_configuration(exported, rehearse=False)
        programme_id = get_programme().id
        draft = list_plan_versions(programme_id)[0]
        send_plan(draft, "Ours")
    with other_council.work(Role.LEADER):
        approve_plan(list_plan_versions(programme_id)[0])
    with other_council.work(Role.ADMINISTRATOR):
        publish_plan(list_plan_versions(programme_id)[0], TODAY + timedelta(days=9))
    with council.work():
        take_plan_over(get_programme().id, get_template("tf-2015"), TODAY + timedelta(days=9))
        newer = export_configuration()

    with other_council.work():
        import_configuration(newer, rehearse=False)

        taken = list_plan_versions(programme_id)[0]
        assert (taken.number, taken.status) == (4, PlanStatus.DRAFT)


@pytest.mark.parametrize(
    ("source", "places"),
    [
        ("not = [toml", ["The file is not TOML"]),
        ("[configuration]\nformat = 9\n", ["configuration.format: must be 1"]),
        (
            ("[configuration]\nformat = 1\n[wrong]\n[reviews]\nweeks = 99\nwatch_months = 'x'\n"
            "[branding]\naccent_colour = '#ffffff'\ndisplay_name = ''\nlogo = 'AAAA'\n"
            "[[area]]\n[[term]]\nfirst_on = 2020-01-02\nlast_on = 2020-01-01\n"
            "[[programme]]\nkey = 'a'\n[[programme.plan]]\nnumber = 1\nstatus = 'published'\ndocument = 'x'\n"),
            [
                "wrong: unknown key", "reviews.weeks", "reviews.watch_months", "branding.accent_colour",
                "branding.display_name", "branding.logo", "area[0].name", "term[0].last_on", "programme[0].title",
                "programme[0].plan[0].in_force_from", "programme[0].plan[0].document",
            ],
        ),
    ],
)  # fmt: skip
def test_every_fault_of_a_file_is_told_with_its_place(council: Council, source, places):
    with council.work(), pytest.raises(ConfigurationRefused) as refused:
        import_configuration(source, rehearse=False)

    for place in places:
        assert any(fault.startswith(place) for fault in refused.value.faults), place


def test_what_contradicts_the_council_is_refused_whole(council: Council, other_council: Council):
    set_everything_up(council)
    with council.work():
        exported = export_configuration()
    with other_council.work():
        add_term(date(2026, 1, 1), date(2026, 2, 1))

    with other_council.work():
        before = export_configuration()
        with pytest.raises(ConfigurationRefused, match=r"term\[0\]: This term overlaps"):
            import_configuration(exported, rehearse=False)
        assert export_configuration() == before


KEPT = (
    "[configuration]\nformat = 1\n[[programme]]\nkey = 'p'\ntitle = 'P'\nstarts_on = 2020-01-01\n"
    "[[programme.published]]\nmeasure = 'total'\nto_on = 2020-02-01\nvalue = '{}'\nsource = 's'\n"
)
ENORMOUS = (
    "[[programme.target]]\nfrom_on = 2020-01-01\nfamilies = 99999999999999999999\nreason = 'r'\n"
)


def test_what_the_database_cannot_keep_is_a_fault_of_its_place_and_no_failure(council: Council):
    with council.work():
        import_configuration(KEPT.format("1"), rehearse=False)

    with council.work(), pytest.raises(ConfigurationRefused) as refused:
        import_configuration(KEPT.format("2") + ENORMOUS, rehearse=False)

    places = [fault.split(":")[0] for fault in refused.value.faults]
    assert sorted(places) == ["programme[0].published[0]", "programme[0].target[0]"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00"])
def test_a_file_that_is_no_text_is_refused(council: Council, content):
    page = council.browser(Role.ADMINISTRATOR).post(
        "/programme/configuration/import", {"file": (io.BytesIO(content), "x.toml")}, status=400
    )

    assert "Choose the file" in page.text


def test_last_years_set_up_is_copied(council: Council):
    ends = date(TODAY.year + (TODAY.month > 3), 3, 31)
    with council.work():
        programme = set_up_programme(starts_on=START, in_force_from=START)
        end_funding(list_arrangements(programme.id)[0], ends)
        add_term(TODAY - timedelta(days=90), TODAY - timedelta(days=10))
        programme_id = programme.id
    admin = council.browser(Role.ADMINISTRATOR)
    page = admin.get("/programme/configuration/copy").text
    keys = [part.split('"')[0] for part in page.split('name="take" type="checkbox" value="')[1:]]
    assert len(keys) == 3

    admin.post("/programme/configuration/copy", {"take": keys})

    with council.work():
        assert list_terms()[-1].first_on == TODAY - timedelta(days=90) + timedelta(weeks=52)
        assert list_arrangements(programme_id)[-1].starts_on == ends + timedelta(days=1)
        assert list_targets(programme_id)[-1].from_on == ends + timedelta(days=1)
    left = admin.get("/programme/configuration/copy").text
    assert "Target of" not in left


def test_copying_nothing_is_told(council: Council):
    with council.work():
        set_up_programme(starts_on=START, in_force_from=START)
        add_term(date(2026, 1, 5), date(2026, 3, 27))

    page = council.browser(Role.ADMINISTRATOR).post("/programme/configuration/copy", {}, status=400)

    assert "Select what you want to copy" in page.text
