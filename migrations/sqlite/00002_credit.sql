-- +goose Up
-- What true credit takes: trials that were held out, the choice of what a finalize
-- prunes, and a view of attribution that compares within windows of trials.

alter table ledger add column holdout integer not null default 0 -- 1: the trial's context was left empty on purpose
    check (holdout in (0, 1) and (holdout = 0 or type = 'trial'));

-- pruned at or below prune_below, which is null for other rules.
alter table finalizations add column prune_by text not null default 'net-score' check (prune_by in ('net-score', 'attribution', 'none'));
alter table finalizations add column prune_below integer default -3 check ((prune_below is not null) = (prune_by = 'net-score'));

update retirement_reasons set meaning = 'a finalize pruned it' where reason = 'pruned';

-- Views cannot be altered: these are created again with more columns.

drop view all_trials;
drop view trials;
drop view finalize_history;
drop view attribution;

create view all_trials (
    -- Every attempt at a trial, including those that do not count.
    study,            -- name of the study
    trial_number,     -- as the driver numbered it
    attempt,          -- which recording of the number, from 1
    counts,           -- 1: counts in statistics; 0: void, or recorded before the study's last reset
    is_current,       -- 1: the latest attempt at its number that counts
    is_void,          -- 1: voided
    is_before_reset,  -- 1: recorded before the study's last reset
    success,          -- 1 or 0
    objective,        -- null where the trial failed or had none
    error_count,      -- number of errors and constraint violations
    errors,           -- their messages, in order; null for none
    extractor,        -- name of the extractor; '' for none
    duration_seconds, -- duration of the evaluation in seconds
    design_variables, -- a JSON object; the view design_variables has a row per variable
    details,          -- a JSON object as it came, or null
    recorded_at,      -- time of the event
    event,            -- position in the order of commit of all events
    holdout           -- 1: its context was left empty on purpose, to compare the playbook with
) as
select s.name, l.trial_number,
    (select count(*) from ledger a
        where a.type = 'trial' and a.study_id = l.study_id and a.trial_number = l.trial_number and a.event_id <= l.event_id),
    l.voided_by is null and l.event_id > ifnull(s.reset_event, 0),
    l.voided_by is null and l.event_id > ifnull(s.reset_event, 0) and not exists (
        select 1 from ledger a
        where a.type = 'trial' and a.study_id = l.study_id and a.trial_number = l.trial_number and a.event_id > l.event_id
            and a.voided_by is null),
    l.voided_by is not null, l.event_id <= ifnull(s.reset_event, 0),
    l.success, case when l.success then l.objective_value end,
    (select count(*) from errors e where e.event_id = l.event_id),
    (select group_concat(message, '; ') from (select message from errors e where e.event_id = l.event_id order by position)),
    l.extractor_used, l.duration_seconds, l.design_variables, l.details,
    datetime(l.time_us / 1000000, 'unixepoch'), l.event_id, l.holdout
from ledger l
join studies s using (study_id)
where l.success is not null; -- not by type, because ledger_trial has another order

create view trials (
    -- The trials that count: not void, and recorded since the study's last reset.
    -- Each attempt at a number is a row, as in the statistics; is_current picks one
    -- row per number.
    study,            -- name of the study
    trial_number,     -- as the driver numbered it
    attempt,          -- which recording of the number, from 1
    is_current,       -- 1: the latest attempt at its number
    nth,              -- position among the study's trials that count, from 1
    success,          -- 1 or 0
    objective,        -- null where the trial failed or had none
    best_so_far,      -- best objective up to this trial, by the study's direction
    error_count,      -- number of errors and constraint violations
    errors,           -- their messages, in order; null for none
    extractor,        -- name of the extractor; '' for none
    duration_seconds, -- duration of the evaluation in seconds
    design_variables, -- a JSON object; the view design_variables has a row per variable
    details,          -- a JSON object as it came, or null
    recorded_at,      -- time of the event
    event,            -- position in the order of commit of all events
    holdout           -- 1: its context was left empty on purpose, to compare the playbook with
) as
select t.study, t.trial_number, t.attempt, t.is_current, row_number() over so_far, t.success, t.objective,
    case s.direction when 'minimize' then min(t.objective) over so_far else max(t.objective) over so_far end,
    t.error_count, t.errors, t.extractor, t.duration_seconds, t.design_variables, t.details, t.recorded_at, t.event, t.holdout
from all_trials t
join studies s on s.name = t.study
where t.counts
window so_far as (partition by t.study order by t.event);

create view finalize_history (
    -- The parameters and the answer of each finalize.
    study,             -- name of the study
    nth,               -- position among the study's finalizes, from 1
    name,              -- parameter: name of what was optimized
    total_trials,      -- parameter: number of trials
    best_value,        -- parameter: best objective
    convergence_rate,  -- parameter: rate of convergence
    method,            -- parameter: the optimizer
    insights_added,    -- answer: insights that became new items
    insights_merged,   -- answer: insights that were merged into existing items
    items_pruned,      -- answer: items that left the playbook
    playbook_size,     -- items in the playbook after it
    playbook_version,  -- version of the playbook after it
    trials_processed,  -- number of the study's trials since its last reset
    successful_trials, -- number of those that succeeded
    finalized_at,      -- time of the event
    event,             -- position in the order of commit of all events
    prune_by,          -- parameter: net-score, attribution or none
    prune_below        -- parameter: net-score prunes items with this net score or a lower one; null for another rule
) as
select s.name, row_number() over (partition by s.study_id order by l.event_id),
    f.name, f.total_trials, f.best_value, f.convergence_rate, f.method,
    f.insights_added, f.insights_merged, f.items_pruned, f.playbook_size, f.playbook_version,
    f.total_trials_processed, f.successful_trials, datetime(l.time_us / 1000000, 'unixepoch'), l.event_id, f.prune_by, f.prune_below
from finalizations f
join ledger l using (event_id)
join studies s using (study_id);

create view attribution (
    -- The effect of each live item on success, per study. It compares the trials with
    -- the item to those without it within windows of 20 consecutive trials, by the latest
    -- attempt at each trial number since the last reset. Trials that were held out are left
    -- out. `atomizer-db attribution` adds intervals, p-values and verdicts.
    study,             -- name of the study
    id,                -- id of the item
    category,          -- str, cal, mis, tool, dom or wf
    trials_with,       -- number of trials that used the item
    successes_with,    -- number of those that succeeded
    trials_without,    -- number of trials that did not use it
    successes_without, -- number of those that succeeded
    trials_shown,      -- number of trials without the item for which it was shown
    successes_shown,   -- number of those that succeeded
    lift,              -- success rate with the item minus success rate without it, in the mean over the windows; null: nothing to compare
    arrival,           -- order of arrival of the items
    content,           -- the advice
    windows            -- number of windows that have trials with the item and without it
) as
with latest as (
    select l.study_id, max(l.event_id) as event_id, l.success, l.holdout
    from ledger l
    join studies s using (study_id)
    where l.type = 'trial' and l.voided_by is null and l.event_id > ifnull(s.reset_event, 0)
    group by l.study_id, l.trial_number
),
numbered as (
    select study_id, event_id, success, holdout,
        row_number() over (partition by study_id order by event_id) - 1 as place, count(*) over (partition by study_id) as size
    from latest
),
credited as materialized (
    -- A last window that would be shorter than 20 trials joins the one before.
    select study_id, event_id, success, min(place / 20, max(size / 20 - 1, 0)) as nth_window
    from numbered
    where not holdout
),
windows as (
    select study_id, nth_window, count(*) as trials, sum(success) as successes
    from credited
    group by study_id, nth_window
),
totals as (
    select study_id, sum(trials) as trials, sum(successes) as successes
    from windows
    group by study_id
),
window_uses as (
    select c.study_id, u.item_no, c.nth_window, count(*) as trials, sum(c.success) as successes
    from credited c
    join usages u using (event_id)
    where u.counted > 0
    group by c.study_id, u.item_no, c.nth_window
),
used as (
    select u.study_id, u.item_no, sum(u.trials) as trials, sum(u.successes) as successes,
        count(*) filter (where u.trials < w.trials) as windows,
        -- Mantel and Haenszel's weights and weighted differences
        sum(cast(u.trials * (w.trials - u.trials) as real) / w.trials) as weight,
        sum(u.successes - cast(u.trials * w.successes as real) / w.trials) as difference
    from window_uses u
    join windows w using (study_id, nth_window)
    group by u.study_id, u.item_no
),
unused as (
    select c.study_id, w.item_no, count(*) as trials, sum(c.success) as successes
    from credited c
    join shown w using (event_id)
    where not exists (select 1 from usages u where u.event_id = w.event_id and u.item_no = w.item_no and u.counted > 0)
    group by c.study_id, w.item_no
)
select s.name, d.id, i.category, ifnull(u.trials, 0), ifnull(u.successes, 0),
    t.trials - ifnull(u.trials, 0), t.successes - ifnull(u.successes, 0), ifnull(n.trials, 0), ifnull(n.successes, 0),
    u.difference / nullif(u.weight, 0), i.arrival, i.content, ifnull(u.windows, 0)
from totals t
join items i on i.retirement_id is null
join item_ids d using (item_no)
join studies s using (study_id)
left join used u on u.study_id = t.study_id and u.item_no = i.item_no
left join unused n on n.study_id = t.study_id and n.item_no = i.item_no;

pragma user_version = 2;
