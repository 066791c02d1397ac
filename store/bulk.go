package store

import "strings"

// bulk has statements that insert some numbers of rows into a table: to run one
// takes longer than what a row adds to it.
type bulk struct {
	columns int
	inserts [len(chunks)]string
}

// chunks are how many rows the statements insert.
var chunks = [...]int{64, 16, 8, 7, 6, 5, 4, 3, 2, 1}

// newBulk makes the statements of an INSERT up to its VALUES, and what follows
// the rows.
func newBulk(columns int, insert, conflict string) bulk {
	b := bulk{columns: columns}
	row := "(" + strings.Repeat("?, ", columns-1) + "?)"
	for i, n := range chunks {
		b.inserts[i] = insert + strings.Repeat(row+", ", n-1) + row + conflict
	}
	return b
}

// insert inserts rows, whose values stand one after the other.
func (d *direct) insert(b *bulk, values []value) error {
	for i, n := range chunks {
		for size := n * b.columns; len(values) >= size; values = values[size:] {
			if err := d.run(b.inserts[i], values[:size]...); err != nil {
				return err
			}
		}
	}
	return nil
}
