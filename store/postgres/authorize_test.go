package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/store"
	"atomizer-db/store/postgres/pgtest"
)

// TestAskChangesNothing runs statements that would change the database, the server or the
// connection, as the superuser.
func TestAskChangesNothing(t *testing.T) {
	address := pgtest.Superuser(t, asked.Address(t))
	q := questionsAt(t, address)
	for _, sql := range []string{
		`insert into folded_studies (study_id, name, created_us) values (2, 'x', 0)`,
		`insert into folded_studies (study_id, name, created_us) values (2, 'x', 0) returning name`,
		`update folded_studies set name = 'x'`,
		`delete from folded_studies`,
		`merge into fold using gate on true when matched then delete`,
		`with x as (select 1) delete from folded_studies`,
		`with x as (delete from folded_studies returning 1) select * from x`,
		`explain delete from folded_studies`,
		`explain (analyze) delete from folded_studies`,
		`explain analyze verbose insert into folded_studies (study_id, name, created_us) values (2, 'x', 0)`,
		`explain analyze with x as (delete from folded_studies returning 1) select * from x`,
		`explain analyze create table x as select 1`,
		`explain execute x`,
		`select 1 as a into x`,
		`select * from fold for update`,
		`select * from fold for key share`,
		`create table x (a int)`,
		`create temp table x (a int)`,
		`create temp view x as select 1`,
		`drop view trials`,
		`alter table gate rename to x`,
		`truncate unfolded`,
		`vacuum`, `analyze`, `cluster`, `reindex table gate`, `checkpoint`,
		`begin`, `start transaction read write`, `commit`, `rollback`, `end`, `abort`, `savepoint x`,
		`set transaction read write`, `set transaction_read_only = off`, `set local timezone = 'CET'`, `reset all`, `discard all`,
		`set session characteristics as transaction read write`,
		`listen x`, `notify x`, `unlisten *`, `load 'x'`, `lock table gate`,
		`copy gate to stdout`, `copy gate to '/tmp/x'`, `copy (select 1) to program 'touch /tmp/x'`, `copy gate from stdin`,
		`do $$ begin perform 1; end $$`, `call x()`, `prepare x as select 1`, `execute x`, `deallocate all`,
		`declare x cursor for select 1`, `fetch x`, `move x`, `close x`,
		`grant select on gate to public`, `comment on table gate is 'x'`, `alter system set work_mem = '1MB'`,
		`select set_config('transaction_read_only', 'off', true)`,
		`select set_config('timezone', 'CET', false)`,
		`select nextval('item_ids_item_no_seq')`, `select setval('item_ids_item_no_seq', 7)`,
		`select pg_notify('x', 'y')`,
		`select pg_advisory_lock(1)`, `select pg_try_advisory_xact_lock(1)`,
		`select pg_cancel_backend(1)`, `select pg_terminate_backend(1)`, `select pg_reload_conf()`,
		`select pg_current_xact_id()`, `select pg_export_snapshot()`,
		`select lo_create(0)`, `select lo_import('/etc/hostname')`, `select lo_export(1, '/tmp/x')`, `select lo_get(1)`,
		`select pg_switch_wal()`, `select pg_create_restore_point('x')`, `select pg_logical_emit_message(true, 'x', 'y')`,
		`select pg_create_physical_replication_slot('x')`, `select pg_import_system_collations('public')`,
		`select query_to_xml('select pg_read_file(''/etc/hostname'')', true, true, '')`,
		`select * from ts_stat('select to_tsvector(pg_read_file(''/etc/hostname''))')`,
		`select pg_read_file('/etc/hostname')`,
		`select PG_Read_File /* */ -- x
			('/etc/hostname')`,
		`select "pg_read_file"('/etc/hostname')`,
		`select U&"pg\005fread_file"('/etc/hostname')`,
		`select U&"pg!005fread_file" uescape '!' ('/etc/hostname')`,
		`select pg_catalog.pg_read_file('/etc/hostname')`,
		`select pg_catalog . "pg_read_file" ('/etc/hostname')`,
		`select ('/etc/hostname'::text).pg_read_file`,
		`select x.pg_read_file from (values ('/etc/hostname'::text)) x`,
		`select * from pg_read_file('/etc/hostname')`,
		`select * from rows from (pg_read_file('/etc/hostname')) x`,
		`explain analyze select pg_read_file('/etc/hostname')`,
		`values (pg_read_binary_file('/etc/hostname'))`,
		`select pg_ls_dir('/')`, `select pg_stat_file('/etc/hostname')`,
		`select E'a'
			'\' || ', pg_read_file('/etc/hostname')`,
		`select 'a\' || pg_read_file('/etc/hostname') || '\'`,
		`select $x$'$x$ || pg_read_file('/etc/hostname') || $x$'$x$`,
		`select /* /* */ ' */ pg_read_file('/etc/hostname') /* ' */`,
		"select 1 -- \r + length(pg_read_file('/etc/hostname'))",
		`select x'00' || pg_read_file('/etc/hostname')::bit(1)`,
		`select 1; delete from folded_studies`,
		`select 1 /* ; */ ; -- x
			delete from folded_studies`,
		`select ':a;' ; commit`,
		`\! touch /tmp/x`,
	} {
		err := q.Ask(t.Context(), sql, nil, &table{})
		if _, ok := errors.AsType[*store.SQLError](err); !ok {
			t.Errorf("%s: %v", sql, err)
		}
	}
	var got table
	if err := q.Ask(t.Context(), `
		select (select string_agg(name, ',') from studies), (select count(*) from pg_prepared_statements), (select count(*) from pg_locks where locktype = 'advisory'),
			(select count(*) from pg_class where relname = 'x'), (select last_value from item_ids_item_no_seq), (select epoch from gate),
			(select count(*) from pg_largeobject_metadata), current_setting('transaction_isolation')`, nil, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]any{{"bracket", int64(0), int64(0), int64(0), int64(1), int64(0), int64(0), "repeatable read"}}, got.rows); diff != "" {
		t.Errorf("something changed (-want +got):\n%s", diff)
	}
}

// TestNothingStaysOnAConnection looks at a connection that questions have used, too.
func TestNothingStaysOnAConnection(t *testing.T) {
	address := pgtest.Bouncer(t, asked.Address(t), "default_pool_size = 1")
	q := questionsAt(t, address)
	state := func() string {
		var state string
		if err := connect(t, address+"&default_query_exec_mode=exec").QueryRow(t.Context(), `
			select concat_ws(' ', current_setting('timezone'), current_setting('statement_timeout'), current_setting('lock_timeout'),
				current_setting('transaction_read_only'), (select count(*) from pg_prepared_statements), pg_backend_pid())`).Scan(&state); err != nil {
			t.Fatal(err)
		}
		return state
	}
	before := state()
	for _, sql := range []string{`select :study`, `select 1 / 0`, `selct`, `delete from trials`} {
		_ = q.Ask(t.Context(), sql, nil, &table{}) // some fail
	}
	if diff := cmp.Diff(before, state()); diff != "" {
		t.Errorf("-before +after:\n%s", diff)
	}
}

func TestAskSaysWhatItRefuses(t *testing.T) {
	q := questionsAt(t, pgtest.Superuser(t, asked.Address(t)))
	for sql, want := range map[string]string{
		`vacuum`: `line 1, column 1: VACUUM is refused: a query only reads`,
		`; -- x
			drop view trials`: `line 2, column 4: DROP is refused: a query only reads`,
		`delete from nowhere`:                           `line 1, column 1: DELETE is refused: a query only reads`,
		`with x as (delete from gate) select 1`:         `line 1, column 12: DELETE is refused: a query only reads`,
		`explain (costs off) update gate set epoch = 1`: `line 1, column 21: UPDATE is refused: a query only reads`,
		`select * from fold for update`:                 `line 1, column 24: SELECT FOR UPDATE is refused: a query only reads`,
		`select 1 as a into x`:                          `line 1, column 15: SELECT INTO is refused: a query only reads`,
		`select :study, Pg_Read_File('x')`:              `line 1, column 16: pg_read_file() is refused: a query only reads`,
		`select ('x'::text).pg_read_file`:               `line 1, column 20: pg_read_file() is refused: a query only reads`,
		`set timezone = 'CET'`:                          `line 1, column 1: SET is refused: a query only reads`,
		`commit; select 1`:                              `line 1, column 9: a second statement begins here: run one statement at a time`,
	} {
		if err := q.Ask(t.Context(), sql, nil, &table{}); err == nil || err.Error() != want {
			t.Errorf("%s: %v, not %s", sql, err, want)
		}
	}
}

// TestNamesOfFunctionsMayBeNamesOfColumns shows that only what can be a call is refused.
func TestNamesOfFunctionsMayBeNamesOfColumns(t *testing.T) {
	q := questionsAt(t, asked.Address(t))
	for _, sql := range []string{
		`select 1 as nextval`,
		`select nextval, x.set_config from (select 1 as nextval, 2 as set_config) x`,
		`select 'pg_read_file(1)', "pg_read_file(1)" /* pg_read_file(1) */ from (select 1 as "pg_read_file(1)") x -- pg_read_file(1)`,
		`select count(*) from trials tablesample bernoulli (10)`,
	} {
		err := q.Ask(t.Context(), sql, nil, &table{})
		if err != nil && !strings.Contains(err.Error(), "TABLESAMPLE") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// TestEveryFunctionThatMayWriteIsRefused tries all of PostgreSQL's volatile functions, and
// shows that none is behind an operator, a cast, an aggregate or a type.
func TestEveryFunctionThatMayWriteIsRefused(t *testing.T) {
	q := questionsAt(t, pgtest.Superuser(t, asked.Address(t)))
	var functions, hidden table
	if err := q.Ask(t.Context(), `
		select distinct proname from pg_proc
		where provolatile = 'v' and not 'internal'::regtype::oid = any (proargtypes::oid[])`, nil, &functions); err != nil {
		t.Fatal(err)
	}
	var allowed []string
	for _, row := range functions.rows {
		name := row[0].(string)
		err := q.Ask(t.Context(), `select "`+name+`"()`, nil, &table{})
		if err == nil || !strings.Contains(err.Error(), name+"() is refused") {
			allowed = append(allowed, name)
		}
	}
	if len(functions.rows) < 200 || len(allowed) < 10 || len(allowed) > 17 {
		t.Errorf("of %d functions, these are allowed: %v", len(functions.rows), allowed)
	}
	if err := q.Ask(t.Context(), `
		select p.proname
		from pg_proc p
		where p.provolatile = 'v' and (
			p.oid in (select oprcode from pg_operator) or p.oid in (select castfunc from pg_cast)
			or p.oid in (select aggtransfn from pg_aggregate union select aggfinalfn from pg_aggregate)
			or p.oid in (select typinput from pg_type where typtype <> 'p' union select typoutput from pg_type where typtype <> 'p'))`, nil, &hidden); err != nil {
		t.Fatal(err)
	}
	if len(hidden.rows) > 0 {
		t.Errorf("%v are behind something else", hidden.rows)
	}
}
