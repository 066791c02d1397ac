-- +goose Up
-- Recording that costs less: what a trial said stands in its row of the ledger,
-- and counts follow some events behind.
--
-- Writing one trial adds to ledger (+ledger_trial) and usages, which grow at
-- their ends, and to errors and insights where it failed. Nothing else is
-- touched until the counts are folded in, after some hundred events.

-- The ledger and the outcomes become one table. `outcomes` stays, as a view.

create table events (
    -- All events as they were taken; event_id is the order of commit. What a trial
    -- said stands here, what others said in errors, finalizations and voids.
    -- The columns of each type of event stand together, and the rare ones last.
    event_id           integer primary key,
    study_id           integer not null references studies (study_id),
    type               text    not null references event_types (type),
    trial_number       integer check (trial_number is not null or type not in ('trial', 'error')),
    time_us            integer not null,
    success            integer check (success in (0, 1)), -- of trials, and so are those up to voided_by
    objective_value    real    check (abs(objective_value) <= 1.7976931348623157e308), -- as it came, failed trials included
    design_variables   text,    -- a JSON object
    extractor_used     text,
    duration_seconds   real    check (abs(duration_seconds) <= 1.7976931348623157e308),
    items_updated      integer, -- the event's answer,
    insights_extracted integer, -- given again for a duplicate
    details            text    check (json_type(details) = 'object'),
    voided_by          integer references voids (event_id), -- the void that holds, null where the trial counts
    key                text,    -- the sender's idempotency key
    digest             blob,    -- of the content that came with the key: the same again is a duplicate, other content a conflict
    check ((success is not null) = (type = 'trial')),
    check ((digest is not null) = (key is not null))
) strict;

insert into events
select l.event_id, l.study_id, l.type, l.trial_number, l.time_us, o.success, o.objective_value, o.design_variables,
    o.extractor_used, o.duration_seconds, o.items_updated, o.insights_extracted, o.details, o.voided_by, l.key, l.digest
from ledger l
left join outcomes o using (event_id)
order by l.event_id;

-- The views and the other tables go on to speak of `ledger`, so that only its
-- name moves.
pragma legacy_alter_table = on;
drop table outcomes;
drop table ledger;
alter table events rename to ledger;
pragma legacy_alter_table = off;

-- A key is unique in its study; events without one cost nothing here.
create unique index ledger_key on ledger (study_id, key) where key is not null;

-- Finds the attempts at a trial number, latest last, when it is recorded again.
create index ledger_trial on ledger (study_id, trial_number) where type = 'trial';

-- What pointed to a trial's row in outcomes points to the one in the ledger.
pragma writable_schema = on;
update sqlite_schema set sql = replace(sql, 'references outcomes (event_id)', 'references ledger (event_id)')
where type = 'table' and name in ('usages', 'shown', 'voids');
pragma writable_schema = reset;

create view outcomes (
    -- What each trial event said, as it was recorded. The view all_trials says it
    -- in words.
    event_id,           -- the trial's place in the order in which everything was recorded
    success,            -- 1 or 0
    objective_value,    -- as it came, failed trials included
    design_variables,   -- a JSON object
    extractor_used,     -- '' for none
    duration_seconds,   -- how long it took
    details,            -- a JSON object as it came, or null
    items_updated,      -- what was answered: namings of items that the playbook had
    insights_extracted, -- and insights that were drawn
    voided_by           -- the event that took the trial back; null: it counts
) as
select event_id, success, objective_value, design_variables, extractor_used, duration_seconds, details,
    items_updated, insights_extracted, voided_by
from ledger
where success is not null; -- and not by the type: ledger_trial would give them in another order

-- Counts.

create table folded (
    -- How far the counts in scores, study_items and studies go: up to this event.
    -- Those after it, some hundred at most, are all trials of new numbers and
    -- errors, which only add; the views item_counts, study_item_counts and
    -- study_counts add them.
    only     integer primary key check (only = 1),
    event_id integer not null
) strict;

insert into folded (only, event_id) values (1, (select ifnull(max(event_id), 0) from ledger));

-- How often items came, went or came back: while it stands still, a writer need
-- not look up again what it knows of them.
alter table playbook add column changes integer not null default 0;

create view unfolded_items (
    -- What the latest events, which are not in `scores` yet, add to it.
    item_no,     -- the item's number
    helpful,     -- how often it counted as helpful
    harmful,     -- and as harmful
    last_used_us -- when last, in microseconds since 1970
) as
select item_no, sum(helpful), sum(harmful), max(time_us)
from (
    select u.item_no, u.counted * l.success as helpful, u.counted * (1 - l.success) as harmful, l.time_us
    from ledger l
    cross join usages u using (event_id)
    where l.event_id > (select event_id from folded) and u.counted > 0
    union all
    select b.item_no, 0, b.counted, l.time_us
    from blames b
    cross join ledger l using (event_id)
    where b.event_id > (select event_id from folded) and b.counted > 0
)
group by item_no;

create view unfolded_study_items (
    -- What the latest events add to `study_items`.
    study_id,      -- the study's number
    item_no,       -- the item's number
    trials_used_in -- how many of these trials used it
) as
select l.study_id, u.item_no, count(*)
from ledger l
cross join usages u using (event_id)
where l.event_id > (select event_id from folded)
group by l.study_id, u.item_no;

create view unfolded_studies (
    -- What the latest events add to `studies`.
    study_id,  -- the study's number
    trials,    -- how many of them are its trials
    successes, -- of those
    pending    -- how many insights were drawn
) as
select l.study_id, sum(l.type = 'trial'), ifnull(sum(l.success), 0), sum(ifnull(l.insights_extracted, l.type = 'error'))
from ledger l
where l.event_id > (select event_id from folded)
group by l.study_id;

create view item_counts (
    -- The counts of each item, as they are now.
    item_no,     -- the item's number
    helpful,     -- how often it counted as helpful
    harmful,     -- and as harmful
    last_used_us -- when it last counted, in microseconds since 1970; null: never here
) as
select c.item_no, c.helpful + ifnull(u.helpful, 0), c.harmful + ifnull(u.harmful, 0),
    max(ifnull(c.last_used_us, u.last_used_us), ifnull(u.last_used_us, c.last_used_us))
from scores c
left join unfolded_items u using (item_no);

create view study_item_counts (
    -- In how many trials of a study each item was used, as it is now: since the
    -- study's last reset, by the latest attempt of each trial.
    study_id,      -- the study's number
    item_no,       -- the item's number
    trials_used_in -- how many
) as
select s.study_id, s.item_no, s.trials_used_in + ifnull(u.trials_used_in, 0)
from study_items s
left join unfolded_study_items u using (study_id, item_no)
union all
select u.study_id, u.item_no, u.trials_used_in
from unfolded_study_items u
where not exists (select 1 from study_items s where s.study_id = u.study_id and s.item_no = u.item_no);

create view study_counts (
    -- The statistics of each study since its last reset, as they are now.
    study_id,  -- the study's number
    trials,    -- attempts that count
    successes, -- of them
    pending    -- insights that await a finalize
) as
select s.study_id, s.trials + ifnull(u.trials, 0), s.successes + ifnull(u.successes, 0), s.pending + ifnull(u.pending, 0)
from studies s
left join unfolded_studies u using (study_id);

-- What analysts read says what holds now.

drop view study_statistics;
create view study_statistics (
    -- Each study since its last reset.
    study,            -- the study's name
    direction,        -- minimize or maximize: which objectives are better
    trials,           -- attempts that count
    successes,        -- of them
    failures,         -- of them
    success_rate,     -- successes / trials; null before the first
    best_objective,   -- of the successes
    best_trial,       -- the number of the trial that first had it
    pending_insights, -- insights that await a finalize
    recordings,       -- all attempts, void ones and those before a reset too
    created_at,       -- when the study came
    last_reset_at,    -- null: never
    last_trial_at     -- when the latest attempt was recorded, of all
) as
select s.name, s.direction, c.trials, c.successes, c.trials - c.successes, cast(c.successes as real) / nullif(c.trials, 0),
    b.objective, b.trial_number, c.pending,
    (select count(*) from ledger l where l.study_id = s.study_id and l.type = 'trial'),
    datetime(s.created_us / 1000000, 'unixepoch'), datetime(r.time_us / 1000000, 'unixepoch'),
    (select datetime(time_us / 1000000, 'unixepoch') from ledger l
        where l.event_id = (select max(event_id) from ledger where study_id = s.study_id and type = 'trial'))
from studies s
join study_counts c using (study_id)
left join ledger r on r.event_id = s.reset_event
left join (
    select t.study, t.trial_number, t.objective,
        row_number() over (
            partition by t.study
            order by case d.direction when 'minimize' then t.objective else -t.objective end, t.event
        ) as place
    from all_trials t
    join studies d on d.name = t.study
    where t.counts and t.objective is not null
) b on b.study = s.name and b.place = 1;

drop view playbook_items;
create view playbook_items (
    -- Every item and how it has done, also those that left the playbook.
    item,           -- its id
    category,       -- str, cal, mis, tool, dom or wf
    content,        -- the advice
    state,          -- live; pruned by a finalize; removed by an import
    helpful,        -- how often it counted as helpful
    harmful,        -- and as harmful
    net_score,      -- helpful - harmful
    confidence,     -- helpful / (helpful + harmful), 0.5 before the first
    trials_used_in, -- in how many trials it was used, in all studies since their resets
    arrival,        -- the order in which the items came
    created_at,     -- when; as another tool wrote it where that is no time
    last_used_at,   -- null: never
    retired_at,     -- when it left the playbook; null: it is live
    tags            -- a JSON array
) as
select d.id, i.category, i.content, ifnull(r.reason, 'live'), c.helpful, c.harmful, c.helpful - c.harmful,
    case when c.helpful + c.harmful = 0 then 0.5 else cast(c.helpful as real) / (c.helpful + c.harmful) end,
    ifnull(u.trials_used_in, 0),
    i.arrival, ifnull(datetime(i.created_at), i.created_at),
    ifnull(datetime(c.last_used_us / 1000000, 'unixepoch'), ifnull(datetime(i.last_used_at), i.last_used_at)),
    datetime(r.retired_us / 1000000, 'unixepoch'), i.tags
from items i
join item_ids d using (item_no)
join item_counts c using (item_no)
left join (select item_no, sum(trials_used_in) as trials_used_in from study_item_counts group by item_no) u using (item_no)
left join retirements r using (retirement_id);

drop view performance;
create view performance (
    -- How each live item has done, per study.
    study,          -- the study's name
    id,             -- the item's id
    category,       -- str, cal, mis, tool, dom or wf
    helpful_count,  -- how often it counted as helpful, in all studies
    harmful_count,  -- and as harmful
    net_score,      -- helpful - harmful
    confidence,     -- helpful / (helpful + harmful), 0.5 before the first
    trials_used_in, -- in how many of the study's trials it was used, since its last reset
    arrival,        -- the order in which the items came
    content         -- the advice
) as
select s.name, d.id, i.category, c.helpful, c.harmful, c.helpful - c.harmful,
    case when c.helpful + c.harmful = 0 then 0.5 else cast(c.helpful as real) / (c.helpful + c.harmful) end,
    ifnull(t.trials_used_in, 0) + ifnull(u.trials_used_in, 0), i.arrival, i.content
from studies s
join items i on i.retirement_id is null
join item_ids d using (item_no)
join item_counts c using (item_no)
left join study_items t on t.study_id = s.study_id and t.item_no = i.item_no
left join unfolded_study_items u on u.study_id = s.study_id and u.item_no = i.item_no;

pragma user_version = 5;
