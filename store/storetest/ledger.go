package storetest

import (
	"errors"
	"math"

	"atomizer-db/store"
)

// outcomes lists the outcomes that a filter selects, of which none may be left out.
func outcomes(r store.Reader, study *int64, filter store.OutcomeFilter) []store.RecordedOutcome {
	list, leftOut, err := r.Outcomes(study, filter)
	if err == nil && leftOut != 0 {
		err = store.Inconsistent("%d outcomes are left out", leftOut)
	}
	return got(list, err)
}

func ledger(run runner) {
	run("events are selected", func(t *T) {
		var bracket, beam int64
		t.write(func(w store.Writer) {
			bracket, beam = study(w, "bracket"), study(w, "beam")
			record(w, trial(bracket, 1, true), keyed(trial(beam, 1, false), "k", "d"), trial(bracket, 2, true), blame(bracket, 2))
			reset(w, bracket)
			record(w, trial(bracket, 1, true), trial(bracket, 3, true))
			void(w, bracket, 3, 1, false)
			record(w, keyed(store.Entry{Study: bracket, Type: store.ResetEvent, Time: noon}, "k", "e"))
		})
		t.read(func(r store.Reader) {
			list := func(study *int64, selection store.Selection, after, last int64) (events []int64) {
				for _, e := range got(r.Ledger(study, selection, after, last)) {
					events = append(events, e.ID)
				}
				return events
			}
			t.same("every event", list(nil, store.EveryEvent, 0, math.MaxInt64), []int64{1, 2, 3, 4, 5, 6, 7, 8, 9})
			t.same("a range", list(nil, store.EveryEvent, 2, 4), []int64{3, 4})
			t.same("an empty range", list(nil, store.EveryEvent, 4, 4), []int64{})
			t.same("of a study", list(&bracket, store.EveryEvent, 0, 7), []int64{1, 3, 4, 5, 6, 7})
			t.same("trials that count", list(nil, store.CountingTrials, 0, math.MaxInt64), []int64{2, 6})
			t.same("trials of a study that count", list(&beam, store.CountingTrials, 0, math.MaxInt64), []int64{2})
			t.same("events with keys", list(nil, store.EventsWithKeys, 0, math.MaxInt64), []int64{2, 9})
			t.same("events of a study with keys", list(&bracket, store.EventsWithKeys, 0, math.MaxInt64), []int64{9})
			us := noon.UnixMicro()
			t.same("an event with a key", got(r.Ledger(nil, store.EveryEvent, 1, 2)), []store.LedgerEntry{
				{ID: 2, StudyID: beam, Study: "beam", Type: store.TrialEvent, TrialNumber: new(int64(1)), TimeUS: us, Key: new("k"), Digest: []byte("d")},
			})
			t.same("events without one", got(r.Ledger(nil, store.EveryEvent, 3, 5)), []store.LedgerEntry{
				{ID: 4, StudyID: bracket, Study: "bracket", Type: store.ErrorEvent, TrialNumber: new(int64(2)), TimeUS: us},
				{ID: 5, StudyID: bracket, Study: "bracket", Type: store.ResetEvent, TimeUS: us},
			})
		})
	})
	run("a page has an end", func(t *T) {
		t.read(func(r store.Reader) { t.same("of none", got(r.PageEnd(0, 10)), (*int64)(nil)) })
		t.write(func(w store.Writer) { record(w, manyTrials(study(w, "bracket"), "x")...) })
		t.read(func(r store.Reader) {
			t.same("the first", got(r.PageEnd(0, 10)), new(int64(10)))
			t.same("the second", got(r.PageEnd(10, 10)), new(int64(20)))
			t.same("the last", got(r.PageEnd(50, 10)), new(int64(51)))
			t.same("after the last", got(r.PageEnd(51, 10)), (*int64)(nil))
		})
	})
	run("steps are in order of commit", func(t *T) {
		var bracket, beam int64
		t.write(func(w store.Writer) {
			bracket, beam = study(w, "bracket"), study(w, "beam")
			record(w, objective(bracket, 1, 2.5), failed(beam, 1, "x"), blame(bracket, 2))
			void(w, bracket, 1, 1, false)
			reset(w, beam)
		})
		steps := func(r store.Reader, after, last int64, limit int) (list []store.Step) {
			done(r.Steps(after, last, limit, func(s store.Step) error {
				list = append(list, s)
				return nil
			}))
			return list
		}
		t.read(func(r store.Reader) {
			us := noon.UnixMicro()
			want := []store.Step{
				{Event: 1, Study: bracket, Type: store.TrialEvent, TrialNumber: new(int64(1)), TimeUS: us, Success: true, Void: true, Objective: new(2.5)},
				{Event: 2, Study: beam, Type: store.TrialEvent, TrialNumber: new(int64(1)), TimeUS: us},
				{Event: 3, Study: bracket, Type: store.ErrorEvent, TrialNumber: new(int64(2)), TimeUS: us},
				{Event: 4, Study: bracket, Type: store.VoidEvent, TrialNumber: new(int64(1)), TimeUS: us},
				{Event: 5, Study: beam, Type: store.ResetEvent, TimeUS: us},
			}
			t.same("all", steps(r, 0, math.MaxInt64, 10), want)
			t.same("a range", steps(r, 1, 3, 10), want[1:3])
			t.same("the first two", steps(r, 0, 99, 2), want[:2])
			t.same("none", steps(r, 5, 99, 2), []store.Step{})
		})
	})
	run("an error of a receiver ends a list", func(t *T) {
		t.write(func(w store.Writer) { record(w, manyTrials(study(w, "bracket"), "x")...) })
		for name, list := range map[string]func(r store.Reader, broken func() error) error{
			"Steps": func(r store.Reader, broken func() error) error {
				return r.Steps(0, 99, 99, func(store.Step) error { return broken() })
			},
			"MessageClasses": func(r store.Reader, broken func() error) error {
				return r.MessageClasses(0, 99, func(store.MessageClass) error { return broken() })
			},
			"CreditedTrials": func(r store.Reader, broken func() error) error {
				return r.CreditedTrials(nil, func(store.CreditedTrial) error { return broken() })
			},
		} {
			var called int
			err := t.View(t.Context(), func(r store.Reader) error {
				called = 0
				err := list(r, func() error {
					called++
					return errBroken
				})
				if !errors.Is(err, errBroken) {
					t.Errorf("%s returns %v", name, err)
				}
				_, listErr := r.Studies() // the transaction goes on
				return errors.Join(err, listErr)
			})
			if !errors.Is(err, errBroken) || called != 1 {
				t.Errorf("%s: called %d times, %v", name, called, err)
			}
		}
	})
}
