package optuna

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/store"
)

// IsJournal reports whether a text begins like a journal.
func IsJournal(text []byte) bool {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	var first operation
	value, err := strict(line)
	return err == nil && json.Unmarshal(value, &first) == nil && first.Code != nil
}

// ReadJournal reads a journal. It ignores an incomplete last line, which is still
// being written. An incomplete line before others is damage.
func ReadJournal(path string, text []byte) (*File, error) {
	j := journal{known: distributions{}}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		last := !bytes.HasSuffix(line, []byte("\n"))
		value, err := strict(bytes.TrimSpace(line))
		if last || err != nil && len(line) == len(text) {
			j.torn = true
			break
		}
		text = text[len(line):]
		if err != nil {
			return nil, store.Fail(store.ErrDamaged, "%s: line %d is incomplete, but more lines follow: the journal is damaged (%v)", path, number, err)
		}
		var op operation
		if err := json.Unmarshal(value, &op); err != nil {
			return nil, fmt.Errorf("%s: line %d is not an operation of Optuna's journal: %w", path, number, err)
		}
		if err := j.apply(op); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, number, err)
		}
	}
	return j.file(), nil
}

// journal is the result of the operations so far.
type journal struct {
	studies []*journalStudy
	trials  []*Trial
	known   distributions
	torn    bool // the last line is incomplete
}

type journalStudy struct {
	Study
	trials  []*Trial
	deleted bool
}

func (j *journal) file() *File {
	file := &File{Torn: j.torn}
	for _, s := range j.studies {
		if s.deleted {
			continue
		}
		study := s.Study
		study.load = j.load
		for _, trial := range s.trials {
			slices.SortFunc(trial.Intermediate, func(a, b Step) int { return cmp.Compare(a.Step, b.Step) })
			study.Trials = append(study.Trials, trial.Head)
		}
		file.Studies = append(file.Studies, study)
	}
	return file
}

func (j *journal) load(_ context.Context, heads []Head) ([]Trial, error) {
	trials := make([]Trial, 0, len(heads))
	for _, head := range heads {
		trials = append(trials, *j.trials[head.ID])
	}
	return trials, nil
}

// study returns a study by its id, nil if it does not exist or was deleted.
func (j *journal) study(id int64) *journalStudy {
	if id < 0 || id >= int64(len(j.studies)) || j.studies[id].deleted {
		return nil
	}
	return j.studies[id]
}

// apply applies an operation as Optuna does. An operation on a finished trial, or on
// a study or trial that does not exist, was an error for its writer and changes nothing.
func (j *journal) apply(op operation) error {
	if op.Code == nil {
		return errors.New("op_code is missing")
	}
	switch code := *op.Code; code {
	case createStudy:
		return j.createStudy(op)
	case deleteStudy:
		if study := j.study(op.Study); study != nil {
			study.deleted = true
		}
		return nil
	case setStudyUserAttribute, setStudySystemAttribute:
		return j.nameAttributes(op)
	case discard:
		return nil
	case createTrial:
		return j.createTrial(op)
	case setParam, setState, setIntermediate, setUserAttribute, setSystemAttribute:
		if op.Trial == nil {
			return errors.New("trial_id is missing")
		}
		if id := *op.Trial; id >= 0 && id < int64(len(j.trials)) && !j.trials[id].State.Finished() {
			return j.change(j.trials[id], code, op)
		}
		return nil
	default:
		return fmt.Errorf("op_code %d is not known: it may be of a newer Optuna", code)
	}
}

func (j *journal) createStudy(op operation) error {
	for _, study := range j.studies {
		if study.Name == op.StudyName && !study.deleted {
			return nil
		}
	}
	study := &journalStudy{Study: Study{Name: op.StudyName}}
	for _, code := range op.Directions {
		if code < 0 || code >= len(directions) {
			return fmt.Errorf("the direction %d is not known", code)
		}
		study.Directions = append(study.Directions, directions[code])
	}
	j.studies = append(j.studies, study)
	return nil
}

// nameAttributes notes the names of a study's attributes.
func (j *journal) nameAttributes(op operation) error {
	study := j.study(op.Study)
	if study == nil {
		return nil
	}
	for _, object := range []jsontext.Value{op.UserAttr, op.SystemAttr} {
		list, err := attributesOf(object)
		if err != nil {
			return err
		}
		for _, a := range list {
			if !slices.Contains(study.Attributes, a.Name) {
				study.Attributes = append(study.Attributes, a.Name)
			}
		}
	}
	return nil
}

func (j *journal) createTrial(op operation) (err error) {
	study := j.study(op.Study)
	if study == nil {
		return nil
	}
	trial := &Trial{Head: Head{ID: int64(len(j.trials)), Number: int64(len(study.trials)), State: Running}, Params: map[string]any{}}
	if err := setResult(trial, op); err != nil {
		return err
	}
	if op.Value != nil {
		trial.Values = []float64{float64(*op.Value)}
	}
	for name, internal := range op.Params {
		if trial.Params[name], err = j.known.decode([]byte(op.Distributions[name]), float64(internal)); err != nil {
			return fmt.Errorf("the parameter %q: %w", name, err)
		}
	}
	for step, value := range op.Intermediates {
		number, err := strconv.ParseInt(step, 10, 64)
		if err != nil {
			return fmt.Errorf("the step %q is not a number", step)
		}
		trial.Intermediate = append(trial.Intermediate, Step{number, float64(value)})
	}
	if trial.UserAttrs, err = attributesOf(op.UserAttrs); err != nil {
		return err
	}
	if trial.SystemAttrs, err = attributesOf(op.SystemAttrs); err != nil {
		return err
	}
	j.trials = append(j.trials, trial)
	study.trials = append(study.trials, trial)
	return nil
}

// attributesOf reads an object that may be left out.
func attributesOf(object jsontext.Value) ([]Attribute, error) {
	if object.Kind() != '{' {
		return nil, nil
	}
	return attributes(object)
}

// setResult sets the state, the values and the times that the operation contains.
func setResult(trial *Trial, op operation) error {
	if op.State != nil {
		if *op.State < 0 || *op.State >= len(states) {
			return fmt.Errorf("the state %d is not known", *op.State)
		}
		trial.State = states[*op.State]
	}
	if op.Values != nil {
		trial.Values = nil
		for _, value := range op.Values {
			trial.Values = append(trial.Values, float64(value))
		}
	}
	if op.Started != nil {
		trial.Started = *op.Started
	}
	if op.Completed != nil {
		trial.Completed = *op.Completed
	}
	return nil
}

func (j *journal) change(trial *Trial, code int, op operation) (err error) {
	switch code {
	case setParam:
		trial.Params[op.ParamName], err = j.known.decode([]byte(op.Distribution), float64(op.ParamValue))
		if err != nil {
			err = fmt.Errorf("the parameter %q: %w", op.ParamName, err)
		}
	case setState:
		if op.State != nil && *op.State == 0 && trial.State == Running {
			return nil // another process was faster
		}
		err = setResult(trial, op)
	case setIntermediate:
		value := Step{op.Step, float64(op.Intermediate)}
		at := slices.IndexFunc(trial.Intermediate, func(s Step) bool { return s.Step == op.Step })
		if at >= 0 {
			trial.Intermediate[at] = value
		} else {
			trial.Intermediate = append(trial.Intermediate, value)
		}
	case setUserAttribute:
		err = merge(&trial.UserAttrs, op.UserAttr)
	case setSystemAttribute:
		err = merge(&trial.SystemAttrs, op.SystemAttr)
	}
	return err
}

func merge(into *[]Attribute, object jsontext.Value) error {
	list, err := attributesOf(object)
	for _, a := range list {
		*into = set(*into, a)
	}
	return err
}
