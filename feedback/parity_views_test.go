package feedback_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"atomizer-db/feedback"
	"atomizer-db/migrations"
	"atomizer-db/store"
	"atomizer-db/store/engine"
)

// compareViews compares the rows of all views, of the examples, and of the README's samples.
func (p *pair) compareViews() {
	p.t.Helper()
	for _, view := range migrations.Views() {
		var columns []string
		for _, c := range view.Columns {
			if c.Name = strconv.Quote(c.Name); view.Name == "design_variables" && c.Name == `"value"` {
				c.Name = aVariable
			}
			columns = append(columns, c.Name)
		}
		p.sameRows(view.Name, func(string) string { return "select " + strings.Join(columns, ", ") + " from " + view.Name }, unchanged)
	}
	for n, example := range engine.Examples("") {
		p.sameRows(example.Question, func(database string) string { return engine.Examples(database)[n].SQL }, alike)
	}
	queries, err := samples()
	p.check(err)
	for _, sql := range queries {
		p.sameRows(sql, func(string) string { return sql }, alike)
	}
}

// samples are the sample queries of the reference for analysts, about the study and an item of
// the random histories. One text is for both engines.
var samples = sync.OnceValues(func() (queries []string, err error) {
	readme, err := os.ReadFile("../migrations/README.md")
	text := strings.NewReplacer("'demo'", "'"+feedback.DefaultStudy+"'", "'wf-00001'", "'mis-00001'").Replace(string(readme))
	for _, block := range regexp.MustCompile("(?ms)^```sql\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		queries = append(queries, block[1])
	}
	return append(queries, // those of the README above
		"select trial_number, objective from trials where study = :study and success = 1",
		"select item, avg(success) as rate from trial_items where counts = 1 group by item"), err
})

// aVariable is the value of a design variable, which is text in PostgreSQL.
const aVariable = `case when type in ('integer', 'real') then cast(value as double precision) end as number,
	case when type not in ('integer', 'real') then cast(value as text) end as text`

// sameRows compares the rows of a question, in any order.
func (p *pair) sameRows(what string, sql func(database string) string, as func(any) any) {
	p.t.Helper()
	p.same(what, func(l *feedback.Loop) (any, error) {
		found := table{as: as}
		questions, err := l.Questions(p.ctx)
		if err != nil {
			return nil, err
		}
		err = questions.Ask(p.ctx, sql(l.Path()), nil, &found)
		return []any{found.columns, found.sorted()}, errors.Join(err, questions.Close())
	})
}

func unchanged(value any) any { return value }

// alike makes a number of what one engine calls an integer or text, and the other a number: 1e3,
// or an integer with twenty digits.
func alike(value any) any {
	if number, err := strconv.ParseFloat(fmt.Sprint(value), 64); err == nil {
		return number
	}
	return value
}

// table is the answer to a question.
type table struct {
	as      func(value any) any
	columns []string
	rows    [][]any
}

var _ store.Rows = (*table)(nil)

func (t *table) Columns(names []string) error {
	t.columns = slices.Clone(names)
	return nil
}

func (t *table) Row(values []any) error {
	row := slices.Clone(values)
	for i, value := range row {
		if b, ok := value.([]byte); ok {
			value = bytes.Clone(b)
		}
		row[i] = t.as(value)
	}
	t.rows = append(t.rows, row)
	return nil
}

// sorted returns the rows in an order of its own.
func (t *table) sorted() [][]any {
	slices.SortFunc(t.rows, func(a, b []any) int { return strings.Compare(sortedAs(a), sortedAs(b)) })
	return t.rows
}

// sortedAs is what a row is sorted by. Its numbers may differ a little.
func sortedAs(row []any) string {
	var key strings.Builder
	for _, value := range row {
		if number, ok := value.(float64); ok {
			value = strconv.FormatFloat(number, 'e', 6, 64)
		}
		fmt.Fprintf(&key, "%v\x00", value)
	}
	return key.String()
}
