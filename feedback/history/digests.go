package history

import (
	"bytes"
	"context"
	"slices"
	"time"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// mostChanged limits the number of changed events that are listed.
const mostChanged = 1000

// Changed lists the events with a key whose digest is not that of their content: it is
// not what came with the key. Events whose content cannot be told for certain are left
// out, since the ledger keeps neither the order in which an event named its items nor
// the items of a trial that was only stored.
func (l Ledger) Changed(ctx context.Context) (changed []store.LedgerEntry, err error) {
	timed := false // whether the last event was sent with a time: most of a study are alike
	hasKey := func(entry store.LedgerEntry) bool { return entry.Key != nil }
	err = l.entries(ctx, false, hasKey, func(page page, entry store.LedgerEntry) error {
		if len(changed) == mostChanged {
			return nil
		}
		e, err := page.event(entry)
		if err != nil {
			return err
		}
		contents := l.contents(e)
		if len(contents) == 0 || hasDigest(contents, timed, entry.Digest) {
			return nil
		}
		if hasDigest(contents, !timed, entry.Digest) {
			timed = !timed
			return nil
		}
		changed = append(changed, entry)
		return nil
	})
	return changed, err
}

// hasDigest reports whether one of the contents has the digest, with its time or
// without: an event that was sent without one got the time of its recording.
func hasDigest(contents []event.Event, timed bool, digest []byte) bool {
	return slices.ContainsFunc(contents, func(sent event.Event) bool {
		if !timed {
			sent = timeless(sent)
		}
		return bytes.Equal(event.Digest(sent), digest)
	})
}

// contents lists what the sender of an event may have sent, none where there are too
// many possibilities.
func (l Ledger) contents(e event.Event) (list []event.Event) {
	switch e := e.(type) {
	case event.Trial:
		learned := len(e.ContextItems) > 0 || !e.NoLearn && l.Insights(e) > 0
		if !learned || len(e.ShownItems) > 0 { // which may have been named twice
			return nil
		}
		for _, items := range orders(e.ContextItems) {
			e.ContextItems = items
			list = append(list, e)
		}
	case event.ErrorReport:
		for _, items := range orders(e.ContextItems) {
			e.ContextItems = items
			list = append(list, e)
		}
	case event.Void:
		list = append(list, e)
		e.Attempt = 0 // the latest one, which it was
		list = append(list, e)
	default:
		list = append(list, e)
	}
	return list
}

// mostOrdered is the number of items up to which all their orders are tried.
const mostOrdered = 3

// orders returns a list in all orders, nil if it is long.
func orders(items []string) (all [][]string) {
	switch {
	case len(items) > mostOrdered:
		return nil
	case len(items) < 2:
		return [][]string{items}
	}
	for i, first := range items {
		for _, rest := range orders(slices.Delete(slices.Clone(items), i, i+1)) {
			all = append(all, append([]string{first}, rest...))
		}
	}
	return all
}

// timeless returns an event without its time.
func timeless(e event.Event) event.Event {
	switch e := e.(type) {
	case event.Trial:
		e.Time = time.Time{}
		return e
	case event.ErrorReport:
		e.Time = time.Time{}
		return e
	case event.Summary:
		e.Time = time.Time{}
		return e
	case event.Reset:
		e.Time = time.Time{}
		return e
	case event.Void:
		e.Time = time.Time{}
		return e
	}
	return e
}
