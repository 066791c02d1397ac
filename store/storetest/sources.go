package storetest

import "atomizer-db/store"

func sources(run runner) {
	// state reads all that can be asked about the sources of items.
	type state struct {
		Numbers map[int64][]int64
		Counts  map[int64]int64
	}
	read := func(r store.Reader, items ...int64) state {
		s := state{map[int64][]int64{}, map[int64]int64{}}
		for _, i := range items {
			if numbers := got(r.SourceTrials(i)); len(numbers) > 0 {
				s.Numbers[i] = numbers
			}
		}
		for i, n := range got(r.CountSourceTrials()) {
			s.Counts[i] = n
		}
		return s
	}
	run("a trial teaches an item once", func(t *T) {
		var a, b, bracket, beam int64
		t.write(func(w store.Writer) {
			bracket, beam = study(w, "bracket"), study(w, "beam")
			numbers := add(w, "a", "b")
			a, b = numbers[0], numbers[1]
			for _, s := range []struct {
				item, number int64
				study        *int64
				added        bool
			}{
				{a, 7, &bracket, true},
				{a, 7, &bracket, false},
				{a, 3, &bracket, true},
				{a, 7, &beam, true},
				{a, 7, nil, true},
				{a, 7, nil, false},
				{b, 7, nil, true},
				{a, -1, &beam, true},
				{a, 3, nil, true},
			} {
				t.same("added", got(w.AddSourceTrial(s.item, s.number, s.study)), s.added)
			}
		})
		t.read(func(r store.Reader) {
			t.same("in order of arrival", read(r, a, b), state{map[int64][]int64{a: {7, 3, -1}, b: {7}}, map[int64]int64{a: 6, b: 1}})
			t.same("AllSourceTrials", got(r.AllSourceTrials()), map[int64][]int64{a: {7, 3, -1}, b: {7}})
			all := got(r.AllSources())
			for i := range all {
				if i > 0 && all[i].ID <= all[i-1].ID {
					t.Errorf("the ids of sources: %+v", all)
				}
			}
			for i := range all {
				all[i].ID = 0
			}
			t.same("AllSources", all, []store.SourceTrial{
				{Item: a, Number: 7, Study: &bracket},
				{Item: a, Number: 3, Study: &bracket},
				{Item: a, Number: 7, Study: &beam},
				{Item: a, Number: 7},
				{Item: b, Number: 7},
				{Item: a, Number: -1, Study: &beam},
				{Item: a, Number: 3},
			})
		})
		t.write(func(w store.Writer) { done(w.RemoveSourceTrial(a, 7)) })
		t.read(func(r store.Reader) {
			t.same("after the removal of a number", read(r, a, b), state{map[int64][]int64{a: {3, -1}, b: {7}}, map[int64]int64{a: 3, b: 1}})
		})
	})
	run("a merge copies what the other lacks", func(t *T) {
		var a, b, id, first, second int64
		t.write(func(w store.Writer) {
			id = study(w, "bracket")
			numbers := add(w, "a", "b")
			a, b = numbers[0], numbers[1]
			first, second = happen(w, id, store.MergeEvent), happen(w, id, store.MergeEvent)
			for _, n := range []int64{9, 5, 1} {
				got(w.AddSourceTrial(a, n, &id))
			}
			got(w.AddSourceTrial(b, 5, &id))
			got(w.AddSourceTrial(b, 2, nil))
			done(w.CopySourceTrials(a, b, first))
			done(w.CopySourceTrials(a, b, second)) // it brings nothing
		})
		t.read(func(r store.Reader) {
			t.same("after it", read(r, a, b), state{map[int64][]int64{a: {9, 5, 1}, b: {5, 2, 9, 1}}, map[int64]int64{a: 3, b: 4}})
			all := got(r.AllSources())
			t.same("what brought the last", all[len(all)-1].Merge, &first)
		})
		t.write(func(w store.Writer) {
			done(w.RemoveCopiedSourceTrials(second))
			t.same("its own from now on", got(w.AddSourceTrial(b, 9, &id)), true)
			t.same("its own", got(w.AddSourceTrial(b, 9, &id)), false)
			t.same("of another study", got(w.AddSourceTrial(b, 1, nil)), true)
		})
		t.write(func(w store.Writer) { done(w.RemoveCopiedSourceTrials(first)) })
		t.read(func(r store.Reader) {
			t.same("when it is taken back", read(r, a, b), state{map[int64][]int64{a: {9, 5, 1}, b: {5, 2, 9, 1}}, map[int64]int64{a: 3, b: 4}})
		})
	})
}
