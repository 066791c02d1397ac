// Package server serves the pages of a database to browsers. It only reads.
//
// Others may share the machine, and any page that a browser shows can send requests to it:
// so a request needs the token, which the address has once and a cookie keeps, and a Host
// that names this machine. No page runs or loads anything from elsewhere.
package server

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"atomizer-db/cmd/atomizer-db/page"
	"atomizer-db/feedback"
)

// Server serves the pages of one database.
type Server struct {
	monitor  *feedback.Monitor
	database string // its path
	token    string // "": none is needed
	cookie   string // name of the cookie that keeps the token
	listener net.Listener
	stopped  context.Context // done when streams have to end
	stop     context.CancelFunc
}

// Listen returns a server of a database on a TCP address. Unless open is true, requests need a
// new token.
func Listen(address string, open bool, m *feedback.Monitor, database string) (*Server, error) {
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("another program listens on %s already: give another address with --listen; port 0 takes any that is free", address)
	}
	if err != nil {
		return nil, err
	}
	s := &Server{monitor: m, database: database, listener: listener}
	if !open {
		s.token = rand.Text()
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	s.cookie = "atomizer-db-" + port // browsers share cookies between ports
	s.stopped, s.stop = context.WithCancel(context.Background())
	return s, nil
}

// Address returns the address to open in a browser, with the token: that of the page of a
// study, or of the list if study is "".
func (s *Server) Address(study string) string {
	address, query := url.URL{Scheme: "http", Host: s.listener.Addr().String(), Path: "/"}, url.Values{}
	if host, port, err := net.SplitHostPort(address.Host); err == nil {
		if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
			if name, err := os.Hostname(); err == nil {
				address.Host = net.JoinHostPort(name, port)
			}
		}
	}
	if study != "" {
		address.Path += page.StudyPage
		query.Set("study", study)
	}
	if s.token != "" {
		query.Set("token", s.token)
	}
	address.RawQuery = query.Encode()
	return address.String()
}

// grace is how long answers that have begun may take when the server ends.
const grace = 2 * time.Second

// Serve answers requests until ctx is done.
func (s *Server) Serve(ctx context.Context) error {
	web := http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(nowhere{}, "", 0),
	}
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(s.listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	s.stop()
	ending, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	err := web.Shutdown(ending)
	if errors.Is(err, context.DeadlineExceeded) {
		err = web.Close()
	}
	return err
}

// nowhere drops what net/http says of broken connections, which are the browsers' matter.
type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// handler checks each request before it is answered.
func (s *Server) handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Content-Security-Policy", page.Policy)
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Cache-Control", "no-store")
		switch {
		case !isOurs(r.Host):
			s.refuse(w, http.StatusMisdirectedRequest, "The host is not this machine", "Open the address that `atomizer-db serve` printed.")
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			head.Set("Allow", "GET, HEAD")
			s.refuse(w, http.StatusMethodNotAllowed, "This page only reads", "Only GET and HEAD are answered.")
		case lastElement(r.URL.Path) == "page.css": // a refusal needs it, and it tells nothing
			s.asset(w, "text/css; charset=utf-8", page.Style)
		case s.token != "" && s.takeToken(w, r):
		case !s.knows(r):
			s.refuse(w, http.StatusForbidden, "The token is missing", "Open the address that `atomizer-db serve` printed: it has the token. Each start makes a new one.")
		default:
			s.route(w, r)
		}
	})
}

// isOurs reports whether a Host names this machine. An address does, because what a browser
// resolves by itself cannot be made to lead here by somebody else's name.
func isOurs(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSuffix(host, "."), "["), "]"))
	if _, err := netip.ParseAddr(host); err == nil || host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	own, err := os.Hostname()
	return err == nil && host == strings.ToLower(own)
}

// takeToken moves a token from the address to a cookie, so that it is neither in the history
// nor in links. It reports whether the request is answered.
func (s *Server) takeToken(w http.ResponseWriter, r *http.Request) bool {
	query := r.URL.Query()
	if !query.Has("token") || !s.isToken(query.Get("token")) {
		return false
	}
	// Without a path: the cookie is for the folder of the page, whatever prefix a proxy has. Lax:
	// a strict one is not sent where the address is followed from another site, such as a
	// terminal in a browser. No request that another site can send changes or tells it anything.
	http.SetCookie(w, &http.Cookie{Name: s.cookie, Value: s.token, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	query.Del("token")
	target := "?" + query.Encode()
	if len(query) == 0 {
		target = "./"
		if last := lastElement(r.URL.Path); last != "" {
			target = "./" + url.PathEscape(last)
		}
	}
	w.Header().Set("Location", target)
	w.WriteHeader(http.StatusSeeOther)
	return true
}

func (s *Server) knows(r *http.Request) bool {
	if s.token == "" {
		return true
	}
	for _, cookie := range r.CookiesNamed(s.cookie) {
		if s.isToken(cookie.Value) {
			return true
		}
	}
	return false
}

func (s *Server) isToken(text string) bool {
	return subtle.ConstantTimeCompare([]byte(text), []byte(s.token)) == 1
}

// refuse answers with a page that says what is wrong.
func (s *Server) refuse(w http.ResponseWriter, status int, title, reason string) {
	p, err := page.Refusal(title, reason)
	if err != nil {
		http.Error(w, title, status)
		return
	}
	s.write(w, status, p)
}
