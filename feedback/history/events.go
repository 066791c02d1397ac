package history

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// Ledger reads events back from the ledger.
type Ledger struct {
	Rx    *store.Rx
	Study *int64 // nil: all studies

	// Insights returns the number of insights that the reflector draws from a trial.
	// A trial with fewer recorded insights was only stored.
	Insights func(event.Trial) int
}

// eventPage is the number of events of the ledger of which the selected ones are held in
// memory at once.
const eventPage = 1000

// Events calls each with all that another database needs to become the same: what the
// playbook started from, the studies in order of creation, then the events in order of
// commit, with the changes of the playbook that no event made at their places. Each event
// has its study, key and time.
func (l Ledger) Events(ctx context.Context, each func(event.Event) error) error {
	stored, err := l.Rx.PlaybookChanges()
	if err != nil {
		return err
	}
	if stored, err = withStart(l.Rx, stored); err != nil {
		return err
	}
	changes := changeReader{stored, each}
	if err := changes.next(); err != nil {
		return err
	}
	if err := l.studies(each); err != nil {
		return err
	}
	if err := l.read(ctx, store.EveryEvent, func(entry store.LedgerEntry, e event.Event) error {
		if err := changes.before(entry.ID); err != nil {
			return err
		}
		return each(e)
	}); err != nil {
		return err
	}
	return changes.before(math.MaxInt64)
}

// studies calls each with the studies.
func (l Ledger) studies(each func(event.Event) error) error {
	studies, err := l.Rx.Studies()
	if err != nil {
		return err
	}
	for _, s := range studies {
		if l.Study != nil && s.ID != *l.Study {
			continue
		}
		begun := event.Study{Header: event.Header{Study: &s.Name, Time: time.UnixMicro(s.CreatedUS).UTC()}}
		if s.Given {
			begun.Direction = s.Direction
		}
		if err := each(begun); err != nil {
			return err
		}
	}
	return nil
}

// changeReader passes on changes of the playbook, in order.
type changeReader struct {
	left []store.PlaybookChange
	each func(event.Event) error
}

// before passes on those that happened before an event.
func (r *changeReader) before(id int64) error {
	for len(r.left) > 0 && r.left[0].AfterEvent < id {
		if err := r.next(); err != nil {
			return err
		}
	}
	return nil
}

// next passes on one.
func (r *changeReader) next() error {
	if len(r.left) == 0 {
		return nil
	}
	change := r.left[0]
	r.left = r.left[1:]
	e, err := decodeChange(change)
	if err != nil {
		return err
	}
	return r.each(e)
}

// Trials calls each with the trials that count: those since the last reset that are not
// void.
func (l Ledger) Trials(ctx context.Context, each func(event.Trial) error) error {
	return l.read(ctx, store.CountingTrials, func(_ store.LedgerEntry, e event.Event) error { return each(e.(event.Trial)) })
}

// read calls each with the selected entries of the ledger and their events, in order of
// commit.
func (l Ledger) read(ctx context.Context, selection store.Selection, each func(store.LedgerEntry, event.Event) error) error {
	for after := int64(0); ; {
		last, err := l.Rx.PageEnd(after, eventPage)
		if err != nil || last == nil {
			return err
		}
		entries, err := l.Rx.Ledger(l.Study, selection, after, *last)
		if err != nil {
			return err
		}
		if err := l.readPage(ctx, entries, each); err != nil {
			return err
		}
		after = *last
	}
}

func (l Ledger) readPage(ctx context.Context, entries []store.LedgerEntry, each func(store.LedgerEntry, event.Event) error) error {
	if len(entries) == 0 {
		return ctx.Err()
	}
	page, err := l.page(entries)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, err := page.event(entry)
		if err != nil {
			return err
		}
		if err := each(entry, e); err != nil {
			return err
		}
	}
	return nil
}

// mostNamings is how many names of items the list of an event can hold: more is damage,
// and not to be read into memory.
const mostNamings = 1 << 24

// page contains the lists of a range of events of the ledger.
type page struct {
	rx       *store.Rx
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
