-- What recording one trial sends: see gate.go and record.go of store/postgres.
\set number random(1, 1000000000)
begin isolation level serializable;
with noted as (insert into commits (id, at) values (gen_random_uuid(), clock_timestamp()))
select schema, epoch, coalesce(closed_by <> gen_random_uuid() and closed_until > clock_timestamp(), false) as closed,
	(extract(epoch from clock_timestamp()) * 1000000)::bigint as now
from gate
where coalesce(case when current_setting('jit', true) is not null then set_config('jit', 'off', true) end, '') is not null;
insert into unfolded (arrived_us, study_id, type, trial_number, time_us, success, objective_value, design_variables, extractor_used,
	duration_seconds, items_updated, insights_extracted, details, key, digest, holdout, item_nos, named, counted, shown,
	error_kinds, error_classes, error_messages, insight_categories, insight_contents, insight_helpful, insight_trial_numbers)
values (1764000000000000::bigint, 1::bigint, 'trial'::text, :number::bigint, 1764000000000000::bigint, true::boolean, 5060.9::double precision,
	'{"a1": 30.52, "a2": 0.1, "a3": 23.2, "a4": 15.22}'::json, ''::text, 41.5::double precision, 5::integer, 0::integer, null::json, null::text, null::bytea,
	false::boolean, '{1,2,3,4,5}'::bigint[], '{1,1,1,1,1}'::integer[], '{1,1,1,1,1}'::integer[], '{}'::bigint[],
	'{}'::text[], '{}'::text[], '{}'::text[], '{}'::text[], '{}'::text[], '{}'::boolean[], '{}'::bigint[]);
commit;
