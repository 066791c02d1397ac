package server_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"atomizer-db/cmd/atomizer-db/page/browser"
)

// TestPageFollowsOtherProcesses records in processes of their own. What a person has opened,
// selected and chosen stays.
func TestPageFollowsOtherProcesses(t *testing.T) { onEachEngine(t, pageFollowsOtherProcesses) }

func pageFollowsOtherProcesses(t *testing.T, d database) {
	t.Helper()
	d.run("items", "add", "str", "Thicken the web "+strings.Repeat("before the flange ", 30))
	d.ingest("bracket", trials(60)...)
	s := d.serve()
	tab := browser.Open(t).Tab(t, browser.Screen{Width: 1440}, "")
	tab.Go(s.address)
	tab.Await(`document.querySelector("#live").textContent === "live"`)
	tab.Go(s.base + "study?study=bracket")
	tab.Await(`document.querySelector("#live").textContent === "live"`)
	tab.Click(`label[for="course-log"]`)
	tab.Click(`#items details summary`)
	tab.Click(`#course details summary`)
	browser.Evaluate[any](tab, `(() => {
		window.kept = document.querySelector("#items h2");
		getSelection().selectAllChildren(kept);
		document.querySelector("#course-log").focus({preventScroll: true});
		window.scrollTo(0, 400);
	})()`)

	began := time.Now()
	d.ingest("bracket", `{"type": "trial", "trial_number": 61, "success": true, "objective_value": 1.5, "design_variables": {"width": 3}}`)
	tab.Await(`document.querySelector("#facts dl").innerText.includes("1.5")`)
	t.Logf("shown %v after the recording process was started", time.Since(began))
	if got := tab.Text("#facts .facts div:first-child dd"); got != "61" {
		t.Errorf("%s trials", got)
	}
	d.run("record", "error", "--study", "bracket", "--trial-number", "61", "--error-type", "license", "--error-message", "no license for NX")
	tab.Await(`document.querySelector("#errors").innerText.includes("no license for NX")`)
	d.run("insights", "commit", "--study", "bracket")
	tab.Await(`document.querySelectorAll("#course .committed").length > 0 && document.querySelector("#pending").innerText.includes("No insight is pending")`)
	d.run("finalize", "--study", "bracket", "--prune-by", "none")
	tab.Await(`document.querySelectorAll("#course .finalized").length > 0 && document.querySelector("#finalizations h2") !== null`)
	for what, expression := range map[string]string{
		"the scale":      `document.querySelector("#course-log").checked && document.querySelector("#course .log").offsetHeight > 0`,
		"the open rows":  `document.querySelector("#items details").open && document.querySelector("#course details").open`,
		"the place":      `window.scrollY === 400`,
		"the selection":  `getSelection().toString() === "What helps?"`,
		"the focus":      `document.activeElement.id === "course-log"`,
		"the node":       `window.kept.isConnected`,
		"the live light": `document.querySelector("#live").className === "on"`,
	} {
		if !browser.Evaluate[bool](tab, expression) {
			t.Errorf("%s changed", what)
		}
	}
	d.run("trials", "void", "61", "--study", "bracket")
	tab.Await(`!document.querySelector("#facts dl").innerText.includes("1.5")`)
	if got := tab.Text("#facts .facts div:first-child dd"); got != "60" {
		t.Errorf("%s trials after the void", got)
	}
	d.run("reset", "--study", "bracket")
	tab.Await(`document.querySelector("#course").innerText.includes("No trial has been recorded yet")`)
}

// TestPageMissesNothingOfManyProcesses reads the stream of a page while processes record at once.
// Each number of trials that it sends is at least the one before, and the last one is all.
func TestPageMissesNothingOfManyProcesses(t *testing.T) { onEachEngine(t, pageMissesNothing) }

func pageMissesNothing(t *testing.T, d database) {
	t.Helper()
	const processes, each = 4, 30
	d.run("init", "--study", "bracket")
	s := d.serve("--no-token")
	answer, err := http.Get(s.base + "events?page=study%3Fstudy%3Dbracket")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	all := trials(processes * each)
	var recording sync.WaitGroup
	for p := range processes {
		recording.Go(func() { d.ingest("bracket", all[p*each:(p+1)*each]...) })
	}
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	facts := regexp.MustCompile(`trials\\u003c/dt\\u003e\\u003cdd\\u003e(\d+)`) // as JSON
	for last := 0; last < processes*each; {
		if !lines.Scan() {
			t.Fatalf("the stream ended: %v", lines.Err())
		}
		if found := facts.FindStringSubmatch(lines.Text()); found != nil {
			now, err := strconv.Atoi(found[1])
			if err != nil || now < last || now > processes*each {
				t.Fatalf("after %d trials, the page has %s", last, found[1])
			}
			last = now
		}
	}
	recording.Wait()
	d.run("studies", "set", "bracket", "--direction", "minimize") // settles the order of all trials
	parts := regexp.MustCompile(`id="(course|designs|errors)" data-digest="[^"]+"`)
	shown := parts.FindAllString(s.get("study?study=bracket", nil).text, -1)
	if fresh := parts.FindAllString(d.serve("--no-token").get("study?study=bracket", nil).text, -1); !slices.Equal(shown, fresh) || len(fresh) != 3 {
		t.Errorf("the page shows %q, and that of a new server %q", shown, fresh)
	}
}

// TestBrokenConnectionComesBack breaks the connection and records meanwhile. The page says
// since when it is not live, and then shows what it missed.
func TestBrokenConnectionComesBack(t *testing.T) { onEachEngine(t, brokenConnectionComesBack) }

func brokenConnectionComesBack(t *testing.T, d database) {
	t.Helper()
	d.ingest("bracket", trials(20)...)
	s := d.serve("--no-token")
	target, err := url.Parse(s.base)
	if err != nil {
		t.Fatal(err)
	}
	var broken atomic.Bool
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, FlushInterval: -1}
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(between.Close)
	tab := browser.Open(t).Tab(t, browser.Screen{Width: 1000}, "Failed to load resource|ERR_")
	tab.Go(between.URL + "/study?study=bracket")
	tab.Await(`document.querySelector("#live").className === "on"`)
	broken.Store(true)
	between.CloseClientConnections()
	tab.Await(`document.querySelector("#live").textContent.startsWith("not live since ")`)
	d.ingest("bracket", `{"type": "trial", "trial_number": 21, "success": true, "objective_value": 1.5}`)
	broken.Store(false)
	tab.Await(`document.querySelector("#live").textContent === "live" && document.querySelector("#facts dl").innerText.includes("1.5")`)
}

// TestPageOfAnEarlierServerSaysSo starts the server anew behind the same address, so that it has
// another token.
func TestPageOfAnEarlierServerSaysSo(t *testing.T) {
	d := newDatabase(t)
	d.ingest("bracket", trials(20)...)
	s := d.serve()
	port := strings.TrimSuffix(strings.TrimPrefix(s.base, "http://"), "/")
	tab := browser.Open(t).Tab(t, browser.Screen{Width: 1000}, "Failed to load resource|ERR_")
	tab.Go(s.address)
	tab.Await(`document.querySelector("#live").className === "on"`)
	s.stop()
	tab.Await(`document.querySelector("#live").textContent.endsWith("the connection is lost")`)
	again := d.serve("--listen", port)
	tab.Await(`document.querySelector("#live").textContent.endsWith("open the address that it printed")`)
	tab.Go(again.address)
	tab.Await(`document.querySelector("#live").className === "on"`)
}

// TestHiddenPageLeavesItsConnection hides a page and shows it again: a browser has only six
// connections to a server, and people open more tabs.
func TestHiddenPageLeavesItsConnection(t *testing.T) {
	d := newDatabase(t)
	d.ingest("bracket", trials(20)...)
	s := d.serve("--no-token")
	tab := browser.Open(t).Tab(t, browser.Screen{Width: 1000}, "")
	tab.Go(s.base + "study?study=bracket")
	tab.Await(`document.querySelector("#live").className === "on"`)
	hide := `(() => {
		Object.defineProperty(document, "hidden", {value: %t, configurable: true});
		document.dispatchEvent(new Event("visibilitychange"));
	})()`
	browser.Evaluate[any](tab, fmt.Sprintf(hide, true))
	tab.Await(`source === null`)
	d.ingest("bracket", `{"type": "trial", "trial_number": 21, "success": true, "objective_value": 1.5}`)
	browser.Evaluate[any](tab, fmt.Sprintf(hide, false))
	tab.Await(`source !== null && document.querySelector("#facts dl").innerText.includes("1.5")`)
}

// TestPageWorksBehindAPrefix puts a proxy before the server that removes a prefix, and one that
// keeps it.
func TestPageWorksBehindAPrefix(t *testing.T) {
	d := newDatabase(t)
	d.ingest("bracket", trials(20)...)
	s := d.serve()
	target, err := url.Parse(s.base)
	if err != nil {
		t.Fatal(err)
	}
	chromium := browser.Open(t)
	for name, remove := range map[string]bool{"removed": true, "kept": false} {
		t.Run(name, func(t *testing.T) {
			proxy := httptest.NewServer(&httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(target)
				if remove {
					r.Out.URL.Path = strings.TrimPrefix(r.In.URL.Path, "/user/me")
				}
			}})
			t.Cleanup(func() { // after the tab has left
				proxy.CloseClientConnections()
				proxy.Close()
			})
			tab := chromium.Tab(t, browser.Screen{Width: 1000}, "")
			tab.Go(proxy.URL + "/user/me/" + strings.TrimPrefix(s.address, s.base))
			tab.Await(`document.querySelector("#live").textContent === "live"`)
			for _, selector := range []string{`#studies td a`, `#facts dl a`, `nav a:nth-of-type(3)`, `nav a:first-of-type`} {
				tab.Follow(selector)
				tab.Await(`document.querySelector("#live")?.textContent === "live" && location.pathname.startsWith("/user/me/")`)
			}
			if got := tab.Text("h1"); got != "Studies" {
				t.Errorf("the last link leads to %q", got)
			}
		})
	}
}

// TestServerEndsWhileWatched ends a server with an open page.
func TestServerEndsWhileWatched(t *testing.T) {
	d := newDatabase(t)
	d.ingest("bracket", trials(20)...)
	s := d.serve("--no-token")
	tab := browser.Open(t).Tab(t, browser.Screen{Width: 1000}, "Failed to load resource|ERR_")
	tab.Go(s.base + "study?study=bracket")
	tab.Await(`document.querySelector("#live").className === "on"`)
	s.stop()
	tab.Await(`document.querySelector("#live").className === "off"`)
}

// TestStudiesShowTheirLastEvent checks the list of studies.
func TestStudiesShowTheirLastEvent(t *testing.T) { onEachEngine(t, studiesShowTheirLastEvent) }

func studiesShowTheirLastEvent(t *testing.T, d database) {
	t.Helper()
	d.ingest("old", `{"type": "trial", "trial_number": 1, "success": true, "objective_value": 3, "time": "2026-01-31T12:00:00Z"}`)
	d.ingest("new", trials(20)...)
	s := d.serve("--no-token")
	tab := browser.Open(t).Tab(t, browser.Screen{Width: 1000}, "")
	tab.Go(s.base)
	tab.Await(`document.querySelector("#live").textContent === "live"`)
	rows := browser.Evaluate[[]string](tab, `[...document.querySelectorAll("#studies tbody tr")].map(row => row.innerText)`)
	if len(rows) != 2 || !strings.Contains(rows[0], "new") || !strings.Contains(rows[0], "just now") || strings.Contains(rows[0], "quiet") ||
		!strings.Contains(rows[1], "old") || !strings.Contains(rows[1], "days ago") || !strings.Contains(rows[1], "quiet") {
		t.Errorf("%q", rows)
	}
	d.ingest("third", fmt.Sprintf(`{"type": "trial", "trial_number": 1, "success": true, "objective_value": %d}`, 4))
	tab.Await(`document.querySelector("#studies").innerText.includes("third")`)
}

// TestOpenPageDoesNotHoldTheWAL moves the WAL into the database while a page follows it.
func TestOpenPageDoesNotHoldTheWAL(t *testing.T) {
	d := newDatabase(t)
	d.ingest("bracket", trials(20)...)
	s := d.serve("--no-token")
	answer, err := http.Get(s.base + "events?page=study%3Fstudy%3Dbracket")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	for nth := 21; nth <= 24; nth++ {
		d.ingest("bracket", fmt.Sprintf(`{"type": "trial", "trial_number": %d, "success": true, "objective_value": 0.%d}`, nth, nth))
		for found := false; !found; found = strings.Contains(lines.Text(), fmt.Sprintf("0.%d", nth)) {
			if !lines.Scan() {
				t.Fatalf("the stream ended: %v", lines.Err())
			}
		}
		output, err := exec.Command("sqlite3", d.path, ".timeout 5000", "pragma wal_checkpoint(truncate)").CombinedOutput()
		if err != nil || string(output) != "0|0|0\n" {
			t.Errorf("the checkpoint says %q, %v", output, err)
		}
	}
}
