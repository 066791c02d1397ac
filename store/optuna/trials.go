package optuna

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// heads reads what identifies the trials, by study; trials of no study are in that with
// number 0.
func (r *reader) heads(ctx context.Context) (map[int64][]Head, error) {
	byStudy := map[int64][]Head{}
	unnumbered := false
	// Times are read as text, because the driver would assume that they are in UTC.
	err := r.each(ctx, `
		select trial_id, ifnull(study_id, 0), `+r.either("trials", "number", "null")+` as number, state,
			ifnull(cast(datetime_start as text), ''), ifnull(cast(datetime_complete as text), '')
		from trials
		order by trial_id`, nil, func(rows *sql.Rows) error {
		var head Head
		var study int64
		var number *int64
		var state string
		if err := rows.Scan(&head.ID, &study, &number, &state, &head.Started, &head.Completed); err != nil {
			return err
		}
		var known bool
		if head.State, known = stateOf(state); !known && study != 0 {
			return r.wrong(head.ID, "the state %q is not known", state)
		}
		if number != nil {
			head.Number = *number
		} else {
			head.Number, unnumbered = noNumber, true
		}
		byStudy[study] = append(byStudy[study], head)
		return nil
	})
	if err == nil && unnumbered {
		err = r.number(ctx, byStudy)
	}
	return byStudy, err
}

const noNumber = math.MinInt64

// number sets the numbers of trials that have none. Before Optuna 1.3, the number is a
// system attribute. If that is missing too, it is the trial's position in the study.
func (r *reader) number(ctx context.Context, byStudy map[int64][]Head) error {
	texts := map[int64]string{}
	if err := r.each(ctx, `select trial_id, value_json from trial_system_attributes where key = '_number'`, nil, func(rows *sql.Rows) error {
		var trial int64
		var text string
		err := rows.Scan(&trial, &text)
		texts[trial] = text
		return err
	}); err != nil {
		return err
	}
	r.numbers = map[int64]bool{}
	for _, heads := range byStudy {
		for place := range heads {
			head := &heads[place]
			if head.Number != noNumber {
				continue
			}
			text, found := texts[head.ID]
			if !found {
				head.Number = int64(place)
				continue
			}
			var err error
			if head.Number, err = strconv.ParseInt(text, 10, 64); err != nil {
				return r.wrong(head.ID, "its number is %s", text)
			}
			r.numbers[head.ID] = true
		}
	}
	return nil
}

// load reads trials.
func (r *reader) load(ctx context.Context, heads []Head) ([]Trial, error) {
	trials := make([]Trial, len(heads))
	b := batch{reader: r, trials: make(map[int64]*Trial, len(heads))}
	ids := make([]int64, len(heads))
	for i, head := range heads {
		trials[i] = Trial{Head: head, Params: map[string]any{}}
		b.trials[head.ID], ids[i] = &trials[i], head.ID
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	b.ids = string(list)
	for _, read := range []func(context.Context) error{b.readParams, b.readValues, b.readIntermediate, b.readAttributes} {
		if err := read(ctx); err != nil {
			return nil, explain(r.path, err)
		}
	}
	return trials, nil
}

// batch are some trials that are read together.
type batch struct {
	*reader
	trials map[int64]*Trial
	ids    string // a JSON array
}

// ofTrials selects columns of the rows that belong to the trials with the given ids, from a
// table t.
func ofTrials(columns, table string) string {
	return `select t.trial_id, ` + columns + ` from json_each(?) j cross join ` + table + ` t on t.trial_id = j.value `
}

// each calls read for each row.
func (r *reader) each(ctx context.Context, query string, args []any, read func(*sql.Rows) error) (err error) {
	rows, err := r.db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := read(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (b batch) each(ctx context.Context, query string, read func(*sql.Rows) error) error {
	return b.reader.each(ctx, query, []any{b.ids}, read)
}

func (b batch) readParams(ctx context.Context) error {
	return b.each(ctx, ofTrials(`t.param_name, t.param_value, t.distribution_json`, `trial_params`), func(rows *sql.Rows) error {
		var trial int64
		var name string
		var distribution sql.RawBytes
		var stored *float64
		if err := rows.Scan(&trial, &name, &stored, &distribution); err != nil {
			return err
		}
		internal := math.NaN()
		if stored != nil {
			internal = *stored
		}
		value, err := b.known.decode(distribution, internal)
		if err != nil {
			return b.wrong(trial, "the parameter %q: %v", name, err)
		}
		b.trials[trial].Params[name] = value
		return nil
	})
}

// storedNumber is a number in a table, with its type in schemas that store one.
type storedNumber struct {
	value *float64
	kind  string // "" in a schema without
}

func (n storedNumber) float() (float64, error) {
	switch {
	case n.kind == "INF_POS":
		return math.Inf(1), nil
	case n.kind == "INF_NEG":
		return math.Inf(-1), nil
	case n.value == nil: // SQLite keeps NaN as null
		return math.NaN(), nil
	case n.kind == "":
		return untyped(*n.value), nil
	case n.kind == "FINITE":
		return *n.value, nil
	}
	return 0, fmt.Errorf("the type of number %q is not known", n.kind)
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

func (b batch) readValues(ctx context.Context) error {
	if !b.has("trial_values", "objective") { // before 2.4
		return b.each(ctx, ofTrials(`t.value`, `trials`)+`where t.value is not null`, func(rows *sql.Rows) error {
			var trial int64
			var value float64
			err := rows.Scan(&trial, &value)
			b.trials[trial].Values = []float64{untyped(value)}
			return err
		})
	}
	columns := `t.objective, t.value, ` + b.either("trial_values", "value_type", "''")
	return b.readNumbers(ctx, ofTrials(columns, `trial_values`)+`order by t.trial_id, t.objective`,
		func(trial *Trial, _ int64, value float64) { trial.Values = append(trial.Values, value) })
}

func (b batch) readIntermediate(ctx context.Context) error {
	columns, table := `t.step, t.intermediate_value, `+b.either("trial_intermediate_values", "intermediate_value_type", "''"), `trial_intermediate_values`
	switch {
	case b.has("trial_intermediate_values", "intermediate_value"):
	case b.has("trial_values", "step"): // before 2.4
		columns, table = `t.step, t.value, ''`, `trial_values`
	default:
		return b.unknown("the intermediate values of its trials")
	}
	if err := b.readNumbers(ctx, ofTrials(columns, table), func(trial *Trial, step int64, value float64) {
		trial.Intermediate = append(trial.Intermediate, Step{step, value})
	}); err != nil {
		return err
	}
	for _, trial := range b.trials {
		slices.SortFunc(trial.Intermediate, func(a, b Step) int { return cmp.Compare(a.Step, b.Step) })
	}
	return nil
}

// readNumbers reads numbers with their types, which are "" in a schema without.
func (b batch) readNumbers(ctx context.Context, query string, add func(trial *Trial, place int64, value float64)) error {
	return b.each(ctx, query, func(rows *sql.Rows) error {
		var trial, place int64
		var n storedNumber
		if err := rows.Scan(&trial, &place, &n.value, &n.kind); err != nil {
			return err
		}
		value, err := n.float()
		if err != nil {
			return b.wrong(trial, "%v", err)
		}
		add(b.trials[trial], place, value)
		return nil
	})
}

func (b batch) readAttributes(ctx context.Context) error {
	for _, kind := range []struct {
		table string
		words string
		list  func(*Trial) *[]Attribute
	}{
		{"trial_user_attributes", "user attribute", func(t *Trial) *[]Attribute { return &t.UserAttrs }},
		{"trial_system_attributes", "system attribute", func(t *Trial) *[]Attribute { return &t.SystemAttrs }},
	} {
		if err := b.each(ctx, ofTrials(`t.key, t.value_json`, kind.table)+`order by t.trial_id, t.rowid`, func(rows *sql.Rows) error {
			var trial int64
			var name string
			var text sql.RawBytes
			if err := rows.Scan(&trial, &name, &text); err != nil {
				return err
			}
			value, err := strict(text)
			switch {
			case err != nil:
				return b.wrong(trial, "the %s %q %v", kind.words, name, err)
			case name == "_number" && b.numbers[trial]:
				return nil
			}
			attributes := kind.list(b.trials[trial])
			*attributes = append(*attributes, Attribute{name, value})
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}
