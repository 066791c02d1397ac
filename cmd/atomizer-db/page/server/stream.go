package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"atomizer-db/cmd/atomizer-db/page"
)

const (
	heartbeat = 5 * time.Second  // the longest silence of a stream
	writeTime = 10 * time.Second // for a browser to take what is sent

	// rest is how much longer than it took to make a page the next one is waited for: so a page
	// whose making takes long is made less often.
	rest = 10
	// shortest is the least time between two of them.
	shortest = 200 * time.Millisecond
	// seldom is that of pages whose making takes longer in a long study.
	seldom = 5 * time.Second
)

// stream sends what changes on a page by server-sent events, until the browser leaves. The
// query has the page and the digests of the parts that the browser has.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	name, text, _ := strings.Cut(query.Get("page"), "?")
	wanted, err := url.ParseQuery(text)
	if err != nil {
		s.refuse(w, http.StatusBadRequest, "Wrong link", err.Error())
		return
	}
	f := follower{server: s, page: name, query: wanted, has: map[string]string{}, made: -1}
	for _, part := range query["have"] {
		id, digest, _ := strings.Cut(part, " ")
		f.has[id] = digest
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // for nginx
	out := events{w, http.NewResponseController(w)}
	for {
		changed := s.monitor.Changed()
		began := time.Now()
		made, err := f.update(r.Context(), out)
		if err == nil {
			err = s.monitor.Failed()
		}
		if err != nil {
			out.send("failed", err.Error())
		} else {
			out.send("live", f.indicator())
		}
		least := shortest
		if made && f.isSeldom() {
			least = seldom
		}
		pause := time.After(max(least, rest*time.Since(began)))
		for waiting := true; waiting; {
			if out.flush() != nil {
				return
			}
			select {
			case <-r.Context().Done():
				return
			case <-s.stopped.Done():
				return
			case <-changed:
				waiting = false
			case <-time.After(heartbeat):
				if s.monitor.Failed() == nil {
					out.send("live", f.indicator())
				}
			}
		}
		select {
		case <-pause:
		case <-r.Context().Done():
			return
		case <-s.stopped.Done():
			return
		}
	}
}

// follower sends the parts of one page that differ from what the browser has.
type follower struct {
	server *Server
	page   string
	query  url.Values
	has    map[string]string // digests by part
	made   int64             // the last event of the study when the page was made; -1: it was not
}

// isSeldom reports whether the page is made at most every few seconds: its making takes longer
// in a long study.
func (f *follower) isSeldom() bool {
	return f.page == page.ItemPage || f.isSelection()
}

// isSelection reports whether the page has trials of a study that are filtered, sorted or not
// the latest.
func (f *follower) isSelection() bool { return f.page == page.TrialsPage && len(f.query) > 1 }

// indicator says how live the page is.
func (f *follower) indicator() string {
	if f.isSeldom() {
		return fmt.Sprintf("live, every %.0f seconds", seldom.Seconds())
	}
	return "live"
}

// update makes the page and sends what differs. Events of other studies do not change a
// selection of trials: it is not made for them.
func (f *follower) update(ctx context.Context, out events) (made bool, err error) {
	last := int64(0)
	if f.isSelection() {
		if last, err = f.server.monitor.LastEvent(ctx, f.query.Get("study")); err != nil || last == f.made {
			return false, err
		}
	}
	p, err := f.server.page(ctx, f.page, f.query)
	if err != nil {
		return true, err
	}
	f.made = last
	for _, part := range p.Parts {
		if f.has[part.ID] != part.Digest {
			f.has[part.ID] = part.Digest
			out.part(part)
		}
	}
	return true, nil
}

// events writes server-sent events.
type events struct {
	w    http.ResponseWriter
	sent *http.ResponseController
}

func (e events) send(kind, text string) {
	_ = e.sent.SetWriteDeadline(time.Now().Add(writeTime))
	_, _ = fmt.Fprintf(e.w, "event: %s\ndata: %s\n\n", kind, strings.ReplaceAll(text, "\n", " "))
}

func (e events) part(p page.Part) {
	text, err := json.Marshal(p)
	if err == nil {
		e.send("part", string(text))
	}
}

func (e events) flush() error { return e.sent.Flush() }
