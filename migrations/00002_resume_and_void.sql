-- +goose Up
-- Ingest that goes on where it was stopped, and trials that are taken back.

create table sources (
    -- How far ingest has got in which input, committed with the events that it
    -- took. name: the file's path relative to the database, or what --source said.
    source_id integer primary key,
    study_id  integer not null references studies (study_id),
    name      text    not null,
    bytes     integer not null check (bytes >= 0), -- taken so far,
    lines     integer not null check (lines >= 0), -- which are so many lines,
    digest    blob    not null,                    -- with this SHA-256
    time_us   integer not null,
    unique (study_id, name)
) strict;

insert into event_types (type, meaning) values
    ('void', 'a trial was recorded by mistake and counts for nothing, or counts again; which one is in voids');

create table voids (
    -- Which trial a void event took out of counts, statistics and usage, or,
    -- where undo is 1, back in.
    event_id    integer primary key references ledger (event_id),
    trial_event integer not null references outcomes (event_id),
    undo        integer not null check (undo in (0, 1))
) strict;

-- The void that holds, null where the trial counts.
alter table outcomes add column voided_by integer references voids (event_id);

pragma user_version = 2;
