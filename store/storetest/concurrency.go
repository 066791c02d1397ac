package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"atomizer-db/store"
)

func concurrency(run runner) {
	run("no event is lost or doubled, and all counts are exact at any time", func(t *T) {
		const writers, updates, numbers = 6, 15, 10
		dbs := []store.Database{t.Database, t.again(t.T, t.Database)}
		var bracket, beam int64
		t.write(func(w store.Writer) {
			bracket, beam = study(w, "bracket"), study(w, "beam")
			add(w, "a", "b", "c")
		})
		var recorded, reads atomic.Int64
		var wait, reading sync.WaitGroup
		for writer := range writers {
			wait.Go(func() {
				for n := range updates {
					of, number := []int64{bracket, beam}[n%2], int64((writer*updates+n)%numbers)
					var events int64
					err := update(context.Background(), dbs[writer%2], func(w store.Writer) {
						switch {
						case writer == 0 && n%4 == 3: // changes the order of events
							attempts := got(w.Attempts(of, number))
							events = 0
							for _, a := range attempts {
								if a.VoidedBy == nil && events == 0 {
									void(w, of, number, a.Attempt, false)
									events = 1
								}
							}
						case writer == 1 && n%7 == 6:
							events = 1
							end := happen(w, of, store.CommitEvent)
							pending := got(w.PendingInsights(of, 0, 3))
							for _, i := range pending {
								done(w.SettleInsight(i.ID, end, found(w.Item("a")).No, false))
							}
							done(w.CountSettled(of, int64(len(pending))))
						default:
							events = 2
							e := taught(trial(of, number, n%3 == 0, "a", "b", "a", fmt.Sprint("new ", n%4)), "x")
							e.Errors = []store.ErrorMessage{{Kind: store.SolverError, Class: fmt.Sprint(writer), Message: fmt.Sprint(writer, " ", n)}}
							record(w, e, blame(of, number, "c"))
						}
					})
					if err != nil {
						t.Errorf("writer %d, update %d: %v", writer, n, err)
					}
					recorded.Add(events)
				}
			})
		}
		stop := make(chan struct{})
		for reader := range 2 {
			reading.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					var problem string
					err := view(context.Background(), dbs[reader], func(r store.Reader) { problem = contradiction(r) })
					if err != nil || problem != "" {
						t.Errorf("a reader: %v: %s", err, problem)
						return
					}
					reads.Add(1)
				}
			})
		}
		wait.Wait()
		close(stop)
		reading.Wait()
		t.read(func(r store.Reader) {
			t.same("events", got(r.LastEvent()), recorded.Load())
			t.same("a contradiction", contradiction(r), "")
			messages := map[string]int{}
			for _, m := range got(r.Messages(0, math.MaxInt64)) {
				if m.Kind == store.SolverError {
					messages[m.Message]++
				}
			}
			for message, n := range messages {
				if n != 1 {
					t.Errorf("the trial %s was recorded %d times", message, n)
				}
			}
		})
		t.Logf("%d events, %d reads", recorded.Load(), reads.Load())
	})
	run("what is settled keeps its place", func(t *T) {
		const writers, trials = 6, 25
		var bracket int64
		t.write(func(w store.Writer) { bracket = study(w, "bracket") })
		var writing sync.WaitGroup
		var left atomic.Int64
		left.Store(writers)
		for writer := range writers {
			db := t.again(t.T, t.Database)
			writing.Go(func() {
				defer left.Add(-1)
				for n := range trials {
					if err := update(context.Background(), db, func(w store.Writer) { record(w, trial(bracket, int64(writer*trials+n), true)) }); err != nil {
						t.Errorf("writer %d, trial %d: %v", writer, n, err)
					}
				}
			})
		}
		var kept []store.Step
		for ended := false; !ended; {
			ended = left.Load() == 0 // and looks once more
			t.read(func(r store.Reader) {
				settled, steps := got(r.LastSettled()), []store.Step{}
				if last := got(r.LastEvent()); settled < int64(len(kept)) || settled > last {
					t.Errorf("%d events are settled of %d, after %d", settled, last, len(kept))
				}
				done(r.Steps(0, settled, -1, func(s store.Step) error {
					steps = append(steps, s)
					return nil
				}))
				t.same("what was settled", steps[:min(len(kept), len(steps))], kept)
				t.same("what is settled", int64(len(steps)), settled)
				kept = steps
			})
		}
		writing.Wait()
		t.write(func(w store.Writer) { void(w, bracket, 1, 1, false) }) // settles everything
		t.read(func(r store.Reader) { t.same("settled in the end", got(r.LastSettled()), int64(writers*trials+1)) })
	})
	run("an item counts for the events at which it is in the playbook", func(t *T) {
		dbs := []store.Database{t.Database, t.again(t.T, t.Database)}
		var id, a int64
		t.write(func(w store.Writer) {
			id = study(w, "bracket")
			a = add(w, "a")[0]
		})
		change := func(w store.Writer) { // it leaves or comes back
			if got(w.ItemByNumber(a)).Retirement == nil {
				retire(w, id, a, store.Retired)
				return
			}
			back := happen(w, id, store.RestoreEvent)
			done(w.Restore(a, &back, noon))
		}
		var wait sync.WaitGroup
		for writer := range 5 {
			wait.Go(func() {
				for n := range int64(12) {
					if err := update(context.Background(), dbs[writer%2], func(w store.Writer) {
						if writer == 0 {
							change(w)
						} else {
							record(w, trial(id, n, true, "a"))
							runtime.Gosched() // others may commit before it does
						}
					}); err != nil {
						t.Errorf("writer %d, update %d: %v", writer, n, err)
					}
				}
			})
		}
		wait.Wait()
		t.read(func(r store.Reader) { t.same("events that count at the wrong time", wronglyCounted(r), []int64{}) })
	})
	for name, retiresFirst := range map[string]bool{"a trial that meets a retirement": false, "a retirement that meets a trial": true} {
		run(name+" comes before or after it", func(t *T) {
			var id, a int64
			t.write(func(w store.Writer) {
				id = study(w, "bracket")
				a = add(w, "a")[0]
				record(w, trial(id, 1, true, "a"))
			})
			first, second := func(w store.Writer) { record(w, trial(id, 1, true, "a")) }, func(w store.Writer) { retire(w, id, a, store.Retired) }
			if retiresFirst {
				first, second = second, first
			}
			began, ended := make(chan struct{}), make(chan error, 1)
			begin := sync.OnceFunc(func() { close(began) })
			go func() {
				<-began
				ended <- update(context.Background(), t.Database, second)
				close(ended)
			}()
			t.write(func(w store.Writer) {
				first(w)
				begin()
				select { // the second commits before the first, where the engine allows it
				case err := <-ended:
					done(err)
				case <-time.After(100 * time.Millisecond):
				}
			})
			if err := <-ended; err != nil {
				t.Error(err)
			}
			t.read(func(r store.Reader) {
				t.same("events", got(r.LastEvent()), int64(3))
				t.same("events that count at the wrong time", wronglyCounted(r), []int64{})
			})
		})
	}
	run("studies and items that many create at once are created once", func(t *T) {
		dbs := []store.Database{t.Database, t.again(t.T, t.Database)}
		var wait sync.WaitGroup
		var created, added atomic.Int64
		for writer := range 6 {
			wait.Go(func() {
				for n := range 4 {
					var isNew, adds bool
					err := update(context.Background(), dbs[writer%2], func(w store.Writer) {
						id, created, err := w.EnsureStudy(fmt.Sprint(n), noon)
						done(err)
						isNew = created
						if adds = found(w.Item(fmt.Sprint("item ", n))) == nil; adds {
							add(w, fmt.Sprint("item ", n))
						}
						record(w, trial(id, int64(writer), true, fmt.Sprint("item ", n)))
					})
					if err != nil {
						t.Errorf("writer %d, update %d: %v", writer, n, err)
					}
					if isNew {
						created.Add(1)
					}
					if adds {
						added.Add(1)
					}
				}
			})
		}
		wait.Wait()
		t.same("studies created", created.Load(), int64(4))
		t.same("items added", added.Load(), int64(4))
		t.read(func(r store.Reader) {
			for _, s := range got(r.Studies()) {
				t.same("trials of "+s.Name, s.Trials, int64(6))
				t.same("the item of "+s.Name, countsOf(r, "item "+s.Name), counted{6, 0, 6, new(noon.UnixMicro())})
			}
			t.same("the number of studies", len(got(r.Studies())), 4)
			t.same("the number of items", len(got(r.Items(true))), 4)
		})
	})
	run("an update that fails leaves nothing to those at its side", func(t *T) {
		dbs := []store.Database{t.Database, t.again(t.T, t.Database)}
		var wait sync.WaitGroup
		for writer := range 6 {
			fails := writer%2 == 0
			wait.Go(func() {
				for n := range 5 {
					err := update(context.Background(), dbs[writer%3%2], func(w store.Writer) {
						name := fmt.Sprint("item ", n)
						if found(w.Item(name)) == nil {
							add(w, name)
						}
						record(w, trial(study(w, fmt.Sprint(n)), int64(writer), true, name, fmt.Sprint("new ", n)))
						if fails {
							done(errBroken)
						}
					})
					if fails != errors.Is(err, errBroken) || !fails && err != nil {
						t.Errorf("writer %d, update %d: %v", writer, n, err)
					}
				}
			})
		}
		wait.Wait()
		t.read(func(r store.Reader) {
			t.same("events", got(r.LastEvent()), int64(15))
			for _, s := range got(r.Studies()) {
				t.same("trials of "+s.Name, s.Trials, int64(3))
				t.same("the item of "+s.Name, countsOf(r, "item "+s.Name), counted{3, 0, 3, new(noon.UnixMicro())})
			}
		})
	})
	run("a read and a write that depends on it are one step", func(t *T) {
		dbs := []store.Database{t.Database, t.again(t.T, t.Database)}
		var wait sync.WaitGroup
		t.write(func(w store.Writer) { done(w.SetPlaybook(store.Playbook{Version: 1})) })
		for writer := range 6 {
			wait.Go(func() {
				for range 8 {
					if err := update(context.Background(), dbs[writer%2], func(w store.Writer) {
						p := got(w.Playbook())
						p.Version++
						done(w.SetPlaybook(p))
						number, _, err := w.NextNumber("mis")
						done(err)
						add(w, fmt.Sprint("mis-", number))
					}); err != nil {
						t.Errorf("writer %d: %v", writer, err)
					}
				}
			})
		}
		wait.Wait()
		t.read(func(r store.Reader) {
			t.same("the version", got(r.Playbook()).Version, int64(49))
			t.same("the last number", got(r.Numbers()), map[string]int64{"mis": 48})
			t.same("the number of items", got(r.CountItems()), int64(48))
		})
	})
}

// contradiction compares scores, statistics and usage with the events that a transaction
// sees. There are no resets, and the items a, b and c are live from the beginning.
func contradiction(r store.Reader) string {
	last := got(r.LastEvent())
	entries := got(r.Ledger(nil, store.EveryEvent, 0, math.MaxInt64))
	if int64(len(entries)) != last || (last > 0 && entries[last-1].ID != last) {
		return fmt.Sprintf("%d events, the last is %d", len(entries), last)
	}
	named := map[int64]map[string]int64{}
	for _, n := range got(r.Namings(0, last)) {
		if named[n.Event] == nil {
			named[n.Event] = map[string]int64{}
		}
		named[n.Event][n.ID] = int64(n.Named)
	}
	helpful, harmful, used := map[string]int64{}, map[string]int64{}, map[string]int64{}
	statistics := map[string]store.Statistics{}
	latest := map[string]int64{} // events by study and number
	for _, o := range outcomes(r, nil, store.OutcomeFilter{}) {
		if o.VoidedBy != nil {
			continue
		}
		s := statistics[o.Study]
		s.Trials++
		counts := harmful
		if o.Success {
			s.Successes++
			counts = helpful
		}
		statistics[o.Study] = s
		for id, n := range named[o.Event] {
			counts[id] += n
		}
		latest[fmt.Sprint(o.Study, " ", o.TrialNumber)] = o.Event
	}
	for _, e := range entries {
		if e.Type == store.ErrorEvent {
			for id, n := range named[e.ID] {
				harmful[id] += n
			}
		}
	}
	for _, event := range latest {
		for id := range named[event] {
			used[id]++
		}
	}
	for _, p := range got(r.Performance(nil, store.ByArrival, -1)) {
		if p.Helpful != helpful[p.ID] || p.Harmful != harmful[p.ID] || p.TrialsUsedIn != used[p.ID] {
			return fmt.Sprintf("%+v, but the ledger gives %d, %d and %d", p, helpful[p.ID], harmful[p.ID], used[p.ID])
		}
	}
	for _, s := range got(r.Studies()) {
		want := statistics[s.Name]
		want.Pending = int64(len(got(r.PendingInsights(s.ID, 0, -1))))
		if have := (store.Statistics{Trials: s.Trials, Successes: s.Successes, Pending: s.Pending}); have != want {
			return fmt.Sprintf("the statistics of %s are %+v, but the ledger gives %+v", s.Name, have, want)
		}
	}
	return ""
}

// wronglyCounted lists the trials for which their only item counts although it is not in the
// playbook, or does not although it is. It is there at first.
func wronglyCounted(r store.Reader) (events []int64) {
	live := true
	for _, e := range got(r.Ledger(nil, store.EveryEvent, 0, math.MaxInt64)) {
		switch e.Type {
		case store.RetireEvent:
			live = false
		case store.RestoreEvent:
			live = true
		default:
			if counts := len(got(r.UncountedItems(e.ID))) == 0; counts != live {
				events = append(events, e.ID)
			}
		}
	}
	return events
}
