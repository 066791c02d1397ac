package storetest

import (
	"errors"
	"math"
	"time"

	"atomizer-db/store"
)

func playbook(run runner) {
	run("it has not begun in a new database", func(t *T) {
		t.read(func(r store.Reader) {
			t.same("Playbook", got(r.Playbook()), store.Playbook{Version: 1})
			t.same("PlaybookBegun", got(r.PlaybookBegun()), false)
			t.same("Numbers", got(r.Numbers()), map[string]int64{})
			t.same("PlaybookFile", found(r.PlaybookFile("playbook.json")), (*store.PlaybookFile)(nil))
			t.same("PlaybookFilePending", got(r.PlaybookFilePending("playbook.json")), false)
			t.same("PlaybookChanges", got(r.PlaybookChanges()), []store.PlaybookChange{})
			t.same("LastPlaybookChange", found(r.LastPlaybookChange()), (*store.PlaybookChange)(nil))
			t.same("AllSources", got(r.AllSources()), []store.SourceTrial{})
			t.same("AdjustmentsAfter", got(r.AdjustmentsAfter(0)), []store.Adjustment{})
			t.same("LastAdjustment", got(r.LastAdjustment()), int64(0))
			t.same("IsPlaybookUntouched", got(r.IsPlaybookUntouched()), true)
			t.same("UnrecordedItems", got(r.UnrecordedItems()), []store.UnrecordedItem{})
			t.same("RemovedItems", got(r.RemovedItems(math.MaxInt64)), []store.RemovedItem{})
			t.same("RestoredItems", got(r.RestoredItems(math.MaxInt64)), []store.RestoredItem{})
			t.same("VersionsByEvents", got(r.VersionsByEvents(math.MaxInt64)), int64(0))
			t.same("Frames", got(r.Frames()), []store.Frame{})
			t.same("FrameItems", got(r.FrameItems()), []store.FrameItem{})
		})
	})
	run("all but the last use is stored", func(t *T) {
		want := store.Playbook{
			Version: math.MaxInt64, LastUpdatedAt: new("yesterday"), CreatedAt: new(""), CreatedUS: -1, ChangedUS: math.MinInt64, Extra: new(`{"a" : 1}`),
		}
		t.write(func(w store.Writer) {
			p := want
			p.LastUseUS = 99
			done(w.SetPlaybook(p))
			t.same("in the transaction", got(w.Playbook()), want)
		})
		t.read(func(r store.Reader) {
			t.same("Playbook", got(r.Playbook()), want)
			t.same("PlaybookBegun", got(r.PlaybookBegun()), true)
		})
		t.write(func(w store.Writer) { done(w.SetPlaybook(store.Playbook{Version: -3})) })
		t.read(func(r store.Reader) { t.same("Playbook after another", got(r.Playbook()), store.Playbook{Version: -3}) })
	})
	run("a change touches it", func(t *T) {
		touch := func(what string, versions int64, at time.Time, want store.Playbook) {
			t.Helper()
			t.write(func(w store.Writer) {
				done(w.Touch(versions, at))
				t.same(what, got(w.Playbook()), want)
			})
		}
		t.write(func(w store.Writer) { done(w.SetPlaybook(store.Playbook{Version: 1})) })
		us := noon.UnixMicro()
		touch("first", 1, noon, store.Playbook{Version: 2, CreatedUS: us, ChangedUS: us})
		touch("by no version", 0, noon.Add(time.Second), store.Playbook{Version: 2, CreatedUS: us, ChangedUS: us + 1e6})
		touch("by an earlier change", 3, noon.Add(-time.Hour), store.Playbook{Version: 5, CreatedUS: us, ChangedUS: us + 1e6})
	})
	run("it was created by its last change if there is none here", func(t *T) {
		t.write(func(w store.Writer) {
			done(w.SetPlaybook(store.Playbook{Version: 1, ChangedUS: 5}))
			done(w.KeepCreation())
			t.same("without a change", got(w.Playbook()).CreatedUS, int64(5))
			done(w.SetPlaybook(store.Playbook{Version: 1, ChangedUS: 5, CreatedUS: 3}))
			done(w.KeepCreation())
			t.same("with one", got(w.Playbook()).CreatedUS, int64(3))
		})
	})
	run("numbers are used once", func(t *T) {
		next := func(w store.Writer, prefix string) int64 {
			number, ok, err := w.NextNumber(prefix)
			done(err)
			if !ok {
				return -1
			}
			return number
		}
		t.write(func(w store.Writer) {
			t.same("the first", next(w, "mis"), int64(1))
			t.same("the second", next(w, "mis"), int64(2))
			done(w.RaiseNumber("mis", 7))
			done(w.RaiseNumber("mis", 5))
			done(w.RaiseNumber("é", 0))
			done(w.RaiseNumber("full", math.MaxInt64-1))
		})
		t.write(func(w store.Writer) {
			t.same("after a raise", next(w, "mis"), int64(8))
			t.same("another prefix", next(w, "MIS"), int64(1))
			t.same("the last", next(w, "full"), int64(math.MaxInt64))
			t.same("after the last", next(w, "full"), int64(-1))
		})
		t.read(func(r store.Reader) {
			t.same("Numbers", got(r.Numbers()), map[string]int64{"mis": 8, "MIS": 1, "é": 0, "full": math.MaxInt64})
		})
	})
	run("an export is pending until it is done", func(t *T) {
		t.write(func(w store.Writer) {
			done(w.SetPlaybookFile("playbook.json", store.PlaybookFile{Content: []byte("{}"), Digest: []byte{1}}))
			t.same("what was read", got(w.PlaybookFilePending("playbook.json")), false)
			done(w.SetPlaybookFile("playbook.json", store.PlaybookFile{Content: []byte{}, Digest: []byte{2}, Pending: true, Replaces: []byte{1}}))
		})
		t.read(func(r store.Reader) {
			t.same("PlaybookFile", found(r.PlaybookFile("playbook.json")), &store.PlaybookFile{Content: []byte{}, Digest: []byte{2}, Pending: true, Replaces: []byte{1}})
			t.same("PlaybookFilePending", got(r.PlaybookFilePending("playbook.json")), true)
		})
		t.write(func(w store.Writer) { done(w.PlaybookFileDone("playbook.json")) })
		t.read(func(r store.Reader) {
			t.same("PlaybookFile when it is done", found(r.PlaybookFile("playbook.json")), &store.PlaybookFile{Content: []byte{}, Digest: []byte{2}})
			t.same("PlaybookFilePending when it is done", got(r.PlaybookFilePending("playbook.json")), false)
		})
	})
	run("its changes have a place among the events", func(t *T) {
		want := []store.PlaybookChange{
			{AfterEvent: 0, TimeUS: -9, Content: `{"first": 1}`}, {AfterEvent: 2, TimeUS: noon.UnixMicro(), Content: `{}`}, {AfterEvent: 2, TimeUS: 0, Content: `{"a":[]}`},
		}
		t.write(func(w store.Writer) { done(w.AddPlaybookChange(want[0].Content, time.UnixMicro(-9))) })
		t.read(func(r store.Reader) { t.same("untouched after its first", got(r.IsPlaybookUntouched()), true) })
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			record(w, trial(id, 1, true), trial(id, 2, true))
			done(w.AddPlaybookChange(want[1].Content, noon))
		})
		t.write(func(w store.Writer) { done(w.AddPlaybookChange(want[2].Content, time.UnixMicro(0))) })
		t.read(func(r store.Reader) {
			t.same("PlaybookChanges", got(r.PlaybookChanges()), want)
			t.same("LastPlaybookChange", found(r.LastPlaybookChange()), &want[2])
		})
	})
	run("it is untouched before its first item, event and import", func(t *T) {
		for name, write := range map[string]func(w store.Writer){
			"an event":       func(w store.Writer) { record(w, trial(study(w, "bracket"), 1, true)) },
			"an item":        func(w store.Writer) { add(w, "a") },
			"a second start": func(w store.Writer) { done(w.AddPlaybookChange(`{}`, noon)) },
		} {
			err := update(t.Context(), t.Database, func(w store.Writer) {
				done(w.SetPlaybook(store.Playbook{Version: 1}))
				done(w.AddPlaybookChange(`{}`, noon))
				study(w, "new")
				t.same("before "+name, got(w.IsPlaybookUntouched()), true)
				write(w)
				t.same("after "+name, got(w.IsPlaybookUntouched()), false)
				done(errBroken)
			})
			if !errors.Is(err, errBroken) {
				t.Error(err)
			}
		}
	})
	run("what it started from can be forgotten", func(t *T) {
		t.write(func(w store.Writer) {
			done(w.SetPlaybook(store.Playbook{Version: 4}))
			done(w.AddPlaybookChange(`{}`, noon))
			done(w.RaiseNumber("mis", 4))
			study(w, "bracket")
		})
		t.write(func(w store.Writer) { done(w.ForgetPlaybook()) })
		t.read(func(r store.Reader) {
			t.same("Playbook", got(r.Playbook()), store.Playbook{Version: 1})
			t.same("PlaybookBegun", got(r.PlaybookBegun()), false)
			t.same("Numbers", got(r.Numbers()), map[string]int64{})
			t.same("PlaybookChanges", got(r.PlaybookChanges()), []store.PlaybookChange{})
			t.same("the number of studies, which stay", len(got(r.Studies())), 1)
		})
	})
	run("files of other tools keep their items in order", func(t *T) {
		var a, b int64
		t.write(func(w store.Writer) {
			numbers := add(w, "a", "b")
			a, b = numbers[0], numbers[1]
			done(w.SetFrame(store.Frame{Path: "/z", Format: "skillbook", Digest: []byte{1}, Content: `{}`}, []store.FrameItem{{Item: b, Content: `{"n": 1}`}, {Item: a, Content: `{ }`}}))
			done(w.SetFrame(store.Frame{Path: "/a", Format: "ace", Digest: []byte{3}, Content: `{"x":1}`}, nil))
		})
		var frames []store.Frame
		t.read(func(r store.Reader) {
			frames = got(r.Frames())
			if len(frames) != 2 || frames[0].ID == 0 || frames[0].ID >= frames[1].ID {
				t.Fatalf("frames: %+v", frames)
			}
			t.same("Frames", frames, []store.Frame{
				{ID: frames[0].ID, Path: "/z", Format: "skillbook", Digest: []byte{1}, Content: `{}`}, {ID: frames[1].ID, Path: "/a", Format: "ace", Digest: []byte{3}, Content: `{"x":1}`},
			})
			t.same("FrameItems", got(r.FrameItems()), []store.FrameItem{
				{Frame: frames[0].ID, Item: b, ID: "b", Content: `{"n": 1}`}, {Frame: frames[0].ID, Item: a, ID: "a", Content: `{ }`},
			})
		})
		again := store.Frame{ID: frames[0].ID, Path: "/y", Format: "ace", Digest: []byte{2}, Content: `{"y":2}`}
		t.write(func(w store.Writer) {
			done(w.SetFrame(again, []store.FrameItem{{Item: a, Content: `{}`}}))
			done(w.SetFrame(frames[1], []store.FrameItem{{Item: b, Content: `{}`}, {Item: a, Content: `{}`}}))
		})
		t.read(func(r store.Reader) {
			t.same("Frames after another import", got(r.Frames()), []store.Frame{again, frames[1]})
			t.same("FrameItems after another import", got(r.FrameItems()), []store.FrameItem{
				{Frame: again.ID, Item: a, ID: "a", Content: `{}`}, {Frame: frames[1].ID, Item: b, ID: "b", Content: `{}`}, {Frame: frames[1].ID, Item: a, ID: "a", Content: `{}`},
			})
		})
	})
}
