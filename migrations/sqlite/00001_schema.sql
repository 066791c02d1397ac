-- +goose Up
-- The schema of a learning store. README.md in this folder lists every table and
-- view; `.schema` in the sqlite3 shell shows the comments inside the statements.
--
-- Recording one trial writes one row of ledger, one of usages per item, and one
-- count per item in scores and in study_items, all in one transaction. Its cost does
-- not grow with the length of the study. The frequent questions (top, worst,
-- performance, stats) read items, scores, study_items and studies, whose sizes
-- depend on the playbook and on the number of studies, not on their lengths.
--
-- Columns whose names end in _us hold microseconds since 1970-01-01 UTC.

-- "Atmd" distinguishes databases of this schema from other SQLite files.
pragma application_id = 1098149220;

-- Enumerations that later schemas extend are tables: adding a row does not require
-- copying a table, as changing a CHECK constraint would.

create table event_types (
    -- The types of events in the ledger.
    type    text not null primary key,
    meaning text not null
) strict, without rowid;

insert into event_types (type, meaning) values
    ('trial', 'one evaluation of a design'),
    ('error', 'an error outside a trial'),
    ('finalize', 'the end of a study: insights are committed and items are pruned'),
    ('reset', 'the statistics, usage and pending insights of the study start afresh'),
    ('void', 'a trial was recorded by mistake and counts for nothing, or counts again');

create table retirement_reasons (
    -- Why an item left the playbook.
    reason  text not null primary key,
    meaning text not null
) strict, without rowid;

insert into retirement_reasons (reason, meaning) values
    ('pruned', 'a finalize pruned it for its low net score'),
    ('removed', 'an imported playbook.json no longer had it');

create table adjustment_reasons (
    -- Why counts changed without an event.
    reason  text not null primary key,
    meaning text not null
) strict, without rowid;

insert into adjustment_reasons (reason, meaning) values
    ('import', 'an imported file brought or changed counts'),
    ('restore', 'a retired item came back, with a net score of zero');

-- Events and their content.

create table studies (
    -- One optimization campaign. Its statistics since its last reset are kept
    -- here, so that asking for them does not read the trials.
    study_id    integer primary key,
    name        text    not null unique,
    direction   text    not null default 'minimize' check (direction in ('minimize', 'maximize')),
    created_us  integer not null,
    reset_event integer references ledger (event_id), -- the last reset; null: never
    trials      integer not null default 0 check (trials >= 0),
    successes   integer not null default 0 check (successes between 0 and trials),
    pending     integer not null default 0 check (pending >= 0) -- insights
) strict;

create table ledger (
    -- Every event as it was recorded, in order of commit (event_id). The content of
    -- trials is in this table; that of other events is in errors, blames,
    -- finalizations and voids.
    -- The columns from success to voided_by are null for other events.
    event_id           integer primary key,
    study_id           integer not null references studies (study_id),
    type               text    not null references event_types (type),
    trial_number       integer check (trial_number is not null or type not in ('trial', 'error')),
    time_us            integer not null,
    success            integer check (success in (0, 1)),
    objective_value    real    check (abs(objective_value) <= 1.7976931348623157e308), -- as it came, also of a failed trial
    design_variables   text    check (json_type(design_variables) = 'object'),
    extractor_used     text,    -- '' for none
    duration_seconds   real    check (abs(duration_seconds) <= 1.7976931348623157e308),
    items_updated      integer check (items_updated >= 0),      -- the answer to the event,
    insights_extracted integer check (insights_extracted >= 0), -- repeated for a duplicate
    details            text    check (json_type(details) = 'object'),
    voided_by          integer references voids (event_id), -- null: the trial counts
    key                text,    -- the sender's idempotency key
    digest             blob,    -- of the content that came with the key: equal content is a duplicate, other content a conflict
    check ((success is not null) = (type = 'trial')),
    check (type <> 'trial' or (design_variables is not null and extractor_used is not null and duration_seconds is not null
        and items_updated is not null and insights_extracted is not null)),
    check ((digest is not null) = (key is not null))
) strict;

-- A key is unique in its study. Events without a key are not in this index.
create unique index ledger_key on ledger (study_id, key) where key is not null;

-- Finds the attempts at a trial number.
create index ledger_trial on ledger (study_id, trial_number) where type = 'trial';

create table voids (
    -- The trial that a void event removed from counts, statistics and usage or, if
    -- undo is 1, added again.
    event_id    integer primary key references ledger (event_id),
    trial_event integer not null references ledger (event_id),
    undo        integer not null check (undo in (0, 1))
) strict;

create table errors (
    -- The messages of failed trials and of reported errors, whole and in order.
    -- kind: solver (a trial's error; class is the reflector's), constraint (a
    -- trial's constraint violation), reported (an error event; class is its
    -- error_type).
    event_id integer not null references ledger (event_id),
    position integer not null check (position >= 0),
    kind     text    not null check (kind in ('solver', 'constraint', 'reported')),
    class    text    not null,
    message  text    not null,
    primary key (event_id, position)
) strict, without rowid;

create table item_ids (
    -- Every item id that an event or the playbook ever named. Usages refer to this
    -- table and not to items: a trial may name an item that arrives later.
    item_no integer primary key,
    id      text    not null unique
) strict;

create table usages (
    -- Trial-item usage: the item was in the context of the trial. Clustered by
    -- trial, so that recording appends. named: how often the trial's list named it;
    -- counted: how often that moved a count (0 where the playbook lacked the item).
    event_id integer not null references ledger (event_id),
    item_no  integer not null references item_ids (item_no),
    named    integer not null check (named > 0),
    counted  integer not null check (counted in (0, named)),
    primary key (event_id, item_no)
) strict, without rowid;

create table shown (
    -- The item was shown to the driver for the trial, which did not use it. It does
    -- not count, but attribution distinguishes shown from used.
    event_id integer not null references ledger (event_id),
    item_no  integer not null references item_ids (item_no),
    primary key (event_id, item_no)
) strict, without rowid;

create table blames (
    -- The items that an error event named: harmful counts, but no usage.
    event_id integer not null references ledger (event_id),
    item_no  integer not null references item_ids (item_no),
    named    integer not null check (named > 0),
    counted  integer not null check (counted in (0, named)),
    primary key (event_id, item_no)
) strict, without rowid;

create table inputs (
    -- How far ingest has read which input, committed with the events from it.
    -- name: the file's path relative to the database, or the name given by --source.
    input_id integer primary key,
    study_id integer not null references studies (study_id),
    name     text    not null,
    bytes    integer not null check (bytes >= 0), -- read so far
    lines    integer not null check (lines >= 0), -- in those bytes
    digest   blob    not null,                    -- SHA-256 of those bytes
    time_us  integer not null,
    unique (study_id, name)
) strict;

-- The playbook.

create table playbook (
    -- The playbook itself. Its one row is added when the database starts, from the
    -- playbook.json beside it or from an empty playbook.
    only            integer primary key check (only = 1),
    version         integer not null,
    last_updated_at text,             -- as playbook.json had it
    changed_us      integer not null, -- the latest change here; 0: none yet
    extra           text    check (json_type(extra) = 'object') -- unknown fields of playbook.json
) strict;

create table prefixes (
    -- The highest number ever used per prefix of item ids. A new item never gets the id
    -- of an earlier one, not even of a retired one.
    prefix      text    not null primary key,
    last_number integer not null
) strict, without rowid;

create table items (
    -- The items of the playbook, retired ones included.
    item_no       integer primary key references item_ids (item_no),
    arrival       integer not null unique, -- order of arrival: breaks ties and orders exports
    category      text    not null check (category in ('str', 'cal', 'mis', 'tool', 'dom', 'wf')),
    content       text    not null,
    fingerprint   blob    not null,        -- digest of what makes two insights of a category the same
    created_at    text    not null,        -- as in playbook.json
    last_used_at  text,                    -- as playbook.json had it; scores.last_used_us replaces it
    tags          text    not null default '[]' check (json_type(tags) = 'array'),
    extra         text    check (json_type(extra) = 'object'), -- unknown fields of playbook.json
    retirement_id integer references retirements (retirement_id) -- null: the item is live
) strict;

-- Finds the live item with the fingerprint of an insight, first arrival first.
create index items_fingerprint on items (category, fingerprint, arrival) where retirement_id is null;

create table scores (
    -- The counts of each item over all studies. helpful and harmful are the sum of
    -- what usages and blames counted and of the item's adjustments; trials_used_in
    -- is the sum of study_items. Separate from items, because every trial updates it.
    item_no        integer primary key references items (item_no),
    helpful        integer not null default 0,
    harmful        integer not null default 0,
    trials_used_in integer not null default 0 check (trials_used_in >= 0),
    last_used_us   integer -- null: not used since it arrived here
) strict;

create table study_items (
    -- trials_used_in: the trials of the study, since its last reset, whose latest
    -- attempt named the item.
    study_id       integer not null references studies (study_id),
    item_no        integer not null references item_ids (item_no),
    trials_used_in integer not null check (trials_used_in >= 0),
    primary key (study_id, item_no)
) strict, without rowid;

create table imports (
    -- Each import that changed something.
    import_id integer primary key,
    path      text    not null, -- of the file, absolute
    digest    blob    not null, -- SHA-256 of its bytes
    time_us   integer not null
) strict;

create table retirements (
    -- Items that left the playbook, and when they came back.
    retirement_id integer primary key,
    item_no       integer not null references items (item_no),
    reason        text    not null references retirement_reasons (reason),
    event_id      integer references ledger (event_id),   -- the event that retired it,
    import_id     integer references imports (import_id), -- or the import
    retired_us    integer not null,
    restored_us   integer, -- null: it is still retired
    check ((event_id is null) <> (import_id is null))
) strict;

-- For the history of an item.
create index retirements_item on retirements (item_no);

create table adjustments (
    -- Changes of counts that no event explains. after_event places a change among
    -- the events: it is the last event committed before.
    adjustment_id integer primary key,
    item_no       integer not null references items (item_no),
    helpful       integer not null, -- what was added to the counts
    harmful       integer not null,
    reason        text    not null references adjustment_reasons (reason),
    import_id     integer references imports (import_id),
    after_event   integer not null,
    time_us       integer not null
) strict;

-- For the history of an item, and for checking that the counts of a file are added
-- only once.
create index adjustments_item on adjustments (item_no, import_id);

create table source_trials (
    -- The trials that an item was learned from, in order of arrival. study_id is null for
    -- numbers from a playbook.json, which does not name their study.
    source_id    integer primary key,
    item_no      integer not null references items (item_no),
    trial_number integer not null,
    study_id     integer references studies (study_id)
) strict;

-- A trial is added to an item only once.
create unique index source_trials_once on source_trials (item_no, trial_number, ifnull(study_id, 0));

create table insights (
    -- Advice that the reflector drew. An insight is pending until an event settles
    -- it. A finalize commits it: item_no is the item that it was committed into, and
    -- added is 1 if that item is new. A reset or a void drops it: item_no stays null.
    insight_id   integer primary key,
    event_id     integer not null references ledger (event_id), -- drawn from
    study_id     integer not null references studies (study_id),
    category     text    not null check (category in ('str', 'cal', 'mis', 'tool', 'dom', 'wf')),
    content      text    not null,
    helpful      integer not null check (helpful in (0, 1)),
    trial_number integer, -- null: drawn from the study as a whole
    settled_by   integer references ledger (event_id),
    item_no      integer references items (item_no),
    added        integer check (added in (0, 1)),
    check (item_no is null or settled_by is not null),
    check ((added is null) = (item_no is null))
) strict;

-- The pending insights of a study, oldest first. Settled ones are not in this index.
create index insights_pending on insights (study_id, insight_id) where settled_by is null;

-- Finds the insights of a trial when it is void.
create index insights_event on insights (event_id);

-- For the history of an item.
create index insights_item on insights (item_no) where item_no is not null;

create table finalizations (
    -- The parameters and the answer of each finalize.
    event_id               integer primary key references ledger (event_id),
    name                   text    not null,
    total_trials           integer not null,
    best_value             real    not null,
    convergence_rate       real    not null,
    method                 text    not null,
    save_playbook          integer not null check (save_playbook in (0, 1)),
    insights_added         integer not null check (insights_added >= 0),
    insights_merged        integer not null check (insights_merged >= 0),
    items_pruned           integer not null check (items_pruned >= 0),
    playbook_size          integer not null check (playbook_size >= 0),
    playbook_version       integer not null,
    total_trials_processed integer not null check (total_trials_processed >= 0),
    successful_trials      integer not null check (successful_trials between 0 and total_trials_processed)
) strict;

create table playbook_file (
    -- playbook.json as it was last read or written: what an import compares with,
    -- and how a change by another tool is noticed. While pending is 1, content has
    -- yet to replace the file whose digest is in replaces.
    only     integer primary key check (only = 1),
    content  blob    not null,
    digest   blob    not null, -- SHA-256 of content
    pending  integer not null check (pending in (0, 1)),
    replaces blob    -- null: there was no file
) strict;

-- Full-text search in the content of items. The two triggers keep it up to date; rows
-- of items are never deleted.

create virtual table item_words using fts5 (content, content = 'items', content_rowid = 'item_no', tokenize = 'porter unicode61');

-- +goose StatementBegin
create trigger item_words_added after insert on items begin
    insert into item_words (rowid, content) values (new.item_no, new.content);
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger item_words_changed after update of content on items when new.content <> old.content begin
    insert into item_words (item_words, rowid, content) values ('delete', old.item_no, old.content);
    insert into item_words (rowid, content) values (new.item_no, new.content);
end;
-- +goose StatementEnd

-- Views are for analysts, dashboards and notebooks. Their names and columns stay; the
-- tables behind them may change. The first comment of a view says what it
-- shows, and each column stands on a line with its own comment. README.md in this
-- folder repeats them, and `atomizer-db schema` prints them. Times are UTC, as in
-- 2026-01-31 12:00:00. Every view works in SQLite 3.40.

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
    event             -- position in the order of commit of all events
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
    datetime(l.time_us / 1000000, 'unixepoch'), l.event_id
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
    event             -- position in the order of commit of all events
) as
select t.study, t.trial_number, t.attempt, t.is_current, row_number() over so_far, t.success, t.objective,
    case s.direction when 'minimize' then min(t.objective) over so_far else max(t.objective) over so_far end,
    t.error_count, t.errors, t.extractor, t.duration_seconds, t.design_variables, t.details, t.recorded_at, t.event
from all_trials t
join studies s on s.name = t.study
where t.counts
window so_far as (partition by t.study order by t.event);

create view trial_items (
    -- The items in the context of each trial, all attempts.
    study,         -- name of the study
    trial_number,  -- as the driver numbered it
    attempt,       -- which recording of the number, from 1
    counts,        -- 1: the trial counts; 0: void, or recorded before the study's last reset
    is_current,    -- 1: the latest attempt at its number that counts
    item,          -- id of the item; the playbook may not have it (yet)
    times_named,   -- how often the trial's list named it
    times_counted, -- how often that counted for or against the item; 0 if the playbook did not have it
    success,       -- of the trial: 1 or 0
    objective,     -- of the trial; null where it failed or had none
    recorded_at,   -- time of the trial's event
    event          -- the trial's position in the order of commit of all events
) as
select t.study, t.trial_number, t.attempt, t.counts, t.is_current, d.id, u.named, u.counted, t.success, t.objective, t.recorded_at, t.event
from usages u
join item_ids d using (item_no)
join all_trials t on t.event = u.event_id;

create view design_variables (
    -- The design variables of every trial, a row each, all attempts.
    study,        -- name of the study
    trial_number, -- as the driver numbered it
    attempt,      -- which recording of the number, from 1
    counts,       -- 1: the trial counts; 0: void, or recorded before the study's last reset
    is_current,   -- 1: the latest attempt at its number that counts
    name,         -- name of the variable
    value,        -- a number or text; 1 for true and 0 for false
    type,         -- integer, real, text, true, false or null
    success,      -- of the trial: 1 or 0
    objective,    -- of the trial; null where it failed or had none
    event         -- the trial's position in the order of commit of all events
) as
select t.study, t.trial_number, t.attempt, t.counts, t.is_current, v.key, v.value, v.type, t.success, t.objective, t.event
from all_trials t
join json_each(t.design_variables) v;

create view outcomes (
    -- Each trial event as it was recorded. The view all_trials also has the study and
    -- the attempt.
    event_id,           -- position in the order of commit of all events
    success,            -- 1 or 0
    objective_value,    -- as it came, also of a failed trial
    design_variables,   -- a JSON object
    extractor_used,     -- '' for none
    duration_seconds,   -- duration of the evaluation in seconds
    details,            -- a JSON object as it came, or null
    items_updated,      -- the answer: how often the list named items that the playbook had
    insights_extracted, -- the answer: number of insights drawn
    voided_by           -- the event that voided the trial; null: not void
) as
select event_id, success, objective_value, design_variables, extractor_used, duration_seconds, details,
    items_updated, insights_extracted, voided_by
from ledger
where success is not null;

create view error_messages (
    -- Every error message of trials and of reported errors.
    study,        -- name of the study
    trial_number, -- the trial that it belongs to
    source,       -- solver: a trial's error; constraint: a trial's violation; reported: an error event
    class,        -- kind of error
    message,      -- the whole message
    counts,       -- 0: its trial is void, or it was recorded before the study's last reset
    recorded_at,  -- time of the event
    event         -- position in the order of commit of all events
) as
select s.name, l.trial_number, e.kind, e.class, e.message, l.voided_by is null and l.event_id > ifnull(s.reset_event, 0),
    datetime(l.time_us / 1000000, 'unixepoch'), l.event_id
from errors e
join ledger l using (event_id)
join studies s using (study_id);

create view error_classes (
    -- The classes of the errors that count, per study, with the times of their first
    -- and last message.
    study,       -- name of the study
    source,      -- solver, constraint or reported
    class,       -- kind of error
    messages,    -- number of messages
    trials,      -- number of distinct trial numbers
    first_trial, -- trial number of the first message
    last_trial,  -- trial number of the last message, in order of commit
    first_at,    -- time of the first message
    last_at      -- time of the last message
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
    study,            -- name of the study
    direction,        -- minimize or maximize
    trials,           -- number of attempts that count
    successes,        -- number of those that succeeded
    failures,         -- number of those that failed
    success_rate,     -- successes / trials; null before the first trial
    best_objective,   -- best objective of the successful trials
    best_trial,       -- number of the first trial with that objective
    pending_insights, -- insights that await a finalize
    recordings,       -- number of all attempts, also void ones and those before a reset
    created_at,       -- when the study was created
    last_reset_at,    -- null: never
    last_trial_at     -- time of the latest of all attempts
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

create view learning_curve (
    -- The trials that count of each study, in windows of 10, 25, 50 and 100: choose
    -- one window_size. The last window may hold fewer trials.
    study,          -- name of the study
    window_size,    -- 10, 25, 50 or 100 trials
    nth_window,     -- position of the window in the study, from 1
    first_nth,      -- its first trial, as in trials.nth
    last_nth,       -- its last trial, as in trials.nth
    trials,         -- number of trials in it
    successes,      -- number of those that succeeded
    success_rate,   -- successes / trials
    best_objective, -- best objective in this window, by the study's direction
    best_so_far     -- best objective up to the end of this window
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

create view performance (
    -- The performance of each live item, per study.
    study,          -- name of the study
    id,             -- id of the item
    category,       -- str, cal, mis, tool, dom or wf
    helpful_count,  -- how often it counted as helpful, in all studies
    harmful_count,  -- how often it counted as harmful, in all studies
    net_score,      -- helpful_count - harmful_count
    confidence,     -- helpful_count / (helpful_count + harmful_count); 0.5 before the first count
    trials_used_in, -- number of the study's trials that used it, since its last reset
    arrival,        -- order of arrival of the items
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

create view playbook_items (
    -- Every item and its performance, including items that left the playbook.
    item,           -- id of the item
    category,       -- str, cal, mis, tool, dom or wf
    content,        -- the advice
    state,          -- live, pruned (by a finalize) or removed (by an import)
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
    change,         -- trial, error, void, unvoid, import or restore
    study,          -- name of the study; null for an import and a restore
    trial_number,   -- the trial that it belongs to; null for an import and a restore
    helpful_change, -- what it added to the helpful count
    harmful_change, -- what it added to the harmful count
    helpful,        -- helpful count after it
    harmful,        -- harmful count after it
    net_score,      -- helpful - harmful after it
    changed_at,     -- time of the change
    event           -- position in the order of commit of all events; for an import and a restore, the event before it
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

create view attribution (
    -- The effect of each live item on success, per study. It compares the trials with
    -- the item to those without it, by the latest attempt at each trial number since
    -- the last reset. `atomizer-db attribution` adds intervals and p-values.
    study,             -- name of the study
    id,                -- id of the item
    category,          -- str, cal, mis, tool, dom or wf
    trials_with,       -- number of trials that used the item
    successes_with,    -- number of those that succeeded
    trials_without,    -- number of trials that did not use it
    successes_without, -- number of those that succeeded
    trials_shown,      -- number of trials without the item for which it was shown
    successes_shown,   -- number of those that succeeded
    lift,              -- success rate with the item minus success rate without it; null: nothing to compare
    arrival,           -- order of arrival of the items
    content            -- the advice
) as
with credited as (
    select l.study_id, max(l.event_id) as event_id, l.success
    from ledger l
    join studies s using (study_id)
    where l.type = 'trial' and l.voided_by is null and l.event_id > ifnull(s.reset_event, 0)
    group by l.study_id, l.trial_number
),
totals as (
    select study_id, count(*) as trials, sum(success) as successes
    from credited
    group by study_id
),
used as (
    select study_id, item_no, count(*) as trials, sum(success) as successes
    from credited
    join usages using (event_id)
    group by study_id, item_no
),
unused as (
    select c.study_id, w.item_no, count(*) as trials, sum(c.success) as successes
    from credited c
    join shown w using (event_id)
    where not exists (select 1 from usages u where u.event_id = w.event_id and u.item_no = w.item_no)
    group by c.study_id, w.item_no
),
counts as (
    select t.study_id, i.item_no, i.arrival, i.category, i.content,
        ifnull(u.trials, 0) as trials_with, ifnull(u.successes, 0) as successes_with,
        t.trials - ifnull(u.trials, 0) as trials_without, t.successes - ifnull(u.successes, 0) as successes_without,
        ifnull(w.trials, 0) as trials_shown, ifnull(w.successes, 0) as successes_shown
    from totals t
    join items i on i.retirement_id is null
    left join used u on u.study_id = t.study_id and u.item_no = i.item_no
    left join unused w on w.study_id = t.study_id and w.item_no = i.item_no
)
select s.name as study, d.id, c.category, c.trials_with, c.successes_with, c.trials_without, c.successes_without,
    c.trials_shown, c.successes_shown,
    cast(c.successes_with as real) / nullif(c.trials_with, 0)
        - cast(c.successes_without as real) / nullif(c.trials_without, 0) as lift,
    c.arrival, c.content
from counts c
join studies s using (study_id)
join item_ids d using (item_no);

create view pending_insights (
    -- The insights that await a finalize.
    insight_id,   -- order in which they were drawn
    study,        -- name of the study
    category,     -- str, cal, mis, tool, dom or wf
    content,      -- the advice
    helpful,      -- 1: advice to follow; 0: a warning
    trial_number, -- the trial that it was drawn from
    event_id      -- the event that it was drawn from: position in the order of commit
) as
select i.insight_id, s.name, i.category, i.content, i.helpful, i.trial_number, i.event_id
from insights i
join studies s using (study_id)
where i.settled_by is null;

create view insight_history (
    -- All advice drawn from trials, errors and finished studies.
    study,        -- name of the study
    trial_number, -- the trial that it was drawn from; null: the study as a whole
    category,     -- str, cal, mis, tool, dom or wf
    content,      -- the advice
    helpful,      -- 1: advice to follow; 0: a warning
    state,        -- pending; added (a new item); merged (into an existing item); dropped (by a reset or a void)
    item,         -- id of the item that it went into
    drawn_at,     -- time of the event that it was drawn from
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
    event              -- position in the order of commit of all events
) as
select s.name, row_number() over (partition by s.study_id order by l.event_id),
    f.name, f.total_trials, f.best_value, f.convergence_rate, f.method,
    f.insights_added, f.insights_merged, f.items_pruned, f.playbook_size, f.playbook_version,
    f.total_trials_processed, f.successful_trials, datetime(l.time_us / 1000000, 'unixepoch'), l.event_id
from finalizations f
join ledger l using (event_id)
join studies s using (study_id);

pragma user_version = 1;
