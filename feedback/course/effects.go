package course

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"atomizer-db/feedback/event"
)

// Effect is how the objective depends on one design variable, by a sample of the trials.
type Effect struct {
	Variable string
	Values   []string // of a variable that is not a number, by their first trial; nil: it is one
	Points   []Value
	Top      []Value // of the best trials, which do not count in what follows

	// Explained is the size of the rank correlation between the variable and the objective
	// (C. Spearman, 1904), or, of a variable that is no number, the correlation ratio of the
	// ranks: from 0 to 1.
	Explained   float64
	Correlation float64 // with its sign; NaN: the variable is no number, or does not vary
}

// Value is a value of a variable, the objective of its trial, and whether the trial is among
// the best tenth of the sample.
type Value struct {
	X, Objective float64 // X: of a variable that is no number, the index of Values
	Best         bool
}

// fewestValues is the number of trials that a correlation takes.
const fewestValues = 5

// Effects returns how the objective depends on each design variable, that which explains
// the most first. The sample is the first successful trial of each stretch. The best trials,
// with their variables, are shown beside it.
func (c *Course) Effects(direction string, best []*Point) []Effect {
	samples := c.Samples()
	limit := decile(samples, direction)
	var names []string
	columns := map[string]*column{}
	for _, p := range samples {
		for name, value := range p.Variables {
			if columns[name] == nil {
				columns[name] = &column{places: map[string]int{}}
				names = append(names, name)
			}
			columns[name].add(value, p, !better(direction, limit, p.Objective))
		}
	}
	slices.Sort(names)
	effects := make([]Effect, 0, len(names))
	for _, name := range names {
		e := columns[name].effect(name)
		e.mark(best)
		effects = append(effects, e)
	}
	slices.SortStableFunc(effects, func(a, b Effect) int { return cmp.Compare(b.Explained, a.Explained) })
	return effects
}

// decile returns the objective that a tenth of the samples reaches, by the direction.
func decile(samples []*Point, direction string) float64 {
	if len(samples) == 0 {
		return 0
	}
	objectives := make([]float64, len(samples))
	for i, p := range samples {
		objectives[i] = p.Objective
	}
	slices.Sort(objectives)
	if direction == event.Maximize {
		slices.Reverse(objectives)
	}
	return objectives[(len(objectives)+9)/10-1]
}

// column are the values of one variable.
type column struct {
	numbers []Value
	texts   []Value // the same, as texts
	values  []string
	places  map[string]int
	others  bool // some are no numbers
}

func (c *column) add(value any, p *Point, best bool) {
	v := Value{Objective: p.Objective, Best: best}
	number, isNumber := toFloat(value)
	c.others = c.others || !isNumber
	if isNumber {
		v.X = number
		c.numbers = append(c.numbers, v)
	}
	text := toText(value)
	place, known := c.places[text]
	if !known {
		place = len(c.values)
		c.places[text] = place
		c.values = append(c.values, text)
	}
	v.X = float64(place)
	c.texts = append(c.texts, v)
}

func toFloat(value any) (float64, bool) {
	number, ok := value.(event.Number)
	if !ok {
		return 0, false
	}
	f, err := number.Float64()
	return f, err == nil
}

func toText(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(text)
}

func (c *column) effect(name string) Effect {
	e := Effect{Variable: name, Points: c.numbers, Correlation: math.NaN()}
	if c.others {
		e.Values, e.Points = c.values, c.texts
	}
	if len(e.Points) < fewestValues {
		return e
	}
	xs, ys := make([]float64, len(e.Points)), make([]float64, len(e.Points))
	for i, v := range e.Points {
		xs[i], ys[i] = v.X, v.Objective
	}
	if c.others {
		e.Explained = correlationRatio(xs, ranks(ys), len(c.values))
		return e
	}
	if e.Correlation = stat.Correlation(ranks(xs), ranks(ys), nil); !math.IsNaN(e.Correlation) {
		e.Explained = math.Abs(e.Correlation)
	}
	return e
}

// mark adds the best trials, where their values fit the variable.
func (e *Effect) mark(best []*Point) {
	for _, p := range best {
		value, found := p.Variables[e.Variable]
		x, isNumber := toFloat(value)
		if !found || e.Values == nil && !isNumber {
			continue
		}
		if e.Values != nil {
			text := toText(value)
			place := slices.Index(e.Values, text)
			if place < 0 {
				place = len(e.Values)
				e.Values = append(e.Values, text)
			}
			x = float64(place)
		}
		e.Top = append(e.Top, Value{X: x, Objective: p.Objective, Best: true})
	}
}

// ranks returns the ranks of values, from 1; equal values share the mean of their ranks.
func ranks(values []float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	ranks := make([]float64, len(values))
	for first := 0; first < len(order); {
		next := first + 1
		for next < len(order) && values[order[next]] == values[order[first]] {
			next++
		}
		for _, at := range order[first:next] {
			ranks[at] = float64(first+next+1) / 2
		}
		first = next
	}
	return ranks
}

// correlationRatio returns the root of the share of the variance that groups explain, less
// what as many groups would explain by chance (T. L. Kelley, 1935).
func correlationRatio(groups, values []float64, n int) float64 {
	sums, counts := make([]float64, n), make([]float64, n)
	mean := stat.Mean(values, nil)
	whole := 0.0
	for i, v := range values {
		sums[int(groups[i])] += v
		counts[int(groups[i])]++
		whole += (v - mean) * (v - mean)
	}
	within := 0.0
	for i, v := range values {
		own := v - sums[int(groups[i])]/counts[int(groups[i])]
		within += own * own
	}
	trials := float64(len(values))
	if whole == 0 || len(values) <= n {
		return 0
	}
	return math.Sqrt(max(0, 1-(within/(trials-float64(n)))/(whole/(trials-1))))
}
