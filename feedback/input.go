package feedback

import (
	"context"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// Position says how far an input of events has been read.
type Position struct {
	Bytes  int64  // from its start
	Lines  int64  // in those bytes
	Digest []byte // SHA-256 of those bytes
}

// input is a source that events are read from.
type input struct {
	name  string
	after func(n int) Position // the position after the first n events
}

// Position returns how far the input with the given name has been read into the
// loop's study; the zero Position before its first event.
func (l *Loop) Position(ctx context.Context, input string) (Position, error) {
	return ask(ctx, l, func(rx store.Reader, _ *int64) (Position, error) {
		i, _, err := rx.Input(l.StudyName(), input)
		return Position{Bytes: i.Bytes, Lines: i.Lines, Digest: i.Digest}, err
	})
}

// ApplyFrom records events from the input with the given name, as [Loop.Apply] does. In
// the same transaction it stores how far the input has been read: after returns the
// position after the first n events. Without events, it only stores the position.
func (l *Loop) ApplyFrom(ctx context.Context, name string, after func(n int) Position, events ...event.Event) ([]Answer, error) {
	return l.record(ctx, &input{name, after}, events)
}

func (r *recorder) setPosition(input string, p Position) error {
	return r.tx.SetInput(r.loop.StudyName(), store.Input{Name: input, Bytes: p.Bytes, Lines: p.Lines, Digest: p.Digest})
}
