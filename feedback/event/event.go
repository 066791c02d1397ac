// Package event is what a study records: the types of events, and how they are
// checked, read from the lines of an event file, and written to them.
package event

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/words"
)

// Event is something that a study recorded: a [Trial], an [ErrorReport], a
// [Summary] (which finalizes the study), a [Reset] or a [Void].
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
	DesignVariables      map[string]any // each a JSON scalar: a number, string, bool or nil
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

func (h Header) checkHeader() error {
	if h.Study != nil {
		if err := CheckText("study", *h.Study); err != nil {
			return err
		}
	}
	if year := h.Time.UTC().Year(); !h.Time.IsZero() && (year < 1 || year > 9999) {
		return wrong("time", "the year %d is not one of 1 to 9999", year)
	}
	return CheckText("key", h.Key)
}

// Validate checks every field.
func (t Trial) Validate() error {
	if err := t.checkHeader(); err != nil {
		return err
	}
	if t.Objective != nil {
		if err := checkNumber("objective_value", *t.Objective); err != nil {
			return err
		}
	}
	if err := checkNumber("duration_seconds", t.DurationSeconds); err != nil {
		return err
	}
	for name, value := range t.DesignVariables {
		if err := checkVariable(name, value); err != nil {
			return err
		}
	}
	if err := checkTexts("context_items_used", t.ContextItems); err != nil {
		return err
	}
	if err := checkTexts("context_items_shown", t.ShownItems); err != nil {
		return err
	}
	if err := checkTexts("errors", t.Errors); err != nil {
		return err
	}
	if err := checkTexts("constraint_violations", t.ConstraintViolations); err != nil {
		return err
	}
	if t.Details != nil {
		if err := playbook.CheckObject(t.Details); err != nil {
			return wrong("details", "%v", err)
		}
	}
	return CheckText("extractor_used", t.Extractor)
}

// Validate checks every field.
func (e ErrorReport) Validate() error {
	if err := e.checkHeader(); err != nil {
		return err
	}
	if err := CheckText("error_type", e.ErrorType); err != nil {
		return err
	}
	if err := CheckText("error_message", e.Message); err != nil {
		return err
	}
	return checkTexts("context_items_used", e.ContextItems)
}

// Validate checks every field.
func (s Summary) Validate() error {
	if err := s.checkHeader(); err != nil {
		return err
	}
	if err := CheckText("name", s.Name); err != nil {
		return err
	}
	if err := checkNumber("best_value", s.BestValue); err != nil {
		return err
	}
	if err := checkNumber("convergence_rate", s.ConvergenceRate); err != nil {
		return err
	}
	return CheckText("method", s.Method)
}

// Validate checks every field.
func (r Reset) Validate() error { return r.checkHeader() }

// Validate checks every field.
func (v Void) Validate() error {
	if v.Attempt < 0 {
		return wrong("attempt", "must be 1 or more, not %d", v.Attempt)
	}
	return v.checkHeader()
}

func checkTexts(field string, texts []string) error {
	for i, text := range texts {
		if problem := words.Problem(text); problem != "" {
			return wrong(fmt.Sprintf("%s[%d]", field, i), "%s", problem)
		}
	}
	return nil
}

// CheckText returns a [*FieldError] where a text cannot be stored.
func CheckText(field, text string) error {
	if problem := words.Problem(text); problem != "" {
		return wrong(field, "%s", problem)
	}
	return nil
}

func checkNumber(field string, number float64) error {
	if problem := numberProblem(number); problem != "" {
		return wrong(field, "%s", problem)
	}
	return nil
}

func numberProblem(number float64) string {
	if math.IsNaN(number) || math.IsInf(number, 0) {
		return fmt.Sprintf("%v is not a finite number", number)
	}
	return ""
}

// checkVariable checks one of the design variables.
func checkVariable(name string, value any) error {
	if problem := words.Problem(name); problem != "" {
		return wrong("design_variables", "the name %q %s", name, problem)
	}
	if problem := scalarProblem(value); problem != "" {
		return wrong(fmt.Sprintf("design_variables[%q]", name), "%s", problem)
	}
	return nil
}

// scalarProblem says why a value cannot be stored, "" where it can.
func scalarProblem(value any) string {
	switch v := value.(type) {
	case nil, bool, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return ""
	case float32:
		return numberProblem(float64(v))
	case float64:
		return numberProblem(v)
	case json.Number:
		number, err := v.Float64()
		if err != nil {
			return fmt.Sprintf("%s is not a finite number", v)
		}
		return numberProblem(number)
	case string:
		return words.Problem(v)
	}
	return fmt.Sprintf("must be a number, a string, true, false or null, not %T", value)
}
