package feedback_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// ids are few, so that lists often name the same items, pruned items and items that have
// not arrived yet.
var ids = rapid.SampledFrom([]string{"mis-00001", "mis-00002", "mis-00003", "mis-00004", "tool-00001", "tool-00002", "str-00001", "", "x-7"})

func events() *rapid.Generator[event.Event] {
	number := rapid.Int64Range(-1, 6)
	message := rapid.SampledFrom([]string{"", "diverged at 7", "DIVERGED  at 12", "bad\tthing", "Élan é", "it's \"quoted\"\n", "element 3"})
	list := rapid.SliceOfN(ids, 0, 5)
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) event.Event {
			trial := event.Trial{
				Number: number.Draw(t, "number"), Success: rapid.Bool().Draw(t, "success"),
				ContextItems: list.Draw(t, "items"), ShownItems: list.Draw(t, "shown"), // the model ignores shown items
				Errors:               rapid.SliceOfN(message, 0, 2).Draw(t, "errors"),
				ConstraintViolations: rapid.SliceOfN(message, 0, 1).Draw(t, "violations"),
				Extractor:            rapid.SampledFrom([]string{"", "stress", "Mass"}).Draw(t, "extractor"),
			}
			trial.Holdout = len(trial.ContextItems)+len(trial.ShownItems) == 0 && rapid.Bool().Draw(t, "holdout") // ignored too
			return trial
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			return event.ErrorReport{
				TrialNumber: number.Draw(t, "number"), ErrorType: message.Draw(t, "type"), Message: message.Draw(t, "message"),
				ContextItems: list.Draw(t, "items"),
			}
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			summary := event.Summary{
				Name: "s", Method: "m", TotalTrials: rapid.Int64Range(-1, 30).Draw(t, "total"),
				ConvergenceRate: rapid.SampledFrom([]float64{0, 0.125, 0.5, 0.7}).Draw(t, "rate"), NoSave: rapid.Bool().Draw(t, "no save"),
			}
			summary.PruneBy = rapid.SampledFrom([]string{"", event.PruneByNetScore, event.PruneByAttribution, event.PruneNothing}).Draw(t, "rule")
			switch summary.PruneRule() {
			case event.PruneByNetScore:
				summary.PruneBelow = rapid.Ptr(rapid.Int64Range(-4, 1), true).Draw(t, "threshold")
			case event.PruneByAttribution:
				summary.PrunedItems = list.Draw(t, "pruned")
			}
			return summary
		}),
		rapid.Just[event.Event](event.Reset{}),
	)
}

// twice makes updates run twice, sometimes.
func twice(t *rapid.T) []feedback.Option {
	if rapid.Bool().Draw(t, "twice") {
		return []feedback.Option{feedback.Twice()}
	}
	return nil
}

// TestLoopAnswersLikeTheModel records random events in random batches. It sometimes closes
// and opens the database in between. It compares every answer and the final state with
// the model.
func TestLoopAnswersLikeTheModel(t *testing.T) {
	onEachEngine(t, func(t *testing.T, b backend) {
		t.Helper()
		rapid.Check(t, func(r *rapid.T) { answersLikeTheModel(r, b.random(t, r)) })
	})
}

func answersLikeTheModel(t *rapid.T, p place) {
	ctx := context.Background()
	want := newModel()
	loop := p.begin(t, twice(t)...)
	defer func() { _ = loop.Close() }()
	for range rapid.IntRange(1, 8).Draw(t, "batches") {
		batch := rapid.SliceOfN(events(), 1, 12).Draw(t, "batch")
		answers, err := loop.Apply(ctx, batch...)
		if err != nil {
			t.Fatal(err)
		}
		for i, event := range batch {
			if diff := cmp.Diff(want.answer(event), legacy(answers[i])); diff != "" {
				t.Fatalf("the answer to %+v differs (-model +loop):\n%s", event, diff)
			}
		}
		if rapid.Bool().Draw(t, "reopen") {
			if err := loop.Close(); err != nil {
				t.Fatal(err)
			}
			loop = p.begin(t, twice(t)...)
		}
	}
	compare(t, ctx, loop, want)
}

// changes are events that change insights and items. Few texts and ids make many of them possible.
func changes() *rapid.Generator[event.Event] {
	text := rapid.SampledFrom([]event.InsightText{
		{Category: "mis", Content: "Convergence failure: diverged at 1"},
		{Category: "mis", Content: "Trial failed without an error message"},
		{Category: "mis", Content: "Solver error: bad thing"},
		{Category: "tool", Content: "Extractor stress returns a valid result"},
		{Category: "mis", Content: "Reduce step 3"},
		{Category: "str", Content: "nobody said so"},
	})
	words := rapid.SampledFrom([]string{"Reduce step 3", "Convergence failure: diverged at 5", "Try again"})
	ids := rapid.SampledFrom([]string{"mis-00001", "mis-00002", "mis-00003", "mis-00004", "tool-00001", "none"})
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) event.Event {
			var commit event.CommitInsights
			if rapid.Bool().Draw(t, "some") {
				commit.Insights = rapid.SliceOfN(text, 1, 2).Draw(t, "insights")
			}
			return commit
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			return event.RejectInsights{Insights: rapid.SliceOfN(text, 1, 2).Draw(t, "insights"), Reason: rapid.SampledFrom([]string{"", "noise"}).Draw(t, "reason")}
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			i := text.Draw(t, "insight")
			return event.EditInsight{Category: i.Category, Content: i.Content, NewContent: words.Draw(t, "new")}
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			return event.EditItem{Item: ids.Draw(t, "item"), Content: words.Draw(t, "content")}
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			tag := rapid.SampledFrom([]string{"a", "b", ""})
			return event.TagItem{Item: ids.Draw(t, "item"), Add: rapid.SliceOfN(tag, 1, 2).Draw(t, "add"), Remove: rapid.SliceOfN(tag, 0, 1).Draw(t, "remove")}
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			return event.RetireItem{Item: ids.Draw(t, "item"), Reason: rapid.SampledFrom([]string{"", "wrong"}).Draw(t, "reason")}
		}),
		rapid.Custom(func(t *rapid.T) event.Event { return event.RestoreItem{Item: ids.Draw(t, "item")} }),
		rapid.Custom(func(t *rapid.T) event.Event {
			a, b := ids.Draw(t, "item"), ids.Draw(t, "into")
			if a == b {
				return event.RestoreItem{Item: a}
			}
			return event.MergeItems{Item: a, Into: b}
		}),
	)
}

// TestLoopChangesLikeTheModel records random events, changes of insights and items among them, one by
// one. It compares every answer, every refusal, and the state.
func TestLoopChangesLikeTheModel(t *testing.T) {
	onEachEngine(t, func(t *testing.T, b backend) {
		t.Helper()
		rapid.Check(t, func(r *rapid.T) { changesLikeTheModel(r, b.random(t, r)) })
	})
}

func changesLikeTheModel(t *rapid.T, p place) {
	ctx := context.Background()
	want := newModel()
	loop := p.begin(t, twice(t)...)
	defer func() { _ = loop.Close() }()
	begin := []event.Event{ // with some items to change
		event.Trial{Number: 1, Errors: []string{"diverged at 7", "bad thing"}, Extractor: "stress"},
		event.Trial{Number: 2, Success: true, Extractor: "stress"},
		event.Trial{Number: 3},
		event.CommitInsights{},
	}
	for _, happened := range append(begin, rapid.SliceOfN(rapid.OneOf(events(), changes(), changes()), 10, 50).Draw(t, "events")...) {
		var answer any
		var refused error
		switch happened.(type) {
		case event.Trial, event.ErrorReport, event.Summary, event.Reset:
			answer = want.answer(happened)
		default:
			answer, refused = want.change(happened)
		}
		answers, err := loop.Apply(ctx, happened)
		if refused != nil {
			if !errors.Is(err, refused) {
				t.Fatalf("%+v: got %v, %v, want %v", happened, answers, err, refused)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%+v: %v", happened, err)
		}
		if diff := cmp.Diff(answer, legacy(answers[0])); diff != "" {
			t.Fatalf("the answer to %+v differs (-model +loop):\n%s", happened, diff)
		}
	}
	compare(t, ctx, loop, want)
	if problems, err := loop.Check(ctx); err != nil || len(problems) > 0 {
		t.Fatalf("%v, %v", problems, err)
	}
}

func (m *model) answer(happened event.Event) any {
	switch e := happened.(type) {
	case event.Trial:
		return m.trial(e)
	case event.ErrorReport:
		return m.failure(e)
	case event.Summary:
		return m.finalize(e)
	case event.Reset:
		m.reset()
	}
	return feedback.Acknowledgement{}
}

// legacy leaves out what the legacy answers do not have.
func legacy(answer feedback.Answer) any {
	switch answer := answer.(type) {
	case feedback.FinalizeAnswer:
		return answer.LegacyFinalizeAnswer
	case feedback.ItemAnswer:
		return answerOf(answer)
	}
	return answer
}

func compare(t *rapid.T, ctx context.Context, loop *feedback.Loop, want *model) {
	same := func(what string, got, want any, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s differs (-model +loop):\n%s", what, diff)
		}
	}
	performance, err := loop.Performance(ctx)
	same("performance", performance, want.performance(), err)
	top, err := loop.Top(ctx, 3)
	same("top", top, want.top(3), err)
	worst, err := loop.Worst(ctx, 3)
	same("worst", worst, want.worst(3), err)
	statistics, err := loop.Statistics(ctx)
	same("trials", statistics.TotalTrialsProcessed, want.trials, err)
	same("successes", statistics.SuccessfulTrials, want.good, err)
	same("pending", statistics.PendingInsights, int64(len(want.insights)), err)
	book, err := loop.Playbook(ctx)
	same("version", book.Version, want.version, err)
	for i, item := range book.Items {
		same("source_trials of "+item.ID, append([]int64{}, item.SourceTrials...), append([]int64{}, want.live()[i].sources...), err)
	}
}
