package store

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestRecordingLooksUpAndNeverScans records trials in all the ways that run different
// statements, and asks SQLite for the plan of each statement.
func TestRecordingLooksUpAndNeverScans(t *testing.T) {
	s, release := begin(t)
	release()
	err := opened(t, s.Path()).Update(t.Context(), func(tx *Tx) error { // whose statements do not count
		_, err := tx.AddItem(Item{ID: "str-00001", Category: "str", Fingerprint: []byte{1}, Tags: "[]"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, numbers := range [][]int64{{1}, {2}, {1}, {3, 3, 3}} { // again: an attempt at an earlier one
		err := s.Update(t.Context(), func(tx *Tx) (err error) {
			for _, number := range numbers {
				err = errors.Join(err, recordOne(tx, number))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		s.cache.forget() // as if another process had written
	}
	statements := slices.Collect(maps.Keys(s.writer.statements))
	if len(statements) < 15 {
		t.Fatalf("only %d statements were run", len(statements))
	}
	for _, query := range statements {
		for _, step := range plan(t, s, query) {
			if strings.HasPrefix(step, "SCAN") && !bounded.MatchString(step) {
				t.Errorf("%s\nin\n%s", step, query)
			}
		}
	}
}

// bounded are scans of what does not grow with a study: the rows of a VALUES clause
// and the list of ids that an event names.
var bounded = regexp.MustCompile(`^SCAN (CONSTANT ROW|\d+-ROW VALUES CLAUSE|j VIRTUAL TABLE INDEX \d+:)$`)

var parameters = regexp.MustCompile(`\?\d*`)

func plan(t *testing.T, s *Store, query string) (steps []string) {
	t.Helper()
	rows, err := s.readers.QueryContext(t.Context(), `explain query plan `+parameters.ReplaceAllString(query, "null"))
	if err != nil {
		t.Fatalf("%v: %s", err, query)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

// recordOne records a failed trial with an error, and an error report with a key and
// an insight.
func recordOne(tx *Tx, number int64) error {
	study, _, err := tx.EnsureStudy("study")
	if err != nil {
		return err
	}
	if _, _, _, err := tx.EventByKey(study, "key"); err != nil {
		return err
	}
	ids := []string{"str-00001", "str-00002", "str-00003"}
	messages := []ErrorMessage{{Kind: ReportedError, Class: "solver", Message: "diverged"}}
	if _, err := tx.Record([]Entry{
		{
			Study: study, Type: TrialEvent, TrialNumber: &number, Time: tx.Now(), Outcome: &Outcome{DesignVariables: `{}`},
			Items: ids, Shown: ids, Errors: messages,
		},
		{
			Study: study, Type: ErrorEvent, TrialNumber: &number, Time: tx.Now(),
			Items: ids, Errors: messages, Insights: []Insight{{Category: "mis", Content: "diverged"}},
		},
	}); err != nil {
		return err
	}
	return tx.SetInput(study, Input{Name: "events.jsonl", Digest: []byte{1}})
}
