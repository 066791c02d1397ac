package storetest

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"runtime"
	"syscall"
	"time"

	"atomizer-db/store"
)

// errBroken is an error of a function in a transaction.
var errBroken = errors.New("broken")

// panicOf returns the value that a function panics with.
func panicOf(fn func()) (value any) {
	defer func() { value = recover() }()
	fn()
	return nil
}

func transactions(run runner) {
	// change changes something in most tables, and whatever the engine remembers.
	change := func(w store.Writer) {
		id := study(w, "bracket")
		done(w.SetDirection(id, "maximize"))
		record(w, taught(trial(id, 1, true, "a"), "x"), keyed(trial(id, 2, true, "new"), "key", "lost"))
		retire(w, id, found(w.Item("a")).No, store.Retired)
		add(w, "b")
		void(w, id, 1, 1, false)
		study(w, "beam")
		got(w.RenameStudy(study(w, "mount"), "renamed"))
		done(w.RaiseNumber("mis", 1))
		done(w.SetPlaybook(store.Playbook{Version: 9}))
	}
	// unchanged fails a test if something of it stayed.
	unchanged := func(t *T, what string) {
		t.Helper()
		t.read(func(r store.Reader) {
			t.Helper()
			var names []string
			for _, s := range got(r.Studies()) {
				names = append(names, s.Name)
				t.same("the statistics of a study "+what, store.Statistics{Trials: s.Trials, Successes: s.Successes, Pending: s.Pending}, store.Statistics{})
			}
			t.same("studies "+what, names, []string{"mount"})
			t.same("events "+what, got(r.LastEvent()), int64(0))
			t.same("items "+what, got(r.ItemIDs()), []string{"a"})
			t.same("live items "+what, got(r.CountItems()), int64(1))
			t.same("numbers "+what, got(r.Numbers()), map[string]int64{})
			t.same("the playbook "+what, got(r.Playbook()), store.Playbook{Version: 1})
		})
		errLater := errors.New("later")
		err := update(t.Context(), t.Database, func(w store.Writer) { // what it remembers
			t.same("a name "+what, found(w.Study("renamed")), (*int64)(nil))
			id, created, err := w.EnsureStudy("bracket", noon)
			done(err)
			t.same("the study is created "+what, created, true)
			t.same("its direction "+what, got(w.GivenDirection(id)), "")
			receipts := record(w, keyed(trial(id, 1, true, "a", "b", "new"), "key", "kept"))
			t.same("what counts "+what, receipts[0].Counted, 1)
			t.same("what does not count "+what, receipts[0].Uncounted, []string{"b", "new"})
			t.same("its events "+what, got(w.LastEvent()), int64(1))
			done(errLater)
		})
		if !errors.Is(err, errLater) {
			t.Error(err)
		}
	}
	// impossible records what the engine refuses.
	impossible := func(w store.Writer) {
		e := trial(study(w, "bracket"), 1, true)
		e.Outcome.DesignVariables = `[]`
		record(w, e)
	}
	begin := func(t *T) {
		t.write(func(w store.Writer) {
			study(w, "mount")
			add(w, "a")
		})
	}
	run("an error writes nothing and is returned", func(t *T) {
		begin(t)
		err := update(t.Context(), t.Database, func(w store.Writer) {
			change(w)
			done(errBroken)
		})
		if !errors.Is(err, errBroken) {
			t.Errorf("Update returns %v", err)
		}
		unchanged(t, "after an error")
		if err := t.View(t.Context(), func(store.Reader) error { return errBroken }); !errors.Is(err, errBroken) {
			t.Errorf("View returns %v", err)
		}
	})
	run("an error of a file or of another connection is that of the function", func(t *T) {
		var notices []string
		db := t.open(t.T, store.WithNotices(func(notice string) { notices = append(notices, notice) }))
		notices = nil
		for _, own := range []error{
			&fs.PathError{Op: "open", Path: "playbook.json", Err: syscall.ENOTDIR},
			&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED},
			io.ErrUnexpectedEOF, os.ErrDeadlineExceeded,
		} {
			calls := 0
			if err := db.Update(t.Context(), func(store.Writer) error { calls++; return own }); !errors.Is(err, own) || errors.Is(err, store.ErrUnreachable) || calls != 1 {
				t.Errorf("after %d calls that return %v, Update returns %v", calls, own, err)
			}
			if err := db.View(t.Context(), func(store.Reader) error { return own }); !errors.Is(err, own) || errors.Is(err, store.ErrUnreachable) {
				t.Errorf("View returns %v instead of %v", err, own)
			}
		}
		t.same("notices", notices, []string{})
	})
	run("an error of the engine writes nothing", func(t *T) {
		begin(t)
		err := update(t.Context(), t.Database, func(w store.Writer) {
			change(w)
			impossible(w)
		})
		if err == nil {
			t.Error("Update returns no error")
		}
		unchanged(t, "after an error of the engine")
	})
	run("an error of the engine writes nothing even if it is ignored", func(t *T) {
		begin(t)
		err := update(t.Context(), t.Database, func(w store.Writer) {
			change(w)
			_ = try(func() { impossible(w) })
			done(errBroken)
		})
		if err == nil {
			t.Error("Update returns no error")
		}
		unchanged(t, "after an ignored error of the engine")
	})
	run("a panic writes nothing and is passed on", func(t *T) {
		begin(t)
		if value := panicOf(func() {
			_ = update(t.Context(), t.Database, func(w store.Writer) {
				change(w)
				panic("broken")
			})
		}); value != "broken" {
			t.Errorf("Update panics with %v", value)
		}
		unchanged(t, "after a panic")
		if value := panicOf(func() {
			_ = t.View(t.Context(), func(store.Reader) error { panic("broken") })
		}); value != "broken" {
			t.Errorf("View panics with %v", value)
		}
		t.read(func(store.Reader) {}) // the next one
	})
	run("the end of a goroutine writes nothing", func(t *T) {
		begin(t)
		for _, call := range []func(){
			func() {
				_ = update(t.Context(), t.Database, func(w store.Writer) {
					change(w)
					runtime.Goexit()
				})
			},
			func() {
				_ = t.View(t.Context(), func(store.Reader) error {
					runtime.Goexit()
					return nil
				})
			},
		} {
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				call()
			}()
			<-ended
			unchanged(t, "after the end of a goroutine")
		}
	})
	run("a context that is done writes nothing", func(t *T) {
		begin(t)
		ctx, cancel := context.WithCancel(t.Context())
		err := update(ctx, t.Database, func(w store.Writer) {
			change(w)
			cancel()
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Update returns %v", err)
		}
		unchanged(t, "after the end of a context")
		never := func(what string) {
			t.Errorf("%s ran", what)
		}
		if err := update(ctx, t.Database, func(store.Writer) { never("Update") }); !errors.Is(err, context.Canceled) {
			t.Errorf("Update with a context that is done returns %v", err)
		}
		if err := view(ctx, t.Database, func(store.Reader) { never("View") }); !errors.Is(err, context.Canceled) {
			t.Errorf("View with a context that is done returns %v", err)
		}
		ctx, cancel = context.WithDeadline(t.Context(), time.Now().Add(-time.Hour))
		defer cancel()
		if err := update(ctx, t.Database, func(store.Writer) { never("Update") }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Update after its time returns %v", err)
		}
	})
	run("a reader sees one state", func(t *T) {
		other := t.again(t.T, t.Database)
		var id int64
		t.write(func(w store.Writer) {
			id = study(w, "bracket")
			add(w, "a")
			record(w, trial(id, 1, true, "a"))
		})
		t.read(func(r store.Reader) {
			state := func(what string) {
				t.same("statistics "+what, got(r.StudyStatistics(id)), store.Statistics{Trials: 1, Successes: 1})
				t.same("the item "+what, countsOf(r, "a"), counted{1, 0, 1, new(noon.UnixMicro())})
				t.same("events "+what, got(r.LastEvent()), int64(1))
				t.same("studies "+what, len(got(r.Studies())), 1)
			}
			state("at first")
			for number, db := range []store.Database{t.Database, other} { // these writers do not wait for the reader
				done(update(t.Context(), db, func(w store.Writer) {
					record(w, trial(study(w, "bracket"), int64(number)+2, false, "a"))
					study(w, "beam")
				}))
				state("after a commit")
			}
			done(update(t.Context(), other, func(w store.Writer) { void(w, id, 1, 1, false) }))
			state("after a void")
		})
		t.read(func(r store.Reader) { t.same("events of the next", got(r.LastEvent()), int64(4)) })
	})
	run("a commit is seen by all who look afterwards", func(t *T) {
		other := t.again(t.T, t.Database)
		dbs := []store.Database{t.Database, other}
		for number := range int64(20) {
			done(update(t.Context(), dbs[number%2], func(w store.Writer) {
				id := study(w, "bracket")
				if number%5 == 0 {
					add(w, string(rune('a'+number)))
				}
				receipt := record(w, trial(id, number, true, string(rune('a'+number-number%5))))[0]
				t.same("what counts", receipt.Counted, 1)
			}))
			for _, db := range dbs {
				done(view(t.Context(), db, func(r store.Reader) {
					t.same("events", got(r.LastEvent()), number+1)
					t.same("trials", got(r.AllStatistics()).Trials, number+1)
				}))
			}
		}
	})
	run("a writer sees what others have changed", func(t *T) {
		other := t.again(t.T, t.Database)
		var id, a int64
		t.write(func(w store.Writer) {
			id = study(w, "bracket")
			a = add(w, "a")[0]
			record(w, trial(id, 1, true, "a"))
		})
		for _, step := range []struct {
			what    string
			change  func(w store.Writer)
			counted int
		}{
			{"a retirement", func(w store.Writer) { retire(w, id, a, store.Retired) }, 0},
			{"a return", func(w store.Writer) { done(w.Restore(a, nil, noon)) }, 1},
			{"a new item", func(w store.Writer) { add(w, "b") }, 2},
			{"a new name", func(w store.Writer) { got(w.RenameStudy(id, "mount")) }, 2},
			{"a direction", func(w store.Writer) { done(w.SetDirection(id, "maximize")) }, 2},
		} {
			done(update(t.Context(), other, step.change))
			t.write(func(w store.Writer) {
				t.same("what counts after "+step.what, record(w, trial(id, 2, true, "a", "b"))[0].Counted, step.counted)
			})
		}
		t.write(func(w store.Writer) {
			t.same("the direction", got(w.GivenDirection(id)), "maximize")
			t.same("the study with the new name", study(w, "mount"), id)
			_, created, err := w.EnsureStudy("bracket", noon)
			t.same("the old name is created", got(created, err), true)
		})
	})
	run("the time is read once", func(t *T) {
		now := noon
		ticking := t.open(t.T, store.WithClock(func() time.Time {
			now = now.Add(time.Second)
			return now.Add(999).In(time.FixedZone("", 3600))
		}))
		look := func(r store.Reader) time.Time {
			first := r.Now()
			t.same("the second look", r.Now(), first)
			t.same("the digits below a microsecond", first.Nanosecond()%1000, 0)
			t.same("the zone", first.Location().String(), "UTC")
			return first
		}
		var first, second time.Time
		done(update(t.Context(), ticking, func(w store.Writer) { first = look(w) }))
		done(view(t.Context(), ticking, func(r store.Reader) { second = look(r) }))
		if !second.After(first) {
			t.Errorf("the time was %v and then %v", first, second)
		}
	})
	run("notices are passed on", func(t *T) {
		var notices []string
		db := t.open(t.T, store.WithNotices(func(notice string) { notices = append(notices, notice) }))
		notices = nil
		db.Notify("a notice")
		t.same("notices", notices, []string{"a notice"})
		if db.Path() == "" || db.Path() == t.Path() {
			t.Errorf("the paths of two databases are %q and %q", db.Path(), t.Path())
		}
		t.same("Created of an old one", t.again(t.T, db).Created(), false)
		t.same("the path of an old one", t.again(t.T, db).Path(), db.Path())
	})
}
