-- +goose Up
-- The schema of a learning store in PostgreSQL. It is schema 6 of the SQLite
-- migrations: what they call a table is here a table or a view, with the same columns
-- in the same order. README.md in the folder above lists them.
--
-- Recording must not make writers wait for each other, so an event arrives as one row of
-- unfolded, and changes nothing else. Folding moves the rows of unfolded, in order of
-- arrival, into the tables whose names begin with folded_ and into study_counts. Views
-- with SQLite's names add what is not folded yet, so that they are exact at any time:
-- ledger, usages, shown, blames, errors, insights, studies, scores and study_items.
-- All other changes are made by transactions that lock the row of fold, fold, and
-- then write the tables themselves.
--
-- Folding does not keep the order of the numbers in unfolded, and concurrent
-- transactions do not commit in the order of a sequence. So the keys of tables that such
-- transactions write have no sequences: a new row gets the highest number plus one, as in
-- SQLite.
--
-- Columns whose names end in _us hold microseconds since 1970-01-01 UTC. Text is
-- compared by its bytes, in every database alike.

-- Enumerations that later schemas extend are tables: adding a row does not require
-- changing a CHECK constraint.

create table event_types (
    -- The types of events in the ledger.
    type    text collate "C" not null primary key,
    meaning text collate "C" not null
);

insert into event_types (type, meaning) values
    ('trial', 'one evaluation of a design'),
    ('error', 'an error outside a trial'),
    ('finalize', 'the end of a study: insights are committed and items are pruned'),
    ('reset', 'the statistics, usage and pending insights of the study start afresh'),
    ('void', 'a trial was recorded by mistake and counts for nothing, or counts again'),
    ('commit_insights', 'pending insights went into the playbook'),
    ('reject_insights', 'pending insights were dropped'),
    ('edit_insight', 'a pending insight got another text'),
    ('edit_item', 'an item got another text'),
    ('tag_item', 'an item got other tags'),
    ('retire_item', 'an item left the playbook'),
    ('merge_items', 'an item left the playbook, and another one took over its counts and sources'),
    ('restore_item', 'an item came back to the playbook');

create table retirement_reasons (
    -- Why an item left the playbook.
    reason  text collate "C" not null primary key,
    meaning text collate "C" not null
);

insert into retirement_reasons (reason, meaning) values
    ('pruned', 'a finalize pruned it'),
    ('removed', 'an imported playbook.json no longer had it'),
    ('retired', 'somebody retired it'),
    ('merged', 'it was merged into another item');

create table adjustment_reasons (
    -- Why counts changed without an event.
    reason  text collate "C" not null primary key,
    meaning text collate "C" not null
);

insert into adjustment_reasons (reason, meaning) values
    ('import', 'an imported file brought or changed counts'),
    ('restore', 'a retired item came back: after a prune with a net score of zero, after a merge with its counts'),
    ('merge', 'a merge moved counts from one item to another');

-- How transactions get along.

create table gate (
    -- What every transaction that writes reads first. epoch changes with the set of live
    -- items and with the names and directions of studies: what a client remembers of them
    -- holds while the epoch is the same. While closed_until is in the future, only the
    -- transaction of closed_by goes on, and recording waits.
    "only"       integer primary key check ("only" = 1),
    schema       integer not null,
    epoch        bigint  not null,
    closed_until timestamptz, -- null: open
    closed_by    uuid
);

insert into gate ("only", schema, epoch) values (1, 6, 0);

create table fold (
    -- Who locks its row folds. Recording never reads it.
    "only"     integer primary key check ("only" = 1),
    last_event bigint  not null, -- the newest event in folded_ledger; 0: none
    changes    bigint  not null  -- the transactions that locked it to change something, not to fold
);

insert into fold ("only", last_event, changes) values (1, 0, 0);

create table commits (
    -- The transactions that wrote. A client whose connection broke during its commit finds
    -- out here whether it is committed. Folding removes rows after ten minutes.
    id uuid        primary key,
    at timestamptz not null
);

-- Finds the rows to be removed.
create index commits_at on commits (at);

-- Events and their content.

create table folded_studies (
    -- One optimization campaign, without its statistics, which are in study_counts: what
    -- recording reads is not written by folding.
    study_id        bigint  primary key,
    name            text    collate "C" not null unique,
    direction       text    collate "C" not null default 'minimize' check (direction in ('minimize', 'maximize')),
    created_us      bigint  not null,
    reset_event     bigint, -- the last reset; null: never
    direction_given boolean not null default false -- false: nobody said so
);

create table study_counts (
    -- The statistics of a study since its last reset, of folded events. A study without
    -- events need not have a row.
    study_id  bigint primary key references folded_studies (study_id),
    trials    bigint not null default 0 check (trials >= 0),
    successes bigint not null default 0 check (successes between 0 and trials),
    pending   bigint not null default 0 check (pending >= 0) -- insights
);

create table event_keys (
    -- The idempotency keys of all events. Recording claims a key by adding it.
    study_id bigint not null,
    key      text   collate "C" not null,
    primary key (study_id, key)
);

create table unfolded (
    -- Trials and errors that are not folded yet, each with all that it adds. There are no
    -- foreign keys: checking them would read what other transactions write, and folding
    -- checks them. Lists of the same thing have the same length.
    unfolded_id        bigint  generated always as identity primary key,
    arrived_us         bigint  not null, -- by the server's clock
    study_id           bigint  not null,
    type               text    collate "C" not null check (type in ('trial', 'error')),
    trial_number       bigint  not null,
    time_us            bigint  not null,
    success            boolean, -- this and the next columns: as in folded_ledger
    objective_value    double precision check (abs(objective_value) <= 1.7976931348623157e308),
    design_variables   json    check (json_typeof(design_variables) = 'object'),
    extractor_used     text    collate "C",
    duration_seconds   double precision check (abs(duration_seconds) <= 1.7976931348623157e308),
    items_updated      integer check (items_updated >= 0),
    insights_extracted integer check (insights_extracted >= 0),
    details            json    check (json_typeof(details) = 'object'),
    key                text    collate "C",
    digest             bytea,
    holdout            boolean not null default false check (not holdout or type = 'trial'),
    item_nos           bigint[]  not null default '{}', -- of usages of a trial, or of blames of an error
    named              integer[] not null default '{}' check (0 < all (named)),
    counted            integer[] not null default '{}' check (0 <= all (counted)),
    shown              bigint[]  not null default '{}',
    error_kinds        text[]    collate "C" not null default '{}' check (error_kinds <@ array['solver', 'constraint', 'reported'] collate "C"),
    error_classes      text[]    collate "C" not null default '{}',
    error_messages     text[]    collate "C" not null default '{}', -- in order
    insight_categories text[]    collate "C" not null default '{}' check (insight_categories <@ array['str', 'cal', 'mis', 'tool', 'dom', 'wf'] collate "C"),
    insight_contents   text[]    collate "C" not null default '{}', -- in order
    insight_helpful    boolean[] not null default '{}',
    insight_trial_numbers bigint[] not null default '{}', -- null: drawn from the study as a whole
    check ((success is not null) = (type = 'trial')),
    check (type <> 'trial' or (design_variables is not null and extractor_used is not null and duration_seconds is not null
        and items_updated is not null and insights_extracted is not null)),
    check ((digest is not null) = (key is not null)),
    check (cardinality(named) = cardinality(item_nos) and cardinality(counted) = cardinality(item_nos)),
    check (cardinality(error_classes) = cardinality(error_kinds) and cardinality(error_messages) = cardinality(error_kinds)),
    check (cardinality(insight_contents) = cardinality(insight_categories) and cardinality(insight_helpful) = cardinality(insight_categories)
        and cardinality(insight_trial_numbers) = cardinality(insight_categories)),
    check (array_position(item_nos, null) is null and array_position(shown, null) is null),
    check (array_position(error_classes, null) is null and array_position(error_messages, null) is null),
    check (array_position(insight_contents, null) is null and array_position(insight_helpful, null) is null)
);

create table folded_ledger (
    -- Every folded event as it was recorded, in order of commit (event_id). The content of
    -- trials is in this table; that of other events is in folded_errors, folded_blames,
    -- finalizations and voids.
    -- The columns from success to voided_by are null for other events.
    event_id           bigint  primary key,
    study_id           bigint  not null references folded_studies (study_id),
    type               text    collate "C" not null references event_types (type),
    trial_number       bigint  check (trial_number is not null or type not in ('trial', 'error')),
    time_us            bigint  not null,
    success            boolean,
    objective_value    double precision check (abs(objective_value) <= 1.7976931348623157e308), -- as it came, also of a failed trial
    design_variables   json    check (json_typeof(design_variables) = 'object'),
    extractor_used     text    collate "C", -- '' for none
    duration_seconds   double precision check (abs(duration_seconds) <= 1.7976931348623157e308),
    items_updated      integer check (items_updated >= 0),      -- the answer to the event,
    insights_extracted integer check (insights_extracted >= 0), -- repeated for a duplicate
    details            json    check (json_typeof(details) = 'object'),
    voided_by          bigint, -- null: the trial counts
    key                text    collate "C", -- the sender's idempotency key
    digest             bytea,   -- of the content that came with the key: equal content is a duplicate, other content a conflict
    holdout            boolean not null default false check (not holdout or type = 'trial'), -- true: the trial's context was left empty on purpose
    check ((success is not null) = (type = 'trial')),
    check (type <> 'trial' or (design_variables is not null and extractor_used is not null and duration_seconds is not null
        and items_updated is not null and insights_extracted is not null)),
    check ((digest is not null) = (key is not null))
);

-- A key is unique in its study. Events without a key are not in this index.
create unique index ledger_key on folded_ledger (study_id, key) where key is not null;

-- Finds the attempts at a trial number, and the latest of them.
create index ledger_trial on folded_ledger (study_id, trial_number, event_id) where type = 'trial';

create table voids (
    -- The trial that a void event removed from counts, statistics and usage or, if
    -- undo is true, added again.
    event_id    bigint  primary key references folded_ledger (event_id),
    trial_event bigint  not null references folded_ledger (event_id),
    undo        boolean not null
);

alter table folded_ledger add foreign key (voided_by) references voids (event_id);
alter table folded_studies add foreign key (reset_event) references folded_ledger (event_id);

create table folded_errors (
    -- The messages of failed trials and of reported errors, whole and in order.
    -- kind: solver (a trial's error; class is the reflector's), constraint (a
    -- trial's constraint violation), reported (an error event; class is its
    -- error_type).
    event_id bigint  not null references folded_ledger (event_id),
    position integer not null check (position >= 0),
    kind     text    collate "C" not null check (kind in ('solver', 'constraint', 'reported')),
    class    text    collate "C" not null,
    message  text    collate "C" not null,
    primary key (event_id, position)
);

create table item_ids (
    -- Every item id that an event or the playbook ever named. Usages refer to this
    -- table and not to items: a trial may name an item that arrives later. Recording adds
    -- the ids that are new before the event, at any time, so the numbers have gaps.
    item_no bigint generated by default as identity primary key,
    id      text   collate "C" not null unique
);

-- The next three tables have no foreign keys: checking them would be a third of the work of
-- folding. Folding adds an event before its rows, and recording an id before the event that
-- names it; neither is ever removed. `check` finds rows that refer to nothing.

create table folded_usages (
    -- Trial-item usage: the item was in the context of the trial. named: how often the
    -- trial's list named it; counted: how often that moved a count (0 where the playbook
    -- lacked the item).
    event_id bigint  not null,
    item_no  bigint  not null,
    named    integer not null check (named > 0),
    counted  integer not null check (counted in (0, named)),
    primary key (event_id, item_no)
);

create table folded_shown (
    -- The item was shown to the driver for the trial, which did not use it. It does
    -- not count, but attribution distinguishes shown from used.
    event_id bigint not null,
    item_no  bigint not null,
    primary key (event_id, item_no)
);

create table folded_blames (
    -- The items that an error event named: harmful counts, but no usage.
    event_id bigint  not null,
    item_no  bigint  not null,
    named    integer not null check (named > 0),
    counted  integer not null check (counted in (0, named)),
    primary key (event_id, item_no)
);

create table inputs (
    -- How far ingest has read which input, committed with the events from it.
    -- study: the name of the command's study, which need not exist. name: the file's machine
    -- and path, HOST:/PATH, or the name given by --source.
    study   text   collate "C" not null,
    name    text   collate "C" not null,
    bytes   bigint not null check (bytes >= 0), -- read so far
    lines   bigint not null check (lines >= 0), -- in those bytes
    digest  bytea  not null,                    -- SHA-256 of those bytes
    time_us bigint not null,
    primary key (study, name)
);

-- The playbook.

create table playbook (
    -- The playbook itself. Its one row is added when the database starts, from a
    -- playbook.json or from an empty playbook.
    "only"          integer primary key check ("only" = 1),
    version         bigint  not null,
    last_updated_at text    collate "C",    -- as playbook.json had it
    changed_us      bigint  not null,       -- the latest change here; 0: none yet
    extra           json    check (json_typeof(extra) = 'object'), -- unknown fields of playbook.json
    created_at      text    collate "C",    -- as playbook.json had it
    created_us      bigint  not null default 0 -- the first change here; 0: none yet
);

create table playbook_changes (
    -- Changes of the playbook that no event of a study made, in order: what it started
    -- from, imports, and items added by hand. after_event places a change among the events:
    -- it is the last event committed before. content: the change as `export --events` writes
    -- it.
    change_id   bigint primary key,
    after_event bigint not null,
    time_us     bigint not null,
    content     json   not null check (json_typeof(content) = 'object')
);

create table prefixes (
    -- The highest number ever used per prefix of item ids. A new item never gets the id
    -- of an earlier one, not even of a retired one.
    prefix      text   collate "C" not null primary key,
    last_number bigint not null
);

create table items (
    -- The items of the playbook, retired ones included.
    item_no       bigint primary key references item_ids (item_no),
    arrival       bigint not null unique, -- order of arrival: breaks ties and orders exports
    category      text   collate "C" not null check (category in ('str', 'cal', 'mis', 'tool', 'dom', 'wf')),
    content       text   collate "C" not null,
    fingerprint   bytea  not null,        -- digest of what makes two insights of a category the same
    created_at    text   collate "C" not null, -- as in playbook.json
    last_used_at  text   collate "C",     -- as playbook.json had it; scores.last_used_us replaces it
    tags          json   not null default '[]' check (json_typeof(tags) = 'array'),
    extra         json   check (json_typeof(extra) = 'object'), -- unknown fields of playbook.json
    retirement_id bigint -- null: the item is live
);

-- Finds the live item with the fingerprint of an insight, first arrival first.
create index items_fingerprint on items (category, fingerprint, arrival) where retirement_id is null;

create table folded_scores (
    -- The counts of each item over all studies, of folded events. helpful and harmful are
    -- the sum of what usages and blames counted and of the item's adjustments;
    -- trials_used_in is the sum of folded_study_items. Separate from items, because every
    -- folding updates it.
    item_no        bigint primary key references items (item_no),
    helpful        bigint not null default 0,
    harmful        bigint not null default 0,
    trials_used_in bigint not null default 0 check (trials_used_in >= 0),
    last_used_us   bigint -- null: not used since it arrived here
);

create table folded_study_items (
    -- trials_used_in: the folded trials of the study, since its last reset, whose latest
    -- attempt named the item.
    study_id       bigint not null references folded_studies (study_id),
    item_no        bigint not null references item_ids (item_no),
    trials_used_in bigint not null check (trials_used_in >= 0),
    primary key (study_id, item_no)
);

create table imports (
    -- Each import that changed something.
    import_id bigint primary key,
    path      text   collate "C" not null, -- of the file, absolute
    digest    bytea  not null,             -- SHA-256 of its bytes
    time_us   bigint not null
);

create table retirements (
    -- Items that left the playbook, and when they came back.
    retirement_id bigint primary key,
    item_no       bigint not null references items (item_no),
    reason        text   collate "C" not null references retirement_reasons (reason),
    event_id      bigint references folded_ledger (event_id), -- the event that retired it,
    import_id     bigint references imports (import_id),      -- or the import
    retired_us    bigint not null,
    restored_us   bigint, -- null: it is still retired
    restored_by   bigint references folded_ledger (event_id), -- null: an import or an earlier version restored it
    check ((event_id is null) <> (import_id is null))
);

alter table items add foreign key (retirement_id) references retirements (retirement_id);

-- For the history of an item.
create index retirements_item on retirements (item_no);

create table adjustments (
    -- Changes of counts that no trial and no error explains. after_event places a change
    -- among the events: it is the last event committed before.
    adjustment_id bigint primary key,
    item_no       bigint not null references items (item_no),
    helpful       bigint not null, -- what was added to the counts
    harmful       bigint not null,
    reason        text   collate "C" not null references adjustment_reasons (reason),
    import_id     bigint references imports (import_id),
    after_event   bigint not null,
    time_us       bigint not null,
    event_id      bigint references folded_ledger (event_id) -- the merge or the restore; null: an import
);

-- For the history of an item, and for checking that the counts of a file are added
-- only once.
create index adjustments_item on adjustments (item_no, import_id);

create table source_trials (
    -- The trials that an item was learned from, in order of arrival. study_id is null for
    -- numbers from a playbook.json, which does not name their study.
    source_id    bigint primary key,
    item_no      bigint not null references items (item_no),
    trial_number bigint not null,
    study_id     bigint references folded_studies (study_id),
    event_id     bigint references folded_ledger (event_id) -- the merge that brought it; null: none
);

-- A trial is added to an item only once.
create unique index source_trials_once on source_trials (item_no, trial_number, coalesce(study_id, 0));

create table folded_insights (
    -- Advice that the reflector drew. An insight is pending until an event settles
    -- it. A finalize or a commit puts it into the playbook: item_no is the item that it
    -- went into, and added is true if that item is new. A reset, a void or a rejection drops
    -- it: item_no stays null.
    insight_id    bigint  primary key,
    event_id      bigint  not null references folded_ledger (event_id), -- drawn from
    study_id      bigint  not null references folded_studies (study_id),
    category      text    collate "C" not null check (category in ('str', 'cal', 'mis', 'tool', 'dom', 'wf')),
    content       text    collate "C" not null,
    helpful       boolean not null,
    trial_number  bigint, -- null: drawn from the study as a whole
    settled_by    bigint  references folded_ledger (event_id),
    item_no       bigint  references items (item_no),
    added         boolean,
    drawn_content text    collate "C", -- what it said before it was edited; null: it was not
    check (item_no is null or settled_by is not null),
    check ((added is null) = (item_no is null))
);

-- The pending insights of a study, oldest first. Settled ones are not in this index.
create index insights_pending on folded_insights (study_id, insight_id) where settled_by is null;

-- Finds the insights of a trial when it is void.
create index insights_event on folded_insights (event_id);

-- For the history of an item.
create index insights_item on folded_insights (item_no) where item_no is not null;

create table finalizations (
    -- The parameters and the answer of each finalize. It pruned at or below prune_below,
    -- which is null for other rules.
    event_id               bigint  primary key references folded_ledger (event_id),
    name                   text    collate "C" not null,
    total_trials           bigint  not null,
    best_value             double precision not null,
    convergence_rate       double precision not null,
    method                 text    collate "C" not null,
    save_playbook          boolean not null,
    insights_added         bigint  not null check (insights_added >= 0),
    insights_merged        bigint  not null check (insights_merged >= 0),
    items_pruned           bigint  not null check (items_pruned >= 0),
    playbook_size          bigint  not null check (playbook_size >= 0),
    playbook_version       bigint  not null,
    total_trials_processed bigint  not null check (total_trials_processed >= 0),
    successful_trials      bigint  not null check (successful_trials between 0 and total_trials_processed),
    prune_by               text    collate "C" not null default 'net-score' check (prune_by in ('net-score', 'attribution', 'none')),
    prune_below            bigint  default -3 check ((prune_below is not null) = (prune_by = 'net-score'))
);

create table item_changes (
    -- The content of events that change an item: what it said or its tags (a JSON array)
    -- before and after, or the item that it was merged into. added, removed: the tags that
    -- the event names (JSON arrays).
    event_id  bigint primary key references folded_ledger (event_id),
    item_no   bigint not null references items (item_no),
    before    text   collate "C",
    after     text   collate "C",
    into_item bigint references items (item_no),
    added     json   check (json_typeof(added) = 'array'),
    removed   json   check (json_typeof(removed) = 'array')
);

-- For the history of an item.
create index item_changes_item on item_changes (item_no);

create table insight_choices (
    -- The pending insights that an event names, by what they say. A commit without rows
    -- took all. new_content: what an edit made of it.
    event_id    bigint  not null references folded_ledger (event_id),
    position    integer not null check (position >= 0),
    category    text    collate "C" not null check (category in ('str', 'cal', 'mis', 'tool', 'dom', 'wf')),
    content     text    collate "C" not null,
    new_content text    collate "C",
    primary key (event_id, position)
);

create table reasons (
    -- Why an item was retired or insights were rejected, where somebody said so.
    event_id bigint primary key references folded_ledger (event_id),
    reason   text   collate "C" not null
);

create table item_texts (
    -- What else an item stands for: what it said before it was edited, and what was
    -- merged into it. An insight that says so merges into the item.
    category    text   collate "C" not null check (category in ('str', 'cal', 'mis', 'tool', 'dom', 'wf')),
    fingerprint bytea  not null,
    item_no     bigint not null references items (item_no),
    event_id    bigint not null references folded_ledger (event_id), -- the edit, the merge or the commit
    primary key (category, fingerprint, item_no)
);

create table item_numbers (
    -- The numbers in a mistake that its insights differ in: the place of the number in the text,
    -- from 0, the lowest and the highest. An item without rows has the numbers of its text.
    item_no bigint  not null references items (item_no),
    place   integer not null check (place >= 0),
    low     text    collate "C" not null,
    high    text    collate "C" not null,
    primary key (item_no, place)
);

create table frames (
    -- The files that items were imported from, other than the database's own
    -- playbook.json. content: what the file holds besides its items.
    frame_id bigint primary key,
    path     text   collate "C" not null unique, -- of the file, absolute
    format   text   collate "C" not null,        -- as import --format names it
    digest   bytea  not null,                    -- SHA-256 of its bytes
    content  json   not null check (json_typeof(content) = 'object')
);

create table frame_items (
    -- The items of each such file in their order, each as the file had it when it was
    -- last imported.
    frame_id bigint  not null references frames (frame_id),
    position integer not null check (position >= 0),
    item_no  bigint  not null references items (item_no),
    content  json    not null check (json_typeof(content) = 'object'),
    primary key (frame_id, position)
);

create table playbook_file (
    -- Each playbook.json as it was last read or written: what an import compares with,
    -- and how a change by another tool is noticed. While pending is true, content has
    -- yet to replace the file whose digest is in replaces.
    name     text    collate "C" primary key, -- the machine and the path of the file on it
    content  bytea   not null,
    digest   bytea   not null, -- SHA-256 of content
    pending  boolean not null,
    replaces bytea   -- null: there was no file
);

-- What unfolded events add. The views with SQLite's names read these views, and folding
-- writes what they say.

create view unfolded_events as
-- The unfolded events with the event_id that folding gives them, unless others arrive
-- before it.
select (select last_event from fold) + row_number() over (order by u.arrived_us, u.unfolded_id) as event_id, u.*
from unfolded u;

create view unfolded_studies as
-- What they add to study_counts.
select study_id, count(*) filter (where type = 'trial') as trials, count(*) filter (where success) as successes,
    sum(cardinality(insight_categories)) as pending
from unfolded
group by study_id;

create view unfolded_study_items as
-- What they add to folded_study_items: the latest unfolded attempt at a trial number
-- takes the place of the latest folded one that counts.
with latest as (
    select distinct on (study_id, trial_number) study_id, trial_number, item_nos
    from unfolded
    where type = 'trial'
    order by study_id, trial_number, arrived_us desc, unfolded_id desc
)
select study_id, item_no, sum(trials) as trials
from (
    select study_id, unnest(item_nos) as item_no, 1 as trials
    from latest
    union all
    select n.study_id, u.item_no, -1
    from latest n
    cross join lateral (
        select l.event_id
        from folded_ledger l
        where l.type = 'trial' and l.study_id = n.study_id and l.trial_number = n.trial_number and l.voided_by is null
            and l.event_id > coalesce((select s.reset_event from folded_studies s where s.study_id = n.study_id), 0)
        order by l.event_id desc
        limit 1
    ) before
    join folded_usages u on u.event_id = before.event_id
) x
group by study_id, item_no
having sum(trials) <> 0;

create view unfolded_scores as
-- What they add to folded_scores.
select item_no, sum(helpful)::bigint as helpful, sum(harmful)::bigint as harmful, sum(trials_used_in)::bigint as trials_used_in,
    max(last_used_us) as last_used_us
from (
    select m.item_no, case when u.success then m.counted else 0 end as helpful, case when u.success then 0 else m.counted end as harmful,
        0::bigint as trials_used_in, u.time_us as last_used_us
    from unfolded u
    cross join unnest(u.item_nos, u.counted) m (item_no, counted)
    where m.counted > 0
    union all
    select item_no, 0, 0, trials, null
    from unfolded_study_items
) x
group by item_no;

-- The views with SQLite's names, for all who read.

create view ledger as
-- Every event as it was recorded, in order of commit (event_id).
select event_id, study_id, type, trial_number, time_us, success, objective_value, design_variables, extractor_used, duration_seconds,
    items_updated, insights_extracted, details, voided_by, key, digest, holdout
from folded_ledger
union all
select event_id, study_id, type, trial_number, time_us, success, objective_value, design_variables, extractor_used, duration_seconds,
    items_updated, insights_extracted, details, null::bigint, key, digest, holdout
from unfolded_events;

create view usages as
-- The items in the context of each trial.
select event_id, item_no, named, counted
from folded_usages
union all
select e.event_id, m.item_no, m.named, m.counted
from unfolded_events e
cross join unnest(e.item_nos, e.named, e.counted) m (item_no, named, counted)
where e.type = 'trial';

create view blames as
-- The items that an error event named.
select event_id, item_no, named, counted
from folded_blames
union all
select e.event_id, m.item_no, m.named, m.counted
from unfolded_events e
cross join unnest(e.item_nos, e.named, e.counted) m (item_no, named, counted)
where e.type = 'error';

create view shown as
-- The items that were shown to the driver for a trial, which did not use them.
select event_id, item_no
from folded_shown
union all
select e.event_id, m.item_no
from unfolded_events e
cross join unnest(e.shown) m (item_no);

create view errors as
-- The messages of failed trials and of reported errors, whole and in order.
select event_id, position, kind, class, message
from folded_errors
union all
select e.event_id, m.nth::integer - 1, m.kind, m.class, m.message
from unfolded_events e
cross join unnest(e.error_kinds, e.error_classes, e.error_messages) with ordinality m (kind, class, message, nth);

create view insights as
-- Advice that the reflector drew. The insight_id of an insight from an unfolded event is
-- the one that folding gives it, unless others arrive before it.
select insight_id, event_id, study_id, category, content, helpful, trial_number, settled_by, item_no, added, drawn_content
from folded_insights
union all
select (select coalesce(max(f.insight_id), 0) from folded_insights f) + row_number() over (order by e.event_id, m.nth),
    e.event_id, e.study_id, m.category, m.content, m.helpful, m.trial_number, null::bigint, null::bigint, null::boolean, null
from unfolded_events e
cross join unnest(e.insight_categories, e.insight_contents, e.insight_helpful, e.insight_trial_numbers)
    with ordinality m (category, content, helpful, trial_number, nth);

create view studies as
-- One optimization campaign, with its statistics since its last reset.
select s.study_id, s.name, s.direction, s.created_us, s.reset_event, coalesce(c.trials, 0) + coalesce(u.trials, 0) as trials,
    coalesce(c.successes, 0) + coalesce(u.successes, 0) as successes, coalesce(c.pending, 0) + coalesce(u.pending, 0) as pending,
    s.direction_given
from folded_studies s
left join study_counts c using (study_id)
left join unfolded_studies u using (study_id);

create view scores as
-- The counts of each item over all studies.
select f.item_no, f.helpful + coalesce(u.helpful, 0) as helpful, f.harmful + coalesce(u.harmful, 0) as harmful,
    f.trials_used_in + coalesce(u.trials_used_in, 0) as trials_used_in, greatest(f.last_used_us, u.last_used_us) as last_used_us
from folded_scores f
left join unfolded_scores u using (item_no);

create view study_items as
-- trials_used_in: the trials of the study, since its last reset, whose latest attempt
-- named the item.
select f.study_id, f.item_no, f.trials_used_in + coalesce(u.trials, 0) as trials_used_in
from folded_study_items f
left join unfolded_study_items u using (study_id, item_no)
union all
select u.study_id, u.item_no, u.trials
from unfolded_study_items u
where not exists (select 1 from folded_study_items f where f.study_id = u.study_id and f.item_no = u.item_no);

create view attempts as
-- Every attempt at a trial. superseded: a later one at its number is not void. Folded
-- and unfolded attempts are apart here, so that no folded one searches unfolded.
select l.event_id, l.study_id, l.trial_number,
    (select count(*) from folded_ledger a
        where a.type = 'trial' and a.study_id = l.study_id and a.trial_number = l.trial_number and a.event_id <= l.event_id) as attempt,
    exists (select 1 from folded_ledger a
        where a.type = 'trial' and a.study_id = l.study_id and a.trial_number = l.trial_number and a.event_id > l.event_id
            and a.voided_by is null)
        or (l.study_id, l.trial_number) in (select u.study_id, u.trial_number from unfolded u where u.type = 'trial') as superseded,
    l.voided_by, l.time_us, l.success, l.objective_value,
    (select count(*) from folded_errors e where e.event_id = l.event_id) as error_count,
    (select string_agg(e.message, '; ' order by e.position) from folded_errors e where e.event_id = l.event_id) as errors,
    l.extractor_used, l.duration_seconds, l.design_variables, l.details, l.holdout
from folded_ledger l
where l.type = 'trial'
union all
select e.event_id, e.study_id, e.trial_number,
    (select count(*) from folded_ledger a where a.type = 'trial' and a.study_id = e.study_id and a.trial_number = e.trial_number)
        + row_number() over (partition by e.study_id, e.trial_number order by e.event_id),
    lead(e.event_id) over (partition by e.study_id, e.trial_number order by e.event_id) is not null,
    null::bigint, e.time_us, e.success, e.objective_value,
    cardinality(e.error_messages)::bigint, case when cardinality(e.error_messages) > 0 then array_to_string(e.error_messages, '; ') end,
    e.extractor_used, e.duration_seconds, e.design_variables, e.details, e.holdout
from unfolded_events e
where e.type = 'trial';

-- How views show times.

create function utc(us bigint) returns text
-- A time in microseconds since 1970-01-01 UTC; null outside of the years 0 to 9999.
language sql stable parallel safe as $$
select case when us / 1000000 between -62167219200 and 253402300799
    then to_char(to_timestamp(us / 1000000) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') end
$$;

create function utc(written text) returns text
-- A time as other tools write it, in UTC if it gives its zone; unchanged if it is not a
-- time. Days after the end of a month are days of the next one.
language sql stable parallel safe as $$
select case when written collate "C" ~ '^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[T\s]*(([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?\s*([Zz]|[+-](0\d|1[0-4]):[0-5]\d)?\s*)?$'
        and written collate "C" between '0001-01-02' and '9999-12-30'
    then to_char(make_date(left(written, 4)::integer, substr(written, 6, 2)::integer, 1) + substr(written, 9, 2)::integer - 1
        + coalesce(substring(written from '\d\d:\d\d(?::\d\d)?'), '00:00')::time
        - coalesce(substring(written from '[+-]\d\d:\d\d'), '00:00')::interval, 'YYYY-MM-DD HH24:MI:SS')
    else written end
$$;

-- Views are for analysts, dashboards and notebooks. Their names and columns stay, and are
-- the same in SQLite; the tables behind them may change. The first comment of a view says
-- what it shows, and each column stands on a line with its own comment. README.md in the
-- folder above repeats them, and `atomizer-db schema` prints them. Times are UTC, as in
-- 2026-01-31 12:00:00. Flags are 1 or 0.

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
select s.name, l.trial_number, l.attempt,
    (l.voided_by is null and l.event_id > coalesce(s.reset_event, 0))::integer,
    (l.voided_by is null and l.event_id > coalesce(s.reset_event, 0) and not l.superseded)::integer,
    (l.voided_by is not null)::integer, (l.event_id <= coalesce(s.reset_event, 0))::integer,
    l.success::integer, case when l.success then l.objective_value end,
    l.error_count, l.errors, l.extractor_used, l.duration_seconds, l.design_variables, l.details,
    utc(l.time_us), l.event_id, l.holdout::integer
from attempts l
join studies s using (study_id);

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
where t.counts = 1
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
    value,        -- a number or text, as text; 1 for true and 0 for false
    type,         -- integer, real, text, true, false or null
    success,      -- of the trial: 1 or 0
    objective,    -- of the trial; null where it failed or had none
    event         -- the trial's position in the order of commit of all events
) as
select t.study, t.trial_number, t.attempt, t.counts, t.is_current, v.key collate "C",
    case v.value::text when 'true' then '1' when 'false' then '0' else v.value #>> '{}' end collate "C",
    case json_typeof(v.value)
        when 'number' then case when v.value::text ~ '[.eE]' then 'real' else 'integer' end
        when 'string' then 'text'
        when 'boolean' then v.value::text
        else json_typeof(v.value) end collate "C",
    t.success, t.objective, t.event
from all_trials t
-- Text cannot hold U+0000, which JSON can: a replacement character is shown for it.
cross join json_each(case when t.design_variables::text like '%\\u0000%'
    then regexp_replace(t.design_variables::text, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g')::json
    else t.design_variables end) v;

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
select event_id, success::integer, objective_value, design_variables, extractor_used, duration_seconds, details,
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
select s.name, l.trial_number, e.kind, e.class, e.message, (l.voided_by is null and l.event_id > coalesce(s.reset_event, 0))::integer,
    utc(l.time_us), l.event_id
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
select c.study, c.source, c.class, c.messages, c.trials, f.trial_number, l.trial_number, utc(f.time_us), utc(l.time_us)
from (
    select study, source, class, count(*) as messages, count(distinct trial_number) as trials,
        min(event) as first_event, max(event) as last_event
    from error_messages
    where counts = 1
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
select s.name, s.direction, s.trials, s.successes, s.trials - s.successes, s.successes::double precision / nullif(s.trials, 0),
    b.objective, b.trial_number, s.pending, n.recordings,
    utc(s.created_us), utc(r.time_us), utc(t.time_us)
from studies s
left join ledger r on r.event_id = s.reset_event
cross join lateral (select count(*) as recordings, max(l.event_id) as last_event from ledger l where l.study_id = s.study_id and l.type = 'trial') n
left join ledger t on t.event_id = n.last_event
left join (
    select t.study, t.trial_number, t.objective,
        row_number() over (
            partition by t.study
            order by case d.direction when 'minimize' then t.objective else -t.objective end, t.event
        ) as place
    from all_trials t
    join studies d on d.name = t.study
    where t.counts = 1 and t.objective is not null
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
select c.study, z.size, (c.nth - 1) / z.size + 1, min(c.nth), max(c.nth), count(*), sum(c.success), sum(c.success)::double precision / count(*),
    case c.direction when 'minimize' then min(c.objective) else max(c.objective) end,
    case c.direction when 'minimize' then min(c.best_so_far) else max(c.best_so_far) end
from (values (10), (25), (50), (100)) z (size)
cross join (
    select t.study, s.direction, t.success, t.objective, t.best_so_far, t.nth
    from trials t
    join studies s on s.name = t.study
) c
group by c.study, c.direction, z.size, (c.nth - 1) / z.size;

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
    case when c.helpful + c.harmful = 0 then 0.5 else c.helpful::double precision / (c.helpful + c.harmful) end,
    coalesce(u.trials_used_in, 0), i.arrival, i.content
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
select d.id, i.category, i.content, coalesce(r.reason, 'live'), c.helpful, c.harmful, c.helpful - c.harmful,
    case when c.helpful + c.harmful = 0 then 0.5 else c.helpful::double precision / (c.helpful + c.harmful) end,
    c.trials_used_in, i.arrival, utc(i.created_at), coalesce(utc(c.last_used_us), utc(i.last_used_at)), utc(r.retired_us), i.tags
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
    (sum(x.helpful) over so_far)::bigint, (sum(x.harmful) over so_far)::bigint, (sum(x.helpful - x.harmful) over so_far)::bigint,
    utc(coalesce(x.time_us, l.time_us)), x.event
from (
    select u.item_no, 'trial' as change, u.counted * t.success::integer as helpful, u.counted * (not t.success)::integer as harmful,
        u.event_id as event, 0 as adjustment, null::bigint as time_us
    from usages u
    join ledger t using (event_id)
    where u.counted > 0
    union all
    select item_no, 'error', 0, counted, event_id, 0, null
    from blames
    where counted > 0
    union all
    select u.item_no, case when v.undo then 'unvoid' else 'void' end, (2 * v.undo::integer - 1) * u.counted * t.success::integer,
        (2 * v.undo::integer - 1) * u.counted * (not t.success)::integer, v.event_id, 0, null
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
    f.total_trials_processed, f.successful_trials, utc(l.time_us), l.event_id, f.prune_by, f.prune_below
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
    select distinct on (l.study_id, l.trial_number) l.study_id, l.event_id, l.success::integer as success, l.holdout
    from ledger l
    join studies s using (study_id)
    where l.type = 'trial' and l.voided_by is null and l.event_id > coalesce(s.reset_event, 0)
    order by l.study_id, l.trial_number, l.event_id desc
),
numbered as (
    select study_id, event_id, success, holdout,
        row_number() over (partition by study_id order by event_id) - 1 as place, count(*) over (partition by study_id) as size
    from latest
),
credited as materialized (
    -- A last window that would be shorter than 20 trials joins the one before.
    select study_id, event_id, success, least(place / 20, greatest(size / 20 - 1, 0)) as nth_window
    from numbered
    where not holdout
),
windows as (
    select study_id, nth_window, count(*) as trials, sum(success) as successes
    from credited
    group by study_id, nth_window
),
totals as (
    select study_id, sum(trials)::bigint as trials, sum(successes)::bigint as successes
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
    select u.study_id, u.item_no, sum(u.trials)::bigint as trials, sum(u.successes)::bigint as successes,
        count(*) filter (where u.trials < w.trials) as windows,
        -- Mantel and Haenszel's weights and weighted differences
        sum((u.trials * (w.trials - u.trials))::double precision / w.trials) as weight,
        sum(u.successes - (u.trials * w.successes)::double precision / w.trials) as difference
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
select s.name, d.id, i.category, coalesce(u.trials, 0), coalesce(u.successes, 0),
    t.trials - coalesce(u.trials, 0), t.successes - coalesce(u.successes, 0), coalesce(n.trials, 0), coalesce(n.successes, 0),
    u.difference / nullif(u.weight, 0), i.arrival, i.content, coalesce(u.windows, 0)
from totals t
join items i on i.retirement_id is null
join item_ids d using (item_no)
join studies s using (study_id)
left join used u on u.study_id = t.study_id and u.item_no = i.item_no
left join unused n on n.study_id = t.study_id and n.item_no = i.item_no;

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
select i.insight_id, s.name, i.category, i.content, i.helpful::integer, i.trial_number, i.event_id
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
    state,        -- pending; added (a new item); merged (into an existing item); rejected; dropped (by a reset or a void)
    item,         -- id of the item that it went into
    drawn_at,     -- time of the event that it was drawn from
    settled_at,   -- when it was added, merged, rejected or dropped
    reason,       -- why it was rejected; null: no reason was given
    drawn_content -- what it said before it was edited; null: it was not
) as
select s.name, i.trial_number, i.category, i.content, i.helpful::integer,
    case when i.settled_by is null then 'pending' when e.type = 'reject_insights' then 'rejected' when i.item_no is null then 'dropped' when i.added then 'added' else 'merged' end collate "C",
    d.id, utc(l.time_us), utc(e.time_us), r.reason, i.drawn_content
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
select d.id, l.type, c.before, c.after, o.id, r.reason, s.name, utc(l.time_us), l.event_id
from item_changes c
join item_ids d using (item_no)
join ledger l using (event_id)
join studies s using (study_id)
left join item_ids o on o.item_no = c.into_item
left join reasons r using (event_id)
union all
select d.id, x.reason, null, null, null, null, s.name, utc(x.retired_us), x.event_id
from retirements x
join item_ids d using (item_no)
left join ledger l using (event_id)
left join studies s using (study_id)
where x.reason in ('pruned', 'removed');
