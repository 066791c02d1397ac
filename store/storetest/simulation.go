package storetest

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"atomizer-db/store"
)

// simulation makes random changes of a database, as a learning loop makes them, and makes
// them in memory too. It keeps what happened and no counts, which it computes when it
// compares.
type simulation struct {
	random   *rand.Rand
	studies  []*simStudy // in order of creation
	trials   []*simTrial // in order of recording
	blames   []map[string]int64
	items    []*simItem // in order of arrival
	insights []*simInsight
	events   int64    // so far
	log      []string // what was done
}

type (
	simStudy struct {
		name, direction string
		given           bool
		reset           int64 // the event of the last reset, 0: none
	}
	simTrial struct {
		event          int64
		study          *simStudy
		number         int64
		success        bool
		named, counted map[string]int64 // by id
		void           int64            // the event that holds, 0: none
	}
	simItem struct {
		id               string
		retired          bool
		helpful, harmful int64 // by adjustments
		lastUsed         *int64
	}
	simInsight struct {
		event   int64 // that it was drawn from
		study   *simStudy
		content string
		drawn   *string
		settled int64 // the event, 0: pending
	}
)

func newSimulation(random *rand.Rand) *simulation { return &simulation{random: random} }

// action is a change: what it does to the database, and to the simulation.
type action struct {
	name  string
	write func(w store.Writer)
	apply func()
}

// step makes one or several changes in one transaction, which sometimes fails.
func (s *simulation) step(t *T, db store.Database) {
	t.Helper()
	var writes []func(w store.Writer)
	fails := s.random.IntN(10) == 0
	for range 1 + s.random.IntN(3) {
		a := s.plan()
		writes = append(writes, a.write)
		if fails {
			s.log = append(s.log, a.name+", which fails")
			break
		}
		s.log = append(s.log, a.name)
		a.apply()
	}
	s.log = append(s.log, "commit")
	err := update(t.Context(), db, func(w store.Writer) {
		for _, write := range writes {
			write(w)
		}
		if fails {
			done(errBroken)
		}
	})
	if fails && !errors.Is(err, errBroken) || !fails && err != nil {
		t.Fatalf("%v, after\n%s", err, s.history())
	}
}

// plan chooses a change that is possible.
func (s *simulation) plan() action {
	if len(s.studies) == 0 {
		return s.begin()
	}
	choices := []func() action{s.record, s.record, s.record, s.record, s.void, s.void, s.reset, s.begin, s.rename, s.direct, s.add, s.add, s.rebuild}
	if len(s.items) > 0 {
		choices = append(choices, s.retireOrRestore, s.retireOrRestore, s.settle, s.settle, s.edit)
	}
	if len(s.live()) > 1 {
		choices = append(choices, s.merge)
	}
	return choices[s.random.IntN(len(choices))]()
}

var (
	simIDs   = []string{"mis-1", "mis-2", "tool-1", "str-1", "é", "x"}
	simNames = []string{"bracket", "beam", "mount", "é"}
)

func pick[V any](random *rand.Rand, list []V) V { return list[random.IntN(len(list))] }

func (s *simulation) begin() action {
	name := pick(s.random, simNames)
	return action{"begin " + name, func(w store.Writer) { study(w, name) }, func() {
		if s.find(name) == nil {
			s.studies = append(s.studies, &simStudy{name: name, direction: "minimize"})
		}
	}}
}

func (s *simulation) find(name string) *simStudy {
	for _, study := range s.studies {
		if study.name == name {
			return study
		}
	}
	return nil
}

func (s *simulation) item(id string) *simItem {
	for _, item := range s.items {
		if item.id == id {
			return item
		}
	}
	return nil
}

func (s *simulation) live() (items []*simItem) {
	for _, item := range s.items {
		if !item.retired {
			items = append(items, item)
		}
	}
	return items
}

// record records some trials and errors.
func (s *simulation) record() action {
	type planned struct {
		of      *simStudy
		study   string
		entry   store.Entry
		content []string
	}
	var plan []planned
	for range 1 + s.random.IntN(5) {
		p := planned{of: pick(s.random, s.studies)}
		p.study = p.of.name
		number, ids := s.random.Int64N(4), make([]string, s.random.IntN(4))
		for i := range ids {
			ids[i] = pick(s.random, simIDs)
		}
		p.entry = trial(0, number, s.random.IntN(2) == 0, ids...)
		if s.random.IntN(5) == 0 {
			p.entry = blame(0, number, ids...)
		}
		p.entry.Time = time.UnixMicro(s.random.Int64N(1000) - 500)
		for range s.random.IntN(3) {
			p.content = append(p.content, fmt.Sprint("insight ", s.random.IntN(5)))
		}
		p.entry = taught(p.entry, p.content...)
		plan = append(plan, p)
	}
	name := "record"
	for _, p := range plan {
		name += fmt.Sprintf(" %s %d of %s with %q, %d insights;", p.entry.Type, *p.entry.TrialNumber, p.study, p.entry.Items, len(p.content))
	}
	write := func(w store.Writer) {
		var entries []store.Entry
		for _, p := range plan {
			e := p.entry
			e.Study = study(w, p.study)
			entries = append(entries, e)
		}
		record(w, entries...)
	}
	return action{name, write, func() {
		for _, p := range plan {
			s.happened(p.of, p.entry, p.content)
		}
	}}
}

// happened applies a trial or an error.
func (s *simulation) happened(of *simStudy, e store.Entry, contents []string) {
	s.events++
	named, counted := map[string]int64{}, map[string]int64{}
	for _, id := range e.Items {
		named[id]++
		if item := s.item(id); item != nil && !item.retired {
			counted[id]++
			if us := e.Time.UnixMicro(); item.lastUsed == nil || us > *item.lastUsed {
				item.lastUsed = &us
			}
		}
	}
	for _, content := range contents {
		s.insights = append(s.insights, &simInsight{event: s.events, study: of, content: content})
	}
	if e.Type == store.ErrorEvent {
		s.blames = append(s.blames, counted)
		return
	}
	s.trials = append(s.trials, &simTrial{event: s.events, study: of, number: *e.TrialNumber, success: e.Outcome.Success, named: named, counted: counted})
}

func (s *simulation) void() action {
	if len(s.trials) == 0 {
		return s.record()
	}
	trial := pick(s.random, s.trials)
	name, undo, attempt := trial.study.name, trial.void != 0, int64(0)
	for _, other := range s.trials {
		if other.study == trial.study && other.number == trial.number && other.event <= trial.event {
			attempt++
		}
	}
	write := func(w store.Writer) { void(w, study(w, name), trial.number, attempt, undo) }
	return action{fmt.Sprintf("void attempt %d at %d of %s, undo %v", attempt, trial.number, name, undo), write, func() {
		s.events++
		before := trial.void
		trial.void = s.events
		if undo {
			trial.void = 0
		}
		for _, i := range s.insights {
			switch {
			case i.event != trial.event || trial.event <= trial.study.reset:
			case undo && i.settled == before:
				i.settled = 0
			case !undo && i.settled == 0:
				i.settled = s.events
			}
		}
	}}
}

func (s *simulation) reset() action {
	of := pick(s.random, s.studies)
	name := of.name
	return action{"reset " + name, func(w store.Writer) { reset(w, study(w, name)) }, func() {
		s.events++
		of.reset = s.events
		for _, i := range s.pending(of) {
			i.settled = s.events
		}
	}}
}

func (s *simulation) rename() action {
	of, to := pick(s.random, s.studies), pick(s.random, simNames)
	from, other := of.name, s.find(to)
	taken := other != nil && other != of
	write := func(w store.Writer) {
		if got(w.RenameStudy(study(w, from), to)) != taken {
			done(fmt.Errorf("renaming %s to %s: taken is not %v", from, to, taken))
		}
	}
	return action{"rename " + from + " to " + to, write, func() {
		if !taken {
			of.name = to
		}
	}}
}

func (s *simulation) direct() action {
	of, direction := pick(s.random, s.studies), pick(s.random, []string{"minimize", "maximize"})
	name := of.name
	return action{name + " is to " + direction, func(w store.Writer) { done(w.SetDirection(study(w, name), direction)) }, func() {
		of.direction, of.given = direction, true
	}}
}

func (s *simulation) add() action {
	id := pick(s.random, simIDs)
	if s.item(id) != nil {
		return s.record()
	}
	return action{"add " + id, func(w store.Writer) { add(w, id) }, func() { s.items = append(s.items, &simItem{id: id}) }}
}

func (s *simulation) retireOrRestore() action {
	of, item := pick(s.random, s.studies).name, pick(s.random, s.items)
	if item.retired {
		return action{"restore " + item.id, func(w store.Writer) {
			event := happen(w, study(w, of), store.RestoreEvent)
			done(w.Restore(found(w.Item(item.id)).No, &event, noon))
			done(w.AddItemChange(store.ItemChange{Event: event, Item: found(w.Item(item.id)).No}))
		}, func() {
			s.events++
			item.retired = false
		}}
	}
	reason := pick(s.random, []string{store.Pruned, store.Retired})
	return action{"retire " + item.id, func(w store.Writer) { retire(w, study(w, of), found(w.Item(item.id)).No, reason) }, func() {
		s.events++
		item.retired = true
	}}
}

// merge moves the counts of an item to another.
func (s *simulation) merge() action {
	live := s.live()
	from := s.random.IntN(len(live))
	into := (from + 1 + s.random.IntN(len(live)-1)) % len(live)
	a, b, of := live[from], live[into], pick(s.random, s.studies).name
	helpful, harmful := s.counts(a)
	write := func(w store.Writer) {
		from, into := found(w.Item(a.id)).No, found(w.Item(b.id)).No
		event := retire(w, study(w, of), from, store.Merged)
		done(w.Adjust(store.Adjustment{Item: from, Helpful: -helpful, Harmful: -harmful, Reason: store.ByMerge, Event: &event}))
		done(w.Adjust(store.Adjustment{Item: into, Helpful: helpful, Harmful: harmful, Reason: store.ByMerge, Event: &event}))
		done(w.AddItemChange(store.ItemChange{Event: event, Item: from, Into: &into}))
	}
	return action{"merge " + a.id + " into " + b.id, write, func() {
		s.events++
		a.retired = true
		a.helpful, a.harmful = a.helpful-helpful, a.harmful-harmful
		b.helpful, b.harmful = b.helpful+helpful, b.harmful+harmful
	}}
}

// pending lists the pending insights of a study.
func (s *simulation) pending(of *simStudy) (pending []*simInsight) {
	for _, i := range s.insights {
		if i.study == of && i.settled == 0 {
			pending = append(pending, i)
		}
	}
	return pending
}

// settle commits or rejects some pending insights of a study.
func (s *simulation) settle() action {
	of, into, rejects := pick(s.random, s.studies), pick(s.random, s.items).id, s.random.IntN(2) == 0
	name, pending := of.name, s.pending(of)
	var chosen []int
	for i := range pending {
		if s.random.IntN(2) == 0 {
			chosen = append(chosen, i)
		}
	}
	write := func(w store.Writer) {
		id := study(w, name)
		there := got(w.PendingInsights(id, 0, -1))
		event := happen(w, id, store.CommitEvent)
		for _, i := range chosen {
			if rejects {
				done(w.RejectInsight(there[i].ID, event))
			} else {
				done(w.SettleInsight(there[i].ID, event, found(w.Item(into)).No, i%2 == 0))
			}
		}
		done(w.CountSettled(id, int64(len(chosen))))
	}
	return action{fmt.Sprintf("settle %d of %d insights of %s", len(chosen), len(pending), name), write, func() {
		s.events++
		for _, i := range chosen {
			pending[i].settled = s.events
		}
	}}
}

func (s *simulation) edit() action {
	of := pick(s.random, s.studies)
	name, pending := of.name, s.pending(of)
	if len(pending) == 0 {
		return s.record()
	}
	i, content := s.random.IntN(len(pending)), fmt.Sprint("edited ", s.random.IntN(100))
	write := func(w store.Writer) {
		id := study(w, name)
		happen(w, id, store.EditInsightEvent)
		done(w.EditInsight(got(w.PendingInsights(id, 0, -1))[i].ID, content))
	}
	return action{fmt.Sprintf("edit insight %d of %s", i, name), write, func() {
		s.events++
		if pending[i].drawn == nil {
			pending[i].drawn = new(pending[i].content)
		}
		pending[i].content = content
	}}
}

func (s *simulation) rebuild() action {
	return action{"rebuild", func(w store.Writer) { done(w.Rebuild()) }, func() {}}
}

// counts are the counts of an item over all studies.
func (s *simulation) counts(item *simItem) (helpful, harmful int64) {
	helpful, harmful = item.helpful, item.harmful
	for _, trial := range s.trials {
		switch {
		case trial.void != 0:
		case trial.success:
			helpful += trial.counted[item.id]
		default:
			harmful += trial.counted[item.id]
		}
	}
	for _, blame := range s.blames {
		harmful += blame[item.id]
	}
	return helpful, harmful
}

// credited are the latest attempts at each number of a study that count, in order of
// recording.
func (s *simulation) credited(of *simStudy) (trials []*simTrial) {
	latest := map[int64]*simTrial{}
	for _, trial := range s.trials {
		if trial.study == of && trial.void == 0 && trial.event > of.reset {
			latest[trial.number] = trial
		}
	}
	return slices.SortedFunc(maps.Values(latest), func(a, b *simTrial) int { return int(a.event - b.event) })
}

// statistics sums up a study.
func (s *simulation) statistics(of *simStudy) (n store.Statistics) {
	for _, trial := range s.trials {
		if trial.study != of || trial.void != 0 || trial.event <= of.reset {
			continue
		}
		n.Trials++
		if trial.success {
			n.Successes++
		}
	}
	n.Pending = int64(len(s.pending(of)))
	return n
}

// history is what was done, a line per change.
func (s *simulation) history() (lines string) {
	for _, line := range s.log {
		lines += line + "\n"
	}
	return lines
}

// simState is all that is compared.
type simState struct {
	Events   int64
	All      store.Statistics
	Studies  []store.Study
	Items    []simItemState
	Attempts map[string][]store.Attempt // by study and number
	Pending  map[string][]store.Insight // by study
	Credited map[string][]string        // by study: the outcome and the items of each trial
}

type simItemState struct {
	ID               string
	Retired          bool
	Helpful, Harmful int64
	LastUsed         *int64
	UsedIn           map[string]int64 // by study, and of all as ""
}

// compare compares the database with the simulation.
func (s *simulation) compare(t *T, db store.Database) {
	t.Helper()
	var have simState
	err := view(t.Context(), db, func(r store.Reader) { have = readState(r) })
	if err != nil {
		t.Fatalf("%v, after\n%s", err, s.history())
	}
	want := s.state()
	before := t.Failed()
	t.same("the state", have, want)
	if t.Failed() && !before {
		t.Fatalf("after\n%s", s.history())
	}
}

func (s *simulation) state() simState {
	state := simState{Events: s.events, Attempts: map[string][]store.Attempt{}, Pending: map[string][]store.Insight{}, Credited: map[string][]string{}}
	for _, of := range s.studies {
		n := s.statistics(of)
		state.All.Trials, state.All.Successes, state.All.Pending = state.All.Trials+n.Trials, state.All.Successes+n.Successes, state.All.Pending+n.Pending
		state.Studies = append(state.Studies, store.Study{Name: of.name, Direction: of.direction, Given: of.given, Trials: n.Trials, Successes: n.Successes, Pending: n.Pending})
		for _, i := range s.pending(of) {
			state.Pending[of.name] = append(state.Pending[of.name], store.Insight{Content: i.content, DrawnContent: i.drawn})
		}
		for _, trial := range s.credited(of) {
			state.Credited[of.name] = append(state.Credited[of.name], fmt.Sprint(trial.success, slices.Sorted(maps.Keys(trial.counted))))
		}
	}
	for _, trial := range s.trials {
		key := fmt.Sprint(trial.study.name, " ", trial.number)
		a := store.Attempt{Event: trial.event, Attempt: int64(len(state.Attempts[key])) + 1, Success: trial.success, Current: trial.event > trial.study.reset}
		if trial.void != 0 {
			a.VoidedBy = &trial.void
		}
		state.Attempts[key] = append(state.Attempts[key], a)
	}
	for _, item := range s.items {
		i := simItemState{ID: item.id, Retired: item.retired, LastUsed: item.lastUsed, UsedIn: map[string]int64{}}
		i.Helpful, i.Harmful = s.counts(item)
		for _, of := range s.studies {
			for _, trial := range s.credited(of) {
				if trial.named[item.id] > 0 {
					i.UsedIn[of.name]++
					i.UsedIn[""]++
				}
			}
		}
		state.Items = append(state.Items, i)
	}
	return state
}

// readState reads what the simulation computes.
func readState(r store.Reader) simState {
	state := simState{
		Events: got(r.LastEvent()), All: got(r.AllStatistics()), Studies: got(r.Studies()),
		Attempts: map[string][]store.Attempt{}, Pending: map[string][]store.Insight{}, Credited: map[string][]string{},
	}
	ids, names := map[int64]string{}, map[int64]string{}
	items := got(r.Items(true))
	for _, item := range items {
		ids[item.No] = item.ID
	}
	for i := range state.Studies {
		of := &state.Studies[i]
		names[of.ID] = of.Name
		for number := range int64(4) {
			attempts := got(r.Attempts(of.ID, number))
			for i := range attempts {
				attempts[i].TimeUS = 0
			}
			if len(attempts) > 0 {
				state.Attempts[fmt.Sprint(of.Name, " ", number)] = attempts
			}
		}
		for _, i := range got(r.PendingInsights(of.ID, 0, -1)) {
			state.Pending[of.Name] = append(state.Pending[of.Name], store.Insight{Content: i.Content, DrawnContent: i.DrawnContent})
		}
	}
	done(r.CreditedTrials(nil, func(c store.CreditedTrial) error {
		var used []string
		for _, no := range c.Used {
			used = append(used, ids[no])
		}
		slices.Sort(used)
		state.Credited[names[c.Study]] = append(state.Credited[names[c.Study]], fmt.Sprint(c.Success, used))
		return nil
	}))
	for _, item := range items {
		i := simItemState{ID: item.ID, Retired: item.Retirement != nil, Helpful: item.Helpful, Harmful: item.Harmful, LastUsed: item.LastUsedUS, UsedIn: map[string]int64{}}
		for id, name := range names {
			if n := got(r.TrialsUsedIn(&id, item.No)); n != 0 {
				i.UsedIn[name] = n
			}
		}
		if n := got(r.TrialsUsedIn(nil, item.No)); n != 0 {
			i.UsedIn[""] = n
		}
		state.Items = append(state.Items, i)
	}
	for i := range state.Studies {
		state.Studies[i].ID, state.Studies[i].CreatedUS = 0, 0
	}
	return state
}
