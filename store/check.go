package store

// Problem is a count that contradicts the ledger, or damage.
type Problem struct {
	Where      string // the table and row
	What       string
	Repairable bool // the right value can be computed from the ledger
	Schema     bool // a table, view, trigger or index is not as the migrations make it
}
