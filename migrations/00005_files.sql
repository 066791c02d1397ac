-- +goose Up
-- The playbook keeps when it was created.

alter table playbook add column created_at text; -- as playbook.json had it
alter table playbook add column created_us integer not null default 0; -- the first change here; 0: none yet

-- What a playbook.json brought was one of the unknown fields until now.
update playbook
set created_at = ifnull(case when json_type(extra, '$.created_at') = 'text' then json_extract(extra, '$.created_at') end, last_updated_at),
    created_us = ifnull((
        select min(time_us)
        from (
            select l.time_us from insights i join ledger l on l.event_id = i.settled_by where i.added
            union all
            select time_us from imports
        )), case when exists (select 1 from items) then changed_us else 0 end),
    extra = nullif(json_remove(extra, '$.created_at'), '{}');

pragma user_version = 5;
