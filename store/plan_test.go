package store

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestRecordingLooksUpAndNeverScans runs all that recording a trial may run, and
// asks SQLite how it would run each statement.
func TestRecordingLooksUpAndNeverScans(t *testing.T) {
	s, release := begin(t)
	release()
	err := s.Update(t.Context(), func(tx *Tx) error {
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
		s.memory.forget() // as if another process had written
	}
	statements := slices.Concat(slices.Collect(maps.Keys(s.writer.stmts)), slices.Collect(maps.Keys(s.writer.direct.statements)))
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

// bounded are scans of what does not grow with a study: the rows of a VALUES
// clause, the one row of folded and of playbook, and what the events add that are
// not folded in yet, which are looked up by their ids.
var bounded = regexp.MustCompile(`^SCAN (CONSTANT ROW|\d+-ROW VALUES CLAUSE|folded|playbook|unfolded_\w+|\(subquery-\d+\))$`)

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

// recordOne records a failed trial, with a key, an error and an insight, and an
// error report.
func recordOne(tx *Tx, number int64) error {
	study, _, err := tx.EnsureStudy("study")
	if err != nil {
		return err
	}
	if _, _, _, err := tx.EventByKey(study, "key"); err != nil {
		return err
	}
	mentions, err := tx.Mentions([]string{"str-00001", "str-00002", "str-00003"})
	if err != nil {
		return err
	}
	trial := Event{Study: study, Type: TrialEvent, TrialNumber: &number, Time: tx.Now(), Outcome: &Outcome{DesignVariables: `{}`}}
	if trial.ID, err = tx.Append(trial); err != nil {
		return err
	}
	if err := tx.AddUsages(trial, false, mentions); err != nil {
		return err
	}
	if err := tx.AddShown(trial.ID, mentions); err != nil {
		return err
	}
	report := Event{Study: study, Type: ErrorEvent, TrialNumber: &number, Time: tx.Now()}
	if report.ID, err = tx.Append(report); err != nil {
		return err
	}
	if err := tx.AddBlames(report, mentions); err != nil {
		return err
	}
	if err := tx.AddErrors(report.ID, []ErrorMessage{{Kind: ReportedError, Class: "solver", Message: "diverged"}}); err != nil {
		return err
	}
	if err := tx.AddInsights(report.ID, study, []Insight{{Category: "mis", Content: "diverged"}}); err != nil {
		return err
	}
	return tx.SetSource(study, Source{Name: "events.jsonl", Digest: []byte{1}})
}
