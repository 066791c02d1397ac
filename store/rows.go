package store

import (
	"strings"
	"sync"
)

// chunks are the numbers of rows per insert statement. The call of a statement
// takes longer than SQLite takes for a row: small statements are for a single
// trial, large ones for a batch. Larger ones than these gain less than a tenth.
var chunks = [...]int{64, 16, 8, 7, 6, 5, 4, 3, 2, 1}

// table has the statements that insert rows into a table.
type table struct {
	columns    int
	statements func() [len(chunks)]string // by chunk
}

// newTable makes the statements from the text before and after the rows.
func newTable(columns int, insert, conflict string) table {
	return table{columns, sync.OnceValue(func() (statements [len(chunks)]string) {
		row := "(" + strings.Repeat("?, ", columns-1) + "?)"
		for i, n := range chunks {
			statements[i] = insert + " values " + strings.Repeat(row+", ", n-1) + row + conflict
		}
		return statements
	})}
}

// insertRows inserts rows, whose values follow each other.
func (t *Tx) insertRows(into *table, values []any) error {
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
