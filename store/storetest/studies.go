package storetest

import (
	"math"
	"strings"
	"time"

	"atomizer-db/store"
)

func studies(run runner) {
	run("a new database has none", func(t *T) {
		t.read(func(r store.Reader) {
			t.same("Studies", got(r.Studies()), []store.Study{})
			t.same("Study", found(r.Study("")), (*int64)(nil))
			t.same("StudyByID", found(r.StudyByID(1)), (*store.Study)(nil))
			t.same("AllStatistics", got(r.AllStatistics()), store.Statistics{})
			t.same("StudyStatistics", got(r.StudyStatistics(1)), store.Statistics{})
			t.same("PlaybookStatistics", got(r.PlaybookStatistics()), store.PlaybookStatistics{})
			t.same("ItemsByCategory", got(r.ItemsByCategory()), []store.CategoryCount{})
			t.same("Best", found(r.Best(1, true)), (*store.Best)(nil))
			t.same("Finalizations", got(r.Finalizations(nil, 10)), []store.RecordedFinalization{})
			t.same("GoneItems", got(r.GoneItems(10)), []store.GoneItem{})
			t.same("CountGoneItems", got(r.CountGoneItems()), int64(0))
			t.same("Input", found(r.Input("", "")), (*store.Input)(nil))
		})
	})
	run("a study is created once", func(t *T) {
		var first, second int64
		t.write(func(w store.Writer) {
			var created bool
			var err error
			first, created, err = w.EnsureStudy("bracket", noon)
			done(err)
			t.same("created at first", created, true)
			again, created, err := w.EnsureStudy("bracket", noon.Add(time.Hour))
			done(err)
			t.same("created in the same transaction", created, false)
			t.same("the id in the same transaction", again, first)
		})
		t.write(func(w store.Writer) {
			again, created, err := w.EnsureStudy("bracket", noon.Add(time.Hour))
			done(err)
			t.same("created again", created, false)
			t.same("the id", again, first)
			second = study(w, "beam")
		})
		t.read(func(r store.Reader) {
			bracket := store.Study{ID: first, Name: "bracket", Direction: "minimize", CreatedUS: noon.UnixMicro()}
			beam := store.Study{ID: second, Name: "beam", Direction: "minimize", CreatedUS: noon.UnixMicro()}
			t.same("Studies", got(r.Studies()), []store.Study{bracket, beam})
			t.same("Study", found(r.Study("bracket")), &first)
			t.same("StudyByID", found(r.StudyByID(second)), &beam)
		})
	})
	run("names differ by every byte", func(t *T) {
		names := []string{"a", "A", "a ", " a", "ä", "a\u0308", "", "'", "\"", "%", "\\", "Σ", "ς", "日本語", "🛰", "\u200b", "\t\n", strings.Repeat("long ", 100)}
		t.write(func(w store.Writer) {
			for i, name := range names {
				_, created, err := w.EnsureStudy(name, time.UnixMicro(int64(-i)))
				done(err)
				t.same("created "+name, created, true)
			}
		})
		t.read(func(r store.Reader) {
			var listed []string
			for i, s := range got(r.Studies()) {
				listed = append(listed, s.Name)
				t.same("the time of "+s.Name, s.CreatedUS, int64(-i))
			}
			t.same("names in order of creation", listed, names)
		})
	})
	run("a direction is given or not", func(t *T) {
		var bracket, beam int64
		t.write(func(w store.Writer) {
			bracket, beam = study(w, "bracket"), study(w, "beam")
			t.same("before", got(w.GivenDirection(bracket)), "")
			done(w.SetDirection(bracket, "maximize"))
			done(w.SetDirection(beam, "minimize"))
			t.same("in the same transaction", got(w.GivenDirection(bracket)), "maximize")
			t.same("of the other", got(w.GivenDirection(beam)), "minimize")
		})
		t.write(func(w store.Writer) { done(w.SetDirection(beam, "maximize")) })
		t.write(func(w store.Writer) {
			t.same("of the other in a later transaction", got(w.GivenDirection(beam)), "maximize")
			t.same("of none", got(w.GivenDirection(study(w, "new"))), "")
		})
		t.read(func(r store.Reader) {
			for _, s := range got(r.Studies()) {
				want := store.Study{ID: s.ID, Name: s.Name, Direction: "maximize", Given: true, CreatedUS: noon.UnixMicro()}
				if s.Name == "new" {
					want.Direction, want.Given = "minimize", false
				}
				t.same("Studies", s, want)
				t.same("StudyByID", found(r.StudyByID(s.ID)), &want)
			}
		})
	})
	run("a renamed study keeps its events", func(t *T) {
		var bracket, beam int64
		t.write(func(w store.Writer) {
			bracket, beam = study(w, "bracket"), study(w, "beam")
			record(w, trial(bracket, 1, true))
			t.same("taken", got(w.RenameStudy(bracket, "beam")), true)
			t.same("taken by itself", got(w.RenameStudy(bracket, "bracket")), false)
			t.same("taken by nobody", got(w.RenameStudy(bracket, "mount")), false)
			t.same("the old name", found(w.Study("bracket")), (*int64)(nil))
			t.same("the new name", found(w.Study("mount")), &bracket)
		})
		t.write(func(w store.Writer) {
			id, created, err := w.EnsureStudy("mount", noon)
			done(err)
			t.same("the new name in a later transaction", id, bracket)
			t.same("it is created", created, false)
			id, created, err = w.EnsureStudy("bracket", noon)
			done(err)
			t.same("the old name is created", created, true)
			if id == bracket || id == beam {
				t.Errorf("the study with the old name has the id %d of another", id)
			}
		})
		t.read(func(r store.Reader) {
			var names []string
			var trials []int64
			for _, s := range got(r.Studies()) {
				names, trials = append(names, s.Name), append(trials, s.Trials)
			}
			t.same("names", names, []string{"mount", "beam", "bracket"})
			t.same("trials", trials, []int64{1, 0, 0})
		})
	})
	run("inputs are of a name", func(t *T) {
		long := store.Input{Name: "b.jsonl", Bytes: math.MaxInt64, Lines: math.MaxInt64, Digest: []byte{0, 255}}
		t.write(func(w store.Writer) {
			study(w, "bracket")
			done(w.SetInput("bracket", store.Input{Name: "a.jsonl", Bytes: 1, Lines: 1, Digest: []byte{1}}))
			done(w.SetInput("bracket", store.Input{Name: "a.jsonl", Bytes: 20, Lines: 2, Digest: []byte{2}}))
			done(w.SetInput("nobody", store.Input{Name: "a.jsonl", Digest: []byte{}}))
			done(w.SetInput("bracket", long))
		})
		t.read(func(r store.Reader) {
			t.same("the second time", found(r.Input("bracket", "a.jsonl")), &store.Input{Name: "a.jsonl", Bytes: 20, Lines: 2, Digest: []byte{2}})
			t.same("another", found(r.Input("bracket", "b.jsonl")), &long)
			t.same("of a study that does not exist", found(r.Input("nobody", "a.jsonl")), &store.Input{Name: "a.jsonl", Digest: []byte{}})
			t.same("another name", found(r.Input("bracket", "A.jsonl")), (*store.Input)(nil))
		})
	})
	run("a renamed study takes its inputs along", func(t *T) {
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			done(w.SetInput("bracket", store.Input{Name: "a", Bytes: 1, Digest: []byte{1}}))
			done(w.SetInput("mount", store.Input{Name: "a", Bytes: 2, Digest: []byte{2}})) // of a study that does not exist
			done(w.SetInput("mount", store.Input{Name: "b", Bytes: 3, Digest: []byte{3}}))
			t.same("taken", got(w.RenameStudy(id, "mount")), false)
		})
		t.read(func(r store.Reader) {
			t.same("the old name", found(r.Input("bracket", "a")), (*store.Input)(nil))
			t.same("the new name", found(r.Input("mount", "a")), &store.Input{Name: "a", Bytes: 1, Digest: []byte{1}})
			t.same("another input of it", found(r.Input("mount", "b")), &store.Input{Name: "b", Bytes: 3, Digest: []byte{3}})
		})
	})
	run("a reset is of one study", func(t *T) {
		var bracket, beam, x int64
		t.write(func(w store.Writer) {
			bracket, beam = study(w, "bracket"), study(w, "beam")
			x = add(w, "x")[0]
			record(w, taught(trial(bracket, 1, true, "x"), "a"), trial(bracket, 2, false), taught(trial(beam, 1, false, "x"), "b"))
			reset(w, bracket)
		})
		check := func(trials int64) {
			t.read(func(r store.Reader) {
				t.same("of the study", got(r.StudyStatistics(bracket)), store.Statistics{Trials: trials, Successes: trials})
				t.same("of the other", got(r.StudyStatistics(beam)), store.Statistics{Trials: 1, Pending: 1})
				t.same("of all", got(r.AllStatistics()), store.Statistics{Trials: 1 + trials, Successes: trials, Pending: 1})
				t.same("usage in the study", got(r.TrialsUsedIn(&bracket, x)), trials)
				t.same("usage in the other", got(r.TrialsUsedIn(&beam, x)), int64(1))
				t.same("usage in all", got(r.TrialsUsedIn(nil, x)), 1+trials)
				t.same("pending insights", got(r.PendingInsights(bracket, 0, -1)), []store.Insight{})
				item := *found(r.Item("x"))
				t.same("counts, which stay", []int64{item.Helpful, item.Harmful}, []int64{1 + trials, 1})
			})
		}
		check(0)
		t.write(func(w store.Writer) { record(w, trial(bracket, 2, true, "x")) })
		check(1)
		t.read(func(r store.Reader) {
			t.same("events", got(r.LastEvent()), int64(5))
			var current []bool
			for _, a := range got(r.Attempts(bracket, 2)) {
				current = append(current, a.Current)
			}
			t.same("the attempts at a number before and after it", current, []bool{false, true})
		})
		t.write(func(w store.Writer) {
			reset(w, bracket)
			reset(w, bracket)
		})
		t.read(func(r store.Reader) {
			t.same("after two more", got(r.AllStatistics()), store.Statistics{Trials: 1, Pending: 1})
		})
	})
	run("the best trial is the first with the best objective", func(t *T) {
		var id int64
		best := func(what string, maximize bool, want *store.Best) {
			t.read(func(r store.Reader) { t.same(what, found(r.Best(id, maximize)), want) })
		}
		t.write(func(w store.Writer) {
			id = study(w, "bracket")
			other := study(w, "beam")
			bad := failed(id, 1, "x")
			bad.Outcome.Objective = new(-100.0)
			record(w, bad, trial(id, 2, true), objective(other, 3, -100), objective(id, 4, 100), objective(id, 5, -100))
			reset(w, id)
		})
		best("none", false, nil)
		t.write(func(w store.Writer) {
			record(w, objective(id, 7, 0), objective(id, 6, 0), objective(id, 8, -0.5), objective(id, 9, -0.5), objective(id, 10, 3), objective(id, 11, 3))
		})
		best("minimize", false, &store.Best{TrialNumber: 8, Objective: -0.5})
		best("maximize", true, &store.Best{TrialNumber: 10, Objective: 3})
		t.write(func(w store.Writer) {
			void(w, id, 8, 1, false)
			void(w, id, 10, 1, false)
		})
		best("minimize after a void", false, &store.Best{TrialNumber: 9, Objective: -0.5})
		best("maximize after a void", true, &store.Best{TrialNumber: 11, Objective: 3})
		t.write(func(w store.Writer) {
			void(w, id, 8, 1, true)
			record(w, objective(id, 12, math.MaxFloat64), objective(id, 13, -math.MaxFloat64))
		})
		best("the least number", false, &store.Best{TrialNumber: 13, Objective: -math.MaxFloat64})
		best("the greatest number", true, &store.Best{TrialNumber: 12, Objective: math.MaxFloat64})
	})
	run("finalizations are listed newest first", func(t *T) {
		var bracket, beam int64
		var all []store.RecordedFinalization // newest first
		t.write(func(w store.Writer) {
			all = nil
			bracket, beam = study(w, "bracket"), study(w, "beam")
			for i, f := range []store.Finalization{
				{
					Name: "all", TotalTrials: math.MinInt64, BestValue: -math.MaxFloat64, ConvergenceRate: math.SmallestNonzeroFloat64, Method: "tpe\x01é",
					SavePlaybook: true, PruneBy: "net-score", PruneBelow: new(int64(math.MinInt64)), Added: math.MaxInt64, Merged: math.MaxInt64,
					Pruned: math.MaxInt64, Size: math.MaxInt64, Version: math.MaxInt64, Trials: math.MaxInt64, Successes: math.MaxInt64,
				},
				{PruneBy: "none"},
				{PruneBy: "attribution", BestValue: 0.1, ConvergenceRate: 1.0 / 3},
			} {
				of, name := bracket, "bracket"
				if i == 1 {
					of, name = beam, "beam"
				}
				f.Event = record(w, store.Entry{Study: of, Type: store.FinalizeEvent, Time: noon.Add(time.Duration(-i) * time.Hour)})[0].Event
				done(w.AddFinalization(f))
				all = append([]store.RecordedFinalization{{Finalization: f, Study: name, TimeUS: noon.Add(time.Duration(-i) * time.Hour).UnixMicro()}}, all...)
			}
		})
		t.read(func(r store.Reader) {
			t.same("all", got(r.Finalizations(nil, 10)), all)
			t.same("the latest two", got(r.Finalizations(nil, 2)), all[:2])
			t.same("none", got(r.Finalizations(nil, 0)), []store.RecordedFinalization{})
			t.same("of a study", got(r.Finalizations(&beam, 10)), all[1:2])
			t.same("the latest of a study", got(r.Finalizations(&bracket, 1)), all[:1])
			t.same("by its event", found(r.Finalization(all[2].Event)), &all[2].Finalization)
			t.same("of no event", found(r.Finalization(99)), (*store.Finalization)(nil))
		})
	})
	run("the playbook is summed up over its live items", func(t *T) {
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			for i, category := range []string{"tool", "mis", "str", "mis", "wf"} {
				n := item(string(rune('a' + i)))
				n.Category = category
				got(w.AddItem(n))
			}
			wf := *found(w.Item("e"))
			retire(w, id, wf.No, store.Retired)
			tool := *found(w.Item("a"))
			retire(w, id, tool.No, store.Pruned)
			record(w, trial(id, 1, true, "b", "b", "b", "c"), trial(id, 2, false, "c", "c", "e"), trial(id, 3, false, "a"))
		})
		t.read(func(r store.Reader) { // net scores: b 3, c -1, d 0
			t.same("PlaybookStatistics", got(r.PlaybookStatistics()), store.PlaybookStatistics{Items: 3, AvgScore: 2.0 / 3, MaxScore: 3, MinScore: -1})
			t.same("ItemsByCategory", got(r.ItemsByCategory()), []store.CategoryCount{{Category: "mis", Items: 2}, {Category: "str", Items: 1}})
			t.same("CountItems", got(r.CountItems()), int64(3))
			t.same("CountGoneItems", got(r.CountGoneItems()), int64(2))
		})
	})
	run("items that left are listed newest first", func(t *T) {
		var want []store.GoneItem
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			numbers := add(w, "a", "b", "c", "d")
			record(w, trial(id, 1, true, "a"), trial(id, 2, false, "b", "b"))
			done(w.AddReason(retire(w, id, numbers[2], store.Retired), "it is wrong"))
			retire(w, id, numbers[0], store.Pruned)
			retire(w, id, numbers[3], store.Retired)
			done(w.Restore(numbers[3], nil, noon))
			file := got(w.AddImport("/playbook.json", []byte{1}, noon))
			done(w.Retire(store.Retirement{Item: numbers[1], Reason: store.Removed, Import: &file, RetiredUS: -1}))
			gone := func(id, reason string, why *string, helpful, harmful, at int64) store.GoneItem {
				return store.GoneItem{ID: id, Category: "mis", Content: "content of " + id, Helpful: helpful, Harmful: harmful, Reason: reason, Why: why, RetiredUS: at}
			}
			want = []store.GoneItem{
				gone("b", store.Removed, nil, 0, 2, -1), gone("a", store.Pruned, nil, 1, 0, noon.UnixMicro()), gone("c", store.Retired, new("it is wrong"), 0, 0, noon.UnixMicro()),
			}
		})
		t.read(func(r store.Reader) {
			t.same("all", got(r.GoneItems(10)), want)
			t.same("the latest two", got(r.GoneItems(2)), want[:2])
			t.same("none", got(r.GoneItems(0)), []store.GoneItem{})
			t.same("their number", got(r.CountGoneItems()), int64(3))
		})
	})
}
