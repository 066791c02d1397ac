package server_test

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
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
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "" {
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
		"trials?study=bracket&from=-1": 400, "trials?study=none": 404, "items?study=none": 404, "../../etc/passwd": 404, "study": 404,
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
