package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// TestFoldingIsExactAtEveryRead has writers, folders and readers at the same time. Each read
// compares the counts with those that the events of the same moment give.
func TestFoldingIsExactAtEveryRead(t *testing.T) {
	t.Parallel()
	address := contractTemplate.Address(t)
	const loops, calls, items = 4, 40, 6
	var writing, others sync.WaitGroup
	var recorded, folds, reads, unfolded atomic.Int64
	reading, end := context.WithCancel(context.Background())
	defer end()
	for writer := range loops {
		loop, err := feedback.Open(t.Context(), address, feedback.InStudy([]string{"bracket", "beam"}[writer%2]))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = loop.Close() })
		for n := range items {
			if _, _, err := loop.AddItem(t.Context(), "str", fmt.Sprint("advice ", n)); err != nil {
				t.Fatal(err)
			}
		}
		random := rand.New(rand.NewPCG(1, uint64(writer)))
		writing.Go(func() {
			for n := range calls {
				events := someTrials(random)
				if writer == 0 && n%3 == 2 {
					events = []event.Event{someChange(n/3, random)}
				}
				answers, err := loop.Apply(context.Background(), events...)
				if err != nil && !errors.Is(err, feedback.ErrConflict) && !errors.Is(err, feedback.ErrNotFound) { // nothing is there to be voided
					t.Errorf("writer %d: %v", writer, err)
				}
				recorded.Add(int64(len(answers)))
			}
		})
	}
	for range 2 {
		s := open(t, address)
		others.Go(func() {
			for reading.Err() == nil {
				if folded, err := s.Fold(); err == nil && folded > 0 { // an error: others were first
					folds.Add(1)
				}
			}
		})
	}
	for range 2 {
		conn := connect(t, address)
		others.Go(func() {
			for reading.Err() == nil && !t.Failed() {
				moment, err := readMoment(conn)
				if err != nil {
					t.Errorf("a reader: %v", err)
					return
				}
				moment.compare(t)
				reads.Add(1)
				if moment.Unfolded > 0 {
					unfolded.Add(1)
				}
			}
		})
	}
	writing.Wait()
	end()
	others.Wait()
	moment, err := readMoment(connect(t, address))
	if err != nil {
		t.Fatal(err)
	}
	moment.compare(t)
	if n := int64(len(moment.Events)); n != recorded.Load() {
		t.Errorf("%d events were recorded, and %d acknowledged", n, recorded.Load())
	}
	sound(t, open(t, address))
	t.Logf("%d events, %d folds, %d reads, %d of them with events that were not folded", recorded.Load(), folds.Load(), reads.Load(), unfolded.Load())
	if folds.Load() == 0 || unfolded.Load() == 0 || unfolded.Load() == reads.Load() {
		t.Error("the reads did not meet both kinds of events")
	}
}

// someTrials are trials and errors, few or many, which name items that the playbook has, has no
// more or never had. Attempts at the same numbers supersede each other.
func someTrials(random *rand.Rand) []event.Event {
	events := make([]event.Event, []int{1, 2, 12}[random.IntN(3)])
	for i := range events {
		var items []string
		for range random.IntN(4) {
			items = append(items, someItem(random))
		}
		number := int64(random.IntN(12))
		switch random.IntN(4) {
		case 0:
			events[i] = event.ErrorReport{TrialNumber: number, ErrorType: "mesh", Message: "it broke", ContextItems: items}
		case 1:
			events[i] = event.Trial{Number: number, Errors: []string{"it diverged"}, ContextItems: items}
		default:
			events[i] = event.Trial{Number: number, Success: true, ContextItems: items}
		}
	}
	return events
}

func someItem(random *rand.Rand) string { return fmt.Sprintf("str-%05d", 1+random.IntN(9)) }

// someChange is the nth of events of other types, which change counts in other ways.
func someChange(n int, random *rand.Rand) event.Event {
	below := int64(-2)
	switch n % 8 {
	case 0, 2, 4:
		return event.Void{TrialNumber: int64(random.IntN(12)), Undo: n%8 == 4}
	case 1:
		return event.MergeItems{Item: someItem(random), Into: "str-00001"}
	case 3:
		return event.Summary{Name: "bracket", PruneBelow: &below}
	case 5:
		return event.RestoreItem{Item: someItem(random)}
	case 6:
		return event.CommitInsights{}
	}
	return event.Reset{}
}

// moment is what one statement sees: the events, and what is counted.
type moment struct {
	Events []struct {
		Event, Study  int64
		Type          string
		Number        int64
		Success, Void bool
	}
	Usages, Blames [][3]int64 // event, item, counted
	Adjustments    [][3]int64 // item, helpful, harmful
	Items, Studies []int64
	Pending        []int64 // insights, by their study
	Counts         counts
	Unfolded       int64
}

// counts are what is counted, by item or study.
type counts struct {
	Scores     map[int64][3]int64 // of an item: helpful, harmful, trials used in
	Used       map[string]int64   // trials used in, by "study, item"
	Statistics map[int64][3]int64 // of a study: trials, successes, pending
}

func readMoment(conn *pgx.Conn) (m moment, err error) {
	var text []byte
	if err := conn.QueryRow(context.Background(), `
		select json_build_object(
			'Events', (
				select coalesce(json_agg(json_build_object('Event', event_id, 'Study', study_id, 'Type', type, 'Number', coalesce(trial_number, 0),
					'Success', coalesce(success, false), 'Void', voided_by is not null) order by event_id), '[]')
				from ledger),
			'Usages', (select json_agg(json_build_array(event_id, item_no, counted)) from usages),
			'Blames', (select json_agg(json_build_array(event_id, item_no, counted)) from blames),
			'Adjustments', (select json_agg(json_build_array(item_no, helpful, harmful)) from adjustments),
			'Items', (select json_agg(item_no) from items),
			'Studies', (select json_agg(study_id) from folded_studies),
			'Pending', (select json_agg(study_id) from insights where settled_by is null),
			'Counts', json_build_object(
				'Scores', (select json_object_agg(item_no, json_build_array(helpful, harmful, trials_used_in)) from scores),
				'Used', (select json_object_agg(study_id || ', ' || item_no, trials_used_in) from study_items where trials_used_in <> 0),
				'Statistics', (select json_object_agg(study_id, json_build_array(trials, successes, pending)) from studies)),
			'Unfolded', (select count(*) from unfolded))`).Scan(&text); err != nil {
		return m, err
	}
	return m, json.Unmarshal(text, &m)
}

// expected counts the events.
func (m *moment) expected() counts {
	c := counts{Scores: map[int64][3]int64{}, Used: map[string]int64{}, Statistics: map[int64][3]int64{}}
	add := func(to map[int64][3]int64, key int64, first, second, third int64) {
		n := to[key]
		to[key] = [3]int64{n[0] + first, n[1] + second, n[2] + third}
	}
	for _, item := range m.Items {
		add(c.Scores, item, 0, 0, 0)
	}
	for _, study := range m.Studies {
		add(c.Statistics, study, 0, 0, 0)
	}
	named := map[int64][][3]int64{}
	for _, u := range append(slices.Clone(m.Usages), m.Blames...) {
		named[u[0]] = append(named[u[0]], u)
	}
	resets := map[int64]int64{}
	for _, e := range m.Events {
		if e.Type == event.TypeReset {
			resets[e.Study] = e.Event
		}
	}
	latest := map[[2]int64]int64{} // events, by study and number
	for _, e := range m.Events {
		isTrial := e.Type == event.TypeTrial
		if e.Void {
			continue
		}
		for _, u := range named[e.Event] {
			if _, has := c.Scores[u[1]]; !has {
				continue
			}
			if isTrial && e.Success {
				add(c.Scores, u[1], u[2], 0, 0)
			} else {
				add(c.Scores, u[1], 0, u[2], 0)
			}
		}
		if !isTrial || e.Event < resets[e.Study] {
			continue
		}
		add(c.Statistics, e.Study, 1, 0, 0)
		if e.Success {
			add(c.Statistics, e.Study, 0, 1, 0)
		}
		latest[[2]int64{e.Study, e.Number}] = e.Event
	}
	for at, trial := range latest {
		for _, u := range named[trial] {
			c.Used[fmt.Sprintf("%d, %d", at[0], u[1])]++
			if _, has := c.Scores[u[1]]; has {
				add(c.Scores, u[1], 0, 0, 1)
			}
		}
	}
	for _, a := range m.Adjustments {
		add(c.Scores, a[0], a[1], a[2], 0)
	}
	for _, study := range m.Pending {
		add(c.Statistics, study, 0, 0, 1)
	}
	return c
}

// compare compares the counts with the events, which have the numbers from 1 on.
func (m *moment) compare(t *testing.T) {
	t.Helper()
	for i, e := range m.Events {
		if e.Event != int64(i+1) {
			t.Errorf("event %d of %d is number %d", e.Event, len(m.Events), i+1)
			break
		}
	}
	if diff := cmp.Diff(m.expected(), m.Counts, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("with %d events, %d of them not folded, what is counted differs from what the events give (-events +counts):\n%s", len(m.Events), m.Unfolded, diff)
	}
}
