// Package page writes the report of a study as one self-contained HTML file.
package page

import (
	_ "embed"
	"html/template"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"atomizer-db/feedback/report"
	"atomizer-db/feedback/words"
)

//go:embed page.html
var source string

// Write writes the HTML page of an overview.
func Write(w io.Writer, o report.Overview) error {
	page, err := template.New("page.html").Funcs(template.FuncMap{
		"objectiveChart": objectiveChart,
		"logarithmic":    logarithmic,
		"rateChart":      rateChart,
		"scoreCharts":    scoreCharts,
		"intervalStrip":  intervalStrip,
		"countStrip":     countStrip,
		"lineInk":        lineInk,
		"standings":      func(items []report.Standing, whole float64) standings { return standings{items, whole} },
		"number":         number,
		"percent":        percent,
		"shown":          shown,
		"preview":        preview,
		"named":          named,
		"day":            day,
	}).Parse(source)
	if err != nil {
		return err
	}
	return page.Execute(w, o)
}

// standings are the rows of one table of items.
type standings struct {
	Items []report.Standing
	Whole float64 // the success rate of all trials
}

// number formats a value with six significant digits.
func number(value float64) string { return strconv.FormatFloat(value, 'g', 6, 64) }

func percent(share float64) string { return words.Percent(share, 1) }

// longest is the length to which a text is cut, in code points.
const longest = 200

// shown returns the beginning of a text, without control characters that would change
// the text around it.
func shown(text string) string {
	n := 0
	for i := range text {
		if n++; n > longest {
			text = text[:i] + "…"
			break
		}
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, text)
}

// preview returns a preview, with an ellipsis if the content is longer.
func preview(text string) string {
	if utf8.RuneCountInString(text) == report.PreviewLength {
		text += "…"
	}
	return shown(text)
}

// named returns the name of a study, also of one with an empty name.
func named(study string) string {
	if study == "" {
		return `the study ""`
	}
	return shown(study)
}

// day formats a time to the second.
func day(time string) string { return time[:10] + " " + time[11:19] }
