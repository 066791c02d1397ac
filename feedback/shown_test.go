package feedback_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

func TestShownItemsDoNotCount(t *testing.T) { onEachEngine(t, shownItemsDoNotCount) }

func shownItemsDoNotCount(t *testing.T, on backend) {
	t.Helper()
	with, without := on.new(t), on.new(t)
	trial := event.Trial{Number: 1, Success: true, ContextItems: []string{"str-00001"}}
	for _, loop := range []*feedback.Loop{with, without} {
		for _, content := range []string{"one", "two"} {
			if _, _, err := loop.AddItem(t.Context(), "str", content); err != nil {
				t.Fatal(err)
			}
		}
	}
	apply(t, without, trial)
	trial.ShownItems = []string{"str-00002", "str-00002", "not-there"}
	apply(t, with, trial)
	if diff := cmp.Diff(see(t, without), see(t, with)); diff != "" {
		t.Errorf("(-used alone +used and shown):\n%s", diff)
	}
	if item, err := with.ItemHistory(t.Context(), "str-00002"); err != nil || item.LastUsed != nil || len(item.Uses) != 0 {
		t.Errorf("%+v, %v", item, err)
	}
}

func TestShownItemsArePartOfTheContent(t *testing.T) { onEachEngine(t, shownItemsArePartOfTheContent) }

func shownItemsArePartOfTheContent(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	trial := event.Trial{Header: event.Header{Key: "k"}, Number: 1, ShownItems: []string{"a"}}
	apply(t, loop, trial)
	if again := apply(t, loop, trial); !again[0].Duplicated() {
		t.Error("the same event again is not a duplicate")
	}
	trial.ShownItems = nil
	if _, err := loop.Apply(t.Context(), trial); !errors.Is(err, feedback.ErrConflict) {
		t.Errorf("other items shown under the same key: %v", err)
	}
}
