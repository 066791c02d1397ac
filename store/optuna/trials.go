package optuna

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// readTrials reads the trials themselves, by study.
func (r *reader) readTrials() (map[int64][]*Trial, error) {
	var rows []struct {
		ID        int64    `db:"trial_id"`
		Study     *int64   `db:"study_id"`
		Number    *int64   `db:"number"`
		State     State    `db:"state"`
		Value     *float64 `db:"value"`
		Started   string   `db:"started"`
		Completed string   `db:"completed"`
	}
	// Times are read as text, because the driver would assume that they are in UTC.
	if err := r.list(&rows, `
		select trial_id, study_id, `+r.either("trials", "number", "null")+` as number, state,
			`+r.either("trials", "value", "null")+` as value,
			ifnull(cast(datetime_start as text), '') as started, ifnull(cast(datetime_complete as text), '') as completed
		from trials
		order by trial_id`); err != nil {
		return nil, err
	}
	byStudy := map[int64][]*Trial{}
	for _, row := range rows {
		if row.Study == nil {
			continue
		}
		trial := &Trial{ID: row.ID, Number: unnumbered, State: row.State, Params: map[string]any{}, Started: row.Started, Completed: row.Completed}
		if !slices.Contains([]State{Running, Complete, Pruned, Fail, Waiting}, row.State) {
			return nil, r.wrong(row.ID, "the state %q is not known", row.State)
		}
		if row.Number != nil {
			trial.Number = *row.Number
		}
		if row.Value != nil {
			trial.Values = []float64{untyped(*row.Value)}
		}
		r.trials[row.ID] = trial
		byStudy[*row.Study] = append(byStudy[*row.Study], trial)
	}
	return byStudy, nil
}

const unnumbered = math.MinInt64

// number sets the numbers of trials that have none. Before Optuna 1.3, the number is a
// system attribute. If that is missing too, it is the trial's position in the study.
func (r *reader) number(byStudy map[int64][]*Trial) func() error {
	return func() error {
		for _, trials := range byStudy {
			for place, trial := range trials {
				at := slices.IndexFunc(trial.SystemAttrs, func(a Attribute) bool { return a.Name == "_number" })
				if at >= 0 && trial.Number == unnumbered {
					number, err := strconv.ParseInt(string(trial.SystemAttrs[at].Value), 10, 64)
					if err != nil {
						return r.wrong(trial.ID, "its number is %s", trial.SystemAttrs[at].Value)
					}
					trial.Number = number
					trial.SystemAttrs = slices.Delete(trial.SystemAttrs, at, at+1)
				}
				if trial.Number == unnumbered {
					trial.Number = int64(place)
				}
			}
		}
		return nil
	}
}

func (r *reader) readParams() error {
	var rows []struct {
		Trial        int64    `db:"trial_id"`
		Name         string   `db:"param_name"`
		Value        *float64 `db:"param_value"`
		Distribution string   `db:"distribution_json"`
	}
	if err := r.list(&rows, `select trial_id, param_name, param_value, distribution_json from trial_params order by param_id`); err != nil {
		return err
	}
	for _, row := range rows {
		trial := r.trials[row.Trial]
		if trial == nil {
			continue
		}
		internal := math.NaN()
		if row.Value != nil {
			internal = *row.Value
		}
		value, err := r.known.decode(row.Distribution, internal)
		if err != nil {
			return r.wrong(row.Trial, "the parameter %q: %v", row.Name, err)
		}
		trial.Params[row.Name] = value
	}
	return nil
}

// storedNumber is a number in a table, with its type in schemas that store one.
type storedNumber struct {
	Trial int64    `db:"trial_id"`
	Step  int64    `db:"step"`
	Value *float64 `db:"value"`
	Type  string   `db:"type"` // "" in a schema without
}

func (n storedNumber) float() (float64, error) {
	switch {
	case n.Type == "INF_POS":
		return math.Inf(1), nil
	case n.Type == "INF_NEG":
		return math.Inf(-1), nil
	case n.Value == nil: // SQLite keeps NaN as null
		return math.NaN(), nil
	case n.Type == "":
		return untyped(*n.Value), nil
	case n.Type == "FINITE":
		return *n.Value, nil
	}
	return 0, fmt.Errorf("the type of number %q is not known", n.Type)
}

// untyped reads a number of a schema without types, in which the largest floats mean
// infinity.
func untyped(number float64) float64 {
	for _, largest := range []float64{math.MaxFloat32, math.MaxFloat64} {
		if math.Abs(number) >= largest*(1-1e-6) && math.Abs(number) <= largest {
			return math.Copysign(math.Inf(1), number)
		}
	}
	return number
}

func (r *reader) readValues() error {
	if !r.has("trial_values", "objective") {
		return nil // before 2.4 the value is in the table of trials
	}
	return r.readNumbers(`
		select trial_id, objective as step, value, `+r.either("trial_values", "value_type", "''")+` as type
		from trial_values
		order by trial_id, objective`,
		func(trial *Trial, _ int64, value float64) { trial.Values = append(trial.Values, value) })
}

func (r *reader) readIntermediate() error {
	query := `
		select trial_id, step, intermediate_value as value, ` + r.either("trial_intermediate_values", "intermediate_value_type", "''") + ` as type
		from trial_intermediate_values
		order by trial_id, step`
	switch {
	case r.has("trial_intermediate_values", "intermediate_value"):
	case r.has("trial_values", "step"): // before 2.4
		query = `select trial_id, step, value, '' as type from trial_values order by trial_id, step`
	default:
		return r.unknown("the intermediate values of its trials")
	}
	return r.readNumbers(query, func(trial *Trial, step int64, value float64) {
		trial.Intermediate = append(trial.Intermediate, Step{step, value})
	})
}

func (r *reader) readNumbers(query string, add func(trial *Trial, step int64, value float64)) error {
	var rows []storedNumber
	if err := r.list(&rows, query); err != nil {
		return err
	}
	for _, row := range rows {
		trial := r.trials[row.Trial]
		if trial == nil {
			continue
		}
		value, err := row.float()
		if err != nil {
			return r.wrong(row.Trial, "%v", err)
		}
		add(trial, row.Step, value)
	}
	return nil
}

func (r *reader) readAttributes() error {
	for _, kind := range []struct {
		table string
		words string
		list  func(*Trial) *[]Attribute
	}{
		{"trial_user_attributes", "user attribute", func(t *Trial) *[]Attribute { return &t.UserAttrs }},
		{"trial_system_attributes", "system attribute", func(t *Trial) *[]Attribute { return &t.SystemAttrs }},
	} {
		var rows []struct {
			Trial int64  `db:"trial_id"`
			Name  string `db:"key"`
			Value string `db:"value_json"`
		}
		if err := r.list(&rows, `select trial_id, key, value_json from `+kind.table+` order by trial_id, rowid`); err != nil {
			return err
		}
		for _, row := range rows {
			trial := r.trials[row.Trial]
			if trial == nil {
				continue
			}
			value, err := strict([]byte(row.Value))
			if err != nil {
				return r.wrong(row.Trial, "the %s %q %v", kind.words, row.Name, err)
			}
			attributes := kind.list(trial)
			*attributes = append(*attributes, Attribute{row.Name, value})
		}
	}
	return nil
}
