package storetest

import (
	"slices"

	"atomizer-db/store"
)

func credit(run runner) {
	list := func(r store.Reader, study *int64) (trials []store.CreditedTrial) {
		done(r.CreditedTrials(study, func(c store.CreditedTrial) error {
			slices.Sort(c.Used)
			trials = append(trials, c)
			return nil
		}))
		return trials
	}
	run("a new database has none", func(t *T) {
		t.read(func(r store.Reader) {
			t.same("CreditedTrials", list(r, nil), []store.CreditedTrial{})
			t.same("TimesShown", got(r.TimesShown(100)), map[string]int64{})
			t.same("ShownTrials", got(r.ShownTrials(nil)), []store.ShownCount{})
		})
	})
	run("the latest attempts are credited", func(t *T) {
		var bracket, beam, a, b int64
		t.write(func(w store.Writer) {
			bracket, beam = study(w, "bracket"), study(w, "beam")
			done(w.SetDirection(beam, "maximize"))
			numbers := add(w, "a", "b")
			a, b = numbers[0], numbers[1]
			held := objective(beam, 2, 5)
			held.Outcome.Holdout = true
			record(w, trial(bracket, 9, true, "a"), trial(beam, 1, false, "b", "late", "a", "b"), trial(bracket, 3, true))
			reset(w, bracket)
			record(w, trial(bracket, 2, true, "a"), held, trial(bracket, 1, true, "b"), trial(bracket, 2, false), trial(bracket, 4, true, "a"), trial(bracket, 4, true, "b"))
			void(w, bracket, 4, 2, false)
			add(w, "late")
		})
		bracketTrials := []store.CreditedTrial{
			{Study: bracket, Success: true, Used: []int64{b}}, {Study: bracket}, {Study: bracket, Success: true, Used: []int64{a}},
		}
		beamTrials := []store.CreditedTrial{
			{Study: beam, Maximize: true, Used: []int64{a, b}}, {Study: beam, Success: true, Objective: new(5.0), Maximize: true, Holdout: true},
		}
		t.read(func(r store.Reader) {
			t.same("of all studies", list(r, nil), append(slices.Clone(bracketTrials), beamTrials...))
			t.same("of a study", list(r, &bracket), bracketTrials)
			t.same("of the other", list(r, &beam), beamTrials)
			t.same("of none", list(r, new(int64(99))), []store.CreditedTrial{})
		})
	})
	run("shown items are counted", func(t *T) {
		var bracket, beam, a, b int64
		t.write(func(w store.Writer) {
			bracket, beam = study(w, "bracket"), study(w, "beam")
			numbers := add(w, "a", "b", "c")
			a, b = numbers[0], numbers[1]
			shown := func(e store.Entry, ids ...string) store.Entry {
				e.Shown = ids
				return e
			}
			record(w, shown(trial(bracket, 1, true), "a", "b", "c", "later"), shown(trial(bracket, 1, false, "b"), "a", "later"), shown(trial(bracket, 2, true, "b"), "a", "c"),
				shown(trial(beam, 1, true), "a", "b"), shown(trial(beam, 2, true), "a"))
			void(w, beam, 2, 1, false)
			retire(w, bracket, numbers[2], store.Retired)
			add(w, "later")
		})
		sortedTrials := func(r store.Reader, study *int64) []store.ShownCount {
			list := got(r.ShownTrials(study))
			slices.SortFunc(list, func(a, b store.ShownCount) int { return int(a.Item - b.Item) })
			return list
		}
		t.read(func(r store.Reader) {
			later := found(r.Item("later")).No
			want := []store.ShownCount{
				{Item: a, Trials: store.Trials{Trials: 3, Successes: 2}}, {Item: b, Trials: store.Trials{Trials: 1, Successes: 1}}, {Item: later, Trials: store.Trials{Trials: 1}},
			}
			slices.SortFunc(want, func(a, b store.ShownCount) int { return int(a.Item - b.Item) })
			t.same("ShownTrials of all studies", sortedTrials(r, nil), want)
			t.same("ShownTrials of a study", sortedTrials(r, &beam), []store.ShownCount{
				{Item: a, Trials: store.Trials{Trials: 1, Successes: 1}}, {Item: b, Trials: store.Trials{Trials: 1, Successes: 1}},
			})
			t.same("TimesShown", got(r.TimesShown(1)), map[string]int64{"a": 5, "later": 2})
			t.same("TimesShown of more items", got(r.TimesShown(3)), map[string]int64{"a": 5, "b": 2, "later": 2})
			t.same("TimesShown of none", got(r.TimesShown(0)), map[string]int64{})
		})
	})
}
