package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// outage is a time in which the server cannot be reached, from the first call that noticed.
type outage struct {
	store *Store
	began time.Time // the zero time: none
}

// noticed reports whether an error says that the connection was lost, and that there is time left to
// wait for the server. It says so to a person the first time.
func (o *outage) noticed(err error) bool {
	if !isLost(err) {
		return false
	}
	if o.began.IsZero() {
		o.began = time.Now()
		o.store.Notify(fmt.Sprintf("warning: the connection to %s was lost (%s): waiting up to %v for the server",
			o.store.path, serverMessage(err), o.store.patience))
	}
	return time.Since(o.began) < o.store.patience
}

// over says to a person that the server is back, if they were told of the outage.
func (o *outage) over() {
	if !o.began.IsZero() {
		o.store.Notify(fmt.Sprintf("the connection to %s is back", o.store.path))
		o.began = time.Time{}
	}
}

// pause waits for half of the limit to the whole of it, at random, so that those who failed together
// do not try again together.
func pause(ctx context.Context, limit time.Duration) error {
	timer := time.NewTimer(limit/2 + rand.N(limit/2))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

const (
	outagePause = time.Second            // between two tries to reach the server
	gatePause   = 20 * time.Millisecond  // between two looks at a closed gate
	mostPause   = 100 * time.Millisecond // between two tries of a transaction that others were in the way of
)
