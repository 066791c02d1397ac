package server_test

import (
	"encoding/json"
	"strings"
	"testing"

	"atomizer-db/cmd/atomizer-db/page/browser"
)

// TestTrialsCanBeFilteredSortedAndFound uses the page of trials as a person does.
func TestTrialsCanBeFilteredSortedAndFound(t *testing.T) {
	onEachEngine(t, trialsCanBeFilteredSortedAndFound)
}

func trialsCanBeFilteredSortedAndFound(t *testing.T, d database) {
	t.Helper()
	d.ingest("bracket", trials(130)...)
	d.run("trials", "void", "7", "--study", "bracket")
	s := d.serve("--no-token")
	tab := browser.Open(t).Tab(t, browser.Screen{Width: 1200}, "")
	tab.Go(s.base + "trials?study=bracket")
	numbers := func() string {
		t.Helper()
		tab.Await(`document.querySelector("#live").className === "on"`)
		return browser.Evaluate[string](tab, `[...document.querySelectorAll("#trials tbody tr td:first-child a")].map(a => a.textContent).join(" ")`)
	}
	check := func(what, want string) {
		t.Helper()
		if got := numbers(); !strings.HasPrefix(got+" ", want+" ") {
			t.Errorf("%s: %s, not %s", what, got, want)
		}
	}
	check("newest first", "130 129 128")
	tab.Follow(`a[rel=next]`)
	check("second page", "80 79")
	tab.Follow(`th a[href*="sort=objective"]`)
	check("best first", "119 121 122") // 1881.5, 1881.5, 1881.5: equal ones in the order of recording
	tab.Go(s.base + "trials?study=bracket&state=infeasible")
	check("infeasible", "130 120 110")
	tab.Go(s.base + "trials?study=bracket&state=crashed")
	check("crashed", "125 115 105")
	tab.Go(s.base + "trials?study=bracket&state=void")
	check("void", "7")
	tab.Go(s.base + "trials?study=bracket&class=Mesh+failure&sort=number&order=up")
	check("a class", "5 15 25")
	tab.Type(`input[name=text]`, "element\r")
	tab.Await(`location.search.includes("text=element")`)
	check("a text", "5 15 25")
	// What a filter leaves out does not appear when it is recorded.
	d.ingest("bracket", strings.Replace(trials(131)[130], "131", "500", 1), `{"type": "trial", "trial_number": 4, "success": false, "errors": ["mesh failed: element 4"]}`)
	tab.Await(`document.querySelector("#trials").innerText.includes("element 4")`)
	check("after an update", "4 5 15")
	if strings.Contains(numbers(), "500") {
		t.Error("an update ignores the filter")
	}
	tab.Type(`input[name=number]`, "123\r")
	tab.Await(`document.querySelector("h1").innerText.startsWith("Trial 123 ")`)
	if text := tab.Text("#trial"); !strings.Contains(text, "width") || !strings.Contains(text, "str-00001") || strings.Contains(text, "duration") { // which is unknown
		t.Errorf("the page of the trial says %q", text)
	}
}

// TestItemHasAPage follows the link of an item.
func TestItemHasAPage(t *testing.T) { onEachEngine(t, itemHasAPage) }

func itemHasAPage(t *testing.T, d database) {
	t.Helper()
	d.run("items", "add", "str", "Thicken the web")
	d.run("items", "add", "dom", "Leave the rib out")
	d.ingest("bracket", trials(60)...)
	d.run("items", "edit", "str-00001", "Thicken the web first", "--study", "bracket")
	d.run("items", "retire", "dom-00001", "--study", "bracket", "--reason", "it was wrong")
	s := d.serve("--no-token")
	tab := browser.Open(t).Tab(t, browser.Screen{Width: 1200}, "")
	tab.Go(s.base + "study?study=bracket")
	tab.Await(`document.querySelector("#items").innerText.includes("it was wrong")`)
	tab.Follow(`#items tr[data-key="str-00001"] a`)
	tab.Await(`document.querySelector("h1").innerText === "Item str-00001"`)
	for _, want := range []string{"Thicken the web first", "edit_item", "in every trial", "Mesh failure", "10.0%", "trial 60"} {
		if text := tab.Text("#item"); !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
	tab.Go(s.base + "items?study=bracket&text=THICKEN")
	tab.Await(`document.querySelectorAll("#item-list tbody tr").length === 1`)
}

// TestHostileTextsStayTexts shows texts that try to be more, on every page.
func TestHostileTextsStayTexts(t *testing.T) {
	long := strings.Repeat("without_a_space", 700) // more than 10,000 characters
	hostile := "</title></style>]]></svg></script><script>console.error('run')</script><img src=x onerror=console.error(1)>\"'`{{.}}\u202e\u2066\u0001 العربية 日本語\n" + long
	quote := func(text string) string {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		return string(quoted)
	}
	d := newDatabase(t)
	d.run("items", "add", "mis", strings.ReplaceAll(hostile, "\u0001", ""))
	d.ingest(hostile,
		`{"type": "trial", "trial_number": 1, "success": true, "objective_value": 2, "extractor_used": `+quote(hostile)+`, "details": {`+quote(hostile)+`: 1}, "design_variables": {`+quote(hostile)+`: `+quote(hostile)+`}, "context_items_used": ["mis-00001", `+quote(hostile)+`]}`,
		`{"type": "trial", "trial_number": 2, "success": false, "errors": [`+quote(hostile)+`], "constraint_violations": [`+quote(hostile)+`]}`,
		`{"type": "error", "trial_number": 2, "error_type": `+quote(hostile)+`, "error_message": `+quote(hostile)+`}`,
		`{"type": "finalize", "name": `+quote(hostile)+`, "method": `+quote(hostile)+`, "total_trials": 2, "best_value": 2, "convergence_rate": 0.5}`,
		`{"type": "trial", "trial_number": 3, "success": false, "errors": [`+quote(hostile)+`]}`,
	)
	s := d.serve("--no-token")
	chromium := browser.Open(t)
	for _, screen := range []browser.Screen{{Width: 320, Dark: true}, {Width: 1440}} {
		tab := chromium.Tab(t, screen, "")
		tab.Go(s.base)
		tab.Await(`document.querySelector("#live").textContent === "live"`)
		tab.Follow(`#studies td a`)
		tab.Await(`document.querySelector("#live")?.textContent === "live" && document.querySelector("#items tr") !== null`)
		addresses := browser.Evaluate[[]string](tab, `[...document.querySelectorAll("a[href]")].map(a => a.href)`)
		seen := map[string]bool{}
		for _, address := range append([]string{s.base, s.base + "items?study=none"}, addresses...) {
			if seen[address] || strings.HasSuffix(address, "study=none") {
				continue
			}
			seen[address] = true
			tab.Go(address)
			tab.Await(`document.querySelector("#live")?.className === "on"`)
			if got := browser.Evaluate[int](tab, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); got > 0 {
				t.Errorf("%d pixels too broad at %d: %.80s", got, screen.Width, address)
			}
			if browser.Evaluate[bool](tab, `[...document.querySelectorAll("img, style, script:not([src])")].length > 0 || /[\u202a-\u202e\u2066-\u2069]/.test(document.body.innerText)`) {
				t.Errorf("a text became more than a text: %.80s", address)
			}
		}
		if len(seen) < 8 {
			t.Errorf("only %d pages", len(seen))
		}
	}
}
