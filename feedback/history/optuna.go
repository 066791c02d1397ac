package history

import (
	stdjson "encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/words"
	"atomizer-db/store"
	"atomizer-db/store/optuna"
)

// Errors of trials for which Optuna stores none.
const (
	failedInOptuna = "Failed in Optuna, which keeps no error message"
	prunedByOptuna = "Pruned by Optuna"
)

// event converts a finished trial of Optuna to an event.
func (s *studyImporter) event(t optuna.Trial, key string) (trial event.Trial, err error) {
	trial = event.Trial{
		Header: event.Header{Study: &s.result.Study, Key: key},
		Number: t.Number, DesignVariables: variables(t.Params), NoLearn: s.options.NoLearn,
	}
	if len(t.Values) == 1 && len(s.from.Directions) <= 1 && optuna.Name(t.Values[0]) == "" {
		trial.Objective = &t.Values[0]
	}
	limits, attributes, err := constraints(t.SystemAttrs)
	if err != nil {
		return trial, err
	}
	switch t.State {
	case optuna.Complete:
		trial.ConstraintViolations = violations(limits)
		trial.Success = len(trial.ConstraintViolations) == 0
	case optuna.Pruned:
		trial.Errors = []string{prunedAt(t)}
	default:
		trial.Errors = []string{failureOf(t)}
	}
	if trial.ContextItems, err = s.contextItems(t); err != nil {
		return trial, err
	}
	if err := s.times(t, &trial); err != nil {
		return trial, err
	}
	trial.Details, err = s.details(t, limits, attributes)
	return trial, err
}

// variables returns the parameters of a trial. Numbers keep all digits.
func variables(params map[string]any) map[string]any {
	values := make(map[string]any, len(params))
	for name, value := range params {
		if n, ok := value.(stdjson.Number); ok {
			value = event.Number(n)
		}
		values[name] = value
	}
	return values
}

func prunedAt(t optuna.Trial) string {
	if len(t.Intermediate) == 0 {
		return prunedByOptuna
	}
	return fmt.Sprintf("%s after step %d", prunedByOptuna, t.Intermediate[len(t.Intermediate)-1].Step)
}

// failureOf returns why a trial failed. Only the first versions of Optuna stored this,
// as an attribute.
func failureOf(t optuna.Trial) string {
	if reason, err := members(t.SystemAttrs).Text("fail_reason"); err == nil && reason != "" {
		return reason
	}
	return failedInOptuna
}

// shownLength limits the code points of a wrong attribute in an error.
const shownLength = 200

// contextItems returns the ids of items in the chosen user attributes.
func (s *studyImporter) contextItems(t optuna.Trial) (ids []string, err error) {
	for _, a := range t.UserAttrs {
		if !slices.ContainsFunc(s.options.ContextAttrs, func(pattern string) bool {
			matched, err := path.Match(pattern, a.Name)
			return matched && err == nil
		}) {
			continue
		}
		var one string
		var several []*string
		switch {
		case a.Value.Kind() == 'n':
			continue
		case json.Unmarshal(a.Value, &one) == nil:
			ids = append(ids, one)
			continue
		case json.Unmarshal(a.Value, &several) == nil && !slices.Contains(several, nil):
			for _, id := range several {
				ids = append(ids, *id)
			}
			continue
		}
		return nil, store.Fail(ErrNoItemIDs, "its user attribute %q must be the id of an item or a list of ids, not %s",
			a.Name, words.Cut(string(a.Value), shownLength))
	}
	return ids, nil
}

// times sets when the trial ended and how long it took.
func (s *studyImporter) times(t optuna.Trial, trial *event.Trial) error {
	started, err := s.time(t.Started)
	if err != nil {
		return err
	}
	ended, err := s.time(t.Completed)
	if err != nil {
		return err
	}
	switch {
	case ended.IsZero():
		trial.Time = started
	case started.IsZero():
		trial.Time = ended
	default:
		trial.Time, trial.DurationSeconds = ended, ended.Sub(started).Seconds()
	}
	return nil
}

func (s *studyImporter) time(text string) (time.Time, error) {
	location := s.options.Location
	if location == nil {
		location = time.Local
	}
	if text == "" {
		return time.Time{}, nil
	}
	layout := "2006-01-02T15:04:05"
	if strings.HasSuffix(text, "Z") || strings.ContainsAny(text[min(len(layout), len(text)):], "+-") {
		layout += "Z07:00"
	}
	if at, err := time.ParseInLocation(layout, strings.Replace(text, " ", "T", 1), location); err == nil {
		return at, nil
	}
	return time.Time{}, fmt.Errorf("%q is not a time in the format of Optuna", text)
}

// details returns everything about a trial that has no other field in an event.
func (s *studyImporter) details(t optuna.Trial, limits []limit, attributes []optuna.Attribute) (jsontext.Value, error) {
	w := newDetails()
	w.object(sourceField, func() {
		w.text("format", string(s.file.Format))
		w.text("file", filepath.Base(s.file.Path))
		w.text("study", s.from.Name)
		if s.options.As != "" && s.options.As != s.from.Name {
			w.text("as", s.options.As)
		}
		w.name("trial_id")
		w.token(jsontext.Int(t.ID))
	})
	w.attributes("user_attrs", t.UserAttrs)
	if len(limits) > 0 {
		w.object("constraints", func() {
			for _, l := range limits {
				w.name(l.key)
				w.value(l.raw)
			}
		})
	}
	if len(t.Intermediate) > 0 {
		w.object("intermediate_values", func() {
			for _, step := range t.Intermediate {
				w.name(strconv.FormatInt(step.Step, 10))
				w.number(step.Value)
			}
		})
	}
	w.attributes("system_attrs", attributes)
	w.text("state", string(t.State))
	w.name("values")
	w.token(jsontext.BeginArray)
	for _, value := range t.Values {
		w.number(value)
	}
	w.token(jsontext.EndArray)
	for _, at := range [][2]string{{"datetime_start", t.Started}, {"datetime_complete", t.Completed}} {
		if at[1] != "" {
			w.text(at[0], at[1])
		}
	}
	return w.end()
}

// sourceField is the detail that says where a trial was imported from.
const sourceField = "source"

func members(attributes []optuna.Attribute) (object playbook.Object) {
	for _, a := range attributes {
		object = append(object, playbook.Member{Name: a.Name, Value: a.Value})
	}
	return object
}

// essence returns the content of an imported trial for comparison. It leaves out where
// the trial was imported from, and of a failure what Optuna stored after its exception,
// when the Python module had recorded it.
func essence(o store.Outcome) string {
	details := map[string]any{}
	if o.Details != nil && json.Unmarshal([]byte(*o.Details), &details) != nil {
		return *o.Details
	}
	delete(details, sourceField)
	if details["state"] == string(optuna.Fail) {
		for _, later := range []string{"datetime_complete", "constraints", "intermediate_values", "system_attrs"} {
			delete(details, later)
		}
	}
	for _, at := range []string{"datetime_start", "datetime_complete"} { // a database has a space where a journal has T
		if text, ok := details[at].(string); ok {
			details[at] = strings.Replace(text, " ", "T", 1)
		}
	}
	text := jsontext.Value(marshal([]any{o.Success, o.Objective, jsontext.Value(o.DesignVariables), details}))
	if err := text.Canonicalize(); err != nil {
		return string(text)
	}
	return string(text)
}
