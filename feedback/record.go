package feedback

import (
	"context"
	"errors"
	"time"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// transactionTime is how long the events of one transaction may take, so that other
// writers get their turn and a kill loses little. A finalize ends its transaction.
const transactionTime = 200 * time.Millisecond

// Apply records events in order and answers each. They are durable when it returns.
// They are committed in one transaction, or in several where they take longer than
// 0.2 s or a finalize is among them. Where one fails, the events before it are
// committed and answered, those after it are ignored, and the error is an
// [*EventError].
func (l *Loop) Apply(ctx context.Context, events ...event.Event) ([]Answer, error) {
	return l.record(ctx, nil, events)
}

// record prepares events and records those before the first that fails.
func (l *Loop) record(ctx context.Context, in *input, events []event.Event) ([]Answer, error) {
	entries, refused := l.prepareAll(events)
	if len(entries) == 0 && refused == nil && in != nil {
		return l.commit(ctx, in, 0, nil) // stores the position
	}
	answers := make([]Answer, 0, len(entries))
	for len(answers) < len(entries) {
		more, err := l.commit(ctx, in, len(answers), entries[len(answers):])
		answers = append(answers, more...)
		if failed, ok := errors.AsType[*EventError](err); ok {
			// The whole transaction was rolled back: record those before it again.
			end := len(answers) + failed.Index
			entries, refused = entries[:end], &EventError{Index: end, Err: failed.Err}
		} else if err != nil {
			return answers, err
		}
	}
	return answers, refused
}

// prepareAll prepares events up to the first that is refused.
func (l *Loop) prepareAll(events []event.Event) (entries []entry, refused error) {
	entries = make([]entry, 0, len(events))
	for i, e := range events {
		prepared, err := l.prepare(e)
		if err != nil {
			return entries, &EventError{Index: i, Err: err}
		}
		entries = append(entries, prepared)
	}
	return entries, nil
}

// commit records the next events in one transaction, together with the position in
// their input, of which before events are recorded already. It answers those that it
// recorded.
func (l *Loop) commit(ctx context.Context, in *input, before int, entries []entry) ([]Answer, error) {
	var r recorder
	var answers []Answer
	err := l.store.Update(ctx, func(tx store.Writer) (err error) {
		r = recorder{loop: l, tx: tx, until: time.Now().Add(transactionTime)}
		if answers, err = r.record(entries); err != nil || in == nil {
			return err
		}
		return r.setPosition(in.name, in.after(before+len(answers)))
	})
	if err != nil {
		return nil, err
	}
	r.announceStudies()
	if r.staged {
		return answers, l.completeExport(ctx)
	}
	return answers, nil
}
