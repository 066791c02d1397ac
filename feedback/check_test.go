package feedback_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	"atomizer-db/feedback/event"
)

// TestCheckDuringFinalizesFindsNoProblems checks a database and its playbook.json while
// finalizes replace the file.
func TestCheckDuringFinalizesFindsNoProblems(t *testing.T) {
	path := filepath.Join(t.TempDir(), "playbook.db")
	finalizes, checks := open(t, path), open(t, path)
	if _, _, err := finalizes.AddItem(t.Context(), "str", "Thicken the web"); err != nil { // its counts change the file
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	wait.Go(func() {
		for n := int64(0); ctx.Err() == nil; n++ {
			if _, err := finalizes.Apply(context.Background(),
				event.Trial{Number: n, Success: true, ContextItems: []string{"str-00001"}},
				event.Summary{Name: "bracket"}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	var check sync.WaitGroup
	for range 8 { // more checks make it likelier that a finalize happens between two reads
		check.Go(func() {
			for range 150 {
				if problems, err := checks.Check(t.Context()); err != nil || len(problems) > 0 {
					t.Errorf("%+v, %v", problems, err)
					return
				}
			}
		})
	}
	check.Wait()
	stop()
	wait.Wait()
}
