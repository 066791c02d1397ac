package postgres_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"atomizer-db/store"
	"atomizer-db/store/postgres"
)

// open opens a database, and makes its tables if it has none. The store is closed at the end of the
// test.
func open(t *testing.T, address string, options ...store.Option) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), address, true, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// notices are what a store said to a person.
type notices struct {
	mutex sync.Mutex
	said  []string
}

func (n *notices) option() store.Option {
	return store.WithNotices(func(notice string) {
		n.mutex.Lock()
		defer n.mutex.Unlock()
		n.said = append(n.said, notice)
	})
}

// outage checks that somebody was told that a connection was lost and that it is back, and nothing
// else.
func (n *notices) outage(t *testing.T) {
	t.Helper()
	n.mutex.Lock()
	defer n.mutex.Unlock()
	lost, back := 0, 0
	for _, notice := range n.said {
		switch {
		case strings.Contains(notice, "\n"):
			t.Errorf("a notice of several lines: %s", notice)
		case strings.HasPrefix(notice, "warning: the connection to postgres://") && strings.Contains(notice, " was lost ("):
			lost++
		case strings.HasPrefix(notice, "the connection to postgres://") && strings.HasSuffix(notice, " is back"):
			back++
		default:
			t.Errorf("a notice: %s", notice)
		}
	}
	if lost == 0 || lost != back {
		t.Errorf("%d times a connection was lost, and %d times it came back: %q", lost, back, n.said)
	}
}

// aTrial is a trial without a key, by whose number a test recognizes it.
func aTrial(study, number int64, items ...string) store.Entry {
	return store.Entry{
		Study: study, Type: store.TrialEvent, TrialNumber: &number, Time: time.UnixMicro(number), Items: items,
		Outcome: &store.Outcome{Success: number%3 > 0, DesignVariables: `{}`},
	}
}

// record records trials of the study "bracket".
func record(w store.Writer, numbers []int64, items ...string) error {
	study, _, err := w.EnsureStudy("bracket", time.UnixMicro(0))
	if err != nil {
		return err
	}
	entries := make([]store.Entry, len(numbers))
	for i, number := range numbers {
		entries[i] = aTrial(study, number, items...)
	}
	_, err = w.Record(entries)
	return err
}

func recordIn(s *postgres.Store, numbers []int64, items ...string) error {
	return s.Update(context.Background(), func(w store.Writer) error { return record(w, numbers, items...) })
}

// addItem puts an item into the playbook, as a finalize does: in order with all other events.
func addItem(w store.Writer, id string) error {
	_, err := w.AddItem(store.Item{
		ID: id, Category: "mis", Content: id, Fingerprint: []byte(id), CreatedAt: "2026-01-31T12:00:00", Tags: "[]",
	})
	return err
}

// from returns the numbers from first on.
func from(first int64, count int) []int64 {
	numbers := make([]int64, count)
	for i := range numbers {
		numbers[i] = first + int64(i)
	}
	return numbers
}

// recordedOnce checks that the database has each of the numbers once and no others, and that it
// is sound.
func recordedOnce(t *testing.T, address string, numbers map[int64]bool) {
	t.Helper()
	rows, err := connect(t, address).Query(t.Context(), `select trial_number, count(*) from ledger where type = 'trial' group by trial_number`)
	if err != nil {
		t.Fatal(err)
	}
	times := map[int64]int{}
	var number int64
	var n int
	if _, err := pgx.ForEachRow(rows, []any{&number, &n}, func() error { times[number] = n; return nil }); err != nil {
		t.Fatal(err)
	}
	for number := range numbers {
		if times[number] == 0 {
			t.Errorf("trial %d was lost", number)
		}
	}
	for number, n := range times {
		if n > 1 || !numbers[number] {
			t.Errorf("trial %d was recorded %d times", number, n)
		}
	}
	sound(t, open(t, address))
}

// sound checks that a database has no problems.
func sound(t *testing.T, s *postgres.Store) {
	t.Helper()
	problems, err := s.Check(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Errorf("check: %v", err)
	}
	for _, p := range problems {
		t.Errorf("check: %s: %s", p.Where, p.What)
	}
}

// set returns numbers as a set.
func set(numbers ...int64) map[int64]bool {
	all := map[int64]bool{}
	for _, number := range numbers {
		all[number] = true
	}
	return all
}
