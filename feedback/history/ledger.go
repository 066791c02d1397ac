package history

import (
	"context"
	"math"
	"time"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// Ledger reads events back from the ledger.
type Ledger struct {
	Rx    store.Reader
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
	changes := changeReader{left: stored, each: each}
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
	last string // identifies the one before
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
	link := linkTo(e)
	e.Follows, r.last = r.last, link
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
