// Package optuna reads the studies that Optuna has stored, in a SQLite database
// or in a file of its JournalStorage. It writes to neither, nor beside them.
package optuna

import "github.com/go-json-experiment/json/jsontext"

// File is what a database or a journal holds.
type File struct {
	Version string // of the schema, "" for a journal
	Studies []Study
}

// Study is one optimization.
type Study struct {
	Name       string
	Directions []Direction // one an objective
	Trials     []Trial     // in the order in which they were begun
}

// Direction says which values of an objective are better.
type Direction string

// The directions.
const (
	NotSet   Direction = "NOT_SET"
	Minimize Direction = "MINIMIZE"
	Maximize Direction = "MAXIMIZE"
)

// State is how far a trial has come.
type State string

// The states.
const (
	Running  State = "RUNNING"
	Complete State = "COMPLETE"
	Pruned   State = "PRUNED"
	Fail     State = "FAIL"
	Waiting  State = "WAITING"
)

// Finished tells whether nothing will change any more.
func (s State) Finished() bool { return s == Complete || s == Pruned || s == Fail }

// Trial is one evaluation. Numbers may be infinite or none.
type Trial struct {
	ID           int64
	Number       int64
	State        State
	Values       []float64      // one an objective; none where there is no result
	Params       map[string]any // decoded: each a json.Number, text, bool or nil
	Intermediate []Step         // by step
	UserAttrs    []Attribute    // in the order in which they were first set
	SystemAttrs  []Attribute    // likewise
	Started      string         // as it stands in the file, "" for none
	Completed    string         // likewise
}

// Step is an intermediate value.
type Step struct {
	Step  int64
	Value float64
}

// Attribute is a value by name. The value is JSON as JSON is defined: what
// Python writes as NaN, Infinity or -Infinity is text.
type Attribute struct {
	Name  string
	Value jsontext.Value
}

// set gives an attribute another value, or adds it.
func set(attributes []Attribute, a Attribute) []Attribute {
	for i := range attributes {
		if attributes[i].Name == a.Name {
			attributes[i].Value = a.Value
			return attributes
		}
	}
	return append(attributes, a)
}
