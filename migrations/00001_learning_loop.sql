-- +goose Up
-- The learning loop, as tables. The comments inside the statements stay in the
-- file: `.schema` in the sqlite3 shell shows them.
--
-- Writing one trial touches: ledger (+ledger_trial), outcomes, usages (a row an
-- item), scores and study_items (a row an item), studies (one row). Nothing of
-- it grows with the study. The questions that are asked all the time (top,
-- worst, performance, statistics) read only items, scores, study_items and
-- studies, whose size is the playbook's, not the study's.
--
-- Times in columns ending in _us are microseconds since 1970-01-01 UTC.

-- "Atmz": tells our files from other SQLite databases.
pragma application_id = 1098149242;

create table studies (
    -- One optimization campaign. Its statistics since the last reset are kept
    -- here, so that asking for them does not walk the trials.
    study_id    integer primary key,
    name        text    not null unique,
    direction   text    not null default 'minimize' check (direction in ('minimize', 'maximize')),
    created_us  integer not null,
    reset_event integer references ledger (event_id), -- the last reset; usage before it no longer counts
    trials      integer not null default 0 check (trials >= 0),
    successes   integer not null default 0 check (successes between 0 and trials),
    pending     integer not null default 0 check (pending >= 0)
) strict;

create table event_types (
    -- What can stand in the ledger. A table and not a check, so that a later
    -- schema can add a type without copying the ledger.
    type    text not null primary key,
    meaning text not null
) strict, without rowid;

insert into event_types (type, meaning) values
    ('trial', 'one evaluation of a design; what it said is in outcomes, usages and errors'),
    ('error', 'an error outside a trial; what it said is in errors and blames'),
    ('finalize', 'the end of a study; what it was told and answered is in finalizations'),
    ('reset', 'the study''s statistics, usage and pending insights start afresh');

create table ledger (
    -- All events as they were taken; event_id is the order of commit.
    -- What an event says beyond this row stands in the table of its type:
    -- outcomes, errors, finalizations. A reset says no more than this.
    event_id     integer primary key,
    study_id     integer not null references studies (study_id),
    type         text    not null references event_types (type),
    trial_number integer check (trial_number is not null or type not in ('trial', 'error')),
    time_us      integer not null,
    key          text,    -- the sender's idempotency key
    digest       blob,    -- of the content that came with the key: the same again is a duplicate, other content a conflict
    check ((digest is not null) = (key is not null))
) strict;

-- A key is unique in its study; events without one cost nothing here.
create unique index ledger_key on ledger (study_id, key) where key is not null;

-- Finds the attempts at a trial number, latest last, when it is recorded again.
create index ledger_trial on ledger (study_id, trial_number) where type = 'trial';

create table outcomes (
    -- What a trial event said. Attempts at one trial number are rows of their own.
    event_id           integer primary key references ledger (event_id),
    success            integer not null check (success in (0, 1)),
    objective_value    real    check (abs(objective_value) <= 1.7976931348623157e308), -- as it came, failed trials included
    design_variables   text    not null check (json_type(design_variables) = 'object'),
    extractor_used     text    not null,
    duration_seconds   real    not null check (abs(duration_seconds) <= 1.7976931348623157e308),
    details            text    check (json_type(details) = 'object'),
    items_updated      integer not null check (items_updated >= 0),      -- the event's answer,
    insights_extracted integer not null check (insights_extracted >= 0)  -- given again for a duplicate
) strict;

create table errors (
    -- The messages of failed trials and of reported errors, whole and in their order.
    -- kind: solver (a trial's errors; class is the reflector's), constraint (a trial's
    -- constraint violations), reported (an error event; class is its error_type).
    event_id integer not null references ledger (event_id),
    position integer not null check (position >= 0),
    kind     text    not null check (kind in ('solver', 'constraint', 'reported')),
    class    text    not null,
    message  text    not null,
    primary key (event_id, position)
) strict, without rowid;

create table item_ids (
    -- Every item id that was ever named, by an event or by the playbook. Usages
    -- point here and not at items: a trial may name an item that arrives later.
    item_no integer primary key,
    id      text    not null unique
) strict;

create table usages (
    -- Trial-item usage: the item was in the context of the trial. Clustered by
    -- trial, so that recording appends. named: how often the list had it;
    -- counted: how often that moved a count (0 where the playbook lacked the item).
    event_id integer not null references outcomes (event_id),
    item_no  integer not null references item_ids (item_no),
    named    integer not null check (named > 0),
    counted  integer not null check (counted in (0, named)),
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

create table study_items (
    -- trials_used_in, kept up to date: trials of the study, since its last
    -- reset, whose latest attempt named the item.
    study_id       integer not null references studies (study_id),
    item_no        integer not null references item_ids (item_no),
    trials_used_in integer not null check (trials_used_in >= 0),
    primary key (study_id, item_no)
) strict, without rowid;

create table items (
    -- The playbook's items, retired ones included.
    item_no       integer primary key references item_ids (item_no),
    arrival       integer not null unique, -- order of arrival: breaks ties, orders exports
    category      text    not null check (category in ('str', 'cal', 'mis', 'tool', 'dom', 'wf')),
    content       text    not null,
    fingerprint   blob    not null,        -- a digest of what makes two insights of a category the same
    created_at    text    not null,        -- as playbook.json has it
    last_used_at  text,                    -- as playbook.json had it; scores.last_used_us is later
    tags          text    not null default '[]' check (json_type(tags) = 'array'),
    extra         text    check (json_type(extra) = 'object'), -- fields of playbook.json that we do not know
    retirement_id integer references retirements (retirement_id) -- null: the item is live
) strict;

-- Finds the live item that already says what an insight says, first arrival first.
create index items_fingerprint on items (category, fingerprint, arrival) where retirement_id is null;

create table scores (
    -- The counts of each item: the sum of what usages and blames counted, and of
    -- its adjustments. Apart from items, because it is written with every trial.
    item_no      integer primary key references items (item_no),
    helpful      integer not null default 0,
    harmful      integer not null default 0,
    last_used_us integer
) strict;

create table retirements (
    -- Items taken out of the playbook, and when they came back.
    retirement_id integer primary key,
    item_no       integer not null references items (item_no),
    reason        text    not null check (reason in ('pruned', 'removed')), -- removed: gone from a playbook.json that was imported
    event_id      integer references ledger (event_id),    -- the finalize that pruned it
    import_id     integer references imports (import_id),  -- the import that removed it
    retired_us    integer not null,
    restored_us   integer,
    check ((event_id is not null) = (reason = 'pruned')),
    check ((import_id is not null) = (reason = 'removed'))
) strict;

-- For an item's history.
create index retirements_item on retirements (item_no);

create table source_trials (
    -- Which trials taught an item, in order of arrival. study_id is null for
    -- numbers that a playbook.json brought: it does not say whose they are.
    source_id    integer primary key,
    item_no      integer not null references items (item_no),
    trial_number integer not null,
    study_id     integer references studies (study_id)
) strict;

-- A merge adds a trial once, however many the item has.
create unique index source_trials_once on source_trials (item_no, trial_number, ifnull(study_id, 0));

create table insights (
    -- Advice that the reflector drew. Pending until an event settles it: a
    -- finalize commits it (item_no says into which item, added whether it was
    -- new), a reset drops it (item_no stays null).
    insight_id   integer primary key,
    event_id     integer not null references ledger (event_id), -- drawn from
    study_id     integer not null references studies (study_id),
    category     text    not null check (category in ('str', 'cal', 'mis', 'tool', 'dom', 'wf')),
    content      text    not null,
    helpful      integer not null check (helpful in (0, 1)),
    trial_number integer,
    settled_by   integer references ledger (event_id),
    item_no      integer references items (item_no),
    added        integer check (added in (0, 1)),
    check (item_no is null or settled_by is not null),
    check ((added is null) = (item_no is null))
) strict;

-- The pending insights of a study, oldest first; settled ones cost nothing here.
create index insights_pending on insights (study_id, insight_id) where settled_by is null;

-- For an item's history.
create index insights_item on insights (item_no) where item_no is not null;

create view pending_insights as
select i.insight_id, s.name as study, i.category, i.content, i.helpful, i.trial_number, i.event_id
from insights i
join studies s using (study_id)
where i.settled_by is null;

create table finalizations (
    -- What each finalize was told, and what it answered.
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

create table playbook (
    -- The playbook itself: one row, there once the database has taken over (or
    -- found no) playbook.json beside it.
    only            integer primary key check (only = 1),
    version         integer not null,
    last_updated_at text,             -- as playbook.json had it
    changed_us      integer not null, -- our latest change; 0: none yet
    extra           text    check (json_type(extra) = 'object') -- fields of playbook.json that we do not know
) strict;

create table prefixes (
    -- The highest number ever given out or seen per prefix of item ids: an id is
    -- never given out twice, not even after its item is gone.
    prefix      text    not null primary key,
    last_number integer not null
) strict, without rowid;

create table playbook_file (
    -- playbook.json as we last read or wrote it: what an import compares with,
    -- and how a change by someone else is noticed. While pending, content is
    -- still to be put in the place of the file with digest replaces.
    only     integer primary key check (only = 1),
    content  blob    not null,
    digest   blob    not null,
    pending  integer not null check (pending in (0, 1)),
    replaces blob    -- null: there was no file
) strict;

create table imports (
    -- Each import that changed something.
    import_id integer primary key,
    source    text    not null, -- the file's path as it was given
    digest    blob    not null, -- of its bytes
    time_us   integer not null
) strict;

create table adjustments (
    -- Changes of counts that no event explains. after_event places them among
    -- the events: the last one that was committed before.
    adjustment_id integer primary key,
    item_no       integer not null references items (item_no),
    helpful       integer not null, -- what was added to the counts
    harmful       integer not null,
    reason        text    not null check (reason in ('import', 'restore')),
    import_id     integer references imports (import_id),
    after_event   integer not null,
    time_us       integer not null,
    check ((import_id is not null) = (reason = 'import'))
) strict;

-- For an item's history, and so that a file's counts are added to it once.
create index adjustments_item on adjustments (item_no, import_id);

create view performance as
select s.name as study, d.id, i.category, c.helpful as helpful_count, c.harmful as harmful_count,
    c.helpful - c.harmful as net_score,
    case when c.helpful + c.harmful = 0 then 0.5 else cast(c.helpful as real) / (c.helpful + c.harmful) end as confidence,
    ifnull(u.trials_used_in, 0) as trials_used_in, i.arrival, i.content
from studies s
join items i on i.retirement_id is null
join item_ids d using (item_no)
join scores c using (item_no)
left join study_items u on u.study_id = s.study_id and u.item_no = i.item_no;

pragma user_version = 1;
