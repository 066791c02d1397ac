package storetest

import (
	"time"

	"atomizer-db/store"
)

func pages(run runner) {
	run("outcomes since the last reset are in order of recording", func(t *T) {
		var bracket, beam int64
		at := func(e store.Entry, hours time.Duration) store.Entry {
			e.Time = noon.Add(hours * time.Hour)
			return e
		}
		t.write(func(w store.Writer) {
			bracket, beam = study(w, "bracket"), study(w, "beam")
			record(w, trial(bracket, 1, false))
			reset(w, bracket)
			record(w, at(trial(bracket, 2, true), 2), at(failed(beam, 1, "x"), 1), at(failed(bracket, 1, "x"), 3), at(failed(bracket, 2, "x"), 0), blame(bracket, 9))
			void(w, bracket, 2, 2, false)
		})
		list := func(r store.Reader, study *int64, filter store.OutcomeFilter, leftOut int64) (events []int64) {
			found, left, err := r.Outcomes(study, filter)
			done(err)
			t.same("left out", left, leftOut)
			for _, o := range found {
				events = append(events, o.Event)
			}
			return events
		}
		t.read(func(r store.Reader) {
			t.same("all", list(r, nil, store.OutcomeFilter{}, 0), []int64{3, 4, 5, 6})
			t.same("of a study", list(r, &bracket, store.OutcomeFilter{}, 0), []int64{3, 5, 6})
			t.same("the newest two", list(r, nil, store.OutcomeFilter{Limit: 2}, 2), []int64{5, 6})
			t.same("as many as there are", list(r, nil, store.OutcomeFilter{Limit: 4}, 0), []int64{3, 4, 5, 6})
			t.same("failed ones", list(r, nil, store.OutcomeFilter{Failed: true}, 0), []int64{4, 5})
			t.same("the newest of failed ones", list(r, nil, store.OutcomeFilter{Failed: true, Limit: 1}, 1), []int64{5})
			since := noon.Add(2 * time.Hour).UnixMicro()
			t.same("since a time", list(r, nil, store.OutcomeFilter{SinceUS: &since}, 0), []int64{3, 5})
			t.same("failed ones since a time", list(r, &bracket, store.OutcomeFilter{SinceUS: &since, Failed: true, Limit: 9}, 0), []int64{5})
			t.same("of none", list(r, new(int64(99)), store.OutcomeFilter{}, 0), []int64{})
			voided := outcomes(r, &bracket, store.OutcomeFilter{})[2]
			t.same("the attempt of the last", voided.Attempt, int64(2))
			t.same("its void", voided.VoidedBy, new(int64(8)))
		})
	})
	run("trials of a page are sorted and selected", func(t *T) {
		var id int64
		t.write(func(w store.Writer) {
			id = study(w, "bracket")
			timed := func(e store.Entry, seconds float64) store.Entry {
				e.Outcome.DurationSeconds = seconds
				return e
			}
			held := trial(id, 8, true)
			held.Outcome.Holdout = true
			infeasible := failed(id, 3, "mass", "Élan 100%_")
			infeasible.Errors[0].Kind = store.ConstraintViolation
			infeasible.Outcome.Objective = new(-100.0)
			crashed := failed(id, 4, "It Diverged", "mass")
			crashed.Errors[1].Kind = store.ConstraintViolation
			crashed.Items = []string{"a"}
			record(w, objective(id, 99, -50)) // event 1, before the reset
			reset(w, id)
			record(w,
				timed(objective(id, 5, 2), 3), timed(objective(id, 1, -1), 1), timed(trial(id, 7, true, "b", "a"), 2), // events 3 to 5
				timed(infeasible, 3), timed(crashed, 0), held, timed(objective(id, 1, 2), 9), trial(study(w, "beam"), 1, true)) // events 6 to 9
			void(w, id, 5, 1, false)
		})
		list := func(what string, p store.TrialPage, want ...int64) {
			t.Helper()
			if p.Limit == 0 {
				p.Limit = 100
			}
			t.read(func(r store.Reader) {
				t.Helper()
				var events []int64
				for _, o := range got(r.TrialsOfPage(id, p)) {
					events = append(events, o.Event)
					t.same("the trial "+what, o, *found(r.RecordedOutcome(o.Event)))
				}
				t.same(what, events, want)
			})
		}
		list("by recording, downwards", store.TrialPage{Order: store.ByRecording}, 9, 8, 7, 6, 5, 4, 3)
		list("by recording, upwards", store.TrialPage{Order: store.ByRecording, Ascending: true}, 3, 4, 5, 6, 7, 8, 9)
		list("a page", store.TrialPage{Order: store.ByRecording, Limit: 2, Offset: 3}, 6, 5)
		list("the last page", store.TrialPage{Order: store.ByRecording, Limit: 4, Offset: 6}, 3)
		list("after the last page", store.TrialPage{Order: store.ByRecording, Limit: 4, Offset: 7})
		list("by number, downwards", store.TrialPage{Order: store.ByNumber}, 8, 5, 3, 7, 6, 9, 4)
		list("by number, upwards", store.TrialPage{Order: store.ByNumber, Ascending: true}, 4, 9, 6, 7, 3, 5, 8)
		list("by objective, downwards", store.TrialPage{Order: store.ByObjective}, 9, 3, 4, 8, 7, 6, 5)
		list("by objective, upwards", store.TrialPage{Order: store.ByObjective, Ascending: true}, 4, 3, 9, 5, 6, 7, 8)
		list("by duration, downwards", store.TrialPage{Order: store.ByDuration}, 9, 6, 3, 5, 4, 8, 7)
		list("by duration, upwards", store.TrialPage{Order: store.ByDuration, Ascending: true, Limit: 3}, 7, 8, 4)
		up := func(p store.TrialPage) store.TrialPage {
			p.Order, p.Ascending = store.ByRecording, true
			return p
		}
		list("succeeded", up(store.TrialPage{State: store.Succeeded}), 4, 5, 8, 9)
		list("failed", up(store.TrialPage{State: store.Failed}), 6, 7)
		list("infeasible", up(store.TrialPage{State: store.Infeasible}), 6)
		list("crashed", up(store.TrialPage{State: store.Crashed}), 7)
		list("held out", up(store.TrialPage{State: store.HeldOut}), 8)
		list("void", up(store.TrialPage{State: store.Void}), 3)
		list("with a class", up(store.TrialPage{Class: "mass"}), 6, 7)
		list("with another class", up(store.TrialPage{Class: "Mass"}))
		list("with an item", up(store.TrialPage{Item: "a"}), 5, 7)
		list("with no item", up(store.TrialPage{Item: "z"}))
		list("with a text in other letters", up(store.TrialPage{Text: "iT dIVERGED"}), 7)
		list("with a text of signs", up(store.TrialPage{Text: "00%_"}), 6)
		list("with a text that is not there", up(store.TrialPage{Text: "1__%"}))
		list("with all of them", up(store.TrialPage{State: store.Failed, Class: "mass", Item: "a", Text: "div"}), 7)
		list("with none of them", up(store.TrialPage{State: store.Succeeded, Class: "mass", Item: "a", Text: "div"}))
	})
	run("classes of errors are summed up, the most frequent first", func(t *T) {
		var bracket, beam int64
		at := func(e store.Entry, us int64) store.Entry {
			e.Time = time.UnixMicro(us)
			return e
		}
		t.write(func(w store.Writer) {
			bracket, beam = study(w, "bracket"), study(w, "beam")
			record(w, failed(bracket, 1, "old"))
			reset(w, bracket)
			record(w, at(failed(bracket, 1, "b", "a"), 5), at(failed(bracket, 2, "c", "c"), 3), at(failed(bracket, 3, "b"), 4), at(failed(beam, 1, "b", "d"), 1), at(blame(beam, 2), -1))
			record(w, failed(bracket, 4, "b"))
			void(w, bracket, 4, 1, false)
		})
		class := func(class string, messages, events, first, last int64) store.ErrorClass {
			return store.ErrorClass{Class: class, Kind: store.SolverError, Messages: messages, Events: events, FirstUS: first, LastUS: last}
		}
		blamed := class("blame", 1, 1, -1, -1)
		blamed.Kind = store.ReportedError
		t.read(func(r store.Reader) {
			t.same("of all studies", got(r.ErrorClasses(nil)), []store.ErrorClass{class("b", 3, 3, 1, 5), class("c", 2, 1, 3, 3), class("a", 1, 1, 5, 5), class("d", 1, 1, 1, 1), blamed})
			t.same("of a study", got(r.ErrorClasses(&bracket)), []store.ErrorClass{class("b", 2, 2, 4, 5), class("c", 2, 1, 3, 3), class("a", 1, 1, 5, 5)})
			t.same("of the other", got(r.ErrorClasses(&beam)), []store.ErrorClass{class("b", 1, 1, 1, 1), class("d", 1, 1, 1, 1), blamed})
			t.same("of none", got(r.ErrorClasses(new(int64(99)))), []store.ErrorClass{})
		})
	})
}
