package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"atomizer-db/store"
)

// keyed returns an entry with a key, whose digest tells who sent it.
func keyed(e store.Entry, key, digest string) store.Entry {
	e.Key, e.Digest = key, []byte(digest)
	return e
}

func keys(run runner) {
	run("a new database has none", func(t *T) {
		t.read(func(r store.Reader) {
			_, _, has, err := r.EventByKey(1, "a")
			t.same("EventByKey", got(has, err), false)
			t.same("StudiesWithKeys", got(r.StudiesWithKeys("")), []store.Study{})
			trials, others, err := r.TrialsByKey(1, "")
			t.same("TrialsByKey", got(trials, err), map[string]store.KeyedTrial{})
			t.same("the others", others, int64(0))
		})
	})
	run("a key is claimed until an event has it", func(t *T) {
		var bracket int64
		entries := func() []store.Entry {
			return []store.Entry{keyed(trial(bracket, 1, true), "a", "1"), trial(bracket, 2, true), keyed(blame(bracket, 2), "b", "2"), trial(bracket, 3, true)}
		}
		t.write(func(w store.Writer) {
			bracket = study(w, "bracket")
			t.same("new keys", got(w.Claim(entries())), make([]store.Claimed, 4))
			got(w.Record(entries()))
			t.same("the key in the transaction", byKey(w.EventByKey(bracket, "a")), &claim{1, "1"})
		})
		t.write(func(w store.Writer) {
			known := append(entries(), keyed(trial(bracket, 1, true), "c", "3"))
			t.same("known keys", got(w.Claim(known)), []store.Claimed{
				{Found: true, Event: 1, Digest: []byte("1")}, {}, {Found: true, Event: 3, Digest: []byte("2")}, {}, {},
			})
			got(w.Record(known[4:]))
		})
		t.read(func(r store.Reader) {
			t.same("events", got(r.LastEvent()), int64(5))
			t.same("of the first", byKey(r.EventByKey(bracket, "a")), &claim{1, "1"})
			t.same("of the last", byKey(r.EventByKey(bracket, "c")), &claim{5, "3"})
			t.same("of none", byKey(r.EventByKey(bracket, "A")), (*claim)(nil))
			t.same("of another study", byKey(r.EventByKey(bracket+1, "a")), (*claim)(nil))
		})
	})
	run("each study has its own", func(t *T) {
		t.write(func(w store.Writer) {
			record(w, keyed(trial(study(w, "bracket"), 1, true), "a", "1"), keyed(trial(study(w, "beam"), 1, true), "a", "2"))
		})
		t.read(func(r store.Reader) {
			t.same("of the first", byKey(r.EventByKey(*found(r.Study("bracket")), "a")), &claim{1, "1"})
			t.same("of the second", byKey(r.EventByKey(*found(r.Study("beam")), "a")), &claim{2, "2"})
		})
	})
	run("a claim without its event is given up", func(t *T) {
		var bracket int64
		t.write(func(w store.Writer) { bracket = study(w, "bracket") })
		entry := func(digest string) []store.Entry { return []store.Entry{keyed(trial(bracket, 1, true), "a", digest)} }
		if err := t.Update(t.Context(), func(w store.Writer) error {
			_, err := w.Claim(entry("1"))
			if err == nil {
				err = errBroken
			}
			return err
		}); !errors.Is(err, errBroken) {
			t.Errorf("the transaction failed with %v", err)
		}
		t.write(func(w store.Writer) {
			t.same("the key", got(w.Claim(entry("2"))), make([]store.Claimed, 1))
			got(w.Record(entry("2")))
		})
		t.read(func(r store.Reader) { t.same("its event", byKey(r.EventByKey(bracket, "a")), &claim{1, "2"}) })
	})
	run("events of all types have them", func(t *T) {
		var bracket int64
		kinds := []store.EventType{
			store.FinalizeEvent, store.ResetEvent, store.CommitEvent, store.RejectEvent, store.EditInsightEvent, store.EditItemEvent, store.TagEvent,
			store.RetireEvent, store.MergeEvent, store.RestoreEvent,
		}
		t.write(func(w store.Writer) {
			bracket = study(w, "bracket")
			for _, kind := range kinds {
				record(w, keyed(store.Entry{Study: bracket, Type: kind, Time: noon}, string(kind), "d"))
			}
		})
		t.write(func(w store.Writer) {
			for i, kind := range kinds {
				claimed := got(w.Claim([]store.Entry{keyed(store.Entry{Study: bracket, Type: kind, Time: noon}, string(kind), "e")}))
				t.same(string(kind), claimed, []store.Claimed{{Found: true, Event: int64(i + 1), Digest: []byte("d")}})
			}
		})
	})
	run("a key is recorded once when many send it at once", func(t *T) {
		const senders, numbers = 8, 20
		other := t.again(t.T, t.Database)
		var bracket int64
		t.write(func(w store.Writer) { bracket = study(w, "bracket") })
		var wait sync.WaitGroup
		var recorded, duplicates atomic.Int64
		for sender := range senders {
			db := []store.Database{t.Database, other}[sender%2]
			wait.Go(func() {
				for n := range int64(numbers) {
					var isNew bool
					e := keyed(trial(bracket, n, true), fmt.Sprint(n), fmt.Sprint(sender))
					err := update(t.Context(), db, func(w store.Writer) {
						claimed := got(w.Claim([]store.Entry{e}))[0]
						if isNew = !claimed.Found; isNew {
							got(w.Record([]store.Entry{e}))
						}
					})
					switch {
					case err != nil:
						t.Errorf("sender %d, key %d: %v", sender, n, err)
					case isNew:
						recorded.Add(1)
					default:
						duplicates.Add(1)
					}
				}
			})
		}
		wait.Wait()
		t.same("recorded", recorded.Load(), int64(numbers))
		t.same("duplicates", duplicates.Load(), int64((senders-1)*numbers))
		t.read(func(r store.Reader) {
			t.same("events", got(r.LastEvent()), int64(numbers))
			t.same("statistics", got(r.StudyStatistics(bracket)), store.Statistics{Trials: numbers, Successes: numbers})
			for n := range int64(numbers) {
				if len(got(r.Attempts(bracket, n))) != 1 {
					t.Errorf("the trial %d: %+v", n, got(r.Attempts(bracket, n)))
				}
			}
		})
	})
	run("trials are found by the beginnings of their keys", func(t *T) {
		var bracket, beam, mount int64
		long := strings.Repeat("k", 2000)
		t.write(func(w store.Writer) {
			bracket, beam, mount = study(w, "bracket"), study(w, "beam"), study(w, "mount")
			e := keyed(trial(bracket, 2, true), "optuna:2", "d")
			e.Outcome.DurationSeconds = 0.5
			record(w,
				e, keyed(trial(bracket, 1, false), "optuna:1", "d"), keyed(trial(bracket, 3, true), "Optuna:3", "d"), trial(bracket, 4, true),
				keyed(blame(bracket, 5), "optuna:5", "d"), keyed(trial(beam, 1, true), "optuna", "d"), keyed(trial(beam, 2, true), long, "d"),
				keyed(trial(beam, 3, true), "optuna:\U0010fffd", "d"), keyed(blame(mount, 1), "optuna:", "d"))
			void(w, bracket, 1, 1, false)
			reset(w, bracket)
		})
		t.read(func(r store.Reader) {
			trials, others, err := r.TrialsByKey(bracket, "optuna:")
			t.same("TrialsByKey", got(trials, err), map[string]store.KeyedTrial{
				"optuna:2": {Event: 1, Number: 2, TimeUS: noon.UnixMicro(), DurationSeconds: 0.5, Success: true},
				"optuna:1": {Event: 2, Number: 1, TimeUS: noon.UnixMicro()},
			})
			t.same("the others", others, int64(2))
			names := func(prefix string) (names []string) {
				for _, s := range got(r.StudiesWithKeys(prefix)) {
					names = append(names, s.Name)
				}
				return names
			}
			t.same("studies with keys", names("optuna:"), []string{"bracket", "beam", "mount"})
			t.same("studies with a long key", names(long), []string{"beam"})
			t.same("studies with none", names("x"), []string{})
		})
	})
}

// claim is an event with a key.
type claim struct {
	Event  int64
	Digest string
}

// byKey returns what EventByKey found, nil for nothing.
func byKey(event int64, digest []byte, found bool, err error) *claim {
	done(err)
	if !found {
		return nil
	}
	return &claim{event, string(digest)}
}
