// Package optuna reads studies of Optuna from a SQLite database or from a file of its
// JournalStorage. It does not write to these files, and creates none beside them.
package optuna

import (
	"context"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// File is an open database or a journal.
type File struct {
	Version string // of the schema, "" for a journal
	Studies []Study
	Strays  int  // trials that belong to no study
	Torn    bool // the last line of the journal is incomplete

	close func() error
}

// Close removes the copy that a database is read from.
func (f *File) Close() error {
	if f.close == nil {
		return nil
	}
	return f.close()
}

// Study is one optimization.
type Study struct {
	Name       string
	Directions []Direction // one per objective
	Attributes []string    // the names of the user and system attributes of the study itself
	Trials     []Head      // in the order in which they were begun

	load func(context.Context, []Head) ([]Trial, error)
}

// Load reads some of the study's trials, and returns them in the same order. A study of a
// database may be too large to be read at once.
func (s Study) Load(ctx context.Context, trials []Head) ([]Trial, error) {
	return s.load(ctx, trials)
}

// Direction says which values of an objective are better.
type Direction string

// The directions.
const (
	NotSet   Direction = "NOT_SET"
	Minimize Direction = "MINIMIZE"
	Maximize Direction = "MAXIMIZE"
)

// State is the state of a trial.
type State string

// The states.
const (
	Running  State = "RUNNING"
	Complete State = "COMPLETE"
	Pruned   State = "PRUNED"
	Fail     State = "FAIL"
	Waiting  State = "WAITING"
)

// states are all states, by their codes in a journal.
var states = []State{Running, Complete, Pruned, Fail, Waiting}

// stateOf returns the state with a name; it does not keep the name.
func stateOf(name string) (state State, known bool) {
	at := slices.Index(states, State(name))
	if at < 0 {
		return "", false
	}
	return states[at], true
}

// Finished reports whether the trial is finished, so that it does not change any more.
func (s State) Finished() bool { return s == Complete || s == Pruned || s == Fail }

// Head is what identifies a trial.
type Head struct {
	ID        int64
	Number    int64
	State     State
	Started   string // as written in the file, "" for none
	Completed string // likewise
}

// Trial is one evaluation. Numbers may be infinite or NaN.
type Trial struct {
	Head
	Values       []float64      // one per objective; empty without a result
	Params       map[string]any // decoded: each a json.Number, text, bool or nil
	Intermediate []Step         // by step
	UserAttrs    []Attribute    // in the order in which they were first set
	SystemAttrs  []Attribute    // likewise
}

// Step is an intermediate value.
type Step struct {
	Step  int64
	Value float64
}

// Attribute is a value with a name. The value is valid JSON: Python's NaN, Infinity
// and -Infinity are texts.
type Attribute struct {
	Name  string
	Value jsontext.Value
}

// set sets the value of an attribute, and adds the attribute if it is missing.
func set(attributes []Attribute, a Attribute) []Attribute {
	for i := range attributes {
		if attributes[i].Name == a.Name {
			attributes[i].Value = a.Value
			return attributes
		}
	}
	return append(attributes, a)
}
