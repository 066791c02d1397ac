package storetest

import (
	"time"

	"atomizer-db/store"
)

// counted are the counts of an item, as far as recording changes them.
type counted struct {
	Helpful, Harmful, UsedIn int64
	LastUsed                 *int64
}

// countsOf reads the counts of an item. UsedIn is of all studies.
func countsOf(r store.Reader, id string) counted {
	i := *found(r.Item(id))
	return counted{i.Helpful, i.Harmful, got(r.TrialsUsedIn(nil, i.No)), i.LastUsedUS}
}

func counts(run runner) {
	us := func(hours time.Duration) *int64 { return new(noon.Add(hours * time.Hour).UnixMicro()) }
	at := func(e store.Entry, hours time.Duration) store.Entry {
		e.Time = noon.Add(hours * time.Hour)
		return e
	}
	run("each naming counts", func(t *T) {
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			add(w, "a", "b", "c")
			record(w, trial(id, 1, true, "a", "b", "a"), trial(id, 2, false, "b", "b", "b"))
			t.same("a in the transaction", countsOf(w, "a"), counted{2, 0, 1, us(0)})
			record(w, blame(id, 2, "a", "a"))
			t.same("a at its end", countsOf(w, "a"), counted{2, 2, 1, us(0)})
		})
		t.read(func(r store.Reader) {
			t.same("a", countsOf(r, "a"), counted{2, 2, 1, us(0)})
			t.same("b", countsOf(r, "b"), counted{1, 3, 2, us(0)})
			t.same("c", countsOf(r, "c"), counted{0, 0, 0, nil})
		})
	})
	run("shown items do not count", func(t *T) {
		t.write(func(w store.Writer) {
			add(w, "a")
			e := trial(study(w, "bracket"), 1, true)
			e.Shown = []string{"a", "b"}
			record(w, e)
		})
		t.read(func(r store.Reader) { t.same("a", countsOf(r, "a"), counted{0, 0, 0, nil}) })
	})
	run("the time of the last use never moves back", func(t *T) {
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			done(w.SetPlaybook(store.Playbook{Version: 1}))
			add(w, "a", "b")
			early := trial(id, 1, true, "b")
			early.Time = time.UnixMicro(-5)
			record(w, at(trial(id, 1, true, "a"), 5), at(trial(id, 2, true, "a"), -5), early)
		})
		t.read(func(r store.Reader) {
			t.same("a", countsOf(r, "a"), counted{2, 0, 1, us(5)})
			t.same("b", countsOf(r, "b"), counted{1, 0, 1, new(int64(-5))})
			t.same("of the playbook", got(r.Playbook()).LastUseUS, *us(5))
		})
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			record(w, at(blame(id, 3, "a"), 4), at(blame(id, 3, "b"), 6))
			void(w, id, 1, 1, false)
		})
		t.read(func(r store.Reader) {
			t.same("a", countsOf(r, "a").LastUsed, us(5))
			t.same("b", countsOf(r, "b").LastUsed, us(6))
			t.same("of the playbook", got(r.Playbook()).LastUseUS, *us(6))
		})
	})
	run("a trial is used by its latest attempt", func(t *T) {
		var id int64
		t.write(func(w store.Writer) {
			id = study(w, "bracket")
			add(w, "a", "b", "c")
			record(w, trial(id, 1, true, "a", "b"), trial(id, 1, false, "b"), trial(id, 1, true, "b", "c")) // in one call
			record(w, trial(id, 2, true, "a", "b"))
		})
		t.read(func(r store.Reader) {
			t.same("a", countsOf(r, "a"), counted{2, 0, 1, us(0)})
			t.same("b", countsOf(r, "b"), counted{3, 1, 2, us(0)})
			t.same("c", countsOf(r, "c"), counted{1, 0, 1, us(0)})
			t.same("statistics count each attempt", got(r.StudyStatistics(id)), store.Statistics{Trials: 4, Successes: 3})
		})
		t.write(func(w store.Writer) { record(w, trial(id, 2, false, "c")) })
		t.write(func(w store.Writer) { record(w, trial(id, 1, false)) })
		t.read(func(r store.Reader) {
			t.same("a after others", countsOf(r, "a"), counted{2, 0, 0, us(0)})
			t.same("b after others", countsOf(r, "b"), counted{3, 1, 0, us(0)})
			t.same("c after others", countsOf(r, "c"), counted{1, 1, 1, us(0)})
		})
	})
	run("trials of several studies are counted apart", func(t *T) {
		var bracket, beam int64
		t.write(func(w store.Writer) {
			bracket, beam = study(w, "bracket"), study(w, "beam")
			add(w, "a")
			record(w, trial(bracket, 1, true, "a"), trial(beam, 1, false, "a"), trial(beam, 2, true, "a"), trial(bracket, 1, false))
		})
		t.read(func(r store.Reader) {
			a := found(r.Item("a")).No
			t.same("a", countsOf(r, "a"), counted{2, 1, 2, us(0)})
			t.same("a in bracket", got(r.TrialsUsedIn(&bracket, a)), int64(0))
			t.same("a in beam", got(r.TrialsUsedIn(&beam, a)), int64(2))
			t.same("a in none", got(r.TrialsUsedIn(new(int64(99)), a)), int64(0))
			t.same("bracket", got(r.StudyStatistics(bracket)), store.Statistics{Trials: 2, Successes: 1})
			t.same("beam", got(r.StudyStatistics(beam)), store.Statistics{Trials: 2, Successes: 1})
			t.same("all", got(r.AllStatistics()), store.Statistics{Trials: 4, Successes: 2})
		})
	})
	run("an item that arrives later has its earlier trials, but no counts", func(t *T) {
		var bracket, beam int64
		t.write(func(w store.Writer) {
			bracket, beam = study(w, "bracket"), study(w, "beam")
			record(w, trial(bracket, 1, true, "late", "late"), trial(bracket, 2, true, "late"), trial(beam, 1, true, "late"), blame(beam, 1, "late"))
		})
		t.write(func(w store.Writer) {
			reset(w, beam)
			t.same("it is not there", found(w.Item("late")), (*store.Item)(nil))
			no := add(w, "late")[0]
			t.same("in the transaction", countsOf(w, "late"), counted{0, 0, 2, nil})
			t.same("its number", found(w.Item("late")).No, no)
		})
		t.write(func(w store.Writer) {
			t.same("the receipt", record(w, trial(bracket, 2, true), trial(bracket, 3, false, "late"))[1].Counted, 1)
		})
		t.read(func(r store.Reader) {
			late := found(r.Item("late")).No
			t.same("late", countsOf(r, "late"), counted{0, 1, 2, us(0)})
			t.same("in bracket", got(r.TrialsUsedIn(&bracket, late)), int64(2))
			t.same("in beam", got(r.TrialsUsedIn(&beam, late)), int64(0))
			t.same("in vain at first", got(r.UncountedItems(1)), []string{"late"})
			t.same("not in vain at last", got(r.UncountedItems(7)), []string{})
		})
		t.write(func(w store.Writer) { void(w, bracket, 1, 1, false) })
		t.read(func(r store.Reader) {
			t.same("after a void of what did not count", countsOf(r, "late"), counted{0, 1, 1, us(0)})
		})
	})
	run("a retired item is used, but does not count", func(t *T) {
		var bracket, a int64
		t.write(func(w store.Writer) {
			bracket = study(w, "bracket")
			a = add(w, "a")[0]
			record(w, trial(bracket, 1, true, "a"))
			retire(w, bracket, a, store.Retired)
			receipt := record(w, trial(bracket, 2, true, "a"))[0]
			t.same("the receipt in the transaction", receipt.Uncounted, []string{"a"})
		})
		t.write(func(w store.Writer) {
			receipt := record(w, trial(bracket, 3, true, "z", "a", "Z", "a"))[0]
			t.same("what did not count", receipt.Uncounted, []string{"Z", "a", "z"})
			t.same("how often something counted", receipt.Counted, 0)
		})
		t.read(func(r store.Reader) {
			t.same("a", countsOf(r, "a"), counted{1, 0, 3, us(0)})
			t.same("what did not count", got(r.UncountedItems(4)), []string{"Z", "a", "z"})
		})
		t.write(func(w store.Writer) {
			done(w.Restore(a, nil, noon))
			record(w, trial(bracket, 4, true, "a"))
		})
		t.read(func(r store.Reader) { t.same("a after its return", countsOf(r, "a"), counted{2, 0, 4, us(0)}) })
	})
}
