package history

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// mostNamings is how many names of items the list of an event can hold: more is damage,
// and not to be read into memory.
const mostNamings = 1 << 24

// page contains the lists of a range of events of the ledger.
type page struct {
	rx       store.Reader
	drawn    func(event.Trial) int
	items    map[int64][]string
	shown    map[int64][]string
	messages map[int64][]store.ErrorMessage
}

func (l Ledger) page(entries []store.LedgerEntry) (page, error) {
	p := page{rx: l.Rx, drawn: l.Insights, items: map[int64][]string{}, shown: map[int64][]string{}, messages: map[int64][]store.ErrorMessage{}}
	first, last := entries[0].ID, entries[len(entries)-1].ID
	namings, err := l.Rx.Namings(first, last)
	if err != nil {
		return p, err
	}
	for _, n := range namings {
		if n.Named > mostNamings-len(p.items[n.Event]) {
			return p, store.Inconsistent("event %d of the ledger: it names %s %d times, more than an event can", n.Event, n.ID, n.Named)
		}
		for range n.Named {
			p.items[n.Event] = append(p.items[n.Event], n.ID)
		}
	}
	shown, err := l.Rx.ShownItems(first, last)
	if err != nil {
		return p, err
	}
	for _, s := range shown {
		p.shown[s.Event] = append(p.shown[s.Event], s.ID)
	}
	messages, err := l.Rx.Messages(first, last)
	for _, m := range messages {
		p.messages[m.Event] = append(p.messages[m.Event], m.ErrorMessage)
	}
	return p, err
}

// event returns the event of an entry, as valid as when it was recorded.
func (p page) event(entry store.LedgerEntry) (e event.Event, err error) {
	h := event.Header{Study: &entry.Study, Time: time.UnixMicro(entry.TimeUS).UTC()}
	if entry.Key != nil {
		h.Key = *entry.Key
	}
	if entry.TrialNumber == nil {
		switch entry.Type {
		case store.TrialEvent, store.ErrorEvent, store.VoidEvent:
			return nil, inconsistent(entry, "its trial number is missing")
		}
	}
	switch entry.Type {
	case store.TrialEvent:
		e, err = p.trial(h, entry)
	case store.ErrorEvent:
		e, err = p.errorReport(h, entry)
	case store.FinalizeEvent:
		e, err = p.summary(h, entry)
	case store.ResetEvent:
		e = event.Reset{Header: h}
	case store.VoidEvent:
		e, err = p.void(h, entry)
	case store.CommitEvent, store.RejectEvent, store.EditInsightEvent:
		e, err = p.insights(h, entry)
	default:
		e, err = p.change(h, entry)
	}
	if err != nil {
		return nil, err
	}
	if err := e.Validate(); err != nil {
		return nil, inconsistent(entry, err)
	}
	return e, nil
}

func inconsistent(entry store.LedgerEntry, what any) error {
	return store.Inconsistent("event %d of the ledger: %v", entry.ID, what)
}

func (p page) errorReport(h event.Header, entry store.LedgerEntry) (event.Event, error) {
	messages := p.messages[entry.ID]
	if len(messages) != 1 {
		return nil, inconsistent(entry, fmt.Sprintf("it has %d messages, not one", len(messages)))
	}
	return event.ErrorReport{
		Header: h, TrialNumber: *entry.TrialNumber, ErrorType: messages[0].Class, Message: messages[0].Message,
		ContextItems: p.items[entry.ID],
	}, nil
}

func (p page) summary(h event.Header, entry store.LedgerEntry) (event.Event, error) {
	f, found, err := p.rx.Finalization(entry.ID)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, inconsistent(entry, "what the finalize said is missing")
	}
	s := event.Summary{
		Header: h, Name: f.Name, TotalTrials: f.TotalTrials, BestValue: f.BestValue,
		ConvergenceRate: f.ConvergenceRate, Method: f.Method, NoSave: !f.SavePlaybook, PruneBy: f.PruneBy, PruneBelow: f.PruneBelow,
	}
	if f.PruneBy == event.PruneByAttribution {
		if s.PrunedItems, err = p.rx.PrunedItems(entry.ID); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (p page) void(h event.Header, entry store.LedgerEntry) (event.Event, error) {
	v, err := p.rx.VoidedAttempt(entry.ID)
	if err != nil {
		return nil, err
	}
	if v.Attempt == 0 {
		return nil, inconsistent(entry, "the trial that it voided is missing")
	}
	return event.Void{Header: h, TrialNumber: *entry.TrialNumber, Attempt: v.Attempt, Undo: v.Undo}, nil
}

func (p page) trial(h event.Header, entry store.LedgerEntry) (event.Event, error) {
	o, _, err := p.rx.Outcome(entry.ID)
	if err != nil {
		return nil, err
	}
	t := event.Trial{
		Header: h, Number: *entry.TrialNumber, Success: o.Success, Objective: o.Objective, ContextItems: p.items[entry.ID],
		ShownItems: p.shown[entry.ID], Holdout: o.Holdout, Extractor: o.Extractor, DurationSeconds: o.DurationSeconds,
	}
	if t.DesignVariables, err = event.ParseVariables(o.DesignVariables); err != nil {
		return nil, inconsistent(entry, err)
	}
	if o.Details != nil {
		t.Details = jsontext.Value(*o.Details)
	}
	for _, m := range p.messages[entry.ID] {
		if m.Kind == store.ConstraintViolation {
			t.ConstraintViolations = append(t.ConstraintViolations, m.Message)
		} else {
			t.Errors = append(t.Errors, m.Message)
		}
	}
	// If fewer insights were recorded than drawn, the trial was only stored.
	t.NoLearn = p.drawn(t) > o.InsightsExtracted
	return t, nil
}
