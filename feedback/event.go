package feedback

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// Event is something that a study recorded: a [Trial], an [ErrorReport], a
// [Summary] (which finalizes the study), a [Reset] or a [Void].
type Event interface {
	header() Header
	validate() error
	prepare() (Event, error)
	record(*recorder) (Answer, error)
}

// Header is what every event may say beside its content.
type Header struct {
	Study *string   // the study's name; nil: the loop's own
	Key   string    // an idempotency key, unique in its study; "" for none
	Time  time.Time // when it happened; the zero time: now
}

func (h Header) header() Header { return h }

// Trial is one recorded evaluation of a design.
type Trial struct {
	Header
	Number               int64
	Success              bool
	Objective            *float64        // nil: none
	DesignVariables      map[string]any  // each a JSON scalar: a number, string, bool or nil
	ContextItems         []string        // ids of the items in the trial's context; an id may stand twice
	ShownItems           []string        // ids of items that were shown but not used; they count for nothing
	Errors               []string        // the solver's messages
	ConstraintViolations []string        // messages
	Extractor            string          // which extractor read the results, "" for none
	DurationSeconds      float64         //
	Details              json.RawMessage // a JSON object, stored as it came; nil: none
	NoLearn              bool            // only store it: no usage, counts or insights
}

// ErrorReport is an error outside a trial: it blames the items that were in
// use and becomes a pending insight, but counts as no trial.
type ErrorReport struct {
	Header
	TrialNumber  int64
	Type         string
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

// CheckEvent tells what is wrong with an event, without recording it: a
// [*FieldError].
func CheckEvent(event Event) error { return event.validate() }

// Prepare checks an event as [CheckEvent] does, and works out what takes no look
// at the database. What it gives is recorded faster in the event's place, while
// others wait; it does not follow later changes of the event.
func Prepare(event Event) (Event, error) { return event.prepare() }

// TypeOf gives an event's type, as event files name it.
func TypeOf(event Event) string {
	switch event.(type) {
	case ErrorReport:
		return "error"
	case Summary:
		return "finalize"
	case Reset:
		return "reset"
	case Void:
		return "void"
	}
	return "trial"
}

// preparedTrial is a trial with what follows from it alone.
type preparedTrial struct {
	Trial
	variables string // the design variables as JSON
	messages  []store.ErrorMessage
	insights  []store.Insight
}

func (t Trial) prepare() (Event, error) {
	if err := t.validate(); err != nil {
		return nil, err
	}
	p := &preparedTrial{Trial: t, variables: encodeVariables(t.DesignVariables), messages: t.messages()}
	if !t.NoLearn {
		p.insights = reflectOnTrial(&p.Trial)
	}
	return p, nil
}

func (t *preparedTrial) prepare() (Event, error) { return t, nil }
func (e ErrorReport) prepare() (Event, error)    { return e, e.validate() }
func (s Summary) prepare() (Event, error)        { return s, s.validate() }
func (r Reset) prepare() (Event, error)          { return r, r.validate() }
func (v Void) prepare() (Event, error)           { return v, v.validate() }

// FieldError says which field of an event is wrong, by its name in event files.
type FieldError struct {
	Field   string
	Problem string
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Problem }

func wrong(field, format string, args ...any) error {
	return &FieldError{Field: field, Problem: fmt.Sprintf(format, args...)}
}

func (h Header) validateHeader() error {
	if h.Study != nil {
		if err := checkText("study", *h.Study); err != nil {
			return err
		}
	}
	if year := h.Time.UTC().Year(); !h.Time.IsZero() && (year < 1 || year > 9999) {
		return wrong("time", "the year %d is not one of 1 to 9999", year)
	}
	return checkText("key", h.Key)
}

func (t Trial) validate() error {
	if err := t.validateHeader(); err != nil {
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
	return checkText("extractor_used", t.Extractor)
}

func (e ErrorReport) validate() error {
	if err := e.validateHeader(); err != nil {
		return err
	}
	if err := checkText("error_type", e.Type); err != nil {
		return err
	}
	if err := checkText("error_message", e.Message); err != nil {
		return err
	}
	return checkTexts("context_items_used", e.ContextItems)
}

func (s Summary) validate() error {
	if err := s.validateHeader(); err != nil {
		return err
	}
	if err := checkText("name", s.Name); err != nil {
		return err
	}
	if err := checkNumber("best_value", s.BestValue); err != nil {
		return err
	}
	if err := checkNumber("convergence_rate", s.ConvergenceRate); err != nil {
		return err
	}
	return checkText("method", s.Method)
}

func (r Reset) validate() error { return r.validateHeader() }

func checkTexts(field string, texts []string) error {
	for i, text := range texts {
		if problem := textProblem(text); problem != "" {
			return wrong(fmt.Sprintf("%s[%d]", field, i), "%s", problem)
		}
	}
	return nil
}

func checkText(field, text string) error {
	if problem := textProblem(text); problem != "" {
		return wrong(field, "%s", problem)
	}
	return nil
}

// textProblem says why a text cannot be stored, "" where it can.
func textProblem(text string) string {
	switch {
	case strings.IndexByte(text, 0) >= 0:
		return "must not hold the character U+0000"
	case !utf8.ValidString(text):
		return "is not valid UTF-8"
	}
	return ""
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
	if problem := textProblem(name); problem != "" {
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
		return textProblem(v)
	}
	return fmt.Sprintf("must be a number, a string, true, false or null, not %T", value)
}
