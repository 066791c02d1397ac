// Package event is what a study records: the types of events, and how they are
// checked, read from the lines of an event file, and written to them.
package event

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Event is something that a study recorded: a [Trial], an [ErrorReport], a
// [Summary] (which finalizes the study), a [Reset] or a [Void], each by value.
type Event interface {
	Type() string    // as event files name it
	Head() Header    //
	Validate() error // what is wrong with the event, a [*FieldError]
	sealed()
}

// The types of events, as event files name them.
const (
	TypeTrial    = "trial"
	TypeError    = "error"
	TypeFinalize = "finalize"
	TypeReset    = "reset"
	TypeVoid     = "void"
)

// Type returns "trial".
func (Trial) Type() string { return TypeTrial }

// Type returns "error".
func (ErrorReport) Type() string { return TypeError }

// Type returns "finalize".
func (Summary) Type() string { return TypeFinalize }

// Type returns "reset".
func (Reset) Type() string { return TypeReset }

// Type returns "void".
func (Void) Type() string { return TypeVoid }

// Header is what every event may say beside its content.
type Header struct {
	Study *string   // the study's name; nil: the loop's own
	Key   string    // an idempotency key, unique in its study; "" for none
	Time  time.Time // when it happened; the zero time: now
}

// Head returns the header.
func (h Header) Head() Header { return h }

func (Header) sealed() {}

// Trial is one recorded evaluation of a design.
type Trial struct {
	Header
	Number               int64
	Success              bool
	Objective            *float64       // nil: none
	DesignVariables      map[string]any // each a JSON scalar: a [Number] or other number, string, bool or nil
	ContextItems         []string       // ids of the items in the trial's context; an id may stand twice
	ShownItems           []string       // ids of items that were shown but not used; they count for nothing
	Errors               []string       // the solver's messages
	ConstraintViolations []string       // messages
	Extractor            string         // which extractor read the results, "" for none
	DurationSeconds      float64        //
	Details              jsontext.Value // a JSON object, stored as it came; nil: none
	NoLearn              bool           // only store it: no usage, counts or insights
}

// ErrorReport is an error outside a trial: it blames the items that were in
// use and becomes a pending insight, but counts as no trial.
type ErrorReport struct {
	Header
	TrialNumber  int64
	ErrorType    string
	Message      string
	ContextItems []string
}

// Summary is what a study reports at its end, to be reflected on by finalize.
type Summary struct {
	Header
	Name            string  // only goes into the insight; the legacy default is [UnknownName]
	TotalTrials     int64   //
	BestValue       float64 //
	ConvergenceRate float64 // share of trials that succeeded, 0 to 1
	Method          string  // the optimizer, "" for none
	NoSave          bool    // leave playbook.json as it is
	Overwrite       bool    // replace playbook.json even if someone else has changed it
}

// UnknownName stands for a study that its summary does not name.
const UnknownName = "unknown"

// Reset starts a study's statistics, usage and pending insights afresh. The
// playbook and the recorded rows stay.
type Reset struct{ Header }

// Void takes a trial that was recorded by mistake out of counts, statistics and
// usage, with its insights as far as they are pending; or, with Undo, takes it
// back in. What a finalize has committed or pruned meanwhile stays.
type Void struct {
	Header
	TrialNumber int64
	Attempt     int64 // which recording of the number, from 1; 0: the latest that can be
	Undo        bool
}

// Validate returns what is wrong with the trial, a [*FieldError].
func (t Trial) Validate() error { return trials.check(&t) }

// Validate returns what is wrong with the report, a [*FieldError].
func (e ErrorReport) Validate() error { return errorReports.check(&e) }

// Validate returns what is wrong with the summary, a [*FieldError].
func (s Summary) Validate() error { return summaries.check(&s) }

// Validate returns what is wrong with the reset, a [*FieldError].
func (r Reset) Validate() error { return resets.check(&r) }

// Validate returns what is wrong with the void, a [*FieldError].
func (v Void) Validate() error { return voids.check(&v) }

// The directions of a study.
const (
	Minimize = "minimize"
	Maximize = "maximize"
)

// FieldError says which field of an event is wrong, by its name in event files.
type FieldError struct {
	Field   string
	Problem string
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Problem }

func wrong(field, format string, args ...any) error {
	return &FieldError{Field: field, Problem: fmt.Sprintf(format, args...)}
}
