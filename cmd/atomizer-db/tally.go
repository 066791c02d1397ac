package main

import (
	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// tally counts the events of an ingest by type, and the wrong ones.
type tally struct {
	Events     int `json:"events"` // duplicates included
	Trials     int `json:"trials"`
	Errors     int `json:"errors"`
	Finalizes  int `json:"finalizes"`
	Resets     int `json:"resets"`
	Voids      int `json:"voids"`
	Changes    int `json:"changes"` // of insights and items
	Duplicates int `json:"duplicates"`
	Wrong      int `json:"wrong"`
}

func (t *tally) add(e event.Event, answer feedback.Answer) {
	t.Events++
	if answer.Duplicated() {
		t.Duplicates++
		return
	}
	switch e.Type() {
	case event.TypeTrial:
		t.Trials++
	case event.TypeError:
		t.Errors++
	case event.TypeFinalize:
		t.Finalizes++
	case event.TypeReset:
		t.Resets++
	case event.TypeVoid:
		t.Voids++
	default:
		t.Changes++
	}
}

func (a *app) printTally(t tally, asJSON bool) error {
	if asJSON {
		return a.printJSON(t)
	}
	facts := [][2]any{{"recorded", count(t.Events-t.Duplicates, "event")}}
	for _, kind := range []struct {
		name string
		n    int
	}{
		{"trials", t.Trials},
		{"errors", t.Errors},
		{"finalizes", t.Finalizes},
		{"resets", t.Resets},
		{"voids", t.Voids},
		{"changes", t.Changes},
		{"duplicates", t.Duplicates},
		{"wrong", t.Wrong},
	} {
		if kind.n > 0 {
			facts = append(facts, [2]any{kind.name, kind.n})
		}
	}
	a.printFacts(facts)
	return nil
}
