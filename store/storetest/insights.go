package storetest

import (
	"slices"

	"atomizer-db/store"
)

// contentsOf returns what insights say.
func contentsOf(insights []store.Insight) (contents []string) {
	for _, i := range insights {
		contents = append(contents, i.Content)
	}
	return contents
}

func insights(run runner) {
	run("a new database has none", func(t *T) {
		t.read(func(r store.Reader) {
			t.same("PendingInsights", got(r.PendingInsights(1, 0, -1)), []store.Insight{})
			t.same("PendingInsight", found(r.PendingInsight(1, 1)), (*store.Insight)(nil))
			t.same("SettledBy", got(r.SettledBy(1)), store.Settled{})
			t.same("InsightChoices", got(r.InsightChoices(1)), []store.InsightChoice{})
		})
	})
	run("they are pending in the order in which they were drawn", func(t *T) {
		var bracket, beam int64
		t.write(func(w store.Writer) {
			bracket, beam = study(w, "bracket"), study(w, "beam")
			record(w, taught(trial(bracket, 1, true), "a", "b"), taught(trial(beam, 1, true), "x"), taught(blame(bracket, 2), "c", "a"))
			t.same("in the transaction", contentsOf(got(w.PendingInsights(bracket, 0, -1))), []string{"a", "b", "c", "a"})
			end := store.Entry{Study: bracket, Type: store.FinalizeEvent, Time: noon, Insights: []store.Insight{{Category: "wf", Content: "d", Helpful: true}}}
			record(w, end)
		})
		t.read(func(r store.Reader) {
			all := got(r.PendingInsights(bracket, 0, -1))
			t.same("all", contentsOf(all), []string{"a", "b", "c", "a", "d"})
			t.same("the last", all[4], store.Insight{ID: all[4].ID, Category: "wf", Content: "d", Helpful: true})
			t.same("the first", all[0], store.Insight{ID: all[0].ID, Category: "mis", Content: "a", TrialNumber: new(int64(1))})
			for i := range all[1:] {
				if all[i].ID >= all[i+1].ID {
					t.Errorf("the ids of insights: %+v", all)
				}
			}
			t.same("of another", contentsOf(got(r.PendingInsights(beam, 0, -1))), []string{"x"})
			t.same("a page", got(r.PendingInsights(bracket, all[1].ID, 2)), all[2:4])
			t.same("a page of none", got(r.PendingInsights(bracket, 0, 0)), []store.Insight{})
			t.same("after the last", got(r.PendingInsights(bracket, all[4].ID, -1)), []store.Insight{})
			t.same("by its id", found(r.PendingInsight(bracket, all[2].ID)), &all[2])
			t.same("of another study", found(r.PendingInsight(beam, all[2].ID)), (*store.Insight)(nil))
			t.same("statistics", got(r.AllStatistics()), store.Statistics{Trials: 2, Successes: 2, Pending: 6})
		})
	})
	run("they are settled, rejected and edited", func(t *T) {
		var id, a, commit, reject int64
		t.write(func(w store.Writer) {
			id = study(w, "bracket")
			record(w, taught(trial(id, 1, true), "add", "merge", "edit", "reject"), taught(trial(id, 2, true), "stay"))
		})
		t.write(func(w store.Writer) {
			pending := got(w.PendingInsights(id, 0, -1))
			done(w.EditInsight(pending[2].ID, "edited"))
			done(w.EditInsight(pending[2].ID, "edited again"))
			a = add(w, "a")[0]
			commit, reject = happen(w, id, store.CommitEvent), happen(w, id, store.RejectEvent)
			done(w.SettleInsight(pending[0].ID, commit, a, true))
			done(w.SettleInsight(pending[1].ID, commit, a, false))
			done(w.RejectInsight(pending[3].ID, reject))
			done(w.CountSettled(id, 3))
			t.same("in the transaction", contentsOf(got(w.PendingInsights(id, 0, -1))), []string{"edited again", "stay"})
			t.same("a settled one", found(w.PendingInsight(id, pending[0].ID)), (*store.Insight)(nil))
		})
		t.read(func(r store.Reader) {
			pending := got(r.PendingInsights(id, 0, -1))
			t.same("pending", contentsOf(pending), []string{"edited again", "stay"})
			t.same("what it said at first", pending[0].DrawnContent, new("edit"))
			t.same("statistics", got(r.StudyStatistics(id)), store.Statistics{Trials: 2, Successes: 2, Pending: 2})
			t.same("committed", got(r.SettledBy(commit)), store.Settled{Insights: 2, Added: 1, Merged: 1})
			t.same("rejected", got(r.SettledBy(reject)), store.Settled{Insights: 1})
			t.same("what went into the item", sorted(got(r.CommittedContents(a))), []string{"add", "merge"})
		})
	})
	run("origins of an item are listed newest first", func(t *T) {
		var a int64
		var want []store.Origin // newest first
		t.write(func(w store.Writer) {
			want = nil
			a = add(w, "a")[0]
			for _, name := range []string{"bracket", "beam"} {
				id := study(w, name)
				e := taught(trial(id, 5, true), "x", "y")
				e.Insights[1].TrialNumber = nil
				record(w, e)
				end := happen(w, id, store.FinalizeEvent)
				for i, insight := range got(w.PendingInsights(id, 0, -1)) {
					done(w.SettleInsight(insight.ID, end, a, i == 0))
					origin := store.Origin{Insight: insight.ID, Study: name, TrialNumber: insight.TrialNumber, SettledBy: end, Added: i == 0, TimeUS: noon.UnixMicro()}
					want = append([]store.Origin{origin}, want...)
				}
				done(w.CountSettled(id, 2))
			}
		})
		t.read(func(r store.Reader) {
			t.same("all", got(r.Origins(a, 10)), want)
			t.same("the latest three", got(r.Origins(a, 3)), want[:3])
			t.same("none", got(r.Origins(a, 0)), []store.Origin{})
		})
	})
	run("an event names insights in its order", func(t *T) {
		choices := []store.InsightChoice{{Category: "mis", Content: "z"}, {Category: "str", Content: ""}, {Category: "mis", Content: "a", NewContent: new("é")}, {Category: "mis", Content: "z"}}
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			done(w.AddInsightChoices(happen(w, id, store.CommitEvent), choices))
			done(w.AddInsightChoices(happen(w, id, store.CommitEvent), nil))
		})
		t.read(func(r store.Reader) {
			t.same("four", got(r.InsightChoices(1)), choices)
			t.same("none", got(r.InsightChoices(2)), []store.InsightChoice{})
		})
	})
}

// sorted sorts a list whose order is not defined.
func sorted(list []string) []string {
	slices.Sort(list)
	return list
}
