-- +goose Up
-- Exported events hold all that another database needs to answer alike: also what the
-- playbook started from, imports and items made by hand.

create table playbook_changes (
    -- Changes of the playbook that no event of a study made, in order: what it started
    -- from, imports, and items added by hand. after_event places a change among the events:
    -- it is the last event committed before. content: the change as `export --events` writes
    -- it.
    change_id   integer primary key,
    after_event integer not null,
    time_us     integer not null,
    content     text    not null check (json_type(content) = 'object')
) strict;

-- What happened before is not known in full. The first row of a database with an earlier
-- schema makes the playbook what it is now, whatever it was before.
insert into playbook_changes (after_event, time_us, content)
select (select ifnull(max(event_id), 0) from ledger), cast((julianday('now') - 2440587.5) * 86400000000 as integer), json_object(
    'type', 'playbook',
    'time', strftime('%Y-%m-%dT%H:%M:%S', changed_us / 1000000, 'unixepoch') || printf('.%06dZ', changed_us % 1000000),
    'version', version,
    'last_updated', iif(changed_us = 0, last_updated_at, null),
    'created_at', created_at,
    'created', iif(created_us = 0, null, strftime('%Y-%m-%dT%H:%M:%S', created_us / 1000000, 'unixepoch') || printf('.%06dZ', created_us % 1000000)),
    'fields', json(ifnull(extra, '{}')),
    'last_numbers', json((select json_group_object(prefix, last_number) from prefixes)),
    'items', json((
        select json_group_array(json_object(
            'id', id, 'category', category, 'content', content, 'created_at', created_at, 'tags', json(tags),
            'fields', json(ifnull(extra, '{}')), 'retired', json(iif(retirement_id is null, 'false', 'true'))))
        from (select d.id, i.* from items i join item_ids d using (item_no) order by i.arrival))),
    'frames', json((
        select json_group_array(json_object(
            'nth', nth, 'path', path, 'format', format, 'digest', lower(hex(digest)), 'content', json(content), 'items', json((
                select json_group_array(json_object('id', id, 'content', json(content)))
                from (select d.id, x.content from frame_items x join item_ids d using (item_no) where x.frame_id = f.frame_id order by x.position)))))
        from (select row_number() over (order by frame_id) as nth, * from frames order by frame_id) f)))
from playbook;

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
