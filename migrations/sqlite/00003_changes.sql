-- +goose Up
-- A playbook that changes while the study runs: insights are committed, rejected and
-- edited, items are edited, retired, merged, tagged and restored, each by an event.

insert into event_types (type, meaning) values
    ('commit_insights', 'pending insights went into the playbook'),
    ('reject_insights', 'pending insights were dropped'),
    ('edit_insight', 'a pending insight got another text'),
    ('edit_item', 'an item got another text'),
    ('tag_item', 'an item got other tags'),
    ('retire_item', 'an item left the playbook'),
    ('merge_items', 'an item left the playbook, and another one took over its counts and sources'),
    ('restore_item', 'an item came back to the playbook');

insert into retirement_reasons (reason, meaning) values
    ('retired', 'somebody retired it'),
    ('merged', 'it was merged into another item');

insert into adjustment_reasons (reason, meaning) values
    ('merge', 'a merge moved counts from one item to another');

update adjustment_reasons
set meaning = 'a retired item came back: after a prune with a net score of zero, after a merge with its counts'
where reason = 'restore';

create table item_changes (
    -- The content of events that change an item: what it said or its tags (a JSON array)
    -- before and after, or the item that it was merged into. added, removed: the tags that
    -- the event names (JSON arrays).
    event_id  integer primary key references ledger (event_id),
    item_no   integer not null references items (item_no),
    before    text,
    after     text,
    into_item integer references items (item_no),
    added     text    check (json_type(added) = 'array'),
    removed   text    check (json_type(removed) = 'array')
) strict;

-- For the history of an item.
create index item_changes_item on item_changes (item_no);

create table insight_choices (
    -- The pending insights that an event names, by what they say. A commit without rows
    -- took all. new_content: what an edit made of it.
    event_id    integer not null references ledger (event_id),
    position    integer not null check (position >= 0),
    category    text    not null check (category in ('str', 'cal', 'mis', 'tool', 'dom', 'wf')),
    content     text    not null,
    new_content text,
    primary key (event_id, position)
) strict, without rowid;

create table reasons (
    -- Why an item was retired or insights were rejected, where somebody said so.
    event_id integer primary key references ledger (event_id),
    reason   text    not null
) strict;

create table item_texts (
    -- What else an item stands for: what it said before it was edited, and what was
    -- merged into it. An insight that says so merges into the item.
    category    text    not null check (category in ('str', 'cal', 'mis', 'tool', 'dom', 'wf')),
    fingerprint blob    not null,
    item_no     integer not null references items (item_no),
    event_id    integer not null references ledger (event_id), -- the edit, the merge or the commit
    primary key (category, fingerprint, item_no)
) strict, without rowid;

create table item_numbers (
    -- The numbers in a mistake that its insights differ in: the place of the number in the text,
    -- from 0, the lowest and the highest. An item without rows has the numbers of its text.
    item_no integer not null references items (item_no),
    place   integer not null check (place >= 0),
    low     text    not null,
    high    text    not null,
    primary key (item_no, place)
) strict, without rowid;

alter table adjustments add column event_id integer references ledger (event_id); -- the merge or the restore; null: an import
alter table source_trials add column event_id integer references ledger (event_id); -- the merge that brought it; null: none
alter table retirements add column restored_by integer references ledger (event_id); -- null: an import or an earlier version restored it
alter table insights add column drawn_content text; -- what it said before it was edited; null: it was not
alter table studies add column direction_given integer not null default 0 check (direction_given in (0, 1)); -- 0: nobody said so
update studies set direction_given = 1 where direction = 'maximize';

-- Views cannot be altered: these are created again.

drop view playbook_items;
drop view score_history;
drop view insight_history;

create view playbook_items (
    -- Every item and its performance, including items that left the playbook.
    item,           -- id of the item
    category,       -- str, cal, mis, tool, dom or wf
    content,        -- the advice
    state,          -- live, pruned (by a finalize), retired (by hand), merged (into another item) or removed (by an import)
    helpful,        -- how often it counted as helpful
    harmful,        -- how often it counted as harmful
    net_score,      -- helpful - harmful
    confidence,     -- helpful / (helpful + harmful); 0.5 before the first count
    trials_used_in, -- number of trials that used it, in all studies since their last resets
    arrival,        -- order of arrival of the items
    created_at,     -- UTC; unchanged if another tool wrote something that is not a time
    last_used_at,   -- null: never
    retired_at,     -- when it left the playbook; null: it is live
    tags            -- a JSON array
) as
select d.id, i.category, i.content, ifnull(r.reason, 'live'), c.helpful, c.harmful, c.helpful - c.harmful,
    case when c.helpful + c.harmful = 0 then 0.5 else cast(c.helpful as real) / (c.helpful + c.harmful) end,
    c.trials_used_in, i.arrival, ifnull(datetime(i.created_at), i.created_at),
    ifnull(datetime(c.last_used_us / 1000000, 'unixepoch'), ifnull(datetime(i.last_used_at), i.last_used_at)),
    datetime(r.retired_us / 1000000, 'unixepoch'), i.tags
from items i
join item_ids d using (item_no)
join scores c using (item_no)
left join retirements r using (retirement_id);

create view score_history (
    -- The changes of an item's counts, a row per change. A void trial has two
    -- rows: one for the trial and one for the void.
    item,           -- id of the item
    nth,            -- position among the item's changes, from 1
    change,         -- trial, error, void, unvoid, import, merge or restore
    study,          -- name of the study; null for an import, a merge and a restore
    trial_number,   -- the trial that it belongs to; null for an import, a merge and a restore
    helpful_change, -- what it added to the helpful count
    harmful_change, -- what it added to the harmful count
    helpful,        -- helpful count after it
    harmful,        -- harmful count after it
    net_score,      -- helpful - harmful after it
    changed_at,     -- time of the change
    event           -- position in the order of commit of all events; for an import, the event before it
) as
select d.id, row_number() over so_far, x.change, s.name, l.trial_number, x.helpful, x.harmful,
    sum(x.helpful) over so_far, sum(x.harmful) over so_far, sum(x.helpful - x.harmful) over so_far,
    datetime(ifnull(x.time_us, l.time_us) / 1000000, 'unixepoch'), x.event
from (
    select u.item_no, 'trial' as change, u.counted * t.success as helpful, u.counted * (1 - t.success) as harmful,
        u.event_id as event, 0 as adjustment, null as time_us
    from usages u
    join ledger t using (event_id)
    where u.counted > 0
    union all
    select item_no, 'error', 0, counted, event_id, 0, null
    from blames
    where counted > 0
    union all
    select u.item_no, case when v.undo then 'unvoid' else 'void' end, (2 * v.undo - 1) * u.counted * t.success,
        (2 * v.undo - 1) * u.counted * (1 - t.success), v.event_id, 0, null
    from voids v
    join ledger t on t.event_id = v.trial_event
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
    -- All advice drawn from trials, errors and finished studies.
    study,        -- name of the study
    trial_number, -- the trial that it was drawn from; null: the study as a whole
    category,     -- str, cal, mis, tool, dom or wf
    content,      -- the advice
    helpful,      -- 1: advice to follow; 0: a warning
    state,        -- pending; added (a new item); merged (into an existing item); rejected; dropped (by a reset or a void)
    item,         -- id of the item that it went into
    drawn_at,     -- time of the event that it was drawn from
    settled_at,   -- when it was added, merged, rejected or dropped
    reason,       -- why it was rejected; null: no reason was given
    drawn_content -- what it said before it was edited; null: it was not
) as
select s.name, i.trial_number, i.category, i.content, i.helpful,
    case when i.settled_by is null then 'pending' when e.type = 'reject_insights' then 'rejected' when i.item_no is null then 'dropped' when i.added then 'added' else 'merged' end,
    d.id, datetime(l.time_us / 1000000, 'unixepoch'), datetime(e.time_us / 1000000, 'unixepoch'),
    r.reason, i.drawn_content
from insights i
join studies s using (study_id)
join ledger l on l.event_id = i.event_id
left join ledger e on e.event_id = i.settled_by
left join item_ids d on d.item_no = i.item_no
left join reasons r on r.event_id = i.settled_by;

create view item_history (
    -- What happened to each item besides its counts.
    item,       -- id of the item
    change,     -- edit_item, tag_item, merge_items, retire_item, restore_item, pruned or removed
    before,     -- what it said or its tags (a JSON array) before an edit or a tagging
    after,      -- the same after it
    into_item,  -- id of the item that it was merged into
    reason,     -- why it was retired; null: no reason was given
    study,      -- name of the study of the event; null for an import
    changed_at, -- time of the change
    event       -- position in the order of commit of all events; null for an import
) as
select d.id, l.type, c.before, c.after, o.id, r.reason, s.name, datetime(l.time_us / 1000000, 'unixepoch'), l.event_id
from item_changes c
join item_ids d using (item_no)
join ledger l using (event_id)
join studies s using (study_id)
left join item_ids o on o.item_no = c.into_item
left join reasons r using (event_id)
union all
select d.id, x.reason, null, null, null, null, s.name, datetime(x.retired_us / 1000000, 'unixepoch'), x.event_id
from retirements x
join item_ids d using (item_no)
left join ledger l using (event_id)
left join studies s using (study_id)
where x.reason in ('pruned', 'removed');

pragma user_version = 3;
