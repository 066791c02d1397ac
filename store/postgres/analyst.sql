-- A role that can ask everything and change nothing, in the database playbook.
-- As a superuser, or as a role that may create roles:
create role analyst login;
alter role analyst set default_transaction_read_only = on;
alter role analyst set statement_timeout = '5min';

-- In the database, as the role that owns its tables:
grant connect on database playbook to analyst;
grant usage on schema public to analyst;
grant select on all tables in schema public to analyst;
alter default privileges in schema public grant select on tables to analyst;
