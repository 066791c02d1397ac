package server_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"atomizer-db/cmd/atomizer-db/page/browser"
)

// TestPagesNeedTheToken checks that a token opens the pages once, and a cookie from then on.
func TestPagesNeedTheToken(t *testing.T) {
	d := newDatabase(t)
	d.ingest("bracket", trials(3)...)
	s := d.serve()
	token := strings.TrimPrefix(s.address, s.base+"?token=")
	for _, path := range []string{"", "study?study=bracket", "events?page=study", "page.js", "trials?study=bracket&token=wrong", "?token="} {
		if answer := s.get(path, nil); answer.status != http.StatusForbidden || strings.Contains(answer.text, "bracket") {
			t.Errorf("%q without the token: %d: %s", path, answer.status, answer.text)
		}
	}
	if answer := s.get("", nil); !strings.Contains(answer.text, "<h1>The token is missing</h1>") || strings.Contains(answer.text, "<script") {
		t.Errorf("the refusal is %s", answer.text)
	}
	if answer := s.get("page.css", nil); answer.status != http.StatusOK {
		t.Errorf("the style of a refusal: %d", answer.status)
	}
	for path, want := range map[string]string{"": "./", "a/study": "./study", "a/https:evil.example": "./https:evil.example", "%5C%5Cevil.example": "./%5C%5Cevil.example"} {
		if got := s.get(path+"?token="+token, nil).header.Get("Location"); got != want {
			t.Errorf("%q leads to %q", path, got)
		}
	}
	answer := s.get("study?study=bracket&token="+token, nil)
	if answer.status != http.StatusSeeOther || answer.header.Get("Location") != "?study=bracket" || len(answer.cookies) != 1 {
		t.Fatalf("with the token: %d, %v", answer.status, answer.header)
	}
	cookie := answer.cookies[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "" {
		t.Errorf("the cookie is %v", cookie)
	}
	answer = s.get("study?study=bracket", func(r *http.Request) { r.AddCookie(cookie) })
	if answer.status != http.StatusOK || !strings.Contains(answer.text, "Is it getting better?") || strings.Contains(answer.text, token) {
		t.Errorf("with the cookie: %d", answer.status)
	}
	again := d.serve()
	if again.address == s.address || strings.HasSuffix(again.address, token) {
		t.Error("two starts have the same token")
	}
}

func TestHostIsChecked(t *testing.T) {
	d := newDatabase(t)
	d.ingest("bracket", trials(3)...)
	s := d.serve("--no-token")
	own, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]int{
		"127.0.0.1:1": 200, "localhost": 200, "localhost:9000": 200, "[::1]:80": 200, own: 200, "192.0.2.7": 200,
		"evil.example": 421, "evil.example:8765": 421, "127.0.0.1.evil.example": 421, "localhost.evil.example": 421,
	} {
		answer := s.get("study?study=bracket", func(r *http.Request) { r.Host = host })
		if answer.status != want || (want != 200 && strings.Contains(answer.text, "bracket")) {
			t.Errorf("Host %s: %d", host, answer.status)
		}
	}
}

// TestPagesOnlyRead sends what could change something, and checks the headers that keep others
// out.
func TestPagesOnlyRead(t *testing.T) {
	d := newDatabase(t)
	d.ingest("bracket", trials(3)...)
	s := d.serve("--no-token")
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		if answer := s.get("study?study=bracket", func(r *http.Request) { r.Method = method }); answer.status != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, answer.status)
		}
	}
	answer := s.get("study?study=bracket", nil)
	policy := answer.header.Get("Content-Security-Policy")
	if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("the policy is %s", policy)
	}
	for _, never := range []string{" style=", "<style", "<script>", " onclick", "http:", "https:", ` href="/`, ` src="/`, ` action="/`} {
		if strings.Contains(answer.text, never) {
			t.Errorf("the page has %q", never)
		}
	}
	for path, want := range map[string]int{
		"nothing": 404, "study?study=none": 404, "trial?study=bracket&number=99": 404, "trial?study=bracket&number=x": 400, "item?study=bracket&id=none": 404,
		"trials?study=bracket&from=-1": 400, "trials?study=bracket&state=bad": 400, "trials?study=bracket&sort=rubbish": 400, "trials?study=bracket&order=down": 400,
		"trials?study=bracket&state=void&sort=duration&order=up": 200, "trials?study=none": 404, "items?study=none": 404, "../../etc/passwd": 404, "study": 404,
	} {
		if answer := s.get(path, nil); answer.status != want {
			t.Errorf("%s: %d", path, answer.status)
		}
	}
}

func TestNoTokenIsForThisMachineOnly(t *testing.T) {
	d := newDatabase(t)
	d.ingest("bracket", trials(3)...)
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.7:80", "nonsense"} {
		output, err := exec.Command(program, "serve", "--no-token", "--listen", address, "--db", d.path).CombinedOutput()
		if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 2 {
			t.Errorf("--listen %s: %v: %s", address, err, output)
		}
	}
}

// TestAddressOpensFromAnotherSite follows the address from a page of another site, as in a
// terminal in a browser.
func TestAddressOpensFromAnotherSite(t *testing.T) {
	d := newDatabase(t)
	d.ingest("bracket", trials(3)...)
	s := d.serve()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, `<link rel="icon" href="data:,"><a id="there" href="%s">the page</a>`, s.address)
	}))
	defer other.Close()
	tab := browser.Open(t).Tab(t, browser.Screen{Width: 1000}, "")
	tab.Go(strings.Replace(other.URL, "127.0.0.1", "localhost", 1))
	tab.Follow("#there")
	tab.Await(`document.querySelector("h1").innerText === "Studies"`)
}

// TestAddressOfAStudyOpensItsPage starts the server for one study.
func TestAddressOfAStudyOpensItsPage(t *testing.T) {
	d := newDatabase(t)
	d.ingest("web & rib", trials(3)...)
	s := d.serve("--study", "web & rib")
	tab := browser.Open(t).Tab(t, browser.Screen{Width: 1000}, "")
	tab.Go(s.address)
	tab.Await(`document.querySelector("h1").innerText === "web & rib" && !location.href.includes("token")`)
}

func TestTakenAddressIsNamed(t *testing.T) {
	d := newDatabase(t)
	d.ingest("bracket", trials(3)...)
	s := d.serve()
	taken := strings.TrimSuffix(strings.TrimPrefix(s.base, "http://"), "/")
	output, err := exec.Command(program, "serve", "--listen", taken, "--db", d.path).CombinedOutput()
	if err == nil || !strings.Contains(string(output), "another program listens on "+taken) {
		t.Errorf("%v: %s", err, output)
	}
}

// TestOpenedBrowserHasNoTokenInItsArguments gives the server a browser that says how it was
// started, because everyone on the machine can see that.
func TestOpenedBrowserHasNoTokenInItsArguments(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux opens a browser with xdg-open")
	}
	d := newDatabase(t)
	d.ingest("bracket", trials(3)...)
	folder := t.TempDir()
	said := filepath.Join(folder, "said")
	script := "#!/bin/sh\n{ echo \"$@\"; cat \"$1\"; } > " + said + ".new && mv " + said + ".new " + said + "\n"
	if err := os.WriteFile(filepath.Join(folder, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	s := d.serve("--open")
	_, token, _ := strings.Cut(s.address, "token=")
	var text []byte
	for text == nil {
		select {
		case <-t.Context().Done():
			t.Fatal("no browser was opened")
		default:
			text, _ = os.ReadFile(said)
		}
	}
	arguments, page, _ := strings.Cut(string(text), "\n")
	if strings.Contains(arguments, token) || !strings.Contains(page, token) {
		t.Errorf("the browser was opened with %q, which has %s", arguments, page)
	}
	info, err := os.Stat(arguments)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	s.stop()
	if _, err := os.Stat(arguments); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is left: %v", err)
	}
}
