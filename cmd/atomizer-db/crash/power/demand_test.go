package power_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// tables have the rows of events, which no later event changes here.
var tables = []string{"ledger", "usages", "errors", "blames", "finalizations"}

// ledger is what a database holds of its events, in order of commit.
type ledger struct {
	keys     []string
	rows     map[string][]row
	playbook *string // as playbook.json was last read or written
}

// row is a row of a table, with its event.
type row struct {
	event int64
	text  string
}

func readLedger(ctx context.Context, database string) (l ledger, err error) {
	db, err := sql.Open("sqlite", database)
	if err != nil {
		return l, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	l.rows = map[string][]row{}
	for _, table := range tables {
		if l.rows[table], err = readTable(ctx, db, table); err != nil {
			return l, fmt.Errorf("%s: %w", table, err)
		}
	}
	var keys string
	err = db.QueryRowContext(ctx, `select json_group_array(key order by event_id), (select content from playbook_file) from ledger`).Scan(&keys, &l.playbook)
	if err != nil {
		return l, err
	}
	return l, json.Unmarshal([]byte(keys), &l.keys)
}

func readTable(ctx context.Context, db *sql.DB, table string) (all []row, err error) {
	rows, err := db.QueryContext(ctx, `select event_id, * from `+table+` order by event_id, 2, 3`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, row{values[0].(int64), fmt.Sprint(values[1:])})
	}
	return all, rows.Err()
}

// prefix returns an error where a ledger is not how another began.
func (l ledger) prefix(whole ledger) error {
	last := int64(0)
	if events := l.rows["ledger"]; len(events) > 0 {
		last = events[len(events)-1].event
	}
	for _, table := range tables {
		want := slices.DeleteFunc(slices.Clone(whole.rows[table]), func(r row) bool { return r.event > last })
		for i, got := range l.rows[table] {
			if i >= len(want) || got != want[i] {
				return fmt.Errorf("row %d of %s is %s, and was not committed as such", i, table, got.text)
			}
		}
		if len(want) != len(l.rows[table]) {
			return fmt.Errorf("%s has %d rows, and had %d when event %d was the last", table, len(l.rows[table]), len(want), last)
		}
	}
	return nil
}

// examine opens an image in a folder with the program, and returns the first demand that
// it does not meet.
func (r *run) examine(ctx context.Context, c cut, i image, folder string) error {
	acknowledged := r.acknowledged(c.line)
	if content, ok := i[r.playbook()]; ok && !slices.Contains(r.playbooks, string(content)) {
		return fmt.Errorf("playbook.json is not a version that was ever written: %.300q", content)
	}
	database := filepath.Join(folder, r.database)
	got := ledger{}
	if i[r.database] != nil {
		err := command(ctx, "check", "--db", database)
		if info, unread := os.Stat(database); unread != nil || info.Size() > 0 { // an empty file is no database yet
			if err == nil {
				got, err = r.consistent(ctx, folder)
			}
			if err = errors.Join(err, unread); err != nil {
				return err
			}
		}
	}
	if err := got.prefix(r.final); err != nil {
		return err
	}
	for _, key := range acknowledged {
		if n := count(got.keys, key); n != 1 {
			return fmt.Errorf("the event %q was acknowledged, and is there %d times", key, n)
		}
	}
	if err := command(ctx, "finalize", "--key", "next", "--db", database); err != nil {
		return err
	}
	next, err := r.consistent(ctx, folder)
	if err != nil {
		return fmt.Errorf("after the next finalize: %w", err)
	}
	if want := append(got.keys, "next"); !slices.Equal(next.keys, want) {
		return fmt.Errorf("after the next finalize there are %d events, want %d", len(next.keys), len(want))
	}
	return command(ctx, "check", "--db", database)
}

// consistent reads a database that has been opened after the cut, and compares
// playbook.json with it.
func (r *run) consistent(ctx context.Context, folder string) (ledger, error) {
	l, err := readLedger(ctx, filepath.Join(folder, r.database))
	if err != nil || l.playbook == nil {
		return l, err
	}
	content, err := os.ReadFile(filepath.Join(folder, r.playbook()))
	if err == nil && string(content) != *l.playbook {
		err = errors.New("playbook.json is not what was last read or written")
	}
	return l, err
}

func count(keys []string, key string) (n int) {
	for _, k := range keys {
		if k == key {
			n++
		}
	}
	return n
}

func command(ctx context.Context, args ...string) error {
	if output, err := exec.CommandContext(ctx, program, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %.400s", args[0], err, output)
	}
	return nil
}
