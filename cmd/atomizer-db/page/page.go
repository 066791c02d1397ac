// Package page shows how a study went as one HTML file that needs nothing else.
package page

import (
	_ "embed"
	"html/template"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"atomizer-db/feedback"
)

//go:embed page.html
var source string

// Write writes the page of an overview.
func Write(w io.Writer, o feedback.Overview) error {
	page, err := template.New("page.html").Funcs(template.FuncMap{
		"objectiveChart": objectiveChart,
		"logarithmic":    logarithmic,
		"rateChart":      rateChart,
		"scoreCharts":    scoreCharts,
		"intervalStrip":  intervalStrip,
		"countStrip":     countStrip,
		"lineInk":        lineInk,
		"standings":      func(items []feedback.Standing, whole float64) standings { return standings{items, whole} },
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
	Items []feedback.Standing
	Whole float64 // the success rate of all trials
}

// number writes a value with the digits that a reader can use.
func number(value float64) string { return strconv.FormatFloat(value, 'g', 6, 64) }

func percent(share float64) string { return strconv.FormatFloat(share*100, 'f', 1, 64) + "%" }

// longest is how much of a text is shown, in code points.
const longest = 200

// shown is what is shown of a text of a study's: its beginning, without what
// would act on the text around it.
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

// preview marks a content that goes on after the code points of a preview.
func preview(text string) string {
	if utf8.RuneCountInString(text) == 100 {
		text += "…"
	}
	return shown(text)
}

// named is the name of a study, which may be empty.
func named(study string) string {
	if study == "" {
		return `the study ""`
	}
	return shown(study)
}

// day writes a time of ours to the second.
func day(time string) string { return time[:10] + " " + time[11:19] }
