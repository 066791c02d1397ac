package feedback

import (
	"context"

	"atomizer-db/store"
)

// Position is how far an input of events has been taken.
type Position struct {
	Bytes  int64  // from its start
	Lines  int64  // that is so many lines
	Digest []byte // SHA-256 of those bytes
}

// Position tells how far an input has been taken into the loop's study; the
// zero Position before its first event.
func (l *Loop) Position(ctx context.Context, source string) (position Position, err error) {
	err = l.store.View(ctx, func(rx *store.Rx) error {
		study, err := l.find(rx)
		if err != nil || study == nil {
			return err
		}
		s, _, err := rx.Source(*study, source)
		position = Position{Bytes: s.Bytes, Lines: s.Lines, Digest: s.Digest}
		return err
	})
	return position, err
}

// ApplyFrom records events of an input as [Loop.Apply] does, and in the same
// transaction how far the input has been taken: after is asked for the position
// behind the first n events. Without events, only the position is noted.
func (l *Loop) ApplyFrom(ctx context.Context, source string, after func(n int) Position, events ...Event) ([]Answer, error) {
	return l.applyUpTo(ctx, events, func(r *recorder, n int) error {
		study, err := r.study(Header{})
		if err != nil {
			return err
		}
		p := after(n)
		return r.tx.SetSource(study.ID, store.Source{Name: source, Bytes: p.Bytes, Lines: p.Lines, Digest: p.Digest})
	})
}
