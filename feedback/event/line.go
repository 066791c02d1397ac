package event

import (
	stdjson "encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/jsonerr"
)

// eventLine is the form of one type of event in a file. Pointers tell a field
// that is left out or null from its zero.
type eventLine interface{ event() (Event, error) }

type headerLine struct {
	Type  string  `json:"type"`
	Study *string `json:"study"`
	Key   *string `json:"key"`
	Time  *string `json:"time"`
}

func (l headerLine) header() (h Header, err error) {
	h.Study = l.Study
	if l.Key != nil {
		if h.Key = *l.Key; h.Key == "" {
			return h, wrong("key", "must not be empty: leave it out for an event without one")
		}
	}
	if l.Time != nil {
		if h.Time, err = ParseTime(*l.Time); err != nil {
			return h, wrong("time", "%v", err)
		}
	}
	return h, nil
}

// ParseTime reads the time of an event, in RFC 3339.
func ParseTime(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	// Parse also takes hours of one digit and a decimal comma. The zero time
	// stands for none.
	if err != nil || text[len("2026-01-31T12")] != ':' || strings.Contains(text, ",") || at.Truncate(time.Microsecond).IsZero() {
		return at, fmt.Errorf("%q is not a time such as 2026-01-31T12:00:00Z (RFC 3339)", text)
	}
	return at, nil
}

type trialLine struct {
	headerLine
	Number               *int64                    `json:"trial_number"`
	Success              *bool                     `json:"success"`
	Objective            *float64                  `json:"objective_value"`
	DesignVariables      map[string]jsontext.Value `json:"design_variables"`
	ContextItems         []*string                 `json:"context_items_used"`
	ShownItems           []*string                 `json:"context_items_shown"`
	Errors               []*string                 `json:"errors"`
	ConstraintViolations []*string                 `json:"constraint_violations"`
	Extractor            string                    `json:"extractor_used"`
	DurationSeconds      float64                   `json:"duration_seconds"`
	Details              jsontext.Value            `json:"details"`
	Learn                *bool                     `json:"learn"`
}

func (l trialLine) event() (Event, error) {
	h, err := l.header()
	switch {
	case err != nil:
		return nil, err
	case l.Number == nil:
		return nil, wrong("trial_number", "is missing: an integer is required")
	case l.Success == nil:
		return nil, wrong("success", "is missing: true or false is required")
	}
	variables, err := decodeVariables(l.DesignVariables)
	if err != nil {
		return nil, err
	}
	trial := Trial{
		Header: h, Number: *l.Number, Success: *l.Success, Objective: l.Objective, DesignVariables: variables,
		Extractor: l.Extractor, DurationSeconds: l.DurationSeconds, NoLearn: l.Learn != nil && !*l.Learn,
	}
	if trial.ContextItems, err = texts("context_items_used", l.ContextItems); err != nil {
		return nil, err
	}
	if trial.ShownItems, err = texts("context_items_shown", l.ShownItems); err != nil {
		return nil, err
	}
	if trial.Errors, err = texts("errors", l.Errors); err != nil {
		return nil, err
	}
	if trial.ConstraintViolations, err = texts("constraint_violations", l.ConstraintViolations); err != nil {
		return nil, err
	}
	if l.Details != nil && l.Details.Kind() != 'n' {
		trial.Details = l.Details.Clone()
	}
	return trial, nil
}

type voidLine struct {
	headerLine
	TrialNumber *int64 `json:"trial_number"`
	Attempt     *int64 `json:"attempt"`
	Undo        bool   `json:"undo"`
}

func (l voidLine) event() (Event, error) {
	h, err := l.header()
	switch {
	case err != nil:
		return nil, err
	case l.TrialNumber == nil:
		return nil, wrong("trial_number", "is missing: an integer is required")
	case l.Attempt == nil:
		return Void{Header: h, TrialNumber: *l.TrialNumber, Undo: l.Undo}, nil
	case *l.Attempt < 1:
		return nil, wrong("attempt", "must be 1 or more, not %d", *l.Attempt)
	}
	return Void{Header: h, TrialNumber: *l.TrialNumber, Attempt: *l.Attempt, Undo: l.Undo}, nil
}

// texts refuses a null in a list, where it is no default.
func texts(field string, list []*string) ([]string, error) {
	if len(list) == 0 {
		return nil, nil
	}
	texts := make([]string, len(list))
	for i, text := range list {
		if text == nil {
			return nil, wrong(fmt.Sprintf("%s[%d]", field, i), "must be text, not null")
		}
		texts[i] = *text
	}
	return texts, nil
}

func decodeVariables(values map[string]jsontext.Value) (map[string]any, error) {
	if len(values) == 0 {
		return nil, nil
	}
	variables := make(map[string]any, len(values))
	for name, value := range values {
		var ok bool
		if variables[name], ok = scalar(value); !ok {
			return nil, wrong(fmt.Sprintf("design_variables[%q]", name), "must be a number, a string, true, false or null, not %s", jsonerr.KindName(value.Kind()))
		}
	}
	return variables, nil
}

// scalar reads a JSON value that is neither an object nor a list.
func scalar(value jsontext.Value) (any, bool) {
	switch value.Kind() {
	case 'n':
		return nil, true
	case 't', 'f':
		return value.Kind() == 't', true
	case '0':
		return stdjson.Number(value), true
	case '"':
		return unquote(value)
	}
	return nil, false
}

type errorLine struct {
	headerLine
	TrialNumber  *int64    `json:"trial_number"`
	ErrorType    *string   `json:"error_type"`
	ErrorMessage *string   `json:"error_message"`
	ContextItems []*string `json:"context_items_used"`
}

func (l errorLine) event() (Event, error) {
	h, err := l.header()
	switch {
	case err != nil:
		return nil, err
	case l.TrialNumber == nil:
		return nil, wrong("trial_number", "is missing: an integer is required")
	case l.ErrorType == nil:
		return nil, wrong("error_type", "is missing: text is required")
	case l.ErrorMessage == nil:
		return nil, wrong("error_message", "is missing: text is required")
	}
	items, err := texts("context_items_used", l.ContextItems)
	return ErrorReport{Header: h, TrialNumber: *l.TrialNumber, ErrorType: *l.ErrorType, Message: *l.ErrorMessage, ContextItems: items}, err
}

type finalizeLine struct {
	headerLine
	Name            *string `json:"name"`
	TotalTrials     int64   `json:"total_trials"`
	BestValue       float64 `json:"best_value"`
	ConvergenceRate float64 `json:"convergence_rate"`
	Method          string  `json:"method"`
	SavePlaybook    *bool   `json:"save_playbook"`
}

func (l finalizeLine) event() (Event, error) {
	h, err := l.header()
	if err != nil {
		return nil, err
	}
	summary := Summary{
		Header: h, Name: UnknownName, TotalTrials: l.TotalTrials, BestValue: l.BestValue,
		ConvergenceRate: l.ConvergenceRate, Method: l.Method, NoSave: l.SavePlaybook != nil && !*l.SavePlaybook,
	}
	if l.Name != nil {
		summary.Name = *l.Name
	}
	return summary, nil
}

type resetLine struct{ headerLine }

func (l resetLine) event() (Event, error) {
	h, err := l.header()
	return Reset{Header: h}, err
}
