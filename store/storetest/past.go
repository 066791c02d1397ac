package storetest

import (
	"math"
	"time"

	"atomizer-db/store"
)

// past tests what the ledger tells of items whose history it does not have.
func past(run runner) {
	run("items that no event added", func(t *T) {
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			record(w, taught(trial(id, 1, true, "b", "c"), "x")) // event 1
			add(w, "a")
			end := happen(w, id, store.FinalizeEvent) // event 2 adds the item n
			n := add(w, "n")[0]
			done(w.SettleInsight(got(w.PendingInsights(id, 0, -1))[0].ID, end, n, true))
			done(w.CountSettled(id, 1))
			numbers := add(w, "b", "c")
			record(w, blame(id, 1, "c"))                                                                                       // event 3, the first sign of c
			for _, kind := range []store.EventType{store.EditItemEvent, store.EditItemEvent, store.TagEvent, store.TagEvent} { // events 4 to 7
				done(w.AddItemChange(store.ItemChange{Event: happen(w, id, kind), Item: numbers[0], Before: new(string(kind) + " before"), After: new("after")}))
			}
			prune := happen(w, id, store.FinalizeEvent) // event 8
			done(w.AddFinalization(store.Finalization{Event: prune, PruneBy: "net-score", PruneBelow: new(int64(0))}))
			spare := happen(w, id, store.FinalizeEvent) // event 9
			done(w.AddFinalization(store.Finalization{Event: spare, PruneBy: "net-score", PruneBelow: new(int64(-1))}))
			record(w, trial(id, 2, true, "b", "c")) // event 10, after their first signs
		})
		t.read(func(r store.Reader) {
			type told struct {
				ID             string
				Content, Tags  *string
				Before, InVain int64
			}
			var list []told
			for _, i := range got(r.UnrecordedItems()) {
				t.same("the item "+i.ID, i.Item, *found(r.Item(i.ID)))
				list = append(list, told{i.ID, i.FirstContent, i.FirstTags, i.Before, i.InVain})
			}
			t.same("UnrecordedItems", list, []told{
				{ID: "a", InVain: 8}, {ID: "b", Content: new("edit_item before"), Tags: new("tag_item before"), Before: 2, InVain: 1}, {ID: "c", Before: 2, InVain: 1},
			})
		})
	})
	run("items that imports removed", func(t *T) {
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			numbers := add(w, "a", "b", "c", "d")
			record(w, trial(id, 1, true, "a", "b"))
			file := got(w.AddImport("/playbook.json", []byte{1}, noon))
			for n, us := range []int64{10, 5, 7, 20} {
				done(w.Retire(store.Retirement{Item: numbers[n], Reason: store.Removed, Import: &file, RetiredUS: us}))
			}
			done(w.Restore(numbers[1], nil, noon)) // an import restored it
			back := happen(w, id, store.RestoreEvent)
			done(w.Restore(numbers[0], &back, noon))
			record(w, trial(id, 2, true, "a"))
			retire(w, id, numbers[1], store.Retired)
		})
		t.read(func(r store.Reader) {
			t.same("before 20", got(r.RemovedItems(20)), []store.RemovedItem{{ID: "a", Seen: 1}, {ID: "c"}})
			t.same("before 10", got(r.RemovedItems(10)), []store.RemovedItem{{ID: "c"}})
			t.same("at any time", got(r.RemovedItems(math.MaxInt64)), []store.RemovedItem{{ID: "a", Seen: 1}, {ID: "c"}, {ID: "d"}})
		})
	})
	run("items that came back without an event", func(t *T) {
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			numbers := add(w, "a", "b", "c", "d")
			for _, no := range numbers { // events 1 to 4
				retire(w, id, no, store.Retired)
			}
			at := func(us int64) time.Time { return time.UnixMicro(us) }
			done(w.Restore(numbers[0], nil, at(30)))
			done(w.Restore(numbers[1], nil, at(20)))
			done(w.Adjust(store.Adjustment{Item: numbers[1], Helpful: 1, Reason: store.ByImport, Import: new(got(w.AddImport("/x", []byte{}, noon))), TimeUS: 20}))
			done(w.Restore(numbers[2], nil, at(10)))
			back := happen(w, id, store.RestoreEvent) // event 5
			done(w.Restore(numbers[3], &back, at(10)))
			record(w, trial(id, 1, true), trial(id, 2, true, "c"), trial(id, 3, true, "b")) // events 6 to 8
		})
		t.read(func(r store.Reader) {
			t.same("before 30", got(r.RestoredItems(30)), []store.RestoredItem{{ID: "b", After: 4}, {ID: "c", After: 6}})
			t.same("at any time", got(r.RestoredItems(math.MaxInt64)), []store.RestoredItem{{ID: "a", After: 8}, {ID: "b", After: 4}, {ID: "c", After: 6}})
		})
	})
	run("events raise the version", func(t *T) {
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			numbers := add(w, "a", "b")
			record(w, taught(trial(id, 1, true), "x", "y")) // event 1
			commit := happen(w, id, store.CommitEvent)      // event 2
			pending := got(w.PendingInsights(id, 0, -1))
			done(w.SettleInsight(pending[0].ID, commit, numbers[0], true))
			done(w.SettleInsight(pending[1].ID, commit, numbers[1], false))
			done(w.CountSettled(id, 2))
			done(w.AddItemChange(store.ItemChange{Event: happen(w, id, store.EditItemEvent), Item: numbers[0]}))                      // event 3
			done(w.AddFinalization(store.Finalization{Event: happen(w, id, store.FinalizeEvent), PruneBy: "none"}))                   // event 4
			done(w.AddFinalization(store.Finalization{Event: happen(w, id, store.FinalizeEvent), PruneBy: "attribution", Pruned: 3})) // event 5
		})
		t.read(func(r store.Reader) {
			var versions []int64
			for last := range int64(7) {
				versions = append(versions, got(r.VersionsByEvents(last)))
			}
			t.same("VersionsByEvents", versions, []int64{0, 0, 1, 2, 2, 3, 3})
		})
	})
}
