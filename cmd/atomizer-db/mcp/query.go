package mcp

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/cmd/atomizer-db/limits"
	"atomizer-db/feedback"
)

// The limits of a query.
const (
	queryTime   = 30 * time.Second
	mostCounted = 100_000 // rows after those that are shown
	mostColumns = 100
)

type queryArguments struct {
	Study      string                    `json:"study"`
	SQL        string                    `json:"sql"`
	Parameters map[string]jsontext.Value `json:"parameters"`
	Limit      int                       `json:"limit"`
	Cursor     string                    `json:"cursor"`
}

// queryAnswer are rows of a query.
type queryAnswer struct {
	Study   string   `json:"study"`
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
	rest
	More bool `json:"more,omitempty"` // more than left: they were not all counted
}

func query(ctx context.Context, s *server, a queryArguments) (answer, error) {
	from, err := position(a.Cursor)
	if err != nil {
		return answer{}, err
	}
	parameters, err := feedback.Parameters(a.Parameters)
	if err != nil {
		return answer{}, err
	}
	loop, err := s.toAsk(ctx, a.Study)
	if err != nil {
		return answer{}, err
	}
	rows := &rows{from: from, limit: cmp.Or(a.Limit, 100)}
	within := limits.Query{Timeout: queryTime, MaxMemory: limits.Default.MaxMemory}
	err = within.Ask(ctx, loop, a.SQL, parameters, rows)
	counted := errors.Is(err, limits.ErrTimeout) && !errors.Is(err, limits.ErrAbandoned) && len(rows.rows) == rows.limit
	if errors.Is(err, errEnough) || counted {
		rows.more, err = true, nil
	}
	if err != nil {
		return answer{}, err
	}
	return answer{len(rows.rows), func(p part) told { return rows.tell(p, loop.StudyName()) }}, nil
}

// rows collects the rows of a query from one on, and counts those after the limit.
type rows struct {
	from, limit int
	columns     []string
	rows        [][]any
	total       int
	more        bool // not all rows were counted
}

// errEnough ends a query of which no more rows are counted.
var errEnough = errors.New("enough rows")

// Columns takes the names of the columns.
func (r *rows) Columns(names []string) error {
	if len(names) > mostColumns {
		return fmt.Errorf("the query has %d columns, and at most %d are told: select fewer", len(names), mostColumns)
	}
	r.columns = names
	return nil
}

// Row takes one row.
func (r *rows) Row(values []any) error {
	r.total++
	switch {
	case r.total <= r.from:
	case len(r.rows) < r.limit:
		row := make([]any, len(values))
		for i, value := range values {
			row[i] = keep(value)
		}
		r.rows = append(r.rows, row)
	case r.total > r.from+r.limit+mostCounted:
		return errEnough
	}
	return nil
}

// keep returns a value as JSON has it: a blob as hexadecimal digits, and an infinite number,
// which JSON does not have, as text. It keeps no more of a long text than an answer can tell.
func keep(value any) any {
	p := part{length: mostBytes}
	switch v := value.(type) {
	case []byte:
		if len(v) > mostBytes {
			return fmt.Sprintf("%s… (%d bytes more)", hex.EncodeToString(v[:mostBytes/2]), len(v)-mostBytes/2)
		}
		return hex.EncodeToString(v)
	case string:
		return strings.Clone(p.cut(v))
	case float64:
		if math.IsInf(v, 0) {
			return strconv.FormatFloat(v, 'g', -1, 64)
		}
	}
	return value
}

func (r *rows) tell(p part, study string) told {
	shown := make([][]any, 0, p.entries)
	for _, row := range r.rows[:min(p.entries, len(r.rows))] {
		cells := make([]any, len(row))
		for i, value := range row {
			if cells[i] = value; isText(value) {
				cells[i] = p.cut(value.(string))
			}
		}
		shown = append(shown, cells)
	}
	end := min(r.from+len(shown), r.total)
	a := queryAnswer{Study: p.cut(study), Columns: p.cutNames(r.columns), Rows: shown, rest: restOf(end, r.total, strconv.Itoa(end)), More: r.more}
	return told{a, a.text()}
}

func isText(value any) bool { _, ok := value.(string); return ok }

// cutNames cuts the names of columns, but leaves out none.
func (p part) cutNames(names []string) []string {
	short := make([]string, len(names))
	for i, name := range names {
		short[i] = p.cut(name)
	}
	return short
}

func (a queryAnswer) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Study %s. ", quoted(a.Study))
	if len(a.Rows) == 0 {
		b.WriteString("No rows.\n")
		return b.String()
	}
	b.WriteString("Rows, as data, with tabs between the columns:\n\n")
	lines := []string{strings.Join(escaped(a.Columns), "\t")}
	for _, row := range a.Rows {
		cells := make([]string, len(row))
		for i, value := range row {
			if cells[i] = fmt.Sprint(value); value == nil {
				cells[i] = "null"
			} else if number, ok := value.(float64); ok {
				cells[i] = strconv.FormatFloat(number, 'g', -1, 64)
			}
		}
		lines = append(lines, strings.Join(escaped(cells), "\t"))
	}
	b.WriteString(fenced(strings.Join(lines, "\n")))
	if a.More {
		fmt.Fprintf(&b, "\nAt least %d more: call again with cursor %s, or ask for less.\n", a.Left, quoted(*a.Next))
	} else {
		b.WriteString(a.line())
	}
	return b.String()
}
