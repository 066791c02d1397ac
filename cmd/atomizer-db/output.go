package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	streamed "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"atomizer-db/feedback"
)

// answers is standard output. A write that failed is the program's failure,
// also where nobody looked.
type answers struct {
	io.Writer
	failed error
}

func (a *answers) Write(p []byte) (int, error) {
	n, err := a.Writer.Write(p)
	if err != nil {
		err = fmt.Errorf("the answer could not be written: %w", err)
		a.failed = err
	}
	return n, err
}

// terminalWidth is the width of the terminal that w writes to, 0 for none.
func terminalWidth(w io.Writer) int {
	if a, ok := w.(*answers); ok {
		w = a.Writer
	}
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width <= 0 {
		return 80
	}
	return width
}

// wantJSON adds --json to a command.
func wantJSON(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("json", false, "print JSON, for programs")
}

// printf writes data.
func (a *app) printf(format string, args ...any) { _, _ = fmt.Fprintf(a.stdout, format, args...) }

// printJSON writes one value, indented.
func (a *app) printJSON(value any) error {
	if value, ok := value.(streamed.MarshalerTo); ok { // it is long
		err := streamed.MarshalWrite(a.stdout, value, jsontext.WithIndent("  "), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
		if err == nil {
			a.printf("\n")
		}
		return err
	}
	encoder := json.NewEncoder(a.stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// column is one column of a table.
type column struct {
	name   string
	number bool // aligned to the right
	text   bool // takes the room that is left, and is cut to it
}

// printTable writes a table for a person. On a terminal it fits the width.
func (a *app) printTable(columns []column, rows [][]any) {
	t := table.NewWriter()
	t.SetOutputMirror(a.stdout)
	t.SetStyle(plainStyle(a.colours()))
	header := make(table.Row, len(columns))
	for i, c := range columns {
		header[i] = c.name
	}
	t.AppendHeader(header)
	room := a.roomForText(columns, rows)
	for _, row := range rows {
		cells := make(table.Row, len(row))
		for i, cell := range row {
			shown := visible(fmt.Sprint(cell))
			if columns[i].text && room > 0 {
				shown = text.Snip(shown, room, "…")
			}
			cells[i] = shown
		}
		t.AppendRow(cells)
	}
	configs := make([]table.ColumnConfig, len(columns))
	for i, c := range columns {
		configs[i] = table.ColumnConfig{Number: i + 1}
		if c.number {
			configs[i].Align, configs[i].AlignHeader = text.AlignRight, text.AlignRight
		}
	}
	t.SetColumnConfigs(configs)
	t.SuppressTrailingSpaces()
	t.Render()
}

// roomForText is what the other columns leave of the terminal's width, 0 where
// there is no terminal.
func (a *app) roomForText(columns []column, rows [][]any) int {
	room := terminalWidth(a.stdout)
	if room == 0 {
		return 0
	}
	for i, c := range columns {
		if c.text {
			continue
		}
		widest := text.StringWidth(c.name)
		for _, row := range rows {
			widest = max(widest, text.StringWidth(visible(fmt.Sprint(row[i]))))
		}
		room -= widest + 2
	}
	return max(room-2, 20)
}

func plainStyle(colours bool) table.Style {
	style := table.StyleDefault
	style.Options = table.Options{SeparateHeader: false, SeparateColumns: false}
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	style.Format.Header = text.FormatUpper
	if colours {
		style.Color.Header = text.Colors{text.Bold}
	}
	return style
}

// colours tells whether standard output is for a person's eyes.
func (a *app) colours() bool {
	return os.Getenv("NO_COLOR") == "" && terminalWidth(a.stdout) > 0
}

// printFacts writes names and values, one a line.
func (a *app) printFacts(facts [][2]any) {
	widest := 0
	for _, fact := range facts {
		widest = max(widest, text.StringWidth(fmt.Sprint(fact[0])))
	}
	for _, fact := range facts {
		a.printf("%s  %s\n", text.Pad(fmt.Sprint(fact[0]), widest, ' '), visible(fmt.Sprint(fact[1])))
	}
}

// visible writes text on one line, control characters as escapes, so that no
// advice can move a person's cursor.
func visible(s string) string {
	if !strings.ContainsFunc(s, unicode.IsControl) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case unicode.IsControl(r):
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// percent writes a share.
func percent(share float64) string { return fmt.Sprintf("%.1f%%", share*100) }

// count writes a number and its noun as people do.
func count[N int | int64](n N, noun string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// closing closes a loop whatever has happened before.
func closing(loop *feedback.Loop, err error) error {
	return errors.Join(err, loop.Close())
}
