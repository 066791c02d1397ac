package feedback

import (
	"time"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// entry is an event and its row, as far as the row depends only on the event. It is
// prepared before the transaction, so that other writers do not wait for it.
type entry struct {
	event.Event
	row store.Entry
}

// prepare checks an event and prepares it.
func (l *Loop) prepare(e event.Event) (entry, error) {
	if err := e.Validate(); err != nil {
		return entry{}, err
	}
	return l.prepareValid(e)
}

// prepareValid prepares an event that was checked.
func (l *Loop) prepareValid(e event.Event) (entry, error) {
	h := e.Head()
	prepared := entry{e, store.Entry{Type: store.EventType(e.Type()), Key: h.Key, Time: eventTime(h.Time)}}
	if h.Key != "" {
		prepared.row.Digest = event.Digest(e)
	}
	row := &prepared.row
	switch e := e.(type) {
	case event.Trial:
		prepareTrial(row, e)
	case event.ErrorReport:
		row.TrialNumber = &e.TrialNumber
		row.Items = e.ContextItems
		row.Errors = []store.ErrorMessage{{Kind: store.ReportedError, Class: e.ErrorType, Message: e.Message}}
		row.Insights = []store.Insight{reflectOnError(e)}
	case event.Summary:
		row.Insights = reflectOnStudy(e)
		if !e.NoSave {
			return prepared, l.probeExport()
		}
	case event.Void:
		row.TrialNumber = &e.TrialNumber
	}
	return prepared, nil
}

func prepareTrial(row *store.Entry, t event.Trial) {
	row.TrialNumber = &t.Number
	row.Outcome = &store.Outcome{
		Success: t.Success, Objective: t.Objective, DesignVariables: event.EncodeVariables(t.DesignVariables),
		Extractor: t.Extractor, DurationSeconds: t.DurationSeconds, Holdout: t.Holdout,
	}
	if t.Details != nil {
		row.Outcome.Details = new(string(t.Details))
	}
	for _, m := range t.Errors {
		row.Errors = append(row.Errors, store.ErrorMessage{Kind: store.SolverError, Class: classify(m), Message: m})
	}
	for _, m := range t.ConstraintViolations {
		row.Errors = append(row.Errors, store.ErrorMessage{Kind: store.ConstraintViolation, Class: violated, Message: m})
	}
	if !t.NoLearn {
		row.Items, row.Shown, row.Insights = t.ContextItems, t.ShownItems, reflectOnTrial(t)
	}
}

// counts reports whether the event is a trial or an error, which only adds to the
// ledger and to counts.
func (e entry) counts() bool { return e.row.Type == store.TrialEvent || e.row.Type == store.ErrorEvent }

// answer is the answer to a trial or an error.
func (e entry) answer(receipt store.Receipt, named Named) Answer {
	if t, ok := e.Event.(event.Trial); ok {
		return TrialAnswer{
			TrialNumber: t.Number, Success: t.Success,
			ItemsUpdated: receipt.Counted, InsightsExtracted: len(e.row.Insights), Named: named,
		}
	}
	return ErrorAnswer{Named: named}
}

// eventTime is the time of an event in the precision that is stored, the zero time
// for now.
func eventTime(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return at.UTC().Truncate(time.Microsecond)
}
