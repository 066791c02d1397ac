package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"atomizer-db/feedback/words"
)

// column is one column of a table.
type column struct {
	name   string
	number bool // aligned to the right
	text   bool // cut to the width that the other columns leave of a terminal; several share it
}

// minTextWidth is the least width to which a column of text is cut.
const minTextWidth = 10

// printTable writes a table for a person. On a terminal the table is cut to the
// terminal's width.
func (a *app) printTable(columns []column, rows [][]any) {
	t := plainTable()
	bold := a.colours()
	header := make(table.Row, len(columns))
	widths := make([]int, len(columns))
	for i, c := range columns {
		name := words.Visible(strings.ToUpper(c.name))
		widths[i] = text.StringWidth(name)
		if bold {
			name = text.Bold.Sprint(name)
		}
		header[i] = name
	}
	t.AppendHeader(header)
	for _, row := range rows {
		cells := make(table.Row, len(row))
		for i, value := range row {
			cell := words.Visible(fmt.Sprint(value))
			widths[i] = max(widths[i], text.StringWidth(cell))
			cells[i] = cell
		}
		t.AppendRow(cells)
	}
	t.SetColumnConfigs(layout(columns, widths, terminalWidth(a.stdout)))
	a.printf("%s\n", t.Render())
}

// layout returns how columns of these widths are shown on a terminal, or where
// there is none (width 0).
func layout(columns []column, widths []int, width int) []table.ColumnConfig {
	configs := make([]table.ColumnConfig, len(columns))
	room := width - len(columnGap) // a margin: some terminals wrap after a full line
	texts := 0
	for i, c := range columns {
		configs[i] = table.ColumnConfig{Number: i + 1, Align: text.AlignLeft, AlignHeader: text.AlignLeft}
		if c.number {
			configs[i].Align, configs[i].AlignHeader = text.AlignRight, text.AlignRight
		}
		if c.text {
			texts++
		} else {
			room -= widths[i] + len(columnGap)
		}
	}
	room -= max(texts-1, 0) * len(columnGap)
	for i, c := range columns {
		if c.text && width > 0 {
			share := max(room/texts, minTextWidth)
			configs[i].WidthMax = share
			configs[i].WidthMaxEnforcer = func(cell string, width int) string { return text.Snip(cell, width, "…") }
			room -= min(widths[i], share)
			texts--
		}
	}
	return configs
}

// printFacts writes names and values, one a line.
func (a *app) printFacts(facts [][2]any) {
	t := plainTable()
	for _, fact := range facts {
		t.AppendRow(table.Row{words.Visible(fmt.Sprint(fact[0])), words.Visible(fmt.Sprint(fact[1]))})
	}
	a.printf("%s\n", t.Render())
}

// columnGap stands between two columns.
const columnGap = "  "

// plainTable returns an empty table without borders.
func plainTable() table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.Style{
		Box:     table.BoxStyle{MiddleVertical: columnGap},
		Options: table.Options{SeparateColumns: true},
	})
	t.SuppressTrailingSpaces()
	return t
}

// colours reports whether standard output shows colours: it is a terminal, and
// NO_COLOR is not set.
func (a *app) colours() bool {
	return os.Getenv("NO_COLOR") == "" && terminalWidth(a.stdout) > 0
}
