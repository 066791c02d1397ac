package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"atomizer-db/store"
)

// rival commits a transaction that cannot be put in order with one that has begun and records
// later: it does not see the events of that one, which does not see its epoch.
func rival(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	if err := pgx.BeginTxFunc(t.Context(), conn, pgx.TxOptions{IsoLevel: pgx.Serializable}, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `update gate set epoch = epoch + 1 where (select count(*) from unfolded) >= 0`)
		return err
	}); err != nil {
		t.Error(err)
	}
}

// gateIsOpen checks that nobody left the gate closed.
func gateIsOpen(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	var open bool
	if err := conn.QueryRow(t.Context(), `select closed_until is null and closed_by is null from gate`).Scan(&open); err != nil || !open {
		t.Errorf("the gate is open: %t, %v", open, err)
	}
}

// TestARefusedTransactionIsTriedAgain has the server refuse a transaction (40001), more often
// than it takes to close the gate.
func TestARefusedTransactionIsTriedAgain(t *testing.T) {
	t.Parallel()
	address := contractTemplate.Address(t)
	conn, s := connect(t, address), open(t, address)
	runs := 0
	if err := s.Update(t.Context(), func(w store.Writer) error {
		if runs++; runs <= 7 {
			rival(t, conn)
		}
		return record(w, from(1, 3))
	}); err != nil {
		t.Fatal(err)
	}
	if runs != 8 {
		t.Errorf("it ran %d times", runs)
	}
	gateIsOpen(t, conn)
	recordedOnce(t, address, set(1, 2, 3))
}

// TestATransactionThatIsAlwaysRefusedGivesUp has one refused until its time is over.
func TestATransactionThatIsAlwaysRefusedGivesUp(t *testing.T) {
	t.Parallel()
	address := contractTemplate.Address(t)
	conn, s := connect(t, address), open(t, address)
	s.SetPatience(time.Second)
	runs := 0
	err := s.Update(t.Context(), func(w store.Writer) error {
		runs++
		rival(t, conn)
		return record(w, from(1, 3))
	})
	if want := fmt.Sprintf("others have been writing for 1s, and the server refused this transaction %d times", runs); !errors.Is(err, store.ErrBusy) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("it says %v, and not that %s", err, want)
	}
	gateIsOpen(t, conn)
	recordedOnce(t, address, nil)
}

// TestADeadlockIsTriedAgain has two transactions claim the same keys in opposite orders (40P01).
func TestADeadlockIsTriedAgain(t *testing.T) {
	t.Parallel()
	address := contractTemplate.Address(t)
	if err := recordIn(open(t, address), from(1, 1)); err != nil { // so that the study exists
		t.Fatal(err)
	}
	var wait, both sync.WaitGroup
	both.Add(2)
	var runs atomic.Int64
	for _, keys := range [][]string{{"a", "b"}, {"b", "a"}} {
		s := open(t, address)
		wait.Go(func() {
			meets := sync.OnceFunc(func() { both.Done(); both.Wait() })
			if err := s.Update(context.Background(), func(w store.Writer) error {
				runs.Add(1)
				for _, key := range keys {
					entry := aTrial(1, int64(key[0]))
					entry.Key, entry.Digest = key, []byte(key)
					claimed, err := w.Claim([]store.Entry{entry})
					if err == nil && !claimed[0].Found {
						_, err = w.Record([]store.Entry{entry})
					}
					if err != nil {
						return err
					}
					meets()
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if runs.Load() < 3 {
		t.Error("they did not get in each other's way")
	}
	recordedOnce(t, address, set(1, 'a', 'b'))
}

// TestAPlaybookChangesAmongRecordersThatNeverStop changes what all recorders remember.
func TestAPlaybookChangesAmongRecordersThatNeverStop(t *testing.T) {
	t.Parallel()
	address := contractTemplate.Address(t)
	l := begin(t, address, 8)
	s := open(t, address)
	for n := range 5 {
		l.goOn(t, 1)
		began, runs := time.Now(), 0
		if err := s.Update(t.Context(), func(w store.Writer) error {
			runs++
			return addItem(w, fmt.Sprint("change ", n))
		}); err != nil {
			t.Fatal(err)
		}
		t.Logf("%v, tried %d times", time.Since(began), runs)
	}
	l.goOn(t, 1)
	l.finish(t)
	gateIsOpen(t, connect(t, address))
}

// TestAGateWhoseCloserIsGoneOpensByItself has a transaction close the gate and go no further.
func TestAGateWhoseCloserIsGoneOpensByItself(t *testing.T) {
	t.Parallel()
	address := contractTemplate.Address(t)
	conn, observer := connect(t, address), connect(t, address)
	closed, gone := make(chan struct{}), make(chan struct{})
	var wait sync.WaitGroup
	closer := open(t, address)
	wait.Go(func() {
		runs := 0
		if err := closer.Update(context.Background(), func(w store.Writer) error {
			if runs++; runs <= 5 {
				rival(t, conn)
			}
			if runs == 6 {
				close(closed)
				<-gone
			}
			return record(w, from(1, 1))
		}); err != nil {
			t.Error(err)
		}
	})
	<-closed
	var left float64
	if err := observer.QueryRow(t.Context(), `select extract(epoch from closed_until - clock_timestamp()) from gate`).Scan(&left); err != nil || left <= 0 || left > 10 {
		t.Errorf("the gate is closed for %v s, %v", left, err)
	}
	s := open(t, address)
	s.SetPatience(100 * time.Millisecond)
	if err := recordIn(s, from(2, 1)); !errors.Is(err, store.ErrBusy) {
		t.Errorf("the gate is closed: %v", err)
	}
	if _, err := observer.Exec(t.Context(), `update gate set closed_until = clock_timestamp()`); err != nil { // as time does
		t.Fatal(err)
	}
	if err := recordIn(s, from(3, 1)); err != nil {
		t.Errorf("the time of the gate is over: %v", err)
	}
	close(gone)
	wait.Wait()
	gateIsOpen(t, observer)
	recordedOnce(t, address, set(1, 3))
}

// TestARecorderWaitsAtAClosedGate closes the gate for a moment.
func TestARecorderWaitsAtAClosedGate(t *testing.T) {
	t.Parallel()
	address := contractTemplate.Address(t)
	conn, s := connect(t, address), open(t, address)
	var until, arrived int64
	if err := conn.QueryRow(t.Context(), `
		update gate set closed_until = clock_timestamp() + interval '1 second', closed_by = gen_random_uuid()
		returning (extract(epoch from closed_until) * 1000000)::bigint`).Scan(&until); err != nil {
		t.Fatal(err)
	}
	s.StopFolding()
	if err := recordIn(s, from(1, 1)); err != nil {
		t.Fatal(err)
	}
	if err := conn.QueryRow(t.Context(), `select arrived_us from unfolded`).Scan(&arrived); err != nil || arrived < until {
		t.Errorf("it arrived %v before the gate opened, %v", time.Duration(until-arrived)*time.Microsecond, err)
	}
}
