create temporary table by_hand on commit drop as
with base as (
  select e.family_id, e.baseline_on b, e.whole_family_assessment_on <= %(d)s and e.whole_family_plan_on <= %(d)s
    and e.lead_worker_on <= %(d)s and e.plan_aligned_on <= %(d)s as worked from episode e),
asb as (
  select b.family_id, bool_or(v.happened_on > b.b - interval '12 months' and v.happened_on <= b.b) as was,
    bool_or(v.happened_on > date %(d)s - interval '12 months' and v.happened_on <= %(d)s) as is_now,
    bool_or(v.happened_on > date %(d)s - interval '6 months' and v.happened_on <= %(d)s) as recent
  from base b join membership m on m.family_id = b.family_id join event v on v.person_id = m.person_id
    and v.signal = 'police.asb' and v.withdrawn_at is null group by b.family_id),
jsa as (
  select b.family_id, bool_or(s.from_on <= b.b and coalesce(s.to_on, 'infinity') > b.b) as was,
    bool_or(s.from_on <= %(d)s and coalesce(s.to_on, 'infinity') > %(d)s) as is_now,
    bool_or(s.from_on <= %(d)s and coalesce(s.to_on, 'infinity') > date %(d)s - interval '6 months' + interval '1 day') as recent
  from base b join membership m on m.family_id = b.family_id join person p on p.id = m.person_id
    and p.date_of_birth <= date %(d)s - interval '18 years' join spell s on s.person_id = p.id
    and s.signal = 'benefit.jsa' and s.withdrawn_at is null group by b.family_id),
child as (
  select b.family_id from base b join membership m on m.family_id = b.family_id join person p on p.id = m.person_id
  where m.resident and p.date_of_birth > b.b - interval '19 years' group by b.family_id),
found as (
  select b.family_id, coalesce(b.worked, false) as worked, c.family_id is not null
      and (coalesce(a.was, false)::int + coalesce(j.was, false)::int >= 1) as eligible,
    coalesce(a.was or a.is_now, false) as crime, coalesce(a.recent, false) as crime_open,
    coalesce(j.was or j.is_now, false) as work, coalesce(j.recent, false) as work_open
  from base b left join asb a using (family_id) left join jsa j using (family_id) left join child c using (family_id))
select family_id, eligible, worked, crime, work, case when not crime and not work then 'insufficient_evidence'
  when crime and crime_open or work and work_open then 'not_met' else 'met' end as ssp from found
