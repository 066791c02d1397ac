package storetest

import (
	"math/rand/v2"

	"atomizer-db/store"
)

func check(run runner) {
	run("a new database has no problems", func(t *T) {
		if problems, err := t.Check(t.Context()); err != nil || len(problems) > 0 {
			t.Errorf("%+v, %v", problems, err)
		}
	})
	run("wrong counts are found, and mended by a rebuild", func(t *T) {
		var id int64
		t.write(func(w store.Writer) {
			id = study(w, "bracket")
			a := add(w, "a")[0]
			record(w, taught(trial(id, 1, true, "a"), "x"))
			done(w.CountTrial(id, true, 1))
			done(w.CountSettled(id, -2))
			done(w.CountUsedIn(id, got(w.Attempts(id, 1))[0].Event, 1))
			done(w.CountUsages(got(w.Attempts(id, 1))[0], 3))
			t.same("the wrong counts", found(w.Item("a")).Helpful, int64(4))
			t.same("the wrong usage", got(w.TrialsUsedIn(nil, a)), int64(2))
		})
		problems, err := t.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(problems) < 3 {
			t.Errorf("the problems are %+v", problems)
		}
		for _, p := range problems {
			if !p.Repairable || p.Schema || p.Where == "" || p.What == "" {
				t.Errorf("a problem that cannot be mended: %+v", p)
			}
		}
		t.write(func(w store.Writer) { done(w.Rebuild()) })
		t.read(func(r store.Reader) {
			t.same("statistics", got(r.StudyStatistics(id)), store.Statistics{Trials: 1, Successes: 1, Pending: 1})
			t.same("the item", countsOf(r, "a"), counted{1, 0, 1, new(noon.UnixMicro())})
		})
	})
	run("a rebuild changes no right count", func(t *T) {
		s := newSimulation(rand.New(rand.NewPCG(1, 2)))
		for range 40 {
			s.step(t, t.Database)
		}
		t.write(func(w store.Writer) { done(w.Rebuild()) })
		s.compare(t, t.Database)
		s.step(t, t.Database)
		s.compare(t, t.Database)
	})
}
