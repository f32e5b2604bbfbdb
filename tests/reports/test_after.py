"""What is published about families after their support: right, of the year alone, and no small count given away."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.builders import Council
from tests.world import TODAY, build_world
from tfsaas import clock
from tfsaas.cases.models import Ending, HowEnded, WatchAlert
from tfsaas.cases.watching import AfterEnding
from tfsaas.db import db
from tfsaas.families.actions import Particulars, add_family, add_person, get_or_open_episode
from tfsaas.permissions import Role
from tfsaas.reports.actions import add_edition, make_edition
from tfsaas.reports.after import figures_between
from tfsaas.reports.rendering import write_html
from tfsaas.reports.years import year_of

NOTHING = AfterEnding(0, 0, 0, 0, 0, {})


def after(met: int, lost: int, *, over: int = 0, relapsed: int = 0) -> AfterEnding:
    ended = met + lost
    return AfterEnding(ended, ended - over, over, relapsed, 0, {HowEnded.MET: met, HowEnded.LOST: lost})  # fmt: skip


@pytest.mark.parametrize(
    ("before", "until", "met", "total", "watched", "relapsed"),
    [
        (NOTHING, after(20, 10, relapsed=6), 20, 30, 30, 6),
        (NOTHING, after(20, 10, relapsed=5), 20, 30, 30, 5),
        (NOTHING, after(20, 10, relapsed=4), 20, 30, 30, None),
        (NOTHING, after(20, 10, relapsed=0), 20, 30, 30, 0),
        (after(20, 10, relapsed=3), after(40, 30, relapsed=9), 20, 40, 70, 6),
        (after(20, 10, over=30), after(40, 30, over=40), 20, 40, 40, 0),
        (after(20, 10, over=26), after(40, 30, over=40), 20, 40, None, 0),
        (NOTHING, after(20, 4), None, 24, 24, 0),
        (NOTHING, after(4, 0), None, None, None, 0),
        (NOTHING, after(30, 0, relapsed=27), 30, 30, 30, None),
    ],
)  # fmt: skip
def test_what_is_published_is_of_the_year_and_no_small_count(before, until, met, total, watched, relapsed):  # fmt: skip
    found = figures_between(before, until)

    cells = {row["how"]: row["families"] for row in found["rows"]}
    assert list(cells) == [how.value for how in HowEnded]
    assert (cells["needs met"], found["total"]) == (met, total)
    assert (found["watched"], found["relapsed"]) == (watched, relapsed)
    if total == 24:
        assert cells["could not be reached"] is None


def end_some(how: HowEnded, count: int) -> None:
    """Families whose support ended a week ago and is watched; each has relapsed since."""
    for number in range(count):
        family = add_family(f"Gone {number}")
        person = add_person(family.id, Particulars("Jo", "Gone", None, "", ""), resident=True, joined_on=TODAY - timedelta(days=90))  # fmt: skip
        episode = get_or_open_episode(family.id)
        week = TODAY - timedelta(days=7)
        ending = Ending(id=uuid4(), family_id=family.id, episode_id=episode.id, how=how, ended_on=week, reason="Agreed", outcome="Better", no_words="Not asked", watched_until=TODAY, recorded_at=clock.now())  # fmt: skip
        db.session.add(ending)
        db.session.flush()
        db.session.add(WatchAlert(id=uuid4(), ending_id=ending.id, family_id=family.id, person_id=person.id, subject_id=uuid4(), signal="police.offence", happened_on=TODAY, found_at=clock.now(), is_relapse=True, answer="Rang", answered_at=clock.now(), answered_by_id=None))  # fmt: skip
    db.session.flush()


def test_the_report_says_how_support_ended_and_who_relapsed(council: Council):
    build_world(council)
    with council.work(Role.SUPERVISOR):
        end_some(HowEnded.MET, 5)
    with council.work(Role.LEADER):
        edition = add_edition(year_of(TODAY))
        make_edition(edition)
        figures = dict(edition.figures or {})
        html = write_html(figures, 1)

    assert figures["after"]["relapsed"] == 5
    assert "How support ended in the year" in html
    assert "Of these relapsed in the year, in the judgement of whoever worked with them: 5" in html
    assert html.count("#after") == html.count('id="after"') == 1


def test_a_report_made_before_there_were_endings_reads_as_it_did(council: Council):
    build_world(council)
    with council.work(Role.LEADER):
        edition = add_edition(year_of(TODAY))
        make_edition(edition)
        figures = dict(edition.figures or {})
        assert figures["after"] is None
        html = write_html(figures, 1)
        del figures["after"]

        assert write_html(figures, 1) == html
        assert "After support" not in html
