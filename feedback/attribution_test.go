package feedback_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"atomizer-db/feedback"
	"atomizer-db/feedback/attribution"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/report"
)

// effects are what each item adds to the probability of success, by id. A trial uses
// each item with a probability of 1/4.
type effects map[string]float64

// withItems opens a loop whose playbook has n items, from str-00001 on.
func withItems(t *testing.T, n int) (loop *feedback.Loop, ids []string) {
	t.Helper()
	return onSQLite.withItems(t, n)
}

func (b backend) withItems(t *testing.T, n int) (loop *feedback.Loop, ids []string) {
	t.Helper()
	loop = b.new(t)
	for i := range n {
		item, _, err := loop.AddItem(t.Context(), "str", fmt.Sprintf("advice %d", i))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, item.ID)
	}
	return loop, ids
}

// simulate records a new study. The base rate and the items of each trial determine its
// probability of success. Every trial uses the items in always.
func simulate(t *testing.T, loop *feedback.Loop, seed uint64, trials int, base float64, ids []string, effect effects, always ...string) *feedback.Loop {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 0))
	study := loop.Study(fmt.Sprintf("study %d", seed))
	var events []event.Event
	for number := range int64(trials) {
		items, chance := slices.Clone(always), base
		for _, id := range ids {
			if rng.IntN(4) == 0 && !slices.Contains(always, id) {
				items, chance = append(items, id), chance+effect[id]
			}
		}
		events = append(events, event.Trial{Number: number + 1, Success: rng.Float64() < chance, ContextItems: items})
	}
	apply(t, study, events...)
	return study
}

func attribute(t *testing.T, loop *feedback.Loop) report.Attribution {
	t.Helper()
	a, err := loop.Attribution(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func creditOf(t *testing.T, a report.Attribution, id string) (place int, credit report.ItemCredit) {
	t.Helper()
	place = slices.IndexFunc(a.Items, func(c report.ItemCredit) bool { return c.ID == id })
	if place < 0 {
		t.Fatalf("%s is missing", id)
	}
	return place, a.Items[place]
}

// TestAttributionCannotJudgeAnItemInEveryTrial also shows that such an item often has the
// highest net score.
func TestAttributionCannotJudgeAnItemInEveryTrial(t *testing.T) {
	const studies = 20
	first := 0
	for seed := range uint64(studies) {
		loop, ids := withItems(t, 20)
		study := simulate(t, loop, seed, 200, 0.5, ids, effects{ids[3]: 0.2, ids[0]: 0.15}, ids[7])
		top, err := study.Top(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if top[0].ID == ids[7] {
			first++
		}
		a := attribute(t, study)
		if _, credit := creditOf(t, a, ids[7]); credit.Verdict != attribution.BeyondJudging || credit.Reason != "in every trial" || credit.Lift != nil {
			t.Errorf("study %d: %+v", seed, credit)
		}
		if a.Items[0].ID == ids[7] {
			t.Errorf("study %d: the item is first by lift", seed)
		}
	}
	if first < studies*3/4 {
		t.Errorf("the item is first by net score in only %d of %d studies, so the test shows nothing", first, studies)
	}
}

func TestAttributionNamesItemsUsedTogether(t *testing.T) {
	loop, ids := withItems(t, 4)
	var events []event.Event
	for n := range int64(40) {
		trial := event.Trial{Number: n, Success: n%3 > 0}
		if n%2 == 0 {
			trial.ContextItems = []string{ids[0], ids[1]}
		}
		if n%10 == 0 {
			trial.ContextItems = append(trial.ContextItems, ids[2], ids[3]) // together, but four times only
		}
		events = append(events, trial)
	}
	events = append(events, event.Trial{Number: 40, ContextItems: ids[:1]})
	apply(t, loop, events...)
	a := attribute(t, loop)
	for id, want := range map[string][]string{ids[0]: ids[1:2], ids[1]: ids[:1], ids[2]: {}, ids[3]: {}} {
		if _, credit := creditOf(t, a, id); !slices.Equal(credit.Together, want) {
			t.Errorf("%s comes with %v, want %v", id, credit.Together, want)
		}
	}
}

func TestAttributionCountsOnlyTrialsThatCount(t *testing.T) {
	loop, ids := withItems(t, 3)
	other := loop.Study("other")
	objective := func(v float64) *float64 { return &v }
	apply(t, loop, event.Trial{Number: 1, Success: true, ContextItems: ids}, event.Reset{})
	var events []event.Event
	for n := range int64(24) {
		trial := event.Trial{Number: n, Success: n%2 == 0, Objective: objective(float64(n))}
		if n < 12 {
			trial.ContextItems, trial.Success = []string{ids[0], ids[0]}, n > 0
		} else {
			trial.ShownItems = ids[:1]
		}
		events = append(events, trial)
	}
	apply(t, loop, events...)
	apply(t, loop, event.Trial{Number: 3, ContextItems: ids[1:2], ShownItems: ids[1:2]}, // its first attempt no longer counts
		event.Void{TrialNumber: 5}, event.ErrorReport{TrialNumber: 6, ContextItems: ids},
		event.Trial{Number: 30, Holdout: true}, event.Trial{Number: 31, Success: true, Holdout: true})
	for n := range int64(15) {
		apply(t, other, event.Trial{Number: n, Success: true, ContextItems: ids[:1]})
	}

	a := attribute(t, loop)
	_, credit := creditOf(t, a, ids[0])
	got := [...]int64{
		a.Trials, a.Successes, credit.With.Trials, credit.With.Successes, credit.Without.Trials, credit.Without.Successes,
		credit.Shown.Trials, credit.Shown.Successes, a.Playbook.With.Trials, a.Playbook.With.Successes, a.Playbook.Without.Trials, a.Playbook.Without.Successes,
	}
	if want := [...]int64{25, 16, 10, 9, 13, 6, 12, 6, 23, 15, 2, 1}; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	// It minimizes. The successes with the item have 1, 2, 4 and 6 to 11, those without it 12, 14 to 22:
	// the nine successes beat all others, the failure beats half of the seven failures.
	if credit.Superiority == nil || math.Abs(*credit.Superiority-(9*13+7*0.5)/130) > 1e-12 {
		t.Errorf("the superiority is %v", credit.Superiority)
	}
	if _, few := creditOf(t, a, ids[1]); few.Verdict != attribution.TooFewTrials || few.Reason != "1 comparable trial with it, 10 needed" || few.P != nil || few.Shown.Trials != 0 {
		t.Errorf("%+v", few)
	}
	if _, never := creditOf(t, a, ids[2]); never.Verdict != attribution.BeyondJudging || never.Reason != "in no trial" {
		t.Errorf("%+v", never)
	}

	// In the other study every trial uses the item, so there is nothing to compare.
	all := attribute(t, loop.AllStudies())
	_, over := creditOf(t, all, ids[0])
	if over.With.Trials != 25 || a.Direction != event.Minimize || all.Direction != "" {
		t.Errorf("%q, %q, %+v", a.Direction, all.Direction, over)
	}
	if diff := cmp.Diff([]any{credit.Lift, credit.LiftLow, credit.LiftHigh, credit.P, credit.Superiority}, []any{over.Lift, over.LiftLow, over.LiftHigh, over.P, over.Superiority}); diff != "" {
		t.Errorf("the lift over all studies (-of the comparable study +over all):\n%s", diff)
	}
	if _, apart := creditOf(t, attribute(t, other), ids[0]); apart.Reason != "in every trial" {
		t.Errorf("%+v", apart)
	}
}

// TestAttributionComparesWithinWindows has a study that fails for twenty trials, in which an item
// is used once, and then succeeds for twenty, in which it is used nineteen times.
func TestAttributionComparesWithinWindows(t *testing.T) {
	loop, ids := withItems(t, 1)
	study := func(loop *feedback.Loop) {
		var events []event.Event
		for n := range int64(40) {
			trial := event.Trial{Number: 100 - n, Success: n >= 20, ContextItems: ids}
			if n > 0 && n < 20 || n == 39 {
				trial.ContextItems = nil
			}
			events = append(events, trial)
		}
		apply(t, loop, events...)
	}
	study(loop)
	lift := func() float64 {
		_, credit := creditOf(t, attribute(t, loop), ids[0])
		return *credit.Lift
	}
	if got := lift(); got != 0 {
		t.Errorf("the lift is %v", got)
	}
	// A void moves the windows behind it: the second one now begins with the trial after the first success,
	// and the first ends with that success, with the item.
	apply(t, loop, event.Void{TrialNumber: 95}, event.Trial{Number: 10})
	if got, want := lift(), 0.0; got <= want {
		t.Errorf("after a void, the lift is %v", got)
	}
	apply(t, loop, event.Void{TrialNumber: 95, Undo: true}, event.Void{TrialNumber: 10})
	if got := lift(); got != 0 {
		t.Errorf("after its undo, the lift is %v", got)
	}
	// A trial that is recorded again is one of the trials at that time.
	apply(t, loop, event.Trial{Number: 99})
	if _, credit := creditOf(t, attribute(t, loop), ids[0]); credit.Compared.Windows != 2 || *credit.Lift <= 0 {
		t.Errorf("after recording a trial again: %+v", credit)
	}
}

// TestAttributionIgnoresUsesThatCountedForNothing has trials that named an item before it existed.
func TestAttributionIgnoresUsesThatCountedForNothing(t *testing.T) {
	loop, _ := withItems(t, 0)
	for n := range int64(40) {
		trial := event.Trial{Number: n, Success: n%2 == 0}
		if trial.Success {
			trial.ContextItems = []string{"str-00001"}
		}
		apply(t, loop, trial)
	}
	item, _, err := loop.AddItem(t.Context(), "str", "came later")
	if err != nil {
		t.Fatal(err)
	}
	_, credit := creditOf(t, attribute(t, loop), item.ID)
	if credit.With.Trials != 0 || credit.Without.Trials != 40 || credit.Reason != "in no trial" {
		t.Errorf("%+v", credit)
	}
	performance, err := loop.Performance(t.Context())
	if err != nil || performance[0].TrialsUsedIn != 20 { // as the legacy loop counts
		t.Errorf("%+v, %v", performance, err)
	}
}

// TestAttributionWarns has an item in two long blocks and one that is always with it.
func TestAttributionWarns(t *testing.T) {
	loop, ids := withItems(t, 2)
	var events []event.Event
	for n := range int64(100) {
		trial := event.Trial{Number: n, Success: n%3 > 0}
		if n > 30 && n%50 >= 25 {
			trial.ContextItems = ids
		}
		events = append(events, trial)
	}
	apply(t, loop, events...)
	want := map[string][]string{
		ids[0]: {"came in 2 long blocks: this may be the time and not the item", "nearly always with " + ids[1] + ": this may be the other"},
		ids[1]: {"came in 2 long blocks: this may be the time and not the item", "nearly always with " + ids[0] + ": this may be the other"},
	}
	for id, warnings := range want {
		if _, credit := creditOf(t, attribute(t, loop), id); !slices.Equal(credit.Warnings, warnings) {
			t.Errorf("%s: %q", id, credit.Warnings)
		}
	}
}

// TestAttributionViewAgreesWithAttribution compares the counts and lifts of the view with
// those of Attribution.
func TestAttributionViewAgreesWithAttribution(t *testing.T) {
	loop, ids := withItems(t, 5)
	study := simulate(t, loop, 1, 60, 0.5, ids, nil, ids[0])
	simulate(t, loop, 2, 60, 0.5, ids, nil)
	apply(t, study, event.Trial{Number: 7, Success: true, ContextItems: ids[1:2], ShownItems: ids[1:4]},
		event.Trial{Number: 8, ShownItems: ids[2:]}, event.Void{TrialNumber: 9}, event.Trial{Number: 90, Holdout: true},
		event.Trial{Number: 91, ContextItems: []string{"str-00009"}}, event.Trial{Number: 92, Success: true})
	type row struct {
		ID                   string
		With, Without, Shown [2]int64
		Lift                 float64
		Windows              int
	}
	var want []row
	counts := func(c report.TrialCount) [2]int64 { return [2]int64{c.Trials, c.Successes} }
	for _, c := range attribute(t, study).Items {
		r := row{ID: c.ID, With: counts(c.With), Without: counts(c.Without), Shown: counts(c.Shown), Windows: c.Compared.Windows}
		if c.Lift != nil {
			r.Lift = *c.Lift
		}
		want = append(want, r)
	}
	slices.SortFunc(want, func(a, b row) int { return strings.Compare(a.ID, b.ID) }) // as they arrived
	rows, err := openSQL(t, loop.Path()).QueryContext(t.Context(), `
		select id, trials_with, successes_with, trials_without, successes_without, trials_shown, successes_shown, ifnull(lift, 0), windows
		from attribution
		where study = ?
		order by arrival`, study.StudyName())
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []row
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.ID, &r.With[0], &r.With[1], &r.Without[0], &r.Without[1], &r.Shown[0], &r.Shown[1], &r.Lift, &r.Windows); err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-12)); rows.Err() != nil || diff != "" {
		t.Errorf("%v (-attribution +view):\n%s", rows.Err(), diff)
	}
}

// TestAttributionWithoutTrials also has no items, and a study that does not exist.
func TestAttributionWithoutTrials(t *testing.T) {
	loop, _ := withItems(t, 0)
	for _, l := range []*feedback.Loop{loop, loop.AllStudies(), loop.Study("none")} {
		if a, err := l.Attribution(context.Background()); err != nil || a.Trials != 0 || a.Items == nil || len(a.Items) != 0 {
			t.Errorf("%+v, %v", a, err)
		}
	}
}
