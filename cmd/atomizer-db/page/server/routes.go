package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"atomizer-db/cmd/atomizer-db/page"
	"atomizer-db/feedback"
	"atomizer-db/feedback/report"
	"atomizer-db/store"
)

// route answers a request that may be answered. Pages are told apart by the last element of
// the path, so that a proxy may keep any prefix.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	switch name := lastElement(r.URL.Path); name {
	case "page.js":
		s.asset(w, "text/javascript; charset=utf-8", page.Script)
	case "events":
		if r.Method == http.MethodGet {
			s.stream(w, r)
		}
	default:
		p, err := s.page(r.Context(), name, r.URL.Query())
		if err != nil {
			status, title := explain(err)
			s.refuse(w, status, title, err.Error())
			return
		}
		s.write(w, http.StatusOK, p)
	}
}

func lastElement(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

func (s *Server) asset(w http.ResponseWriter, kind, text string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write([]byte(text))
}

// write writes a page. It is made whole first, so that an error is not sent in the middle.
func (s *Server) write(w http.ResponseWriter, status int, p page.Page) {
	var text bytes.Buffer
	if err := p.Write(&text); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes())
}

// errNoPage is the error of a path that names no page.
var errNoPage = errors.New("there is no such page")

// wrongLinkError is a link that nobody made here.
type wrongLinkError struct{ error }

func explain(err error) (status int, title string) {
	var wrong wrongLinkError
	switch {
	case errors.Is(err, errNoPage), errors.Is(err, feedback.ErrNotFound):
		return http.StatusNotFound, "Not found"
	case errors.As(err, &wrong):
		return http.StatusBadRequest, "Wrong link"
	}
	return http.StatusInternalServerError, "The database cannot be read"
}

// page builds a page from its name and its query.
func (s *Server) page(ctx context.Context, name string, query url.Values) (p page.Page, err error) {
	study := query.Get("study")
	switch name {
	case page.StudiesPage:
		err = s.monitor.StudyList(ctx, func(list report.StudyList) error {
			p, err = page.Studies(list)
			return err
		})
		return p, err
	case page.StudyPage:
		err = s.monitor.Overview(ctx, study, func(o feedback.Overview) error {
			p, err = page.Study(o, s.database)
			return err
		})
		return p, err
	case page.TrialsPage:
		return s.trials(ctx, study, query)
	case page.TrialPage:
		return s.trial(ctx, study, query)
	case page.ItemsPage:
		return s.items(ctx, study, query)
	case page.ItemPage:
		return s.item(ctx, study, query.Get("id"))
	}
	return p, errNoPage
}

const pageLength = 50

func (s *Server) trials(ctx context.Context, study string, query url.Values) (p page.Page, err error) {
	filter := store.TrialPage{
		Order: store.TrialOrder(query.Get("sort")), Ascending: query.Get("order") == "up", Limit: pageLength,
		State: store.TrialState(query.Get("state")), Class: query.Get("class"), Item: query.Get("item"), Text: query.Get("text"),
	}
	if filter.Order == "" {
		filter.Order = store.ByRecording
	}
	for _, choice := range []struct {
		name  string
		known bool
	}{
		{"sort", slices.Contains(page.TrialOrders, filter.Order)},
		{"order", slices.Contains([]string{"", "up"}, query.Get("order"))},
		{"state", filter.State == store.AnyState || slices.Contains(page.TrialStates, filter.State)},
	} {
		if !choice.known {
			return p, wrongLinkError{fmt.Errorf("trials have no %s %q", choice.name, query.Get(choice.name))}
		}
	}
	if filter.Offset, err = natural(query, "from"); err != nil {
		return p, err
	}
	if err := s.monitor.Exists(ctx, study); err != nil {
		return p, err
	}
	list, err := s.monitor.Study(study).TrialPage(ctx, filter)
	if err != nil {
		return p, err
	}
	return page.Trials(list, study)
}

func (s *Server) trial(ctx context.Context, study string, query url.Values) (p page.Page, err error) {
	number, err := strconv.ParseInt(query.Get("number"), 10, 64)
	if err != nil {
		return p, wrongLinkError{fmt.Errorf("%q is not the number of a trial", query.Get("number"))}
	}
	attempt, err := natural(query, "attempt")
	if err != nil {
		return p, err
	}
	if err := s.monitor.Exists(ctx, study); err != nil {
		return p, err
	}
	trial, err := s.monitor.Study(study).Trial(ctx, number, attempt)
	if err != nil {
		return p, err
	}
	return page.Trial(trial, study)
}

func (s *Server) items(ctx context.Context, study string, query url.Values) (p page.Page, err error) {
	from, err := natural(query, "from")
	if err != nil {
		return p, err
	}
	learned, err := s.monitor.Learned(ctx, study)
	if err != nil {
		return p, err
	}
	return page.Items(learned, page.ItemFilter{Text: query.Get("text"), Limit: pageLength, From: int(from)}, study)
}

func (s *Server) item(ctx context.Context, study, id string) (p page.Page, err error) {
	learned, err := s.monitor.Learned(ctx, study)
	if err != nil {
		return p, err
	}
	loop := s.monitor.Study(study)
	history, err := loop.ItemHistory(ctx, id)
	if err != nil {
		return p, err
	}
	trials, err := loop.ItemTrials(ctx, id)
	if err != nil {
		return p, err
	}
	return page.Item(history, trials, learned, study)
}

// natural reads a number from 0 of a query; one that is missing is 0.
func natural(query url.Values, name string) (int64, error) {
	text := query.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return 0, wrongLinkError{fmt.Errorf("%s must be a number from 0, not %q", name, text)}
	}
	return n, nil
}
