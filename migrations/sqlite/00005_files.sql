-- +goose Up
-- The files of other tools keep what they hold besides items, each file for itself, and
-- the playbook keeps when it was created.

create table frames (
    -- The files that items were imported from, other than the database's own
    -- playbook.json. content: what the file holds besides its items.
    frame_id integer primary key,
    path     text not null unique, -- of the file, absolute
    format   text not null,        -- as import --format names it
    digest   blob not null,        -- SHA-256 of its bytes
    content  text not null check (json_type(content) = 'object')
) strict;

create table frame_items (
    -- The items of each such file in their order, each as the file had it when it was
    -- last imported.
    frame_id integer not null references frames (frame_id),
    position integer not null check (position >= 0),
    item_no  integer not null references items (item_no),
    content  text    not null check (json_type(content) = 'object'),
    primary key (frame_id, position)
) strict, without rowid;

alter table playbook add column created_at text; -- as playbook.json had it
alter table playbook add column created_us integer not null default 0; -- the first change here; 0: none yet

-- What a playbook.json brought was one of the unknown fields until now.
update playbook
set created_at = ifnull(case when json_type(extra, '$.created_at') = 'text' then json_extract(extra, '$.created_at') end, last_updated_at),
    created_us = ifnull((
        select min(time_us)
        from (
            select l.time_us from insights i join ledger l on l.event_id = i.settled_by where i.added
            union all
            select time_us from imports
        )), case when exists (select 1 from items) then changed_us else 0 end),
    extra = nullif(json_remove(extra, '$.created_at'), '{}');

-- What ACE playbooks and skillbooks brought was among the unknown fields, too, one frame
-- for all files of a format.
insert into frames (path, format, digest, content)
select 'earlier ACE playbooks', 'ace', x'',
    json_object(
        'text', case when json_extract(extra, '$.ace.preamble') <> '' then json_extract(extra, '$.ace.preamble') || char(10) else '' end,
        'sections', json((
            select json_group_array(json_object(
                'name', json_extract(s.value, '$.name'),
                'text', case when s.key > 0 or json_extract(extra, '$.ace.preamble') <> '' then char(10) else '' end
                    || ifnull(json_extract(s.value, '$.mark'), '##') || ' ' || json_extract(s.value, '$.name') || char(10)
                    || ifnull(json_extract(s.value, '$.text') || char(10), '')))
            from json_each(extra, '$.ace.sections') s)))
from playbook
where json_type(extra, '$.ace.sections') = 'array';

insert into frame_items (frame_id, position, item_no, content)
select f.frame_id, row_number() over (order by i.arrival) - 1, i.item_no,
    json_object('id', json_extract(i.extra, '$.ace.id'), 'category', i.category, 'content', i.content, 'helpful_count', c.helpful, 'harmful_count', c.harmful,
        'origin', json_object(
            'section', ifnull((
                select s.key
                from json_each(p.extra, '$.ace.sections') s
                where json_extract(s.value, '$.name') = json_extract(i.extra, '$.ace.section')
                limit 1), -1),
            'marker', ifnull(json_extract(i.extra, '$.ace.marker'), ''),
            'neutral', ifnull(json_extract(i.extra, '$.ace.neutral'), 0)))
from items i
join scores c using (item_no)
join playbook p
join frames f on f.format = 'ace'
where json_type(i.extra, '$.ace.id') = 'text';

insert into frames (path, format, digest, content)
select 'earlier skillbooks', 'skillbook', x'',
    json_object('container', json_extract(extra, '$.skillbook.container'),
        'root', json_set(json_remove(extra, '$.skillbook.container') -> '$.skillbook',
            '$."' || json_extract(extra, '$.skillbook.container') || '"', null))
from playbook
where json_type(extra, '$.skillbook.container') = 'text';

insert into frame_items (frame_id, position, item_no, content)
select f.frame_id, row_number() over (order by i.arrival) - 1, i.item_no,
    json_object('id', json_extract(i.extra, '$.skillbook.id'), 'category', i.category, 'content', i.content, 'helpful_count', c.helpful,
        'harmful_count', c.harmful, 'origin', json_insert(i.extra -> '$.skillbook', '$.content', i.content))
from items i
join scores c using (item_no)
join frames f on f.format = 'skillbook'
where json_type(i.extra, '$.skillbook.id') = 'text';

update items
set extra = nullif(json_remove(extra, '$.ace', '$.skillbook'), '{}')
where item_no in (select item_no from frame_items);

update playbook
set extra = nullif(json_remove(extra, '$.ace', '$.skillbook'), '{}')
where exists (select 1 from frames);

pragma user_version = 5;
