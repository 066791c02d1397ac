package feedback

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"atomizer-db/store"
)

// eventPage is how many events are held in memory at once.
const eventPage = 1000

// Events hands over all events of the loop's study, or of all studies, in order
// of commit, each with its study, key and time: what was recorded, so that it
// can be recorded again. It is one state of the database.
func (l *Loop) Events(ctx context.Context, each func(Event) error) error {
	return l.replay(ctx, "", each)
}

// TrialEvents hands over trials as [Loop.Events] does: those that count, which
// are not void and came since the last reset.
func (l *Loop) TrialEvents(ctx context.Context, each func(Trial) error) error {
	return l.replay(ctx, store.CountingTrials, func(event Event) error { return each(event.(Trial)) })
}

func (l *Loop) replay(ctx context.Context, kind store.EventType, each func(Event) error) error {
	return l.store.View(ctx, func(rx *store.Rx) error {
		study, err := l.find(rx)
		if err != nil {
			return err
		}
		for after := int64(0); ; {
			entries, err := rx.Ledger(study, kind, after, eventPage)
			if err != nil || len(entries) == 0 {
				return err
			}
			after = entries[len(entries)-1].ID
			page, err := readPage(rx, entries)
			if err != nil {
				return err
			}
			for _, entry := range entries {
				if err := ctx.Err(); err != nil {
					return err
				}
				event, err := page.event(entry)
				if err != nil {
					return fmt.Errorf("event %d of the ledger: %w", entry.ID, err)
				}
				if err := each(event); err != nil {
					return err
				}
			}
		}
	})
}

// page is some events of the ledger with their lists.
type page struct {
	rx       *store.Rx
	items    map[int64][]string
	shown    map[int64][]string
	messages map[int64][]store.ErrorMessage
}

func readPage(rx *store.Rx, entries []store.LedgerEntry) (page, error) {
	p := page{rx: rx, items: map[int64][]string{}, shown: map[int64][]string{}, messages: map[int64][]store.ErrorMessage{}}
	first, last := entries[0].ID, entries[len(entries)-1].ID
	namings, err := rx.Namings(first, last)
	if err != nil {
		return p, err
	}
	for _, n := range namings {
		for range n.Named {
			p.items[n.Event] = append(p.items[n.Event], n.ID)
		}
	}
	shown, err := rx.ShownItems(first, last)
	if err != nil {
		return p, err
	}
	for _, s := range shown {
		p.shown[s.Event] = append(p.shown[s.Event], s.ID)
	}
	messages, err := rx.Messages(first, last)
	for _, m := range messages {
		p.messages[m.Event] = append(p.messages[m.Event], m.ErrorMessage)
	}
	return p, err
}

func (p page) event(entry store.LedgerEntry) (Event, error) {
	h := Header{Study: &entry.Study, Time: time.UnixMicro(entry.TimeUS).UTC()}
	if entry.Key != nil {
		h.Key = *entry.Key
	}
	switch entry.Type {
	case store.TrialEvent:
		return p.trial(h, entry)
	case store.ErrorEvent:
		e := ErrorReport{Header: h, TrialNumber: *entry.TrialNumber, ContextItems: p.items[entry.ID]}
		for _, m := range p.messages[entry.ID] {
			e.Type, e.Message = m.Class, m.Message
		}
		return e, nil
	case store.FinalizeEvent:
		f, _, err := p.rx.Finalization(entry.ID)
		return Summary{
			Header: h, Name: f.Name, TotalTrials: f.TotalTrials, BestValue: f.BestValue,
			ConvergenceRate: f.ConvergenceRate, Method: f.Method, NoSave: !f.SavePlaybook,
		}, err
	case store.ResetEvent:
		return Reset{Header: h}, nil
	case store.VoidEvent:
		v, err := p.rx.VoidedAttempt(entry.ID)
		return Void{Header: h, TrialNumber: *entry.TrialNumber, Attempt: v.Attempt, Undo: v.Undo}, err
	}
	return nil, fmt.Errorf("its type %q is not known", entry.Type)
}

func (p page) trial(h Header, entry store.LedgerEntry) (t Trial, err error) {
	o, _, err := p.rx.Outcome(entry.ID)
	if err != nil {
		return t, err
	}
	t = Trial{
		Header: h, Number: *entry.TrialNumber, Success: o.Success, Objective: o.Objective, ContextItems: p.items[entry.ID],
		ShownItems: p.shown[entry.ID], Extractor: o.Extractor, DurationSeconds: o.DurationSeconds,
	}
	if t.DesignVariables, err = parseVariables(o.DesignVariables); err != nil {
		return t, err
	}
	if o.Details != nil {
		t.Details = json.RawMessage(*o.Details)
	}
	for _, m := range p.messages[entry.ID] {
		if m.Kind == store.ConstraintViolation {
			t.ConstraintViolations = append(t.ConstraintViolations, m.Message)
		} else {
			t.Errors = append(t.Errors, m.Message)
		}
	}
	// Fewer insights than there would be: it was only stored.
	t.NoLearn = len(reflectOnTrial(&t)) > o.InsightsExtracted
	return t, nil
}

// parseVariables reads design variables, numbers with all their digits.
func parseVariables(text string) (variables map[string]any, err error) {
	decoder := json.NewDecoder(bytes.NewBufferString(text))
	decoder.UseNumber()
	if err := decoder.Decode(&variables); err != nil {
		return nil, fmt.Errorf("design variables: %w", err)
	}
	return variables, nil
}

// EncodeEvent writes an event as a line of an event file has it.
func EncodeEvent(event Event) []byte {
	fields := content(event)
	h := event.header()
	if h.Study != nil {
		fields["study"] = *h.Study
	}
	if h.Key != "" {
		fields["key"] = h.Key
	}
	return encode(fields)
}

// NotInEvents says what the events of the database do not bring to another
// that records them.
func (l *Loop) NotInEvents(ctx context.Context) (notes []string, err error) {
	err = l.store.View(ctx, func(rx *store.Rx) error {
		items, err := rx.CountItemsOfNoEvent()
		if err != nil {
			return err
		}
		if items > 0 {
			notes = append(notes, fmt.Sprintf("%s of the playbook came from no event: start the other database from the playbook.json that brought them", count(int(items), "item")))
		}
		studies, err := rx.Studies()
		for _, study := range studies {
			if study.Direction != Minimize {
				notes = append(notes, fmt.Sprintf("the direction of a study is no event: `atomizer-db studies set %s --direction %s` in the other database", study.Name, study.Direction))
			}
		}
		return err
	})
	return notes, err
}
