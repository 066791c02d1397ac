package storetest

import (
	"slices"
	"strings"
	"time"

	"atomizer-db/store"
)

func recording(run runner) {
	run("a new database has no events", func(t *T) {
		t.read(func(r store.Reader) {
			t.same("LastEvent", got(r.LastEvent()), int64(0))
			t.same("Outcome", found(r.Outcome(1)), (*store.Outcome)(nil))
			t.same("RecordedOutcome", found(r.RecordedOutcome(1)), (*store.RecordedOutcome)(nil))
			t.same("Namings", got(r.Namings(0, 100)), []store.Naming{})
			t.same("ShownItems", got(r.ShownItems(0, 100)), []store.Naming{})
			t.same("Messages", got(r.Messages(0, 100)), []store.EventMessage{})
			t.same("MessagesOf", got(r.MessagesOf([]int64{1})), []store.EventMessage{})
			t.same("DesignVariables", got(r.DesignVariables([]int64{1})), map[int64]string{})
			t.same("OutcomesOf", got(r.OutcomesOf([]int64{1})), []store.RecordedOutcome{})
			t.same("TrialItems", got(r.TrialItems(1)), []store.TrialItem{})
			t.same("UncountedItems", got(r.UncountedItems(1)), []string{})
			t.same("Attempts", got(r.Attempts(1, 1)), []store.Attempt{})
			t.same("Uses", got(r.Uses(1, 10)), []store.Use{})
			t.same("ErrorClasses", got(r.ErrorClasses(nil)), []store.ErrorClass{})
		})
	})
	run("nothing can be recorded", func(t *T) {
		t.write(func(w store.Writer) { t.same("receipts", record(w), []store.Receipt{}) })
		t.read(func(r store.Reader) { t.same("LastEvent", got(r.LastEvent()), int64(0)) })
	})
	run("events get the next numbers in their order", func(t *T) {
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			for n := range int64(3) {
				record(w, trial(id, 2*n, true), trial(id, 2*n+1, true))
				t.same("LastEvent in the transaction", got(w.LastEvent()), 2*n+2)
			}
			t.same("the event of a reset", reset(w, id), int64(7))
		})
		t.write(func(w store.Writer) { record(w, trial(study(w, "beam"), 6, true)) })
		t.read(func(r store.Reader) {
			t.same("LastEvent", got(r.LastEvent()), int64(8))
			var numbers, events []int64
			done(r.Steps(0, 100, 100, func(s store.Step) error {
				if s.Type == store.TrialEvent {
					numbers, events = append(numbers, *s.TrialNumber), append(events, s.Event)
				}
				return nil
			}))
			t.same("the trials in order", numbers, []int64{0, 1, 2, 3, 4, 5, 6})
			t.same("their events", events, []int64{1, 2, 3, 4, 5, 6, 8})
		})
	})
	run("a trial is kept as it came", func(t *T) {
		var bracket int64
		e := store.Entry{
			Type: store.TrialEvent, TrialNumber: new(int64(7)), Time: noon.Add(time.Microsecond),
			Outcome: &store.Outcome{
				Success: true, Objective: new(-12.5), DesignVariables: `{"b": 1.0,  "a":[1e3]}`, Extractor: "stress", DurationSeconds: 0.25,
				Details: new(`{"x" : null}`),
			},
			Items: []string{"x", "new", "x"}, Shown: []string{"y", "other", "y"},
			Errors: []store.ErrorMessage{
				{Kind: store.ConstraintViolation, Class: "violated", Message: "mass: 3"},
				{Kind: store.SolverError, Class: "", Message: ""},
				{Kind: store.SolverError, Class: "diverged", Message: "it\ndiverged"},
			},
			Insights: []store.Insight{{Category: "str", Content: "do", Helpful: true, TrialNumber: new(int64(7))}, {Category: "dom", Content: "do not"}},
		}
		t.write(func(w store.Writer) {
			bracket = study(w, "bracket")
			add(w, "x", "y")
			e.Study = bracket
			receipt := record(w, e)[0]
			receipt.Event = 0
			t.same("the receipt", receipt, store.Receipt{Counted: 2, Uncounted: []string{"new"}})
		})
		want := *e.Outcome
		want.Event, want.TrialNumber, want.ItemsUpdated, want.InsightsExtracted = 1, 7, 2, 2
		recorded := store.RecordedOutcome{Outcome: want, Study: "bracket", Attempt: 1, TimeUS: noon.UnixMicro() + 1}
		t.read(func(r store.Reader) {
			t.same("Outcome", found(r.Outcome(1)), &want)
			t.same("RecordedOutcome", found(r.RecordedOutcome(1)), &recorded)
			t.same("OutcomesOf", got(r.OutcomesOf([]int64{1})), []store.RecordedOutcome{recorded})
			t.same("DesignVariables", got(r.DesignVariables([]int64{1, 2})), map[int64]string{1: want.DesignVariables})
			t.same("EventTime", got(r.EventTime(1)), noon.Add(time.Microsecond))
			var messages []store.EventMessage
			var classes []store.MessageClass
			for _, m := range e.Errors {
				messages = append(messages, store.EventMessage{Event: 1, ErrorMessage: m})
				classes = append(classes, store.MessageClass{Event: 1, Kind: m.Kind, Class: m.Class})
			}
			t.same("Messages", got(r.Messages(1, 1)), messages)
			t.same("MessagesOf", got(r.MessagesOf([]int64{1})), messages)
			t.same("MessageClasses", messageClasses(r, 1, 1), classes)
			t.same("Namings", byID(got(r.Namings(1, 1))), []store.Naming{{Event: 1, ID: "new", Named: 1}, {Event: 1, ID: "x", Named: 2}})
			t.same("ShownItems", byID(got(r.ShownItems(1, 1))), []store.Naming{{Event: 1, ID: "other", Named: 1}, {Event: 1, ID: "y", Named: 1}})
			items := got(r.TrialItems(1))
			slices.SortFunc(items, func(a, b store.TrialItem) int { return strings.Compare(a.ID, b.ID) })
			t.same("TrialItems", items, []store.TrialItem{
				{ID: "new", Named: 1}, {ID: "other", Shown: true}, {ID: "x", Named: 2, Counted: 2, Content: new("content of x")}, {ID: "y", Shown: true, Content: new("content of y")},
			})
			t.same("UncountedItems", got(r.UncountedItems(1)), []string{"new"})
			insights := got(r.PendingInsights(bracket, 0, -1))
			for i := range insights {
				insights[i].ID = 0
			}
			t.same("PendingInsights", insights, e.Insights)
		})
	})
	run("an error is no trial", func(t *T) {
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			add(w, "x")
			record(w, taught(blame(id, 3, "x", "new", "x"), "do not"))
		})
		t.read(func(r store.Reader) {
			id := *found(r.Study("bracket"))
			t.same("Outcome", found(r.Outcome(1)), (*store.Outcome)(nil))
			t.same("RecordedOutcome", found(r.RecordedOutcome(1)), (*store.RecordedOutcome)(nil))
			t.same("OutcomesOf", got(r.OutcomesOf([]int64{1})), []store.RecordedOutcome{})
			t.same("DesignVariables", got(r.DesignVariables([]int64{1})), map[int64]string{})
			t.same("Attempts", got(r.Attempts(id, 3)), []store.Attempt{})
			t.same("statistics", got(r.StudyStatistics(id)), store.Statistics{Pending: 1})
			t.same("messages", got(r.Messages(1, 1)), []store.EventMessage{{Event: 1, ErrorMessage: store.ErrorMessage{Kind: store.ReportedError, Class: "blame", Message: "it broke"}}})
			t.same("Namings", byID(got(r.Namings(1, 1))), []store.Naming{{Event: 1, ID: "new", Named: 1}, {Event: 1, ID: "x", Named: 2}})
			t.same("UncountedItems", got(r.UncountedItems(1)), []string{"new"})
			x := *found(r.Item("x"))
			t.same("the counts of what it blames", []int64{x.Helpful, x.Harmful}, []int64{0, 2})
			t.same("usage", got(r.TrialsUsedIn(nil, x.No)), int64(0))
		})
	})
	run("ranges of events have their ends", func(t *T) {
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			for n := range int64(4) {
				e := failed(id, n, "a", "b")
				e.Items, e.Shown = []string{"x"}, []string{"y"}
				record(w, e)
			}
		})
		t.read(func(r store.Reader) {
			events := func(namings []store.Naming) (list []int64) {
				for _, n := range namings {
					list = append(list, n.Event)
				}
				return list
			}
			t.same("Namings", events(got(r.Namings(2, 3))), []int64{2, 3})
			t.same("ShownItems", events(got(r.ShownItems(2, 3))), []int64{2, 3})
			var list []int64
			for _, m := range got(r.Messages(2, 3)) {
				list = append(list, m.Event)
			}
			t.same("Messages", list, []int64{2, 2, 3, 3})
			list = nil
			for _, m := range got(r.MessagesOf([]int64{4, 1, 99})) {
				list = append(list, m.Event)
			}
			t.same("MessagesOf", list, []int64{1, 1, 4, 4})
			t.same("MessagesOf nothing", got(r.MessagesOf(nil)), []store.EventMessage{})
			list = nil
			for _, m := range messageClasses(r, 4, 99) {
				list = append(list, m.Event)
			}
			t.same("MessageClasses", list, []int64{4, 4})
			list = nil
			for _, o := range got(r.OutcomesOf([]int64{3, 1, 99})) {
				list = append(list, o.Event)
			}
			t.same("OutcomesOf", list, []int64{1, 3})
			t.same("OutcomesOf nothing", got(r.OutcomesOf(nil)), []store.RecordedOutcome{})
			t.same("DesignVariables of nothing", got(r.DesignVariables(nil)), map[int64]string{})
		})
	})
	run("many events are recorded at once", func(t *T) {
		const trials = 1000
		var bracket int64
		t.write(func(w store.Writer) {
			bracket = study(w, "bracket")
			add(w, "x")
			var entries []store.Entry
			for n := range int64(trials) {
				e := taught(failed(bracket, n/2, "a", "b"), "do not") // every number twice
				e.Items = []string{"x", "new"}
				entries = append(entries, e)
			}
			t.same("the number of receipts", len(record(w, entries...)), trials)
		})
		t.read(func(r store.Reader) {
			x := *found(r.Item("x"))
			t.same("statistics", got(r.StudyStatistics(bracket)), store.Statistics{Trials: trials, Pending: trials})
			t.same("counts", []int64{x.Helpful, x.Harmful}, []int64{0, trials})
			t.same("usage", got(r.TrialsUsedIn(&bracket, x.No)), int64(trials/2))
			t.same("the number of messages", len(got(r.Messages(1, trials))), 2*trials)
			t.same("the number of insights", len(got(r.PendingInsights(bracket, 0, -1))), trials)
			numbers := []int64{}
			for i, o := range outcomes(r, &bracket, store.OutcomeFilter{}) {
				if o.Event != int64(i+1) || o.TrialNumber != int64(i/2) || o.Attempt != int64(i%2+1) {
					numbers = append(numbers, o.Event)
				}
			}
			t.same("events out of order", numbers, []int64{})
		})
	})
	run("what contradicts the schema is refused", func(t *T) {
		var bracket int64
		t.write(func(w store.Writer) { bracket = study(w, "bracket") })
		for name, write := range map[string]func(w store.Writer){
			"design variables that are a list": func(w store.Writer) {
				e := trial(bracket, 1, true)
				e.Outcome.DesignVariables = `[]`
				record(w, e)
			},
			"details that are no JSON": func(w store.Writer) {
				e := trial(bracket, 1, true)
				e.Outcome.Details = new(`{`)
				record(w, e)
			},
			"an insight of an unknown category": func(w store.Writer) {
				e := trial(bracket, 1, true)
				e.Insights = []store.Insight{{Category: "x"}}
				record(w, e)
			},
			"an error of an unknown kind": func(w store.Writer) {
				e := trial(bracket, 1, false)
				e.Errors = []store.ErrorMessage{{Kind: "x"}}
				record(w, e)
			},
			"an event of an unknown type":     func(w store.Writer) { happen(w, bracket, "party") },
			"a void of an event that is none": func(w store.Writer) { done(w.AddVoid(happen(w, bracket, store.VoidEvent), 99, false)) },
			"a direction that does not exist": func(w store.Writer) { done(w.SetDirection(bracket, "sideways")) },
			"an item of an unknown category": func(w store.Writer) {
				got(w.AddItem(store.Item{ID: "x", Category: "x", Fingerprint: []byte{}, Tags: "[]"}))
			},
			"an item that is there already": func(w store.Writer) { add(w, "x", "x") },
			"tags that are an object": func(w store.Writer) {
				got(w.AddItem(store.Item{ID: "x", Category: "mis", Fingerprint: []byte{}, Tags: "{}"}))
			},
			"a settled insight without an end": func(w store.Writer) { done(w.SettleInsight(pend(w, bracket), 99, 1, true)) },
		} {
			if err := update(t.Context(), t.Database, write); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		t.read(func(r store.Reader) {
			t.same("events", got(r.LastEvent()), int64(0))
			t.same("items", got(r.Items(true)), []store.Item{})
		})
	})
}

// messageClasses lists the classes of messages.
func messageClasses(r store.Reader, first, last int64) (classes []store.MessageClass) {
	done(r.MessageClasses(first, last, func(m store.MessageClass) error {
		classes = append(classes, m)
		return nil
	}))
	return classes
}

// byID sorts namings of an event, whose order is not defined.
func byID(namings []store.Naming) []store.Naming {
	slices.SortFunc(namings, func(a, b store.Naming) int { return strings.Compare(a.ID, b.ID) })
	return namings
}

// pend records a trial with an insight, and returns the id of the insight.
func pend(w store.Writer, study int64) int64 {
	before := got(w.PendingInsights(study, 0, -1))
	record(w, taught(trial(study, 1000+int64(len(before)), true), "an insight"))
	return got(w.PendingInsights(study, 0, -1))[len(before)].ID
}
