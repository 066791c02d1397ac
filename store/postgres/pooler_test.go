package postgres_test

import (
	"context"
	"sync"
	"testing"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/store/postgres/pgtest"
)

// TestManyWorkThroughAPooler records trials and batches, finalizes and asks at the same time, through fewer
// connections than there are of those who do it.
func TestManyWorkThroughAPooler(t *testing.T) {
	t.Parallel()
	address := contractTemplate.Address(t)
	pooled := pgtest.Bouncer(t, address, "default_pool_size = 4")
	loop, err := feedback.Open(t.Context(), pooled, feedback.InStudy("beam"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = loop.Close() })
	l := begin(t, pooled, 4)
	l.address = address
	var wait sync.WaitGroup
	finalized := 0
	wait.Go(func() {
		for ; l.ending.Err() == nil; finalized++ {
			if _, err := loop.Apply(context.Background(),
				event.ErrorReport{ErrorType: "mesh", Message: "it broke"},
				event.Summary{Name: "beam"},
			); err != nil {
				t.Error(err)
				return
			}
		}
	})
	asked := 0
	s := open(t, pooled)
	wait.Go(func() {
		for ; l.ending.Err() == nil; asked++ {
			questions, err := s.Questions(context.Background(), nil)
			if err != nil {
				t.Error(err)
				return
			}
			var answer table
			if err := questions.Ask(context.Background(), "select study, trial_number from trials", nil, &answer); err != nil {
				t.Error(err)
			}
			if err := questions.Close(); err != nil {
				t.Error(err)
			}
			if problems, err := s.Check(context.Background()); err != nil || len(problems) > 0 {
				t.Error(problems, err)
				return
			}
		}
	})
	l.goOn(t, 20)
	l.end()
	wait.Wait()
	l.finish(t)
	if t.Logf("%d finalizes, %d questions", finalized, asked); finalized == 0 || asked == 0 {
		t.Error("nobody finalized or asked")
	}
}
