package sqlite

import (
	"strings"
	"sync"
)

// chunks are the numbers of rows per insert statement. Calling a statement takes
// longer than inserting a row, so rows are inserted in large chunks. The small chunks
// are for single trials. Chunks of more than 64 rows gain less than 10%.
var chunks = [...]int{64, 16, 8, 7, 6, 5, 4, 3, 2, 1}

// table contains the statements that insert rows into a table.
type table struct {
	columns    int
	statements func() [len(chunks)]string // by chunk
}

// newTable builds the statements from the SQL before and after the rows.
func newTable(columns int, insert, conflict string) table {
	return table{columns, sync.OnceValue(func() (statements [len(chunks)]string) {
		row := "(" + strings.Repeat("?, ", columns-1) + "?)"
		for i, n := range chunks {
			statements[i] = insert + " values " + strings.Repeat(row+", ", n-1) + row + conflict
		}
		return statements
	})}
}

// insertRows inserts rows; values contains the values of one row after the other.
func (t *writer) insertRows(into *table, values []any) error {
	statements := into.statements()
	for i, n := range chunks {
		for size := n * into.columns; len(values) >= size; values = values[size:] {
			if _, err := t.exec(statements[i], values[:size]...); err != nil {
				return err
			}
		}
	}
	return nil
}
