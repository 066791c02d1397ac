// Package limits stops queries that take too much time or memory.
package limits

import (
	"context"
	"errors"
	"fmt"
	"time"

	"atomizer-db/feedback"
	"atomizer-db/store"
)

// Query says what a query may take.
type Query struct {
	Timeout   time.Duration // 0: no limit
	MaxMemory Size          // of the program; 0: no limit
}

// Default are the limits of a query that names none.
var Default = Query{Timeout: time.Minute, MaxMemory: 512 << 20}

// ErrTimeout and ErrMemory are the kinds of errors of a query that was stopped at a limit.
var (
	ErrTimeout = errors.New("out of time")
	ErrMemory  = errors.New("out of memory")
)

// ErrAbandoned is the error of a query that does not react to an interrupt. SQLite
// looks for one between the steps of a loop, and not between the columns of a row.
var ErrAbandoned = errors.New("the query does not stop")

// StopTime is how long a query that was stopped may take to end, and to write rows
// that it had before.
const StopTime = time.Second

// Within returns a context that ends at a limit, and a channel that is closed when the
// program's memory grows by another quarter nevertheless.
func (q Query) Within(ctx context.Context) (_ context.Context, beyond <-chan struct{}, release func()) {
	cancel := func() {}
	if q.Timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, q.Timeout)
	}
	ctx, beyond, watched := withinMemory(ctx, q.MaxMemory)
	return ctx, beyond, func() { watched(); cancel() }
}

// Await waits for a query. If it has not stopped some time after ctx has ended, or takes
// memory beyond all limits, Await leaves it alone and returns [ErrAbandoned]: the
// connection cannot be used or closed any more, and the program should end.
func Await(ctx context.Context, done <-chan error, beyond <-chan struct{}) error {
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-beyond:
	case <-time.After(StopTime):
	}
	return errors.Join(ErrAbandoned, ctx.Err())
}

// Stopped returns why a query ended with the context of Within: an [ErrTimeout], an
// [ErrMemory], or err.
func (q Query) Stopped(ctx context.Context, err error) error {
	if limit, ok := errors.AsType[*stop](context.Cause(ctx)); ok {
		return limit
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &stop{ErrTimeout, fmt.Sprintf("the query was stopped after %v", q.Timeout)}
	}
	return err
}

// Run runs a query within the limits. Its error is that of [Query.Stopped], and also an
// [ErrAbandoned] if it still runs.
func (q Query) Run(ctx context.Context, query func(context.Context) error) error {
	ctx, beyond, release := q.Within(ctx)
	defer release()
	done := make(chan error, 1)
	go func() { done <- query(ctx) }()
	err := Await(ctx, done, beyond)
	switch {
	case errors.Is(err, ErrAbandoned):
		return &abandoned{q.Stopped(ctx, err)}
	case err != nil && ctx.Err() != nil:
		return q.Stopped(ctx, err)
	}
	return err
}

// Ask runs an SQL query on a loop's database within the limits, as [Query.Run] does.
func (q Query) Ask(ctx context.Context, loop *feedback.Loop, sql string, parameters map[string]any, rows store.Rows) error {
	questions, err := loop.Questions(ctx)
	if err != nil {
		return err
	}
	err = q.Run(ctx, func(ctx context.Context) error { return questions.Ask(ctx, sql, parameters, rows) })
	if errors.Is(err, ErrAbandoned) {
		return err // the connection is in use
	}
	return errors.Join(err, questions.Close())
}

// stop is the error of a query that was stopped at a limit.
type stop struct {
	kind error
	text string
}

func (s *stop) Error() string { return s.text }

// Unwrap returns the kind of the limit.
func (s *stop) Unwrap() error { return s.kind }

// abandoned is the error of a query that still runs.
type abandoned struct{ error }

// Unwrap returns why it was stopped.
func (a *abandoned) Unwrap() []error { return []error{a.error, ErrAbandoned} }
