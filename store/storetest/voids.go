package storetest

import "atomizer-db/store"

func voids(run runner) {
	us := new(noon.UnixMicro())
	run("a void takes back what a trial added", func(t *T) {
		var id, voided int64
		state := func(what string, statistics store.Statistics, a, b counted) {
			t.Helper()
			t.read(func(r store.Reader) {
				t.Helper()
				t.same("statistics "+what, got(r.StudyStatistics(id)), statistics)
				t.same("the item a "+what, countsOf(r, "a"), a)
				t.same("the item b "+what, countsOf(r, "b"), b)
				t.same("pending insights "+what, int64(len(got(r.PendingInsights(id, 0, -1)))), statistics.Pending)
			})
		}
		t.write(func(w store.Writer) {
			id = study(w, "bracket")
			add(w, "a", "b")
			record(w, taught(trial(id, 1, true, "a", "a"), "x", "y"), taught(trial(id, 1, false, "b", "later"), "x"), trial(id, 2, false, "a"))
		})
		state("before", store.Statistics{Trials: 3, Successes: 1, Pending: 3}, counted{2, 1, 1, us}, counted{0, 1, 1, us})
		t.write(func(w store.Writer) { voided = void(w, id, 1, 2, false) })
		state("without the second attempt", store.Statistics{Trials: 2, Successes: 1, Pending: 2}, counted{2, 1, 2, us}, counted{0, 0, 0, us})
		t.read(func(r store.Reader) {
			t.same("the void event", voided, int64(4))
			t.same("its attempt", got(r.VoidedAttempt(4)), store.VoidedAttempt{Attempt: 2})
			t.same("its trial", got(r.Voided(4)), int64(2))
			t.same("the trial's void", found(r.RecordedOutcome(2)).VoidedBy, new(int64(4)))
		})
		t.write(func(w store.Writer) { void(w, id, 1, 1, false) })
		state("without both", store.Statistics{Trials: 1}, counted{0, 1, 1, us}, counted{0, 0, 0, us})
		t.write(func(w store.Writer) { void(w, id, 1, 2, true) })
		state("with the second again", store.Statistics{Trials: 2, Pending: 1}, counted{0, 1, 1, us}, counted{0, 1, 1, us})
		t.read(func(r store.Reader) {
			t.same("the attempt of the undo", got(r.VoidedAttempt(6)), store.VoidedAttempt{Attempt: 2, Undo: true})
			t.same("the trial of the undo", got(r.Voided(6)), int64(2))
			t.same("the trial's void", found(r.RecordedOutcome(2)).VoidedBy, (*int64)(nil))
			t.same("the other's void", found(r.RecordedOutcome(1)).VoidedBy, new(int64(5)))
		})
		t.write(func(w store.Writer) {
			void(w, id, 1, 1, true)
			void(w, id, 1, 1, false) // in one transaction
			void(w, id, 1, 1, true)
		})
		state("with both again", store.Statistics{Trials: 3, Successes: 1, Pending: 3}, counted{2, 1, 1, us}, counted{0, 1, 1, us})
	})
	run("an attempt after a void one is the latest", func(t *T) {
		var id int64
		t.write(func(w store.Writer) {
			id = study(w, "bracket")
			add(w, "a", "b")
			record(w, trial(id, 1, true, "a"))
			void(w, id, 1, 1, false)
			record(w, trial(id, 1, true, "b"))
			void(w, id, 1, 1, true)
		})
		t.read(func(r store.Reader) {
			t.same("a", countsOf(r, "a"), counted{1, 0, 0, us})
			t.same("b", countsOf(r, "b"), counted{1, 0, 1, us})
			t.same("statistics", got(r.StudyStatistics(id)), store.Statistics{Trials: 2, Successes: 2})
		})
	})
	run("a void of a trial before a reset takes back counts only", func(t *T) {
		var id int64
		t.write(func(w store.Writer) {
			id = study(w, "bracket")
			add(w, "a")
			record(w, taught(trial(id, 1, true, "a"), "x"))
			reset(w, id)
			record(w, trial(id, 1, true, "a"))
			void(w, id, 1, 1, false)
		})
		t.read(func(r store.Reader) {
			t.same("without it", countsOf(r, "a"), counted{1, 0, 1, us})
			t.same("statistics", got(r.StudyStatistics(id)), store.Statistics{Trials: 1, Successes: 1})
		})
		t.write(func(w store.Writer) { void(w, id, 1, 1, true) })
		t.read(func(r store.Reader) {
			t.same("with it", countsOf(r, "a"), counted{2, 0, 1, us})
			t.same("statistics", got(r.StudyStatistics(id)), store.Statistics{Trials: 1, Successes: 1})
		})
	})
	run("an undo revives only what the void dropped", func(t *T) {
		var id int64
		t.write(func(w store.Writer) {
			id = study(w, "bracket")
			record(w, taught(trial(id, 1, true), "rejected", "dropped"))
			rejected := got(w.PendingInsights(id, 0, -1))[0].ID
			done(w.RejectInsight(rejected, happen(w, id, store.RejectEvent)))
			done(w.CountSettled(id, 1))
			void(w, id, 1, 1, false)
			t.same("pending", got(w.PendingInsights(id, 0, -1)), []store.Insight{})
			void(w, id, 1, 1, true)
		})
		t.read(func(r store.Reader) {
			pending := got(r.PendingInsights(id, 0, -1))
			t.same("the number of pending insights", got(r.StudyStatistics(id)).Pending, int64(1))
			t.same("the pending insight", []string{pending[0].Content}, []string{"dropped"})
		})
	})
	run("usages of merged items are listed", func(t *T) {
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			numbers := add(w, "a", "b", "c", "d")
			record(w, trial(id, 1, true, "a", "a", "b", "c", "later"))
			t.same("before a merge", got(w.MergedUsages(1)), []store.MergedUsage{})
			event := retire(w, id, numbers[0], store.Merged)
			done(w.AddItemChange(store.ItemChange{Event: event, Item: numbers[0], Into: &numbers[3]}))
			retire(w, id, numbers[1], store.Retired)
			t.same("after it", got(w.MergedUsages(1)), []store.MergedUsage{{Item: numbers[0], Counted: 2}})
			t.same("of another event", got(w.MergedUsages(2)), []store.MergedUsage{})
		})
	})
}
