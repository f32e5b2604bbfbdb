insert into evaluation (tenant_id, id, family_id, as_at, known_at, plan_version_id, plan_hash, standing, eligible, worked_with, ssp,
  ce, result, headlines, findings, is_current)
select v.tenant_id, gen_random_uuid(), h.family_id, %(d)s, now(), v.id, v.document_hash, 'worked with', h.eligible, h.worked, h.ssp,
  'not_applicable', case when h.eligible and h.worked and h.ssp = 'met' then 'ssp' else '' end, array_remove(array[case when h.crime then 'crime' end, case when h.work then 'work' end], null), '', true
from by_hand h, plan_version v
