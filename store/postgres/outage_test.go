package postgres_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"atomizer-db/store"
	"atomizer-db/store/postgres"
	"atomizer-db/store/postgres/pgtest"
)

// load is what several stores write at the same time, until it is ended.
type load struct {
	address string
	said    notices
	end     context.CancelFunc
	ending  context.Context
	wait    sync.WaitGroup

	mutex        sync.Mutex
	changed      *sync.Cond // of what follows
	acknowledged map[int64]bool
	answers      []int // to calls that succeeded, by writer
	failed       bool
}

// begin starts writers, two for each store: of trials one by one, of batches by COPY, and of
// changes that are in order with all others.
func begin(t *testing.T, address string, stores int) *load {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	l := &load{address: address, ending: ctx, end: cancel, acknowledged: map[int64]bool{}, answers: make([]int, 2*stores)}
	l.changed = sync.NewCond(&l.mutex)
	var s *postgres.Store
	for writer := range l.answers {
		if writer%2 == 0 {
			s = open(t, address, l.said.option())
		}
		l.wait.Go(func() { l.write(t, s, writer) })
	}
	t.Cleanup(func() { l.end(); l.wait.Wait() }) // before the stores are closed
	return l
}

func (l *load) write(t *testing.T, s *postgres.Store, writer int) {
	t.Helper()
	first := int64(writer) * 1_000_000
	for n := 0; l.ending.Err() == nil; n++ {
		count := 1
		if writer%4 == 1 {
			count = 20
		}
		numbers := from(first, count)
		first += int64(count)
		err := s.Update(context.Background(), func(w store.Writer) error {
			if writer == 2 && n%10 == 0 {
				if err := addItem(w, fmt.Sprint("item ", n)); err != nil {
					return err
				}
			}
			return record(w, numbers, fmt.Sprint("item ", n%50), fmt.Sprint("item ", n/10*10))
		})
		l.answered(writer, numbers, err == nil)
		if err != nil {
			t.Errorf("writer %d: %v", writer, err)
			return
		}
	}
}

func (l *load) answered(writer int, numbers []int64, succeeded bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.changed.Broadcast()
	if l.failed = l.failed || !succeeded; !succeeded {
		return
	}
	for _, number := range numbers {
		l.acknowledged[number] = true
	}
	l.answers[writer]++
}

// goOn waits until each writer has been answered some more times, which none waits for forever.
func (l *load) goOn(t *testing.T, times int) {
	t.Helper()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	before := slices.Clone(l.answers)
	for writer := range before {
		for l.answers[writer] < before[writer]+times && !l.failed {
			l.changed.Wait()
		}
	}
	if l.failed {
		t.FailNow()
	}
}

// finish ends the writers, which have to succeed, and looks at what they left.
func (l *load) finish(t *testing.T) {
	t.Helper()
	l.end()
	l.wait.Wait()
	recordedOnce(t, l.address, l.acknowledged)
	t.Logf("%d events", len(l.acknowledged))
}

func TestAKilledServerLosesNothing(t *testing.T) {
	t.Parallel()
	cluster := pgtest.NewCluster(t)
	l := begin(t, cluster.Address(t), 3)
	for range 2 {
		l.goOn(t, 5)
		cluster.Kill(t)
		cluster.Start(t)
	}
	l.goOn(t, 5)
	l.finish(t)
	l.said.outage(t)
}
