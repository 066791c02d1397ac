package server

import (
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
	patience  = 10 * time.Second // for a browser to take what is sent

	// rest is how much longer than it took to make a page the next one is waited for: so a page
	// whose making takes long is made less often.
	rest = 10
	// shortest is the least time between two of them.
	shortest = 200 * time.Millisecond
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
	has := map[string]string{} // digests by part
	for _, part := range query["have"] {
		id, digest, _ := strings.Cut(part, " ")
		has[id] = digest
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // for nginx
	out := events{w, http.NewResponseController(w)}
	for {
		changed := s.monitor.Changed()
		began := time.Now()
		p, err := s.page(r.Context(), name, wanted)
		if err == nil {
			err = s.monitor.Failed()
		}
		if err != nil {
			out.send("failed", err.Error())
		} else {
			for _, part := range p.Parts {
				if has[part.ID] != part.Digest {
					has[part.ID] = part.Digest
					out.part(part)
				}
			}
			out.send("live", "")
		}
		pause := time.After(max(shortest, rest*time.Since(began)))
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
					out.send("live", "")
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

// events writes server-sent events.
type events struct {
	w    http.ResponseWriter
	sent *http.ResponseController
}

func (e events) send(kind, text string) {
	_ = e.sent.SetWriteDeadline(time.Now().Add(patience))
	_, _ = fmt.Fprintf(e.w, "event: %s\ndata: %s\n\n", kind, strings.ReplaceAll(text, "\n", " "))
}

func (e events) part(p page.Part) {
	text, err := json.Marshal(p)
	if err == nil {
		e.send("part", string(text))
	}
}

func (e events) flush() error { return e.sent.Flush() }
