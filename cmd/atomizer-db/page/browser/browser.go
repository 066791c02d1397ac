// Package browser lets tests look at pages in headless Chromium.
package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Browser is a running browser.
type Browser struct{ ctx context.Context }

// Open starts a browser for the time of a test. Without Chromium on the path it skips the
// test.
func Open(t *testing.T) Browser {
	t.Helper()
	path := find(t)
	ctx, stop := chromedp.NewExecAllocator(context.Background(), append(
		chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true),
	)...)
	t.Cleanup(stop)
	first, end := chromedp.NewContext(ctx)
	t.Cleanup(end)
	if err := chromedp.Do(first); err != nil {
		t.Fatal(err)
	}
	return Browser{first}
}

func find(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no Chromium on the path: install Debian's package chromium")
	return ""
}

// Tab is a tab of a browser.
type Tab struct {
	t       *testing.T
	ctx     context.Context
	mutex   sync.Mutex
	console []string
	allowed *regexp.Regexp
}

// Screen is what a tab is shown on.
type Screen struct {
	Width int64 // in CSS pixels
	Dark  bool
}

// height is enough for the first screen of a page.
const height = 1000

// patience is how long a tab waits for what must come.
const patience = 20 * time.Second

// interval is how often it looks.
const interval = 20 * time.Millisecond

// Tab opens a tab. At the end of the test its console must be empty but for messages that
// match allowed, if it is not "".
func (b Browser) Tab(t *testing.T, s Screen, allowed string) *Tab {
	t.Helper()
	ctx, end := chromedp.NewContext(b.ctx)
	tab := &Tab{t: t, ctx: ctx}
	if allowed != "" {
		tab.allowed = regexp.MustCompile(allowed)
	}
	scheme := "light"
	if s.Dark {
		scheme = "dark"
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}); err != nil {
		end()
		t.Fatal(err)
	}
	var listening sync.WaitGroup
	messages := chromedp.Console(ctx)
	listening.Go(func() {
		for message, err := range messages {
			if err != nil {
				return
			}
			tab.mutex.Lock()
			tab.console = append(tab.console, message.String())
			tab.mutex.Unlock()
		}
	})
	t.Cleanup(func() {
		end()
		listening.Wait()
		for _, message := range tab.console {
			if tab.allowed == nil || !tab.allowed.MatchString(message) {
				t.Errorf("the console says %q", message)
			}
		}
	})
	tab.do(chromedp.EmulateViewport(s.Width, height))
	return tab
}

func (tab *Tab) do(steps ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		tab.t.Fatal(err)
	}
}

// Go opens an address.
func (tab *Tab) Go(address string) {
	tab.t.Helper()
	tab.do(chromedp.Navigate(address))
}

// GoToText opens a page that is a file with this text.
func (tab *Tab) GoToText(text string) {
	tab.t.Helper()
	path := filepath.Join(tab.t.TempDir(), "page.html")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		tab.t.Fatal(err)
	}
	tab.Go("file://" + path)
}

// Click clicks on what a CSS selector selects.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	tab.do(chromedp.Click(chromedp.CSS(selector)))
}

// Follow clicks on a link, and waits for the page that it leads to.
func (tab *Tab) Follow(selector string) {
	tab.t.Helper()
	Evaluate[bool](tab, `window.left = true`)
	tab.Click(selector)
	tab.Await(`window.left === undefined && document.readyState === "complete"`)
}

// Type types a text into what a CSS selector selects.
func (tab *Tab) Type(selector, text string) {
	tab.t.Helper()
	tab.do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Evaluate returns the value of an expression of JavaScript.
func Evaluate[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		tab.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// Await waits until an expression of JavaScript is true, also while another page loads.
func (tab *Tab) Await(expression string) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	for {
		done, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		if err == nil && done {
			return
		}
		select {
		case <-ctx.Done():
			text, _ := chromedp.Run(tab.ctx, chromedp.Evaluate[string](`document.body.innerText`))
			tab.t.Fatalf("%s does not become true (%v); the page says %q", expression, err, text)
		case <-time.After(interval):
		}
	}
}

// Text returns what a person can read in what a CSS selector selects.
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	return strings.TrimSpace(Evaluate[string](tab, fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ""`, selector)))
}
