insert into family (tenant_id, id, reference, name, version) select %(t)s, gen_random_uuid(), 'F-' || n, 'Family ' || n, 1 from generate_series(1, %(n)s) n;

insert into person (tenant_id, id, reference, given_name, family_name, address, postcode, uprn, keys_version, recorded_at, date_of_birth, version) select tenant_id, gen_random_uuid(), reference || '-' || k, '', '', '', '', '', 1, timestamptz '2010-01-01', case when k <= 2 then date '1985-01-01' + k else date '2008-01-01' + (hashtext(reference || k) %% 2000) end, 1 from family, generate_series(1, 4) k;

insert into membership (tenant_id, id, family_id, person_id, resident, joined_on) select f.tenant_id, gen_random_uuid(), f.id, p.id, true, '2010-01-01' from family f join person p on p.reference like f.reference || '-_';

insert into episode (tenant_id, id, family_id, programme_id, plan_version_id, baseline_on, whole_family_assessment_on, whole_family_plan_on, lead_worker_on, plan_aligned_on, weight, version) select f.tenant_id, gen_random_uuid(), f.id, %(p)s, v.id, b, b, case when hashtext(f.reference) %% 10 <> 0 then b end, b, b, 2, 1 from family f, plan_version v, lateral (select date '2016-04-01' + abs(hashtext(f.reference || 'b')) %% 700 as b) x;

insert into event (tenant_id, id, signal, person_id, happened_on, recorded_at, recorded_by_id) select p.tenant_id, gen_random_uuid(), 'police.asb', p.id, date '2015-04-01' + abs(hashtext(p.reference || k)) %% 1460, now(), %(u)s from person p, generate_series(1, 3) k where hashtext(p.reference || 'e' || k) %% 3 = 0;

insert into spell (tenant_id, id, signal, person_id, from_on, to_on, recorded_at, recorded_by_id) select p.tenant_id, gen_random_uuid(), 'benefit.jsa', p.id, s, case when hashtext(p.reference || 'o') %% 4 <> 0 then s + 300 end, now(), %(u)s from person p, lateral (select date '2015-10-01' + abs(hashtext(p.reference || 's')) %% 900 as s) x where p.date_of_birth < '2000-01-01' and hashtext(p.reference || 'j') %% 3 = 0;

insert into coverage (tenant_id, id, signal, from_on, to_on, recorded_at, recorded_by_id) select %(t)s, gen_random_uuid(), s, '2010-01-01', '2019-03-31', now(), %(u)s from unnest(array['police.asb', 'benefit.jsa']) s;
