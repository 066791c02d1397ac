package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"

	streamed "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
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
	lines, widths := make([][]string, 1+len(rows)), make([]int, len(columns))
	for n := range lines {
		lines[n] = make([]string, len(columns))
		for i := range columns {
			if n == 0 {
				lines[n][i] = strings.ToUpper(columns[i].name)
			} else {
				lines[n][i] = visible(written(rows[n-1][i]))
			}
			widths[i] = max(widths[i], text.StringWidthWithoutEscSequences(lines[n][i]))
		}
	}
	a.fit(columns, widths)
	out := bufio.NewWriter(a.stdout)
	var b bytes.Buffer
	for n, line := range lines {
		b.Reset()
		for i, cell := range line {
			align := text.AlignLeft
			if columns[i].number {
				align = text.AlignRight
			}
			if columns[i].text {
				cell = text.Snip(cell, widths[i], "…")
			}
			if i < len(line)-1 || columns[i].number {
				cell = align.Apply(cell, widths[i])
			}
			b.WriteString(cell)
			b.WriteString("  ")
		}
		shown := bytes.TrimRightFunc(b.Bytes(), unicode.IsSpace)
		if n == 0 && a.colours() {
			shown = []byte(text.Bold.Sprint(string(shown)))
		}
		_, _ = out.Write(append(shown, '\n'))
	}
	_ = out.Flush() // standard output remembers what went wrong
}

// written is what fmt.Sprint writes.
func written(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return fmt.Sprint(value)
}

// fit gives columns of text the room that the others leave of a terminal's width.
func (a *app) fit(columns []column, widths []int) {
	room := terminalWidth(a.stdout)
	if room == 0 {
		return
	}
	for i, c := range columns {
		if !c.text {
			room -= widths[i] + 2
		}
	}
	for i, c := range columns {
		if c.text {
			widths[i] = min(widths[i], max(room-2, 20))
		}
	}
}

// colours tells whether standard output is for a person's eyes.
func (a *app) colours() bool {
	return os.Getenv("NO_COLOR") == "" && terminalWidth(a.stdout) > 0
}

// printFacts writes names and values, one a line.
func (a *app) printFacts(facts [][2]any) {
	widest := 0
	for _, fact := range facts {
		widest = max(widest, text.StringWidthWithoutEscSequences(fmt.Sprint(fact[0])))
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
func percent(share float64) string { return strconv.FormatFloat(share*100, 'f', 1, 64) + "%" }

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
