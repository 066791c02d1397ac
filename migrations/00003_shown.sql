-- +goose Up
-- Items that were shown but not used, and a search in what items say.

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

pragma user_version = 3;
