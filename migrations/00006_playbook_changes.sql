-- +goose Up
-- Exported events hold all that another database needs to answer alike: also what the
-- playbook started from, imports and items made by hand.

create table playbook_changes (
    -- Changes of the playbook that no event of a study made, in order: what it started
    -- from, imports, and items added by hand. after_event places a change among the events:
    -- it is the last event committed before. content: the change as `export --events` writes
    -- it; null in the first row of a database with an earlier schema, which did not store
    -- them: it stands for all changes up to after_event.
    change_id   integer primary key,
    after_event integer not null,
    time_us     integer not null,
    content     text    check (json_type(content) = 'object'),
    check (content is not null or change_id = 1)
) strict;

insert into playbook_changes (change_id, after_event, time_us)
select 1, (select ifnull(max(event_id), 0) from ledger), changed_us from playbook;

-- The study of an input is the command's. It need not exist, because the events may name
-- others.

create table study_inputs (
    -- How far ingest has read which input, committed with the events from it.
    -- study: the name of the command's study. name: the file's path relative to the
    -- database, or the name given by --source.
    study   text    not null,
    name    text    not null,
    bytes   integer not null check (bytes >= 0), -- read so far
    lines   integer not null check (lines >= 0), -- in those bytes
    digest  blob    not null,                    -- SHA-256 of those bytes
    time_us integer not null,
    primary key (study, name)
) strict, without rowid;

insert into study_inputs (study, name, bytes, lines, digest, time_us)
select s.name, i.name, i.bytes, i.lines, i.digest, i.time_us from inputs i join studies s using (study_id);

drop table inputs;
alter table study_inputs rename to inputs;

pragma user_version = 6;
