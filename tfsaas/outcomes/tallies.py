"""The counts of one day, from what is kept of each family; equal to those of a full evaluation."""

from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import text

from tfsaas.db import db
from tfsaas.outcomes.figures import Figures, HeadlineFigures
from tfsaas.tenants.plans import plan_of
from tfsaas.tenants.queries import list_plan_versions

OF_PROGRAMME = """exists (select from episode p where p.tenant_id = e.tenant_id and p.family_id = e.family_id
  and p.programme_id = :programme_id)"""
CURRENT = f"with state as materialized (select e.* from evaluation e where e.is_current and {OF_PROGRAMME})"
EARLIER = f"""with state as materialized (select distinct on (e.family_id) e.* from evaluation e
  where e.as_at <= :on and {OF_PROGRAMME} order by e.family_id, e.as_at desc, e.number desc)"""
LATER = "select exists (select from evaluation where as_at > :on)"
COUNTS = """
select count(*) as families, count(*) filter (where headlines <> '{}') as identified,
  count(*) filter (where eligible) as eligible,
  count(*) filter (where eligible and worked_with) as worked_with,
  count(*) filter (where eligible and worked_with and ssp = 'met') as ssp_met,
  count(*) filter (where eligible and worked_with and ce = 'met') as ce_met,
  count(*) filter (where result <> '') as with_result,
  count(*) filter (where eligible and worked_with and result = '' and ssp = 'insufficient_evidence' and not exists (
    select from result r where r.tenant_id = state.tenant_id and r.family_id = state.family_id
      and r.programme_id = :programme_id and r.confirmed_on <= :on)) as cannot_tell
from state
"""
PEOPLE = """
select count(*) filter (where p.date_of_birth > cast(:on as date) - interval '18 years') as children, count(*) as everybody
from (
  select m.tenant_id, m.person_id from state
  join membership m on m.tenant_id = state.tenant_id and m.family_id = state.family_id
    and m.joined_on <= :on and (m.left_on is null or m.left_on > :on)
  where state.eligible group by m.tenant_id, m.person_id
) member join person p on p.tenant_id = member.tenant_id and p.id = member.person_id
"""
HEADLINES = """
select code, count(*) filter (where state.eligible) as families, array_agg(distinct plan_version_id) as versions
from state left join lateral unnest(headlines) code on true group by code
"""


TOGETHER = f"""
select (select row_to_json(c) from ({COUNTS}) c), (select row_to_json(p) from ({PEOPLE}) p),
  (select json_agg(h) from ({HEADLINES}) h)
"""  # the states are read once


def tally(programme_id: UUID, on: date) -> Figures:
    """The figures of a programme as at a day on which every family's state is kept."""
    told = {"programme_id": programme_id, "on": on}
    states = EARLIER if db.session.scalar(text(LATER), {"on": on}) else CURRENT
    counts, people, rows = db.session.execute(text(states + TOGETHER), told).one()
    found: dict[str, Any] = dict(counts)
    found |= {"children": people["children"], "adults": people["everybody"] - people["children"]}
    versions = {UUID(version_id) for row in rows or () for version_id in row["versions"]}
    counted = {row["code"]: row["families"] for row in rows or ()}
    found["headlines"] = _headlines(programme_id, versions, counted)
    return cast("Figures", found)


def _headlines(
    programme_id: UUID, versions: set[UUID], counted: dict[str | None, int]
) -> list[HeadlineFigures]:
    """Every headline of the versions in use, the newest version's order and titles first."""
    found: dict[str, HeadlineFigures] = {}
    for version in list_plan_versions(programme_id):
        if version.id in versions:
            for headline in plan_of(version).headlines:
                row: HeadlineFigures = {
                    "code": headline.code,
                    "title": headline.title,
                    "families": counted.get(headline.code, 0),
                }
                found.setdefault(headline.code, row)
    return list(found.values())
