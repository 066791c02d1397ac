package feedback_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// TestMonitorMissesNothingOfManyWriters looks while several loops record, each through connections
// of its own: each look must have every trial that is recorded once, in the course as in
// the counts, and the best ones with their own objectives.
func TestMonitorMissesNothingOfManyWriters(t *testing.T) {
	onEachEngine(t, func(t *testing.T, on backend) {
		t.Helper()
		const writers, trials = 6, 40
		at := on.place(t)
		loop := at.open(t)
		if _, err := loop.BeginStudy(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		m := monitor(t, loop)
		var recording sync.WaitGroup
		var left atomic.Int64
		left.Store(writers)
		for writer := range writers {
			own := at.open(t)
			recording.Go(func() {
				defer left.Add(-1)
				for nth := range trials {
					number := int64(nth*writers + writer)
					recorded := event.Trial{Number: number, Errors: []string{fmt.Sprintf("message %d", number)}}
					if nth%3 > 0 {
						recorded = trial(number, float64(1000-number))
					}
					if _, err := own.Apply(t.Context(), recorded); err != nil {
						t.Error(err)
					}
				}
			})
		}
		looks, last := 0, int64(0)
		for recorded := false; !recorded; looks++ {
			recorded = left.Load() == 0 // and then looks once more
			if err := m.Overview(t.Context(), loop.StudyName(), func(o feedback.Overview) error {
				if o.Course.Trials < last || o.Course.Trials != o.Statistics.TotalTrialsProcessed {
					t.Errorf("after %d, the course has %d trials of %d", last, o.Course.Trials, o.Statistics.TotalTrialsProcessed)
				}
				for i, p := range o.Course.Best.Of(o.Direction) {
					if best := o.Best[i]; best.Objective == nil || *best.Objective != p.Objective || best.Number != p.Number {
						t.Errorf("the best but %d is %+v instead of trial %d", i, best, p.Number)
					}
				}
				last = o.Course.Trials
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		recording.Wait()
		if last != writers*trials {
			t.Errorf("the last of %d looks has %d trials of %d", looks, last, writers*trials)
		}
		awaitSame(t, m, m.Changed(), overview(t, loop))
	})
}

// TestMonitorShowsEventsBeforeTheyAreFolded keeps trials from being folded, and then has them
// folded in another order than that in which they were seen first.
func TestMonitorShowsEventsBeforeTheyAreFolded(t *testing.T) {
	at := onPostgreSQL.place(t)
	loop := at.open(t)
	apply(t, loop, trial(1, 11, "str-00001"))
	connection, err := pgx.Connect(t.Context(), at.database)
	if err != nil {
		t.Fatal(err)
	}
	execute := func(statement string) {
		t.Helper()
		if _, err := connection.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	execute(`begin`)
	execute(`select from fold for update`) // nobody else folds
	m := monitor(t, loop)
	for number := int64(2); number < 6; number++ {
		changed := m.Changed()
		apply(t, loop, trial(number, float64(12-number)), failed(number, "mesh"))
		awaitSame(t, m, changed, overview(t, loop))
	}
	if err := m.Overview(t.Context(), loop.StudyName(), func(o feedback.Overview) error {
		if o.Read.Read != o.Read.Last || o.Course.Trials != 9 {
			t.Errorf("%+v, %d trials", o.Read, o.Course.Trials)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	changed := m.Changed()
	execute(`commit`)
	execute(`update unfolded set arrived_us = -arrived_us`)
	apply(t, loop, trial(6, 1)) // has them folded
	awaitSame(t, m, changed, overview(t, loop))
	if err := connection.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
