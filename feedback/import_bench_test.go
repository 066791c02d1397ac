package feedback_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"atomizer-db/feedback"
	"atomizer-db/feedback/history"
)

// optunaTrials are statements that make a database of Optuna with :n trials. Each has five
// parameters, a value, three intermediate values, three user attributes and a constraint.
const optunaTrials = `
	create table studies (study_id integer primary key, study_name text);
	create table version_info (version_info_id integer primary key, schema_version integer, library_version text);
	create table study_directions (study_direction_id integer primary key, direction text, study_id integer, objective integer);
	create table trials (trial_id integer primary key, number integer, study_id integer, state text, datetime_start datetime, datetime_complete datetime);
	create table trial_params (param_id integer primary key, trial_id integer, param_name text, param_value float, distribution_json text,
		unique (trial_id, param_name));
	create table trial_values (trial_value_id integer primary key, trial_id integer, objective integer, value float, value_type text, unique (trial_id, objective));
	create table trial_intermediate_values (id integer primary key, trial_id integer, step integer, intermediate_value float, intermediate_value_type text,
		unique (trial_id, step));
	create table trial_user_attributes (id integer primary key, trial_id integer, key text, value_json text, unique (trial_id, key));
	create table trial_system_attributes (id integer primary key, trial_id integer, key text, value_json text, unique (trial_id, key));
	insert into studies values (1, 'large');
	insert into study_directions values (1, 'MINIMIZE', 1, 0);
	insert into trials select value, value - 1, 1, iif(value % 10, 'COMPLETE', 'PRUNED'), datetime('2026-01-01', value * 30 || ' seconds') || '.123456',
		datetime('2026-01-01', value * 30 + 20 || ' seconds') || '.654321' from steps;
	insert into trial_params (trial_id, param_name, param_value, distribution_json)
		select trial_id, p.value, trial_id / 7.0 + p.rowid, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 1.0, "high": 12.0, "log": false}}'
		from trials, json_each('["web", "flange", "fillet", "height", "depth"]') p;
	insert into trial_values (trial_id, objective, value, value_type) select trial_id, 0, trial_id / 3.0, 'FINITE' from trials where state = 'COMPLETE';
	insert into trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type)
		select trial_id, s.value, trial_id / 9.0, 'FINITE' from trials, json_each('[0, 1, 2]') s;
	insert into trial_user_attributes (trial_id, key, value_json)
		select trial_id, a.value, json_quote('str-0000' || trial_id % 9) from trials, json_each('["item0", "item1", "item2"]') a;
	insert into trial_system_attributes (trial_id, key, value_json) select trial_id, 'constraints', '[-1.5, ' || (trial_id % 5 - 3.5) || ']' from trials;`

// optunaDatabase makes a database of Optuna.
func optunaDatabase(b *testing.B, trials int) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "optuna.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1) // for the temporary table
	_, err = db.Exec(`
		pragma synchronous = off;
		create temporary table steps as with recursive s (value) as (select 1 union all select value + 1 from s where value < ?) select value from s`, trials)
	if err == nil {
		_, err = db.Exec(optunaTrials)
	}
	if err := errors.Join(err, db.Close()); err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkImportOptuna imports 100,000 trials of Optuna, and again with nothing new.
func BenchmarkImportOptuna(b *testing.B) {
	const trials = 100_000
	file := optunaDatabase(b, trials)
	begin := func() *feedback.Loop {
		loop, err := feedback.Open(b.Context(), filepath.Join(b.TempDir(), "x.db"))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = loop.Close() })
		return loop
	}
	take := func(loop *feedback.Loop, want int) {
		result, err := loop.Import(b.Context(), file, history.ImportOptions{})
		if err != nil || len(result.Studies) != 1 || result.Studies[0].Trials != want {
			b.Fatalf("%+v, %v", result.Studies, err)
		}
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			loop := begin()
			b.StartTimer()
			take(loop, trials)
		}
	})
	b.Run("again", func(b *testing.B) {
		loop := begin()
		take(loop, trials)
		for b.Loop() {
			take(loop, 0)
		}
	})
}
