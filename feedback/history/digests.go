package history

import (
	"bytes"
	"context"
	"slices"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// mostChanged limits the number of changed events that are listed.
const mostChanged = 1000

// Changed lists the events with a key whose digest is not that of their content: it is
// not what came with the key. Trials that were only stored are left out, since the ledger
// does not keep the items that they named.
func (l Ledger) Changed(ctx context.Context) (changed []store.LedgerEntry, err error) {
	err = l.read(ctx, store.EventsWithKeys, func(entry store.LedgerEntry, e event.Event) error {
		if t, ok := e.(event.Trial); ok && !l.learned(t) {
			return nil
		}
		if len(changed) < mostChanged && !hasDigest(e, entry.Digest) {
			changed = append(changed, entry)
		}
		return nil
	})
	return changed, err
}

// learned reports whether a trial is certain to be more than only stored: it has items, or
// insights.
func (l Ledger) learned(t event.Trial) bool {
	return len(t.ContextItems) > 0 || len(t.ShownItems) > 0 || !t.NoLearn && l.Insights(t) > 0
}

// hasDigest reports whether an event has the digest in a form in which it may have been
// sent: without a time, for that of its recording, and a void without an attempt, for the
// latest.
func hasDigest(e event.Event, digest []byte) bool {
	sent := []event.Event{e}
	if v, ok := e.(event.Void); ok {
		v.Attempt = 0
		sent = append(sent, v)
	}
	return slices.ContainsFunc(sent, func(e event.Event) bool {
		return bytes.Equal(event.DigestWithoutTime(e), digest) || bytes.Equal(event.Digest(e), digest)
	})
}
