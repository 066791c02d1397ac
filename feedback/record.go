package feedback

import (
	"context"
	"errors"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// Apply records events in order and answers each. They are durable when it returns.
// All are committed in one transaction. Where one fails, the events before it are
// committed and answered, those after it are not looked at, and the error is an
// [*EventError].
func (l *Loop) Apply(ctx context.Context, events ...event.Event) ([]Answer, error) {
	return l.record(ctx, nil, events)
}

// record prepares events and records those before the first that is refused.
func (l *Loop) record(ctx context.Context, in *input, events []event.Event) ([]Answer, error) {
	entries := make([]entry, 0, len(events))
	var refused error
	for i, e := range events {
		prepared, err := l.prepare(e)
		if err != nil {
			refused = &EventError{Index: i, Err: err}
			break
		}
		entries = append(entries, prepared)
	}
	if refused != nil && len(entries) == 0 {
		return nil, refused
	}
	answers, err := l.commit(ctx, in, entries)
	if failed, ok := errors.AsType[*EventError](err); ok && failed.Index > 0 {
		// The whole transaction was rolled back: record those before it again.
		answers, again := l.commit(ctx, in, entries[:failed.Index])
		if again != nil {
			err = again
		}
		return answers, err
	}
	if err == nil {
		err = refused
	}
	return answers, err
}

// commit records events in one transaction, together with the position in their
// input.
func (l *Loop) commit(ctx context.Context, in *input, entries []entry) ([]Answer, error) {
	if len(entries) == 0 && in == nil {
		return nil, nil
	}
	var position Position
	if in != nil {
		position = in.after(len(entries))
	}
	var r recorder
	var answers []Answer
	err := l.store.Update(ctx, func(tx *store.Tx) (err error) {
		r = recorder{loop: l, tx: tx}
		if answers, err = r.record(entries); err != nil || in == nil {
			return err
		}
		return r.setPosition(in.name, position)
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
