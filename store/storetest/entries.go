package storetest

import (
	"time"

	"atomizer-db/store"
)

// noon is when everything happens in these tests, unless the time matters.
var noon = time.Date(2026, 1, 31, 12, 0, 0, 123456000, time.UTC)

// clock is the clock of the databases. It has more digits than are stored.
func clock() time.Time { return noon.Add(789).In(time.FixedZone("", 3600)) }

// study finds or creates a study.
func study(w store.Writer, name string) int64 {
	id, _, err := w.EnsureStudy(name, noon)
	return got(id, err)
}

// trial is a trial that used some items.
func trial(study, number int64, success bool, items ...string) store.Entry {
	return store.Entry{
		Study: study, Type: store.TrialEvent, TrialNumber: &number, Time: noon, Items: items,
		Outcome: &store.Outcome{Success: success, DesignVariables: `{}`},
	}
}

// objective is a successful trial with an objective.
func objective(study, number int64, value float64) store.Entry {
	e := trial(study, number, true)
	e.Outcome.Objective = &value
	return e
}

// failed is a failed trial with solver errors, which are their own classes.
func failed(study, number int64, messages ...string) store.Entry {
	e := trial(study, number, false)
	for _, m := range messages {
		e.Errors = append(e.Errors, store.ErrorMessage{Kind: store.SolverError, Class: m, Message: m})
	}
	return e
}

// blame is an error event that blames some items.
func blame(study, number int64, items ...string) store.Entry {
	return store.Entry{
		Study: study, Type: store.ErrorEvent, TrialNumber: &number, Time: noon, Items: items,
		Errors: []store.ErrorMessage{{Kind: store.ReportedError, Class: "blame", Message: "it broke"}},
	}
}

// taught returns an entry with insights of some contents.
func taught(e store.Entry, contents ...string) store.Entry {
	for _, content := range contents {
		e.Insights = append(e.Insights, store.Insight{Category: "mis", Content: content, TrialNumber: e.TrialNumber})
	}
	return e
}

// record records events as a learning loop does, which claims their keys first.
func record(w store.Writer, entries ...store.Entry) []store.Receipt {
	for _, claimed := range got(w.Claim(entries)) {
		if claimed.Found {
			done(store.Fail(store.ErrConflict, "event %d has the key", claimed.Event))
		}
	}
	return got(w.Record(entries))
}

// happen records an event that is neither a trial nor an error, and returns its id.
func happen(w store.Writer, study int64, kind store.EventType) int64 {
	return record(w, store.Entry{Study: study, Type: kind, Time: noon})[0].Event
}

// item is an item that its id says all of.
func item(id string) store.Item {
	return store.Item{ID: id, Category: "mis", Content: "content of " + id, Fingerprint: []byte(id), CreatedAt: "2026-01-31T12:00:00", Tags: "[]"}
}

// add adds items and returns their numbers.
func add(w store.Writer, ids ...string) (numbers []int64) {
	for _, id := range ids {
		numbers = append(numbers, got(w.AddItem(item(id))))
	}
	return numbers
}

// retire retires an item by an event of a study, and returns the event.
func retire(w store.Writer, study, item int64, reason string) int64 {
	kinds := map[string]store.EventType{store.Pruned: store.FinalizeEvent, store.Retired: store.RetireEvent, store.Merged: store.MergeEvent}
	event := happen(w, study, kinds[reason])
	done(w.Retire(store.Retirement{Item: item, Reason: reason, Event: &event, RetiredUS: noon.UnixMicro()}))
	return event
}

// reset resets a study and returns the event.
func reset(w store.Writer, study int64) int64 {
	event := happen(w, study, store.ResetEvent)
	done(w.ResetStudy(study, event))
	return event
}

// void voids an attempt at a trial, or takes that back, as a learning loop does. It returns
// the event.
func void(w store.Writer, study, number, attempt int64, undo bool) int64 {
	t := got(w.Attempts(study, number))[attempt-1]
	sign := int64(-1)
	if undo {
		sign = 1
	}
	event := record(w, store.Entry{Study: study, Type: store.VoidEvent, TrialNumber: &number, Time: noon})[0].Event
	done(w.CountUsages(t, sign))
	before := found(w.LatestAttempt(study, number))
	done(w.AddVoid(event, t.Event, undo))
	if !t.Current {
		return event
	}
	after := found(w.LatestAttempt(study, number))
	if before == nil || after == nil || *before != *after {
		if before != nil {
			done(w.CountUsedIn(study, *before, -1))
		}
		if after != nil {
			done(w.CountUsedIn(study, *after, 1))
		}
	}
	done(w.CountTrial(study, t.Success, sign))
	if undo {
		done(w.ReviveInsights(study, t.Event, *t.VoidedBy))
	} else {
		done(w.DropInsights(study, t.Event, event))
	}
	return event
}
