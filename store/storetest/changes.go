package storetest

import (
	"time"

	"atomizer-db/store"
)

func changes(run runner) {
	run("changes of items are listed newest first", func(t *T) {
		var a, b int64
		var want []store.NamedChange // newest first
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			numbers := add(w, "a", "b")
			a, b = numbers[0], numbers[1]
			change := func(kind store.EventType, hours time.Duration, reason string, c store.ItemChange) store.NamedChange {
				at := noon.Add(hours * time.Hour)
				c.Event = record(w, store.Entry{Study: id, Type: kind, Time: at})[0].Event
				done(w.AddItemChange(c))
				done(w.AddReason(c.Event, reason))
				named := store.NamedChange{ItemChange: c, ID: "a", Type: string(kind), Reason: reason, TimeUS: at.UnixMicro()}
				if c.Into != nil {
					named.IntoID = new("b")
				}
				return named
			}
			want = []store.NamedChange{
				change(store.EditItemEvent, 0, "", store.ItemChange{Item: a, Before: new("content of a"), After: new("")}),
				change(store.TagEvent, -1, "", store.ItemChange{Item: a, Before: new("[]"), After: new(`["x"]`), Added: new(`[ "x" ]`), Removed: new(`[]`)}),
				change(store.MergeEvent, 1, "they are alike", store.ItemChange{Item: a, Into: &b}),
			}
			want = []store.NamedChange{want[2], want[1], want[0]}
		})
		t.read(func(r store.Reader) {
			t.same("ItemChanges", got(r.ItemChanges(a)), want)
			t.same("of what it was merged into", got(r.ItemChanges(b)), want[:1])
			for i, c := range want {
				t.same("ItemChangeOf", found(r.ItemChangeOf(c.Event)), &want[i])
				t.same("Reason", got(r.Reason(c.Event)), c.Reason)
			}
			t.same("ItemChangeOf no event", found(r.ItemChangeOf(99)), (*store.NamedChange)(nil))
			t.same("Reason of no event", got(r.Reason(99)), "")
		})
	})
	run("a merge holds until its item comes back", func(t *T) {
		var a, b, c int64
		var first, second int64
		into := func(r store.Reader, item int64) (ids []string) {
			for _, m := range got(r.MergedInto(item)) {
				ids = append(ids, m.ID)
			}
			return ids
		}
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			numbers := add(w, "a", "b", "c")
			a, b, c = numbers[0], numbers[1], numbers[2]
			first, second = retire(w, id, b, store.Merged), retire(w, id, a, store.Merged)
			done(w.AddItemChange(store.ItemChange{Event: first, Item: b, Into: &c}))
			done(w.AddItemChange(store.ItemChange{Event: second, Item: a, Into: &c}))
		})
		t.read(func(r store.Reader) {
			t.same("MergedInto in order", into(r, c), []string{"b", "a"})
			merge := *found(r.MergeOf(a))
			t.same("MergeOf", []any{merge.Event, merge.ID, *merge.IntoID, *merge.Into}, []any{second, "a", "c", c})
			t.same("MergeOf a live item", found(r.MergeOf(c)), (*store.NamedChange)(nil))
		})
		t.write(func(w store.Writer) {
			back := happen(w, study(w, "bracket"), store.RestoreEvent)
			done(w.Restore(b, &back, noon))
			done(w.AddItemChange(store.ItemChange{Event: back, Item: b}))
		})
		t.read(func(r store.Reader) {
			t.same("MergedInto after its return", into(r, c), []string{"a"})
			t.same("MergeOf after its return", found(r.MergeOf(b)), (*store.NamedChange)(nil))
		})
		t.write(func(w store.Writer) { retire(w, study(w, "bracket"), b, store.Retired) })
		t.read(func(r store.Reader) { t.same("MergeOf a retired item", found(r.MergeOf(b)), (*store.NamedChange)(nil)) })
	})
	run("adjustments change counts", func(t *T) {
		var a, b, file int64
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			numbers := add(w, "a", "b")
			a, b = numbers[0], numbers[1]
			t.same("the last of none", got(w.LastAdjustment()), int64(0))
			file = got(w.AddImport("/skills.json", []byte{1, 2}, noon))
			done(w.Adjust(store.Adjustment{Item: a, Helpful: 5, Harmful: 2, Reason: store.ByImport, Import: &file, TimeUS: -7}))
			record(w, trial(id, 1, true, "a"))
			merge := happen(w, id, store.MergeEvent)
			done(w.Adjust(store.Adjustment{Item: a, Helpful: -6, Harmful: -2, Reason: store.ByMerge, Event: &merge}))
			done(w.Adjust(store.Adjustment{Item: b, Helpful: 6, Harmful: 2, Reason: store.ByMerge, Event: &merge}))
		})
		t.read(func(r store.Reader) {
			t.same("a", countsOf(r, "a"), counted{0, 0, 1, new(noon.UnixMicro())})
			t.same("b", countsOf(r, "b"), counted{6, 2, 0, nil})
			all := got(r.AdjustmentsAfter(0))
			if len(all) != 3 || all[0].ID >= all[1].ID || all[1].ID >= all[2].ID || all[0].ID < 1 {
				t.Fatalf("adjustments: %+v", all)
			}
			now := noon.UnixMicro()
			want := []store.Adjustment{
				{ID: all[0].ID, Item: a, Helpful: 5, Harmful: 2, Reason: store.ByImport, Import: &file, AfterEvent: 0, TimeUS: -7},
				{ID: all[1].ID, Item: a, Helpful: -6, Harmful: -2, Reason: store.ByMerge, Event: new(int64(2)), AfterEvent: 2, TimeUS: now},
				{ID: all[2].ID, Item: b, Helpful: 6, Harmful: 2, Reason: store.ByMerge, Event: new(int64(2)), AfterEvent: 2, TimeUS: now},
			}
			t.same("AdjustmentsAfter none", all, want)
			t.same("AdjustmentsAfter the first", got(r.AdjustmentsAfter(all[0].ID)), want[1:])
			t.same("AdjustmentsAfter the last", got(r.AdjustmentsAfter(all[2].ID)), []store.Adjustment{})
			t.same("LastAdjustment", got(r.LastAdjustment()), all[2].ID)
			t.same("Adjustments, newest first", got(r.Adjustments(a)), []store.Adjustment{want[1], want[0]})
			t.same("AdjustmentsBy an event", got(r.AdjustmentsBy(2)), want[1:])
			t.same("AdjustmentsBy no event", got(r.AdjustmentsBy(1)), []store.Adjustment{})
			t.same("CountsTakenFrom the file", got(r.CountsTakenFrom(a, []byte{1, 2})), true)
			t.same("CountsTakenFrom the file for another item", got(r.CountsTakenFrom(b, []byte{1, 2})), false)
			t.same("CountsTakenFrom another file", got(r.CountsTakenFrom(a, []byte{1})), false)
		})
	})
	run("numbers of a mistake have ranges", func(t *T) {
		var a, b int64
		t.write(func(w store.Writer) {
			numbers := add(w, "a", "b")
			a, b = numbers[0], numbers[1]
			for _, n := range []store.ItemNumber{
				{Item: b, Place: 0, Low: "", High: "é"}, {Item: a, Place: 2, Low: "7", High: "7"}, {Item: a, Place: 0, Low: "1", High: "10"}, {Item: a, Place: 2, Low: "007", High: "12345678901234567890"},
			} {
				done(w.SetItemNumber(n))
			}
		})
		want := []store.ItemNumber{{Item: a, Place: 0, Low: "1", High: "10"}, {Item: a, Place: 2, Low: "007", High: "12345678901234567890"}, {Item: b, Place: 0, Low: "", High: "é"}}
		t.read(func(r store.Reader) {
			t.same("ItemNumbers", got(r.ItemNumbers(a)), want[:2])
			t.same("AllItemNumbers", got(r.AllItemNumbers()), want)
		})
		t.write(func(w store.Writer) { done(w.RemoveItemNumbers(a)) })
		t.read(func(r store.Reader) {
			t.same("ItemNumbers after their removal", got(r.ItemNumbers(a)), []store.ItemNumber{})
			t.same("AllItemNumbers after their removal", got(r.AllItemNumbers()), want[2:])
		})
	})
}
