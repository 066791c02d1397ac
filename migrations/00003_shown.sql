-- +goose Up
-- Items that were shown but not used, what each item does to success, and a
-- search in what items say.

create table shown (
    -- The driver was shown the item for the trial, and did not use it. Counts for
    -- nothing; lets attribution tell shown from used.
    event_id integer not null references outcomes (event_id),
    item_no  integer not null references item_ids (item_no),
    primary key (event_id, item_no)
) strict, without rowid;

-- The words of all items, for full-text search; kept up to date by the two
-- triggers. An item's row is never deleted.
create virtual table item_words using fts5 (content, content = 'items', content_rowid = 'item_no', tokenize = 'porter unicode61');

insert into item_words (item_words) values ('rebuild');

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

create view attribution (
    -- What each live item does to success, per study: its trials with the item
    -- against those without it, by the latest attempt of each trial since the last
    -- reset. Intervals and p-values are `atomizer-db attribution`'s.
    study,             -- the study's name
    id,                -- the item's id
    category,          -- str, cal, mis, tool, dom or wf
    trials_with,       -- trials that used the item
    successes_with,    -- of them
    trials_without,    -- trials that did not
    successes_without, -- of them
    trials_shown,      -- of those without: trials for which the item was shown
    successes_shown,   -- of them
    lift,              -- the success rate with the item less that without; null: nothing to compare
    arrival,           -- the order in which the items came
    content            -- the advice
) as
with credited as (
    select l.study_id, max(l.event_id) as event_id, o.success
    from ledger l
    join outcomes o using (event_id)
    join studies s using (study_id)
    where l.type = 'trial' and o.voided_by is null and l.event_id > ifnull(s.reset_event, 0)
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

pragma user_version = 3;
