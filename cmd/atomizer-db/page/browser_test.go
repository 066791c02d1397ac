package page_test

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"strings"
	"testing"

	"atomizer-db/cmd/atomizer-db/page/browser"
	"atomizer-db/feedback"
)

//go:embed testdata/measure.js
var measure string

// look is what a browser measured on a page.
type look struct {
	Charts []struct {
		Label         string
		Dots          int // of the objective that lie inside the chart
		Outside       int // that do not
		Texts         int
		Cut, Overlaps int // number of texts that are cut, and that overlap
	}
	Dark          bool
	Sideways      int // how far the page would have to be scrolled sideways
	LeastContrast float64
	Faint         string // the text with it
}

// TestReportInBrowser checks that charts have marks and readable labels, in light and dark
// mode and on broad and narrow screens, and that the report fetches and runs nothing.
func TestReportInBrowser(t *testing.T) {
	chromium := browser.Open(t)
	for _, c := range []struct {
		name   string
		study  func(*testing.T) *feedback.Loop
		screen browser.Screen
		charts int
		dots   int // at least, in each
	}{
		{"a study", bracket(300), browser.Screen{Width: 1200}, 2, 15},
		{"in the dark, narrow", bracket(300), browser.Screen{Width: 420, Dark: true}, 2, 15},
		{"on the narrowest screen", bracket(300), browser.Screen{Width: 320}, 2, 15},
		{"on the broadest screen", bracket(300), browser.Screen{Width: 2560}, 2, 15},
		{"one trial", bracket(1), browser.Screen{Width: 500}, 2, 1},
		{"hard texts and numbers", hard, browser.Screen{Width: 420, Dark: true}, 2, 1},
		{"nothing", nothing, browser.Screen{Width: 1200}, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			shown := show(t, chromium.Tab(t, c.screen, ""), written(t, c.study(t)))
			if len(shown.Charts) != c.charts {
				t.Errorf("%d charts", len(shown.Charts))
			}
			for _, chart := range shown.Charts {
				if chart.Dots < c.dots || chart.Outside > 0 || chart.Texts < 4 || chart.Cut+chart.Overlaps > 0 {
					t.Errorf("%+v", chart)
				}
			}
			if shown.Dark != c.screen.Dark || shown.Sideways > 0 || shown.LeastContrast < 4.5 {
				t.Errorf("dark %v, sideways %d, contrast %.2f of %q", shown.Dark, shown.Sideways, shown.LeastContrast, shown.Faint)
			}
		})
	}
}

// show loads a report and measures it in the browser.
func show(t *testing.T, tab *browser.Tab, text string) look {
	t.Helper()
	tab.GoToText(text)
	return browser.Evaluate[look](tab, measure)
}

// TestScaleOfReportIsOneClick chooses the logarithmic scale without any script.
func TestScaleOfReportIsOneClick(t *testing.T) {
	tab := browser.Open(t).Tab(t, browser.Screen{Width: 1200}, "")
	tab.GoToText(written(t, bracket(300)(t)))
	for _, scale := range []string{"log", "all"} {
		tab.Click(`label[for="course-` + scale + `"]`)
		tab.Await(`[...document.querySelectorAll("#course .scale")].filter(e => e.offsetHeight > 0).map(e => e.className).join() === "scale ` + scale + `"`)
	}
}

// TestPolicyOfReportAllowsItsStyleOnly checks the hash in the content security policy.
func TestPolicyOfReportAllowsItsStyleOnly(t *testing.T) {
	text := written(t, bracket(5)(t))
	_, style, _ := strings.Cut(text, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	digest := sha256.Sum256([]byte(style))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "';"
	if !strings.Contains(strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(text), policy) {
		t.Errorf("the report lacks %s", policy)
	}
	for _, never := range []string{"<script", " style=", "unsafe-inline", " onclick", "http:", "https:"} {
		if strings.Contains(text, never) {
			t.Errorf("the report has %q", never)
		}
	}
}
