// Package page shows studies to a person, as pages of a server that follow the database, and
// as a report in one HTML file.
package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"html/template"
	"io"
	"sync"
	"time"

	"atomizer-db/feedback/course"
	"atomizer-db/feedback/report"
)

var (
	//go:embed templates/*.html
	sources embed.FS

	// Style is the style sheet of all pages.
	//
	//go:embed page.css
	Style string

	// Script keeps a page up to date. A page is complete without it.
	//
	//go:embed page.js
	Script string
)

// templates are parsed when the first page is written, so that other commands start no
// later.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(functions).ParseFS(sources, "templates/*.html"))
})

var functions = template.FuncMap{
	"ago": ago, "attemptLink": attemptLink, "classLink": classLink, "cut": cut, "day": day, "dayOf": dayOf, "errorBars": errorBars, "grouped": grouped,
	"interval": interval, "isLong": isLong, "isQuiet": isQuiet, "itemLink": itemLink, "itemsLink": itemsLink, "lanes": lanes, "liftStrip": liftStrip,
	"machine": machine, "named": named, "number": number, "objective": objective, "objectivePlots": objectivePlots, "percent": percent, "plural": plural,
	"inPoints": inPoints, "quietAfter": quietAfter, "rate": rate, "ratePlot": ratePlot, "scatters": scatters, "shown": shown, "signed": signed,
	"sparkline": sparkline, "standings": standingsOf, "studyLink": studyLink, "trialLink": trialLink, "trialsLink": trialsLink, "trialsQuery": trialsQuery,
	"usesLink": usesLink, "variable": variable, "verdict": verdict, "whole": whole, "reach": reach, "bestChanges": bestChanges, "variables": variables,
	"last":  func(at time.Time, c *course.Course) lastEvent { return lastEvent{at, c} },
	"add":   func(a, b int) int { return a + b },
	"count": func(n int, noun string) string { return plural(int64(n), noun) }, "designValue": designValue, "study": asStudy,
	"part":   func(s scene, data any) scene { s.Data = data; return s },
	"lifted": func(c report.Comparison, reach float64) lifted { return lifted{c, reach} },
	"ranked": func(s report.Standing, reach float64, study string) ranked { return ranked{s, reach, study} },
	"sortable": func(v trialsView, order, label string, number bool) sortable {
		return sortable{label, v.Sorted(order), number, v.Arrow(order)}
	},
}

// scene is what a template shows.
type scene struct {
	Live bool   // on a page of a server, which has links; else in a report
	ID   string // of what is shown, unique on its page
	Data any
}

// Page is a page in parts that change by themselves.
type Page struct {
	Title string
	Study string // that it is about
	About bool   // it is about a study
	Here  string // the name of the page
	Parts []Part
}

// Part is a part of a page.
type Part struct {
	ID     string        `json:"id"`
	Digest string        `json:"digest"` // of its HTML
	HTML   template.HTML `json:"html"`
}

// add adds the part that a template writes.
func (p *Page) add(id string, s scene) error {
	var text bytes.Buffer
	if s.ID == "" {
		s.ID = id
	}
	if err := templates().ExecuteTemplate(&text, id, s); err != nil {
		return err
	}
	digest := sha256.Sum256(text.Bytes())
	p.Parts = append(p.Parts, Part{ID: id, Digest: hex.EncodeToString(digest[:6]), HTML: template.HTML(text.String())})
	return nil
}

// build returns a page of these parts.
func build(p Page, data any, parts ...string) (Page, error) {
	for _, id := range parts {
		if err := p.add(id, scene{Live: true, Data: data}); err != nil {
			return p, err
		}
	}
	return p, nil
}

// Write writes a page of a server.
func (p Page) Write(w io.Writer) error { return templates().ExecuteTemplate(w, "live.html", p) }

// Policy is the content security policy of a server's pages.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// ownStyle is the policy for a style sheet inside a file.
func ownStyle() string {
	digest := sha256.Sum256([]byte(Style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; img-src data:; base-uri 'none'; form-action 'none'"
}
