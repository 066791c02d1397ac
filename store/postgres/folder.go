package postgres

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// folder folds in the background what this store has recorded.
type folder struct {
	store   *Store
	woken   chan struct{}
	stopped chan struct{}
	ended   chan struct{}
	folded  int64       // events since it last cleaned up
	used    atomic.Bool // it was woken
}

const (
	// Between two folds events gather, so that many are folded at once. A folder that finds little
	// to do, because others of its kind are at it, rests longer each time.
	shortestRest = 250 * time.Millisecond
	longestRest  = 800 * time.Millisecond
	fewEvents    = 16

	// manyEvents are so many that more have come while they were folded: the folder does not rest.
	manyEvents = 2000

	// otherwise is how long at most a folder leaves the folding to others who were first. They may
	// not have seen what this store has recorded.
	otherwise = time.Second

	// lastFolds is how often a store that is closed tries to fold.
	lastFolds = 5

	// longestFold is how long a store that is closed waits for a fold at most. Without it, others fold.
	longestFold = time.Minute
)

// cleanEvery is after how many events the rows that folding has deleted are cleaned up. The server
// does so by itself once a minute, but each folding reads them several times until then.
const cleanEvery = 10_000

func newFolder(s *Store) *folder {
	f := &folder{store: s, woken: make(chan struct{}, 1), stopped: make(chan struct{}), ended: make(chan struct{})}
	go f.run()
	return f
}

// wake says that there is something to fold.
func (f *folder) wake() {
	f.used.Store(true)
	select {
	case f.woken <- struct{}{}:
	default: // it knows
	}
}

// run folds whenever there is something to fold. Its errors are not lost: what is not folded
// is in every answer all the same, and the next one to fold meets them again.
func (f *folder) run() {
	defer close(f.ended)
	rest := shortestRest
	var again <-chan time.Time // nil: not until it is woken
	for {
		select {
		case <-f.stopped:
			return
		case <-f.woken:
		case <-again:
		}
		again = nil
		folded, first := f.fold()
		if !first {
			again = time.After(otherwise/2 + rand.N(otherwise/2))
		}
		switch {
		case folded >= manyEvents:
			f.wake()
			continue
		case folded < fewEvents:
			rest = min(2*rest, longestRest)
		default:
			rest = shortestRest
		}
		select {
		case <-f.stopped:
			return
		case <-time.After(rest):
		}
	}
}

// end ends the folder. What its store has recorded since it last folded is folded now, unless
// somebody else does not stop folding.
func (f *folder) end() {
	close(f.stopped)
	<-f.ended
	for try := 0; f.used.Load() && try < lastFolds; try++ {
		if _, first := f.fold(); first {
			return
		}
		_ = pause(context.Background(), 2*shortestRest) // it has no end to report
	}
}

// fold folds, and returns how many events it folded, and whether it was the first to do so.
func (f *folder) fold() (folded int64, first bool) {
	ctx, cancel := context.WithTimeout(context.Background(), longestFold)
	defer cancel()
	folded, err := f.store.fold(ctx)
	if err != nil {
		return 0, !isRefused(err) && !errors.Is(err, errOthersFold) && !errors.Is(err, errGateClosed)
	}
	if f.folded += folded; f.folded >= cleanEvery {
		f.folded = 0
		_, _ = f.store.db.ExecContext(ctx, `vacuum unfolded`) // only the owner may
	}
	return folded, true
}
