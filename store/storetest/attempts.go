package storetest

import "atomizer-db/store"

func attempts(run runner) {
	run("a number may be recorded again", func(t *T) {
		var id int64
		t.write(func(w store.Writer) {
			id = study(w, "bracket")
			record(w, objective(id, 1, 2.5), trial(id, 2, true), failed(id, 1, "x"), trial(study(w, "beam"), 1, true), blame(id, 1))
		})
		t.write(func(w store.Writer) {
			reset(w, id)
			record(w, trial(id, 1, true))
			t.same("the latest in the transaction", found(w.LatestAttempt(id, 1)), new(int64(7)))
			t.same("the latest of a number before the reset", found(w.LatestAttempt(id, 2)), (*int64)(nil))
			t.same("the latest of no number", found(w.LatestAttempt(id, 3)), (*int64)(nil))
		})
		t.read(func(r store.Reader) {
			us := noon.UnixMicro()
			t.same("Attempts", got(r.Attempts(id, 1)), []store.Attempt{
				{Event: 1, Attempt: 1, Success: true, Objective: new(2.5), TimeUS: us},
				{Event: 3, Attempt: 2, TimeUS: us},
				{Event: 7, Attempt: 3, Success: true, Current: true, TimeUS: us},
			})
			t.same("of no number", got(r.Attempts(id, 3)), []store.Attempt{})
			t.same("of no study", got(r.Attempts(99, 1)), []store.Attempt{})
			for event, attempt := range map[int64]int64{1: 1, 3: 2, 4: 1, 7: 3} {
				t.same("the attempt of an outcome", found(r.RecordedOutcome(event)).Attempt, attempt)
			}
		})
	})
	run("the latest attempt is not void", func(t *T) {
		var id int64
		latest := func(what string, want *int64) {
			t.write(func(w store.Writer) { t.same(what, found(w.LatestAttempt(id, 1)), want) })
		}
		t.write(func(w store.Writer) {
			id = study(w, "bracket")
			record(w, trial(id, 1, true), trial(id, 1, true))
		})
		latest("of two", new(int64(2)))
		t.write(func(w store.Writer) { void(w, id, 1, 2, false) })
		latest("when the second is void", new(int64(1)))
		t.write(func(w store.Writer) { void(w, id, 1, 1, false) })
		latest("when both are void", nil)
		t.read(func(r store.Reader) {
			us := noon.UnixMicro()
			t.same("Attempts", got(r.Attempts(id, 1)), []store.Attempt{
				{Event: 1, Attempt: 1, Success: true, Current: true, VoidedBy: new(int64(4)), TimeUS: us},
				{Event: 2, Attempt: 2, Success: true, Current: true, VoidedBy: new(int64(3)), TimeUS: us},
			})
		})
		t.write(func(w store.Writer) { record(w, trial(id, 1, true)) })
		latest("of three", new(int64(5)))
		t.write(func(w store.Writer) { void(w, id, 1, 1, true) })
		latest("when the first counts again", new(int64(5)))
		t.write(func(w store.Writer) { void(w, id, 1, 3, false) })
		latest("when the first counts again and the third is void", new(int64(1)))
	})
}
