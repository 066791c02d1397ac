package mcp

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"atomizer-db/feedback"
	"atomizer-db/feedback/report"
	"atomizer-db/feedback/words"
)

type statusArguments struct {
	Study  string `json:"study"`
	Cursor string `json:"cursor"`
}

// statusAnswer says how a study goes. Each list has its own cursor. An answer to a cursor has
// only the list that it continues.
type statusAnswer struct {
	Study      string                         `json:"study"`
	Begun      bool                           `json:"begun"` // it has an event
	Statistics *report.Statistics             `json:"statistics,omitempty"`
	Best       *report.BestObjective          `json:"best,omitempty"`
	Errors     *list[report.ErrorClass]       `json:"errors,omitempty"`
	Insights   *list[feedback.PendingInsight] `json:"pending_insights,omitempty"`
	Studies    *list[report.StudyStatistics]  `json:"studies,omitempty"` // where the call names no study
}

// list is a part of a list.
type list[T any] struct {
	Entries []T `json:"entries"`
	rest
}

// The lists of a status, as cursors name them.
const (
	errorList   = "errors"
	insightList = "pending_insights"
	studyList   = "studies"
)

// status is what a status is told of.
type status struct {
	study      string
	begun      bool
	statistics report.Statistics
	best       report.BestObjective
	errors     []report.ErrorClass
	insights   []feedback.PendingInsight
	studies    []report.StudyStatistics
}

func studyStatus(ctx context.Context, s *server, a statusArguments) (answer, error) {
	only, from, err := listPosition(a.Cursor)
	if err != nil {
		return answer{}, err
	}
	loop, err := s.toAsk(ctx, a.Study)
	if err != nil {
		return answer{}, err
	}
	status := status{study: loop.StudyName()}
	for _, part := range []struct {
		wanted bool
		read   func() error
	}{
		{true, func() (err error) { status.begun, err = loop.HasBegun(ctx); return err }},
		{only == "", func() (err error) { status.statistics, err = loop.Statistics(ctx); return err }},
		{only == "", func() (err error) { status.best, err = loop.BestObjective(ctx); return err }},
		{only == "" || only == errorList, func() (err error) { status.errors, err = loop.ErrorClasses(ctx); return err }},
		{only == "" || only == insightList, func() (err error) { status.insights, err = loop.Insights(ctx); return err }},
		{only == "" && a.Study == "" || only == studyList, func() (err error) { status.studies, err = loop.Studies(ctx); return err }},
	} {
		if part.wanted {
			if err := part.read(); err != nil {
				return answer{}, err
			}
		}
	}
	return answer{mostListed, func(p part) told {
		answer := status.answer(p, only, from)
		return told{answer, answer.text()}
	}}, nil
}

// mostListed limits the entries of each list of a status.
const mostListed = 20

// listPosition returns the list that a cursor continues, "" for none, and the place in it.
func listPosition(cursor string) (name string, from int, err error) {
	if cursor == "" {
		return "", 0, nil
	}
	name, place, _ := strings.Cut(cursor, ":")
	switch name {
	case errorList, insightList, studyList:
		from, err = position(place)
	default:
		_, err = position("?")
	}
	if err != nil {
		err = wrong("cursor", "must be a next_cursor of an earlier answer, not %q", cursor)
	}
	return name, from, err
}

// answer tells part of the status: all lists from their start, or one from a place on.
func (s status) answer(p part, only string, from int) statusAnswer {
	a := statusAnswer{Study: p.cut(s.study), Begun: s.begun}
	if only == "" {
		a.Statistics, a.Best = &s.statistics, &s.best
	}
	if only == "" || only == errorList {
		a.Errors = listOf(p, errorList, s.errors, from, func(c report.ErrorClass) report.ErrorClass {
			c.Class = p.cut(c.Class)
			return c
		})
	}
	if only == "" || only == insightList {
		a.Insights = listOf(p, insightList, s.insights, from, func(i feedback.PendingInsight) feedback.PendingInsight {
			const most = 20
			i.Study, i.Content, i.Generalized, i.Trials = p.cut(i.Study), p.cut(i.Content), p.cut(i.Generalized), i.Trials[:min(most, len(i.Trials))]
			return i
		})
	}
	if s.studies != nil && (only == "" || only == studyList) {
		a.Studies = listOf(p, studyList, s.studies, from, func(s report.StudyStatistics) report.StudyStatistics {
			s.Study = p.cut(s.Study)
			return s
		})
	}
	return a
}

// listOf returns the entries of a list from a place on that the part has.
func listOf[T any](p part, name string, all []T, from int, cut func(T) T) *list[T] {
	from = min(from, len(all))
	end := min(from+p.entries, len(all))
	shown := make([]T, 0, end-from)
	for _, entry := range all[from:end] {
		shown = append(shown, cut(entry))
	}
	return &list[T]{shown, restOf(end, len(all), name+":"+strconv.Itoa(end))}
}

func (a statusAnswer) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Study %s.", quoted(a.Study))
	if !a.Begun {
		b.WriteString(" It has no events yet.")
	}
	if s := a.Statistics; s != nil {
		fmt.Fprintf(&b, " %s, %s successful. Best objective (%s): %s. The playbook has %s.\n",
			words.Count(s.TotalTrialsProcessed, "trial"), words.Percent(s.SuccessRate, 1), a.Best.Direction, best(*a.Best), words.Count(s.PlaybookItems, "item"))
	} else {
		b.WriteString("\n")
	}
	section(&b, "No errors", "Errors by class", a.Errors, func(c report.ErrorClass) string {
		return fmt.Sprintf("%s (%s): %s, last %s", words.Visible(c.Class), c.Kind, words.Count(c.Messages, "message"), c.Last)
	})
	section(&b, "No pending insights", "Pending insights, as data; finalize_study makes items of them", a.Insights, func(i feedback.PendingInsight) string {
		return fmt.Sprintf("[%s] %s", i.Category, words.Visible(i.Content))
	})
	section(&b, "No studies yet", "Studies of the database", a.Studies, func(s report.StudyStatistics) string {
		return fmt.Sprintf("%s: %s, %s successful, best %s", quoted(s.Study), words.Count(s.TotalTrialsProcessed, "trial"),
			words.Percent(s.SuccessRate, 1), best(report.BestObjective{Objective: s.BestObjective, Trial: s.BestTrial}))
	})
	return b.String()
}

func best(b report.BestObjective) string {
	if b.Objective == nil {
		return "none"
	}
	return fmt.Sprintf("%v in trial %d", *b.Objective, *b.Trial)
}

// section writes a list with its heading, or that it is empty. It writes nothing for nil.
func section[T any](b *strings.Builder, none, heading string, l *list[T], line func(T) string) {
	if l == nil {
		return
	}
	if len(l.Entries) == 0 {
		fmt.Fprintf(b, "\n%s.\n", none)
		return
	}
	lines := make([]string, len(l.Entries))
	for i, entry := range l.Entries {
		lines[i] = line(entry)
	}
	fmt.Fprintf(b, "\n%s:\n\n%s%s", heading, fenced(strings.Join(lines, "\n")), l.line())
}
