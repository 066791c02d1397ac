package storetest

import (
	"fmt"

	"atomizer-db/store"
)

func items(run runner) {
	run("a new database has none", func(t *T) {
		t.read(func(r store.Reader) {
			t.same("Items", got(r.Items(true)), []store.Item{})
			t.same("ItemIDs", got(r.ItemIDs()), []string{})
			t.same("Item", found(r.Item("")), (*store.Item)(nil))
			t.same("LiveItemLike", found(r.LiveItemLike("mis", []byte{})), (*int64)(nil))
			t.same("LiveItemFor", found(r.LiveItemFor("mis", []byte{})), (*int64)(nil))
			t.same("Retirements", got(r.Retirements(1)), []store.Retirement{})
			t.same("LiveItemsAtOrBelow", got(r.LiveItemsAtOrBelow(100)), []store.Item{})
			t.same("PrunedItems", got(r.PrunedItems(1)), []string{})
			t.same("CountItems", got(r.CountItems()), int64(0))
			t.same("ItemChangeOf", found(r.ItemChangeOf(1)), (*store.NamedChange)(nil))
			t.same("ItemChanges", got(r.ItemChanges(1)), []store.NamedChange{})
			t.same("MergeOf", found(r.MergeOf(1)), (*store.NamedChange)(nil))
			t.same("MergedInto", got(r.MergedInto(1)), []store.NamedChange{})
			t.same("MergedUsages", got(r.MergedUsages(1)), []store.MergedUsage{})
			t.same("Adjustments", got(r.Adjustments(1)), []store.Adjustment{})
			t.same("AdjustmentsBy", got(r.AdjustmentsBy(1)), []store.Adjustment{})
			t.same("CountsTakenFrom", got(r.CountsTakenFrom(1, []byte{})), false)
			t.same("ItemNumbers", got(r.ItemNumbers(1)), []store.ItemNumber{})
			t.same("AllItemNumbers", got(r.AllItemNumbers()), []store.ItemNumber{})
			t.same("CommittedContents", got(r.CommittedContents(1)), []string{})
			t.same("CountSourceTrials", got(r.CountSourceTrials()), map[int64]int64{})
			t.same("SourceTrials", got(r.SourceTrials(1)), []int64{})
			t.same("AllSourceTrials", got(r.AllSourceTrials()), map[int64][]int64{})
			t.same("ItemTrials", got(r.ItemTrials(1, 1, 10)), store.ItemTrials{})
			t.same("Performance", got(r.Performance(nil, store.BestFirst, -1)), []store.Performance{})
			t.same("TrialsUsedIn", got(r.TrialsUsedIn(nil, 1)), int64(0))
			t.same("Origins", got(r.Origins(1, 10)), []store.Origin{})
		})
	})
	run("they are in order of arrival", func(t *T) {
		var numbers []int64
		t.write(func(w store.Writer) {
			record(w, trial(study(w, "bracket"), 1, true, "c", "a")) // known ids, but no items
			numbers = add(w, "b", "a")
			numbers = append(numbers, add(w, "d", "c")...)
			t.same("in the transaction", got(w.ItemIDs()), []string{"b", "a", "d", "c"})
			retire(w, study(w, "bracket"), numbers[1], store.Retired)
		})
		ids := func(list []store.Item) (ids []string) {
			for i, item := range list {
				ids = append(ids, item.ID)
				if i > 0 && item.Arrival <= list[i-1].Arrival {
					t.Errorf("%s arrived at %d, after %s at %d", item.ID, item.Arrival, list[i-1].ID, list[i-1].Arrival)
				}
			}
			return ids
		}
		t.read(func(r store.Reader) {
			t.same("all", ids(got(r.Items(true))), []string{"b", "a", "d", "c"})
			t.same("live", ids(got(r.Items(false))), []string{"b", "d", "c"})
			t.same("ItemIDs", got(r.ItemIDs()), []string{"b", "a", "d", "c"})
			t.same("CountItems", got(r.CountItems()), int64(3))
			for i, id := range []string{"b", "a", "d", "c"} {
				t.same("the number of "+id, found(r.Item(id)).No, numbers[i])
			}
		})
		t.write(func(w store.Writer) { done(w.Restore(numbers[1], nil, noon)) })
		t.read(func(r store.Reader) {
			t.same("after its return", ids(got(r.Items(false))), []string{"b", "a", "d", "c"})
		})
	})
	run("an item that another tool changed", func(t *T) {
		var no int64
		changed := store.Item{
			ID: "a", Category: "tool", Content: "new", Fingerprint: []byte("new"), CreatedAt: "then", LastUsedAt: new("now"), Tags: `["x"]`, Extra: new(`{"y": 1}`),
		}
		t.write(func(w store.Writer) {
			no = add(w, "a")[0]
			record(w, trial(study(w, "bracket"), 1, true, "a"))
			changed.No = no
			done(w.UpdateItem(changed, false))
		})
		want := changed
		want.Helpful, want.LastUsedUS = 1, new(noon.UnixMicro())
		check := func(what string) {
			t.Helper()
			t.read(func(r store.Reader) {
				is := *found(r.Item("a"))
				is.Arrival = 0
				t.same(what, is, want)
				is = got(r.ItemByNumber(no))
				is.Arrival = 0
				t.same(what+", by number", is, want)
				t.same("the item of its category", found(r.LiveItemLike("tool", []byte("new"))), &no)
				t.same("the item of its old category", found(r.LiveItemLike("mis", []byte("a"))), (*int64)(nil))
			})
		}
		check("with the use here")
		t.write(func(w store.Writer) {
			changed.LastUsedAt, changed.Extra = nil, nil
			done(w.UpdateItem(changed, true))
		})
		want.LastUsedUS, want.LastUsedAt, want.Extra = nil, nil, nil
		check("with the use there")
		t.write(func(w store.Writer) { record(w, trial(study(w, "bracket"), 2, true, "a")) })
		want.LastUsedUS, want.Helpful = new(noon.UnixMicro()), 2
		check("with a later use here")
	})
	run("an item that says the same is found", func(t *T) {
		var a, b, c int64
		like := func(what string, category, print string, want, wantFor *int64) {
			t.Helper()
			t.read(func(r store.Reader) {
				t.Helper()
				t.same("LiveItemLike "+what, found(r.LiveItemLike(category, []byte(print))), want)
				t.same("LiveItemFor "+what, found(r.LiveItemFor(category, []byte(print))), wantFor)
			})
		}
		var edit, merge int64
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			same := func(id string) int64 {
				n := item(id)
				n.Fingerprint = []byte("same")
				return got(w.AddItem(n))
			}
			a, b, c = same("a"), same("b"), add(w, "c")[0]
			edit, merge = happen(w, id, store.EditItemEvent), happen(w, id, store.MergeEvent)
		})
		like("of two that say so", "mis", "same", &a, &a)
		like("in another category", "str", "same", nil, nil)
		like("with other bytes", "mis", "Same", nil, nil)
		t.write(func(w store.Writer) {
			done(w.AddItemText(c, "mis", []byte("old"), edit))
			done(w.AddItemText(c, "mis", []byte("old"), merge)) // it keeps the event
			done(w.AddItemText(b, "mis", []byte("old"), edit))
			done(w.AddItemText(c, "mis", []byte("same"), edit))
		})
		like("of two that stand for it", "mis", "old", nil, &b)
		like("of what is said and what is stood for", "mis", "same", &a, &a)
		t.write(func(w store.Writer) { retire(w, study(w, "bracket"), b, store.Retired) })
		like("of a live one", "mis", "old", nil, &c)
		t.write(func(w store.Writer) { retire(w, study(w, "bracket"), a, store.Retired) })
		like("of what is said by retired ones", "mis", "same", nil, &c)
		t.write(func(w store.Writer) {
			done(w.Restore(b, nil, noon))
			retire(w, study(w, "bracket"), c, store.Merged)
			done(w.CopyItemTexts(c, b, merge))
		})
		like("of what the other says", "mis", "c", nil, &b)
		t.write(func(w store.Writer) { done(w.RemoveItemTexts(merge)) })
		like("of what the other said", "mis", "c", nil, nil)
		like("of what it stood for before", "mis", "old", nil, &b)
		t.write(func(w store.Writer) { done(w.RemoveItemTexts(edit)) })
		like("of nothing", "mis", "old", nil, nil)
	})
	run("retirements are listed newest first", func(t *T) {
		var a int64
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			a = add(w, "a", "b")[0]
			pruned := retire(w, id, a, store.Pruned)
			back := happen(w, id, store.RestoreEvent)
			done(w.Restore(a, &back, noon.Add(1e9)))
			file := got(w.AddImport("/playbook.json", []byte{1}, noon))
			done(w.Retire(store.Retirement{Item: a, Reason: store.Removed, Import: &file, RetiredUS: -1}))
			t.same("the events", []int64{pruned, back}, []int64{1, 2})
		})
		t.read(func(r store.Reader) {
			list := got(r.Retirements(a))
			if len(list) != 2 || list[0].ID <= list[1].ID || list[0].Import == nil {
				t.Fatalf("retirements: %+v", list)
			}
			is := *found(r.Item("a"))
			t.same("by the newest", is.Retirement, &list[0].ID)
			list[0].ID, list[1].ID, list[0].Import = 0, 0, nil
			t.same("Retirements", list, []store.Retirement{
				{Item: a, Reason: store.Removed, RetiredUS: -1},
				{Item: a, Reason: store.Pruned, Event: new(int64(1)), RetiredUS: noon.UnixMicro(), RestoredUS: new(noon.Add(1e9).UnixMicro())},
			})
			t.same("of another", got(r.Retirements(found(r.Item("b")).No)), []store.Retirement{})
			t.same("by the event", got(r.PrunedItems(1)), []string{"a"})
			t.same("by another event", got(r.PrunedItems(2)), []string{})
		})
	})
	run("pruned items are in order of arrival", func(t *T) {
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			numbers := add(w, "a", "b", "c", "d")
			record(w, trial(id, 1, false, "a", "c", "c"), trial(id, 2, true, "b"))
			ids := func(threshold int64) (ids []string) {
				for _, i := range got(w.LiveItemsAtOrBelow(threshold)) {
					ids = append(ids, i.ID)
				}
				return ids
			}
			t.same("at or below -1", ids(-1), []string{"a", "c"})
			t.same("at or below 0", ids(0), []string{"a", "c", "d"})
			t.same("at or below -3", ids(-3), []string{})
			event := happen(w, id, store.FinalizeEvent)
			for _, no := range []int64{numbers[2], numbers[0]} {
				done(w.Retire(store.Retirement{Item: no, Reason: store.Pruned, Event: &event, RetiredUS: 1}))
			}
			t.same("at or below 0 afterwards", ids(0), []string{"d"})
			t.same("PrunedItems", got(w.PrunedItems(event)), []string{"a", "c"})
		})
	})
	run("performances have an order and a limit", func(t *T) {
		var bracket, beam int64
		t.write(func(w store.Writer) {
			bracket, beam = study(w, "bracket"), study(w, "beam")
			numbers := add(w, "a", "b", "c", "d", "e")
			retire(w, bracket, numbers[3], store.Retired)
			record(w, trial(bracket, 1, true, "b", "b", "c"), trial(bracket, 2, true, "c"), trial(beam, 1, false, "a", "e"), trial(beam, 2, true, "e"))
		})
		list := func(r store.Reader, study *int64, order store.Order, limit int) (lines []string) {
			for _, p := range got(r.Performance(study, order, limit)) {
				if p.Content != "content of "+p.ID || p.Category != "mis" {
					t.Errorf("the item %s: %+v", p.ID, p)
				}
				lines = append(lines, fmt.Sprintf("%s %d-%d in %d", p.ID, p.Helpful, p.Harmful, p.TrialsUsedIn))
			}
			return lines
		}
		t.read(func(r store.Reader) {
			t.same("by arrival", list(r, nil, store.ByArrival, -1), []string{"a 0-1 in 1", "b 2-0 in 1", "c 2-0 in 2", "e 1-1 in 2"})
			t.same("best first", list(r, nil, store.BestFirst, 10), []string{"b 2-0 in 1", "c 2-0 in 2", "e 1-1 in 2", "a 0-1 in 1"})
			t.same("worst first", list(r, nil, store.WorstFirst, 3), []string{"a 0-1 in 1", "e 1-1 in 2", "b 2-0 in 1"})
			t.same("none", list(r, nil, store.WorstFirst, 0), []string{})
			t.same("of a study", list(r, &bracket, store.BestFirst, 3), []string{"b 2-0 in 1", "c 2-0 in 2", "e 1-1 in 0"})
			t.same("of the other", list(r, &beam, store.ByArrival, -1), []string{"a 0-1 in 1", "b 2-0 in 0", "c 2-0 in 0", "e 1-1 in 2"})
		})
	})
	run("uses are listed newest first", func(t *T) {
		var a int64
		us := noon.UnixMicro()
		t.write(func(w store.Writer) {
			bracket, beam := study(w, "bracket"), study(w, "beam")
			record(w, trial(bracket, 1, true, "a", "a"))
			a = add(w, "a")[0]
			record(w, trial(bracket, 1, true, "a", "a"), blame(beam, 5, "a"), trial(beam, 6, false), trial(beam, 7, false, "b", "a"), blame(beam, 8, "a"))
			void(w, bracket, 1, 2, false)
		})
		want := []store.Use{
			{Event: 6, Type: store.ErrorEvent, Study: "beam", TrialNumber: 8, Named: 1, Counted: 1, TimeUS: us},
			{Event: 5, Type: store.TrialEvent, Study: "beam", TrialNumber: 7, Named: 1, Counted: 1, TimeUS: us},
			{Event: 3, Type: store.ErrorEvent, Study: "beam", TrialNumber: 5, Named: 1, Counted: 1, TimeUS: us},
			{Event: 2, Type: store.TrialEvent, Study: "bracket", TrialNumber: 1, Success: true, Named: 2, Counted: 2, Void: true, TimeUS: us},
			{Event: 1, Type: store.TrialEvent, Study: "bracket", TrialNumber: 1, Success: true, Named: 2, TimeUS: us},
		}
		t.read(func(r store.Reader) {
			t.same("all", got(r.Uses(a, 10)), want)
			t.same("the latest three", got(r.Uses(a, 3)), want[:3])
			t.same("the latest", got(r.Uses(a, 1)), want[:1])
			t.same("none", got(r.Uses(a, 0)), []store.Use{})
		})
	})
	run("trials with an item and without it are counted", func(t *T) {
		var id, a int64
		t.write(func(w store.Writer) {
			id = study(w, "bracket")
			a = add(w, "a")[0]
			with := failed(id, 9, "x", "x", "y")
			with.Items = []string{"a"}
			record(w, trial(id, 1, true, "a"), trial(id, 1, true, "a"))
			reset(w, id)
			record(w, trial(id, 2, true, "a"), failed(id, 3, "x"), with, failed(id, 4, "z"), failed(id, 5, "y"), trial(id, 6, true), trial(study(w, "beam"), 1, true, "a"))
			void(w, id, 4, 1, false)
		})
		t.read(func(r store.Reader) {
			t.same("all", got(r.ItemTrials(id, a, 100)), store.ItemTrials{
				With: store.Trials{Trials: 2, Successes: 1}, Without: store.Trials{Trials: 3, Successes: 1},
				Classes: []store.ItemErrors{{Kind: store.SolverError, Class: "x", With: 1, Without: 1}, {Kind: store.SolverError, Class: "y", With: 1, Without: 1}},
			})
			t.same("the latest two", got(r.ItemTrials(id, a, 2)), store.ItemTrials{
				Without: store.Trials{Trials: 2, Successes: 1}, Classes: []store.ItemErrors{{Kind: store.SolverError, Class: "y", Without: 1}},
			})
		})
	})
}
