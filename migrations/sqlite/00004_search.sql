-- +goose Up
-- Searching items is done by the program, so that every engine answers alike.

drop trigger item_words_added;
drop trigger item_words_changed;
drop table item_words;

pragma user_version = 4;
