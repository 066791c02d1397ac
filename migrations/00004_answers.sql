-- +goose Up
-- What analysts, dashboards and notebooks read: views that stay, while the
-- tables behind them may change. The words behind each name are the page on
-- them: `atomizer-db schema` prints it, and README.md has it. A view's first
-- comment says what it is, and each column stands on a line with its own.
--
-- Times are UTC, as in 2026-01-31 12:00:00. All works in SQLite 3.40.

create view all_trials (
    -- Every recording of a trial, also what no longer counts.
    study,            -- the study's name
    trial_number,     -- as the driver numbered it
    attempt,          -- which recording of the number: 1 is the first in the study
    counts,           -- 1: it counts in statistics; 0: it is void, or from before the study's last reset
    is_current,       -- 1: of the attempts at its number that count, the latest
    is_void,          -- 1: it was taken back
    is_before_reset,  -- 1: the study was reset since
    success,          -- 1 or 0
    objective,        -- null where the trial failed or had none
    error_count,      -- how many errors and constraint violations it had
    errors,           -- their messages, in order; null for none
    extractor,        -- the extractor that was used, '' for none
    duration_seconds, -- how long it took
    design_variables, -- a JSON object; the view design_variables has them as rows
    details,          -- a JSON object as it came, or null
    recorded_at,      -- when
    event             -- its place in the order in which everything was recorded
) as
select s.name, l.trial_number,
    (select count(*) from ledger a
        where a.type = 'trial' and a.study_id = l.study_id and a.trial_number = l.trial_number and a.event_id <= l.event_id),
    o.voided_by is null and l.event_id > ifnull(s.reset_event, 0),
    o.voided_by is null and l.event_id > ifnull(s.reset_event, 0) and not exists (
        select 1 from ledger a join outcomes b using (event_id)
        where a.type = 'trial' and a.study_id = l.study_id and a.trial_number = l.trial_number and a.event_id > l.event_id
            and b.voided_by is null),
    o.voided_by is not null, l.event_id <= ifnull(s.reset_event, 0),
    o.success, case when o.success then o.objective_value end,
    (select count(*) from errors e where e.event_id = l.event_id),
    (select group_concat(message, '; ') from (select message from errors e where e.event_id = l.event_id order by position)),
    o.extractor_used, o.duration_seconds, o.design_variables, o.details,
    datetime(l.time_us / 1000000, 'unixepoch'), l.event_id
from outcomes o
join ledger l using (event_id)
join studies s using (study_id);

create view trials (
    -- The trials that count: not void, and since the study's last reset. Each attempt
    -- at a number is a row, as in the statistics; is_current picks one a number.
    study,            -- the study's name
    trial_number,     -- as the driver numbered it
    attempt,          -- which recording of the number: 1 is the first in the study
    is_current,       -- 1: the latest attempt at its number
    nth,              -- 1 is the first of the study's trials that count
    success,          -- 1 or 0
    objective,        -- null where the trial failed or had none
    best_so_far,      -- the best objective up to here, by the study's direction
    error_count,      -- how many errors and constraint violations it had
    errors,           -- their messages, in order; null for none
    extractor,        -- the extractor that was used, '' for none
    duration_seconds, -- how long it took
    design_variables, -- a JSON object; the view design_variables has them as rows
    details,          -- a JSON object as it came, or null
    recorded_at,      -- when
    event             -- its place in the order in which everything was recorded
) as
select t.study, t.trial_number, t.attempt, t.is_current, row_number() over so_far, t.success, t.objective,
    case s.direction when 'minimize' then min(t.objective) over so_far else max(t.objective) over so_far end,
    t.error_count, t.errors, t.extractor, t.duration_seconds, t.design_variables, t.details, t.recorded_at, t.event
from all_trials t
join studies s on s.name = t.study
where t.counts
window so_far as (partition by t.study order by t.event);

create view trial_items (
    -- Which items were in the context of which trial, all attempts.
    study,         -- the study's name
    trial_number,  -- as the driver numbered it
    attempt,       -- which recording of the number
    counts,        -- 1: the trial counts; 0: it is void, or from before the study's last reset
    is_current,    -- 1: of the attempts at its number that count, the latest
    item,          -- the item's id; the playbook may not have it (yet)
    times_named,   -- how often the trial's list had it
    times_counted, -- how often that counted for or against the item: 0 where the playbook lacked it
    success,       -- whether the trial succeeded, 1 or 0
    objective,     -- the trial's; null where it failed or had none
    recorded_at,   -- when
    event          -- the trial's place in the order in which everything was recorded
) as
select t.study, t.trial_number, t.attempt, t.counts, t.is_current, d.id, u.named, u.counted, t.success, t.objective, t.recorded_at, t.event
from usages u
join item_ids d using (item_no)
join all_trials t on t.event = u.event_id;

create view design_variables (
    -- The design variables of every trial, a row each, all attempts.
    study,        -- the study's name
    trial_number, -- as the driver numbered it
    attempt,      -- which recording of the number
    counts,       -- 1: the trial counts; 0: it is void, or from before the study's last reset
    is_current,   -- 1: of the attempts at its number that count, the latest
    name,         -- the variable's
    value,        -- a number or text; true is 1 and false 0
    type,         -- integer, real, text, true, false or null
    success,      -- whether the trial succeeded, 1 or 0
    objective,    -- the trial's; null where it failed or had none
    event         -- the trial's place in the order in which everything was recorded
) as
select t.study, t.trial_number, t.attempt, t.counts, t.is_current, v.key, v.value, v.type, t.success, t.objective, t.event
from all_trials t
join json_each(t.design_variables) v;

create view error_messages (
    -- Every error message, of trials and of reported errors.
    study,        -- the study's name
    trial_number, -- the trial that it was about
    source,       -- solver: a trial's error; constraint: a trial's violation; reported: an error event
    class,        -- what kind of error
    message,      -- the whole message
    counts,       -- 0: its trial is void, or it is from before the study's last reset
    recorded_at,  -- when
    event         -- its place in the order in which everything was recorded
) as
select s.name, l.trial_number, e.kind, e.class, e.message, o.voided_by is null and l.event_id > ifnull(s.reset_event, 0),
    datetime(l.time_us / 1000000, 'unixepoch'), l.event_id
from errors e
join ledger l using (event_id)
join studies s using (study_id)
left join outcomes o using (event_id);

create view error_classes (
    -- The kinds of errors that count, per study: how many, and from when to when.
    study,       -- the study's name
    source,      -- solver, constraint or reported
    class,       -- what kind of error
    messages,    -- how many
    trials,      -- in how many trial numbers
    first_trial, -- the trial number of the first
    last_trial,  -- and of the last, in the order of recording
    first_at,    -- when the first was recorded
    last_at      -- and the last
) as
select c.study, c.source, c.class, c.messages, c.trials, f.trial_number, l.trial_number,
    datetime(f.time_us / 1000000, 'unixepoch'), datetime(l.time_us / 1000000, 'unixepoch')
from (
    select study, source, class, count(*) as messages, count(distinct trial_number) as trials,
        min(event) as first_event, max(event) as last_event
    from error_messages
    where counts
    group by study, source, class
) c
join ledger f on f.event_id = c.first_event
join ledger l on l.event_id = c.last_event;

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
select s.name, s.direction, s.trials, s.successes, s.trials - s.successes, cast(s.successes as real) / nullif(s.trials, 0),
    b.objective, b.trial_number, s.pending,
    (select count(*) from ledger l where l.study_id = s.study_id and l.type = 'trial'),
    datetime(s.created_us / 1000000, 'unixepoch'), datetime(r.time_us / 1000000, 'unixepoch'),
    (select datetime(time_us / 1000000, 'unixepoch') from ledger l
        where l.event_id = (select max(event_id) from ledger where study_id = s.study_id and type = 'trial'))
from studies s
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

create view finalize_history (
    -- What each finalize was told, and what it did.
    study,             -- the study's name
    nth,               -- 1 is the study's first
    name,              -- what it was told: the name of what was optimized,
    total_trials,      -- the number of trials,
    best_value,        -- the best objective,
    convergence_rate,  -- the rate of convergence
    method,            -- and the method
    insights_added,    -- what it did: insights that became new items,
    insights_merged,   -- insights that an item already said,
    items_pruned,      -- items that left the playbook
    playbook_size,     -- items after it
    playbook_version,  -- the playbook's version after it
    trials_processed,  -- the study's trials since its last reset
    successful_trials, -- of them
    finalized_at,      -- when
    event              -- its place in the order in which everything was recorded
) as
select s.name, row_number() over (partition by s.study_id order by l.event_id),
    f.name, f.total_trials, f.best_value, f.convergence_rate, f.method,
    f.insights_added, f.insights_merged, f.items_pruned, f.playbook_size, f.playbook_version,
    f.total_trials_processed, f.successful_trials, datetime(l.time_us / 1000000, 'unixepoch'), l.event_id
from finalizations f
join ledger l using (event_id)
join studies s using (study_id);

create view learning_curve (
    -- How a study went, over the trials that count, in windows of 10, 25, 50 and
    -- 100: pick one window_size. The last window may have fewer.
    study,          -- the study's name
    window_size,    -- 10, 25, 50 or 100 trials
    nth_window,     -- 1 is the study's first
    first_nth,      -- the first trial in it, as trials.nth
    last_nth,       -- and the last
    trials,         -- how many
    successes,      -- of them
    success_rate,   -- successes / trials
    best_objective, -- in the window, by the study's direction
    best_so_far     -- from the first window to this one
) as
select c.study, z.size, (c.nth - 1) / z.size + 1, min(c.nth), max(c.nth), count(*), sum(c.success), avg(c.success),
    case c.direction when 'minimize' then min(c.objective) else max(c.objective) end,
    case c.direction when 'minimize' then min(c.best_so_far) else max(c.best_so_far) end
from (select 10 as size union all select 25 union all select 50 union all select 100) z
join (
    select t.study, s.direction, t.success, t.objective, t.best_so_far, t.nth
    from trials t
    join studies s on s.name = t.study
) c
group by c.study, z.size, (c.nth - 1) / z.size;

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
    (select ifnull(sum(trials_used_in), 0) from study_items u where u.item_no = i.item_no),
    i.arrival, ifnull(datetime(i.created_at), i.created_at),
    ifnull(datetime(c.last_used_us / 1000000, 'unixepoch'), ifnull(datetime(i.last_used_at), i.last_used_at)),
    datetime(r.retired_us / 1000000, 'unixepoch'), i.tags
from items i
join item_ids d using (item_no)
join scores c using (item_no)
left join retirements r using (retirement_id);

create view score_history (
    -- How an item's counts came about, a row a change. A trial that is void has
    -- two: the one that it made, and the one that took it back.
    item,           -- its id
    nth,            -- 1 is the item's first change
    change,         -- trial, error, void, unvoid, import or restore
    study,          -- the study's name; null for an import and a restore
    trial_number,   -- the trial that it was about; null for an import and a restore
    helpful_change, -- what it added to the helpful count
    harmful_change, -- and to the harmful count
    helpful,        -- the counts after it
    harmful,        -- the same
    net_score,      -- helpful - harmful after it
    changed_at,     -- when
    event           -- the place in the order in which everything was recorded; of an import and a restore: what came before
) as
select d.id, row_number() over so_far, x.change, s.name, l.trial_number, x.helpful, x.harmful,
    sum(x.helpful) over so_far, sum(x.harmful) over so_far, sum(x.helpful - x.harmful) over so_far,
    datetime(ifnull(x.time_us, l.time_us) / 1000000, 'unixepoch'), x.event
from (
    select u.item_no, 'trial' as change, u.counted * o.success as helpful, u.counted * (1 - o.success) as harmful,
        u.event_id as event, 0 as adjustment, null as time_us
    from usages u
    join outcomes o using (event_id)
    where u.counted > 0
    union all
    select item_no, 'error', 0, counted, event_id, 0, null
    from blames
    where counted > 0
    union all
    select u.item_no, case when v.undo then 'unvoid' else 'void' end, (2 * v.undo - 1) * u.counted * o.success,
        (2 * v.undo - 1) * u.counted * (1 - o.success), v.event_id, 0, null
    from voids v
    join outcomes o on o.event_id = v.trial_event
    join usages u on u.event_id = v.trial_event
    where u.counted > 0
    union all
    select item_no, reason, helpful, harmful, after_event, adjustment_id, time_us
    from adjustments
) x
join item_ids d using (item_no)
left join ledger l on l.event_id = x.event and x.adjustment = 0
left join studies s using (study_id)
window so_far as (partition by d.id order by x.event, x.adjustment);

create view insight_history (
    -- All advice that was drawn from trials, errors and finished studies.
    study,        -- the study's name
    trial_number, -- what it was drawn from; null: from the study as a whole
    category,     -- str, cal, mis, tool, dom or wf
    content,      -- the advice
    helpful,      -- 1: it speaks for something, 0: it warns
    state,        -- pending; added: a new item; merged: into an item that said so already; dropped by a reset or a void
    item,         -- the item that it went into
    drawn_at,     -- when
    settled_at    -- when it was added, merged or dropped
) as
select s.name, i.trial_number, i.category, i.content, i.helpful,
    case when i.settled_by is null then 'pending' when i.item_no is null then 'dropped' when i.added then 'added' else 'merged' end,
    d.id, datetime(l.time_us / 1000000, 'unixepoch'), datetime(e.time_us / 1000000, 'unixepoch')
from insights i
join studies s using (study_id)
join ledger l on l.event_id = i.event_id
left join ledger e on e.event_id = i.settled_by
left join item_ids d on d.item_no = i.item_no;

-- The two that were there before, in the same way.

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
    ifnull(u.trials_used_in, 0), i.arrival, i.content
from studies s
join items i on i.retirement_id is null
join item_ids d using (item_no)
join scores c using (item_no)
left join study_items u on u.study_id = s.study_id and u.item_no = i.item_no;

drop view pending_insights;
create view pending_insights (
    -- The insights that await a finalize.
    insight_id,   -- their order
    study,        -- the study's name
    category,     -- str, cal, mis, tool, dom or wf
    content,      -- the advice
    helpful,      -- 1: it speaks for something, 0: it warns
    trial_number, -- what it was drawn from
    event_id      -- the event that it was drawn from, in the order in which everything was recorded
) as
select i.insight_id, s.name, i.category, i.content, i.helpful, i.trial_number, i.event_id
from insights i
join studies s using (study_id)
where i.settled_by is null;

pragma user_version = 4;
