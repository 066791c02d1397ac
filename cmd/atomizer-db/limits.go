package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// queryLimits are what a query may take.
type queryLimits struct {
	timeout   time.Duration // 0: no limit
	maxMemory size          // of the program; 0: no limit
}

var defaultLimits = queryLimits{timeout: time.Minute, maxMemory: 512 << 20}

func (l queryLimits) check() error {
	if l.timeout < 0 {
		return wrongField("timeout", "must be 0 or more, not %v", l.timeout)
	}
	return nil
}

// within returns a context that ends at a limit, and a channel as [withinMemory] does.
func (l queryLimits) within(ctx context.Context) (_ context.Context, beyond <-chan struct{}, release func()) {
	cancel := func() {}
	if l.timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, l.timeout)
	}
	ctx, beyond, watched := withinMemory(ctx, l.maxMemory)
	return ctx, beyond, func() { watched(); cancel() }
}

// stopTime is how long a query that was stopped may take to end, and to write rows
// that it had before.
const stopTime = time.Second

// errAbandoned is the error of a query that does not react to an interrupt. SQLite
// looks for one between the steps of a loop, and not between the columns of a row.
var errAbandoned = errors.New("the query does not stop")

// awaitQuery waits for a query. If it has not stopped some time after ctx has ended, or takes
// memory beyond all limits, awaitQuery leaves it alone and returns errAbandoned: the
// connection cannot be used or closed any more, and the program should end.
func awaitQuery(ctx context.Context, done <-chan error, beyond <-chan struct{}) error {
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-beyond:
	case <-time.After(stopTime):
	}
	return errors.Join(errAbandoned, ctx.Err())
}

// stopped returns why a query ended with ctx.
func (l queryLimits) stopped(ctx context.Context, err error) error {
	if limit, ok := errors.AsType[*memoryError](context.Cause(ctx)); ok {
		return limit
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("the query was stopped after %v: ask for less, or allow more time with --timeout", l.timeout)
	}
	return err
}
