"""What a council sets for itself: its look, areas and teams, reviews, referrals, retention."""

import io
import struct
import zlib

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from tests.builders import Browser, Council, errors_on
from tfsaas.permissions import Role
from tfsaas.tenants.colours import contrast, read_colour
from tfsaas.tenants.council import add_area, find_setting, list_areas, list_teams
from tfsaas.tenants.logo import LogoRefused, clean_logo
from tfsaas.tenants.settings import ReviewCycle

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
LOOK = {"display_name": "Our Council", "accent_colour": "#1B4D5C", "version": "0"}
REFERRALS = {
    "self_referral": "yes", "answer_working_days": "5", "team_name": "Front door",
    "contact": "01632 960001", "danger_contact": "01632 960002", "version": "0",
}  # fmt: skip
RETENTION = {
    "family_years": "25",
    "referral_months": "12",
    "found_months": "12",
    "audit_years": "7",
    "version": "0",
}


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind)
    return out.getvalue()


def huge_png() -> bytes:
    """A picture that says it is enormous."""
    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", zlib.crc32(b"IHDR" + header))


def send_logo(browser: Browser, content: bytes, *, status: int) -> TestResponse:
    """Send the form with a file of any size, its body made here: the client would leave a file open."""
    fields = LOOK | {"csrf_token": browser._token()}
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}' for k, v in fields.items()
    ]
    head = '--x\r\nContent-Disposition: form-data; name="logo_file"; filename="l.png"\r\n\r\n'
    body = "\r\n".join([*parts, head]).encode() + content + b"\r\n--x--\r\n"
    answer = browser.client.post(
        "/programme/branding", data=body, content_type="multipart/form-data; boundary=x",
        base_url=browser.council.base_url,
    )  # fmt: skip
    assert answer.status_code == status
    return answer


def test_name_colour_and_logo_stand_on_every_page_of_this_council_alone(
    council: Council, other_council: Council
):
    admin = council.browser(Role.ADMINISTRATOR)
    told = LOOK | {"logo_file": (io.BytesIO(picture("JPEG")), "logo.jpg")}

    admin.post("/programme/branding", told)

    page = council.browser().get("/sign-in").text
    assert "Our Council" in page
    assert "/branding/logo?v=1" in page
    assert "#1b4d5c" in admin.get("/branding/style.css?v=1").text
    shown = admin.get("/branding/logo?v=1")
    assert shown.mimetype == "image/png"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert "immutable" in shown.headers["Cache-Control"]
    assert "Our Council" not in other_council.browser().get("/sign-in").text
    other_council.browser().get("/branding/logo", status=404)


def test_the_logo_can_be_removed_and_stays_when_none_is_sent(council: Council):
    admin = council.browser(Role.ADMINISTRATOR)
    admin.post("/programme/branding", LOOK | {"logo_file": (io.BytesIO(picture()), "l.png")})
    admin.post("/programme/branding", LOOK | {"display_name": "Other", "version": "1"})
    admin.get("/branding/logo")

    admin.post("/programme/branding/remove-logo")

    admin.get("/branding/logo", status=404)
    assert "Other" in council.browser().get("/sign-in").text


@pytest.mark.parametrize(
    ("colour", "told"),
    [
        ("#ffdd00", "White text cannot be read well"),
        ("#777777", "White text cannot be read well"),
        ("blue", "Enter a colour as #"),
        ("", "Enter a colour"),
        ("#12345", "Enter a colour as #"),
    ],
)
def test_a_colour_that_cannot_be_read_is_refused_in_words(council: Council, colour, told):
    admin = council.browser(Role.ADMINISTRATOR)

    page = admin.post("/programme/branding", LOOK | {"accent_colour": colour}, status=400)

    assert told in page.text


def test_contrast_is_judged_on_both_sides_of_the_boundary():
    assert contrast("#767676", "#ffffff") > 4.5
    assert contrast("#777777", "#ffffff") < 4.5
    assert contrast("#000000", "#ffffff") == 21
    assert read_colour("1B4D5C") == "#1b4d5c"
    assert read_colour("#abc") == "#aabbcc"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"%PDF-1.7 not a picture", id="a PDF"),
        pytest.param(b"GIF89a" + bytes(40), id="a GIF"),
        pytest.param(picture("JPEG", (400, 400))[:300], id="half a picture"),
        pytest.param(huge_png(), id="a decompression bomb"),
        pytest.param(bytes(1_000_001), id="too large"),
        pytest.param(b"<html><body>hello</body></html>", id="a page"),
        pytest.param(b"<svg", id="broken XML"),
        pytest.param(SVG.format("<script>alert(1)</script>").encode(), id="a script"),
        pytest.param(SVG.format('<rect onclick="alert(1)"/>').encode(), id="a handler"),
        pytest.param(SVG.format('<rect fill="url(http://x/)"/>').encode(), id="a remote fill"),
        pytest.param(SVG.format('<rect style="fill:red"/>').encode(), id="style"),
        pytest.param(SVG.format("<foreignObject/>").encode(), id="a foreign object"),
        pytest.param(
            SVG.format('<use xmlns:x="http://www.w3.org/1999/xlink" x:href="http://x/"/>').encode(),
            id="a reference",
        ),
        pytest.param(
            b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
            id="entities",
        ),
    ],
)
def test_what_is_not_a_plain_picture_is_refused(council: Council, content):
    with pytest.raises(LogoRefused):
        clean_logo(content)

    page = send_logo(council.browser(Role.ADMINISTRATOR), content, status=400)

    assert 'href="#logo_file"' in page.text
    council.browser().get("/branding/logo", status=404)


def test_a_logo_of_50_megabytes_is_refused_with_what_to_do(council: Council):
    page = send_logo(council.browser(Role.ADMINISTRATOR), bytes(50 * 1024 * 1024), status=413)

    assert "a logo may have 1 MB" in page.text


def test_a_drawn_logo_is_kept_without_what_only_editors_read():
    drawn = SVG.format('<g class="x" data-name="y"><path d="M0 0h9v9z" fill="#123456"/></g>')

    logo = clean_logo(drawn.encode())

    assert logo.kind == "image/svg+xml"
    assert b"data-name" not in logo.content
    assert clean_logo(logo.content) == logo


def test_areas_and_teams_are_added_chosen_for_people_and_removed_when_empty(council: Council):
    admin = council.browser(Role.ADMINISTRATOR)
    admin.post("/programme/areas/new", {"name": "North", "gss_code": "e07000112"})
    with council.work():
        area_id = list_areas()[0].id
    admin.post("/programme/teams/new", {"name": "North team", "area": str(area_id)})
    with council.work():
        team_id = list_teams()[0][0].id
    worker_id = council.people[Role.WORKER]

    admin.post(f"/users/{worker_id}/role", {"role": "worker", "team": str(team_id)})

    assert "North team" in admin.get(f"/users/{worker_id}").text
    assert "1 area, 1 team" in admin.get("/programme").text
    admin.post(f"/programme/parts/area/{area_id}/remove")
    assert "North still has teams. Move them elsewhere first." in admin.get("/programme/teams").text
    admin.post(f"/programme/parts/team/{team_id}/remove")
    assert "North team still has people" in admin.get("/programme/teams").text
    admin.post(f"/users/{worker_id}/role", {"role": "worker", "team": ""})
    admin.post(f"/programme/parts/team/{team_id}/remove")
    admin.post(f"/programme/parts/area/{area_id}/remove")
    assert "No area is set" in admin.get("/programme/teams").text


def test_two_areas_of_one_name_and_a_wrong_code_are_refused(council: Council):
    admin = council.browser(Role.ADMINISTRATOR)
    admin.post("/programme/areas/new", {"name": "North"})

    twice = admin.post("/programme/areas/new", {"name": "North"}, status=400)
    wrong = admin.post("/programme/areas/new", {"name": "", "gss_code": "12"}, status=400)

    assert errors_on(twice.text) == ["There is an area of this name"]
    assert len(errors_on(wrong.text)) == 2


def test_another_councils_area_is_not_there(council: Council, other_council: Council):
    with other_council.work():
        theirs = add_area("Theirs", "").id

    council.browser(Role.ADMINISTRATOR).post(f"/programme/parts/area/{theirs}/remove", status=404)


@pytest.mark.parametrize(
    ("section", "told", "preview"),
    [
        (
            "reviews",
            {"weeks": "6", "watch_months": "12", "contact_weeks": "4", "version": "0"},
            "Every 6 weeks",
        ),
        ("referrals", REFERRALS, "Families and professionals refer to Front door"),
        ("retention", RETENTION, "Families 25 years after closing"),
    ],
)
def test_a_setting_is_saved_and_previewed_in_the_list(council: Council, section, told, preview):
    admin = council.browser(Role.ADMINISTRATOR)
    admin.get(f"/programme/settings/{section}")

    admin.post(f"/programme/settings/{section}", told)

    assert preview in admin.get("/programme").text


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("reviews", {"weeks": "0", "watch_months": "61", "contact_weeks": "0"}),
        ("referrals", {"answer_working_days": "soon", "self_referral": "perhaps"}),
        ("retention", {"family_years": "", "referral_months": "-1", "audit_years": "101"}),
    ],
)
def test_every_fault_of_a_setting_is_told_at_once_and_nothing_saved(
    council: Council, section, told
):
    admin = council.browser(Role.ADMINISTRATOR)

    page = admin.post(f"/programme/settings/{section}", told, status=400)

    assert len(errors_on(page.text)) >= len(told)
    assert "Nothing is decided yet" in admin.get("/programme").text


def test_two_administrators_changing_one_setting_lose_nothing(council: Council):
    admin = council.browser(Role.ADMINISTRATOR)
    told = {"weeks": "6", "watch_months": "12", "contact_weeks": "4", "version": "0"}
    admin.post("/programme/settings/reviews", told)

    page = admin.post("/programme/settings/reviews", told | {"weeks": "8"}, status=409)

    assert "Somebody else saved this" in page.text
    assert 'value="8"' in page.text
    with council.work():
        assert find_setting(ReviewCycle).weeks == 6
    admin.post("/programme/settings/reviews", told | {"weeks": "8", "version": "1"})
    with council.work():
        assert find_setting(ReviewCycle).weeks == 8


@pytest.mark.parametrize("role", [Role.WORKER, Role.LEADER, Role.AUDITOR])
def test_others_see_what_is_set_and_cannot_change_it(council: Council, role):
    browser = council.browser(role)

    browser.get("/programme")
    browser.get("/programme/teams")
    browser.get("/programme/branding", status=403)
    browser.post("/programme/settings/reviews", {"weeks": "6"}, status=403)
    browser.get("/programme/configuration/export", status=403)
