package history

import (
	"encoding/csv"
	"io"
	"strings"

	"atomizer-db/feedback/words"
)

// CSVWriter writes comma-separated values.
type CSVWriter struct {
	out  *csv.Writer
	safe bool
}

// NewCSVWriter returns a writer of CSV, or of [SafeCSV] where safe is true.
func NewCSVWriter(out io.Writer, safe bool) *CSVWriter {
	return &CSVWriter{csv.NewWriter(out), safe}
}

// Write writes a record. It may be buffered until Flush.
func (w *CSVWriter) Write(record []string) error {
	if w.safe {
		harmless := make([]string, len(record))
		for i, cell := range record {
			harmless[i] = noFormula(cell)
		}
		record = harmless
	}
	return w.out.Write(record)
}

// Flush writes what is buffered and returns the first error.
func (w *CSVWriter) Flush() error {
	w.out.Flush()
	return w.out.Error()
}

var signedNumber = words.Pattern(`^[+-](\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$`)

// noFormula puts an apostrophe before a cell that a spreadsheet would take for a
// formula. A number with a sign is not a formula.
func noFormula(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) && !signedNumber().MatchString(cell) {
		return "'" + cell
	}
	return cell
}
