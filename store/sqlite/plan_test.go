package sqlite

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"atomizer-db/store"
)

// TestRecordingNeverScansATable records trials in all ways that run different statements, and
// checks SQLite's plan of each statement.
func TestRecordingNeverScansATable(t *testing.T) {
	s, release := begin(t)
	release()
	// The statements of this store are not checked.
	err := opened(t, s.Path()).update(t.Context(), func(tx *writer) error {
		_, err := tx.AddItem(store.Item{ID: "str-00001", Category: "str", Fingerprint: []byte{1}, Tags: "[]"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, numbers := range [][]int64{{1}, {2}, {1}, {3, 3, 3}} { // a repeated number is a further attempt
		err := s.update(t.Context(), func(tx *writer) (err error) {
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
	if err := s.update(t.Context(), voidAndBack); err != nil {
		t.Fatal(err)
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

// bounded matches scans whose length does not grow with the study: of the rows of a
// VALUES clause, of the ids that an event names, and of the attempts at one trial number.
var bounded = regexp.MustCompile(`^SCAN (CONSTANT ROW|\d+-ROW VALUES CLAUSE|\(subquery-\d+\)|j VIRTUAL TABLE INDEX \d+:)$`)

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

// voidAndBack takes the latest attempt at trial 1 out of the counts and puts it back.
func voidAndBack(tx *writer) error {
	study, _, err := tx.EnsureStudy("study", tx.Now())
	if err != nil {
		return err
	}
	number := int64(1)
	attempts, err := tx.Attempts(study, number)
	if err != nil {
		return err
	}
	trial := attempts[len(attempts)-1]
	for _, undo := range []bool{false, true} {
		receipts, err := tx.Record([]store.Entry{{Study: study, Type: store.VoidEvent, TrialNumber: &number, Time: tx.Now()}})
		if err != nil {
			return err
		}
		void := receipts[0].Event
		_, _, latest := tx.LatestAttempt(study, number)
		sign := int64(-1)
		insights := func() error { return tx.DropInsights(study, trial.Event, void) }
		if undo {
			sign = 1
			insights = func() error { return tx.ReviveInsights(study, trial.Event, void-1) }
		}
		if err := errors.Join(latest, tx.AddVoid(void, trial.Event, undo), tx.CountUsages(trial, sign),
			tx.CountUsedIn(study, trial.Event, int(sign)), tx.CountTrial(study, trial.Success, sign), insights()); err != nil {
			return err
		}
	}
	return nil
}

// recordOne records a failed trial with an error, and an error report with a key and
// an insight.
func recordOne(tx *writer, number int64) error {
	study, _, err := tx.EnsureStudy("study", tx.Now())
	if err != nil {
		return err
	}
	if _, _, _, err := tx.EventByKey(study, "key"); err != nil {
		return err
	}
	ids := []string{"str-00001", "str-00002", "str-00003"}
	messages := []store.ErrorMessage{{Kind: store.ReportedError, Class: "solver", Message: "diverged"}}
	if _, err := tx.Record([]store.Entry{
		{
			Study: study, Type: store.TrialEvent, TrialNumber: &number, Time: tx.Now(), Outcome: &store.Outcome{DesignVariables: `{}`},
			Items: ids, Shown: ids, Errors: messages,
		},
		{
			Study: study, Type: store.ErrorEvent, TrialNumber: &number, Time: tx.Now(),
			Items: ids, Errors: messages, Insights: []store.Insight{{Category: "mis", Content: "diverged"}},
		},
	}); err != nil {
		return err
	}
	return tx.SetInput("study", store.Input{Name: "events.jsonl", Digest: []byte{1}})
}

// TestFollowingNeverScansATable reads new events as a page does that follows a study, and
// checks SQLite's plan of each statement.
func TestFollowingNeverScansATable(t *testing.T) {
	s, release := begin(t)
	release()
	if err := s.update(t.Context(), func(tx *writer) error { return recordOne(tx, 1) }); err != nil {
		t.Fatal(err)
	}
	if err := s.view(t.Context(), func(rx *reader) error {
		last, err := rx.LastEvent()
		events := []int64{1}
		_, variables := rx.DesignVariables(events)
		_, outcomes := rx.OutcomesOf(events)
		_, messages := rx.MessagesOf(events)
		_, _, study := rx.Study("study")
		_, _, row := rx.StudyByID(1)
		_, statistics := rx.StudyStatistics(1)
		return errors.Join(err, variables, outcomes, messages, study, row, statistics,
			rx.Steps(0, last, 10, func(store.Step) error { return nil }),
			rx.MessageClasses(1, last, func(store.MessageClass) error { return nil }))
	}); err != nil {
		t.Fatal(err)
	}
	reader := <-s.idle
	statements := slices.Collect(maps.Keys(reader.statements))
	s.idle <- reader
	if len(statements) < 10 {
		t.Fatalf("only %d statements were run", len(statements))
	}
	for _, query := range statements {
		if strings.HasPrefix(query, "pragma") || query == "begin" || query == "rollback" {
			continue
		}
		for _, step := range plan(t, s, query) {
			if strings.HasPrefix(step, "SCAN") && !bounded.MatchString(step) {
				t.Errorf("%s\nin\n%s", step, query)
			}
		}
	}
}
