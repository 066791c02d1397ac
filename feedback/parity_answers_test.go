package feedback_test

import (
	"strings"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/history"
	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/report"
	"atomizer-db/store"
)

// compare asks both sides all questions.
func (p *pair) compare() {
	p.t.Helper()
	p.compareViews()
	p.comparePlaybooks()
	studies, err := p.sides[0].loop.Studies(p.ctx)
	p.check(err)
	items, err := p.sides[0].loop.Items(p.ctx, true)
	p.check(err)
	p.compareStudy("all studies", items, (*feedback.Loop).AllStudies)
	for _, s := range studies {
		of := func(l *feedback.Loop) *feedback.Loop { return l.Study(s.Study) }
		p.compareStudy(s.Study, items, of)
		p.compareTrials(s.Study, of)
	}
}

func (p *pair) comparePlaybooks() {
	p.t.Helper()
	p.same("studies", func(l *feedback.Loop) (any, error) { return l.Studies(p.ctx) })
	p.same("items", func(l *feedback.Loop) (any, error) { return l.Items(p.ctx, true) })
	p.same("statistics of the playbook", func(l *feedback.Loop) (any, error) { return l.PlaybookStats(p.ctx) })
	p.same("overviews", func(l *feedback.Loop) (any, error) { return l.AllOverviews(p.ctx) })
	p.same("problems", func(l *feedback.Loop) (any, error) { return l.Check(p.ctx) })
	for _, format := range history.ExportFormats {
		p.same(string(format), func(l *feedback.Loop) (any, error) {
			text, err := l.PlaybookAs(p.ctx, format)
			return string(text), err
		})
	}
	for _, name := range []string{"a.txt", "b.txt", "other.json"} {
		p.same(name, func(l *feedback.Loop) (any, error) {
			text, err := l.ImportedFile(p.ctx, name)
			return string(text), err
		})
	}
	for what, options := range map[string]feedback.ContextOptions{
		"net score":   {MaxItems: 3},
		"lower bound": {By: feedback.ByLowerBound, MaxTokens: 60},
		"lift":        {By: feedback.ByLift},
		"about":       {About: "diverged step 3", MaxItems: 2},
		"explore":     {Explore: true, Seed: 7, MaxItems: 3},
		"holdout":     {Holdout: 0.5, Seed: 8},
		"search":      {Search: "diverged", Categories: []playbook.Category{"mis"}},
		"tags":        {Tags: []string{"a"}},
	} {
		p.same("context by "+what, func(l *feedback.Loop) (any, error) { return l.AllStudies().Context(p.ctx, options) })
	}
}

func (p *pair) compareStudy(name string, items []feedback.Item, of func(*feedback.Loop) *feedback.Loop) {
	p.t.Helper()
	same := func(what string, ask func(*feedback.Loop) (any, error)) {
		p.t.Helper()
		p.same(name+": "+what, func(l *feedback.Loop) (any, error) { return ask(of(l)) })
	}
	same("performance", func(l *feedback.Loop) (any, error) { return l.Performance(p.ctx) })
	same("top", func(l *feedback.Loop) (any, error) { return l.Top(p.ctx, 3) })
	same("worst", func(l *feedback.Loop) (any, error) { return l.Worst(p.ctx, 3) })
	same("statistics", func(l *feedback.Loop) (any, error) { return l.Statistics(p.ctx) })
	same("best", func(l *feedback.Loop) (any, error) { return l.BestObjective(p.ctx) })
	same("attribution", func(l *feedback.Loop) (any, error) { return l.Attribution(p.ctx) })
	same("errors", func(l *feedback.Loop) (any, error) { return l.ErrorClasses(p.ctx) })
	same("insights", func(l *feedback.Loop) (any, error) { return l.Insights(p.ctx) })
	same("report", func(l *feedback.Loop) (any, error) { return l.Report(p.ctx) })
	same("context", func(l *feedback.Loop) (any, error) {
		return l.Context(p.ctx, feedback.ContextOptions{By: feedback.ByLift})
	})
	for _, filter := range []report.TrialFilter{{}, {Limit: 2}, {Failed: true, Limit: 3}, {Since: p.now.Add(-3e9)}} {
		same("trials", func(l *feedback.Loop) (any, error) { return l.FilterTrials(p.ctx, filter) })
	}
	same("events", func(l *feedback.Loop) (any, error) {
		var lines []string
		err := l.Events(p.ctx, func(e event.Event) error {
			lines = append(lines, string(event.Encode(e)))
			return nil
		})
		return lines, err
	})
	for _, format := range []history.Format{history.CSV, history.SafeCSV} {
		same(string(format), func(l *feedback.Loop) (any, error) {
			var text strings.Builder
			err := l.WriteTrialsCSV(p.ctx, &text, format)
			return text.String(), err
		})
	}
	for _, item := range items {
		same("history of "+item.ID, func(l *feedback.Loop) (any, error) { return l.ItemHistory(p.ctx, item.ID) })
	}
}

// compareTrials compares what can be asked only about one study.
func (p *pair) compareTrials(name string, of func(*feedback.Loop) *feedback.Loop) {
	p.t.Helper()
	same := func(what string, ask func(*feedback.Loop) (any, error)) {
		p.t.Helper()
		p.same(name+": "+what, func(l *feedback.Loop) (any, error) { return ask(of(l)) })
	}
	same("overview", func(l *feedback.Loop) (any, error) { return l.Overview(p.ctx) })
	for number := int64(-1); number <= 7; number++ {
		for attempt := range int64(4) {
			same("trial", func(l *feedback.Loop) (any, error) { return l.Trial(p.ctx, number, attempt) })
		}
	}
	for _, order := range []store.TrialOrder{store.ByRecording, store.ByNumber, store.ByObjective, store.ByDuration} {
		for _, ascending := range []bool{false, true} {
			same("trials by "+string(order), func(l *feedback.Loop) (any, error) {
				return l.TrialPage(p.ctx, store.TrialPage{Order: order, Ascending: ascending, Limit: 4, Offset: 1})
			})
		}
	}
	for _, state := range []store.TrialState{store.Succeeded, store.Failed, store.Infeasible, store.Crashed, store.HeldOut, store.Void} {
		same("trials "+string(state), func(l *feedback.Loop) (any, error) {
			return l.TrialPage(p.ctx, store.TrialPage{Order: store.ByRecording, Limit: 100, State: state})
		})
	}
	for what, page := range map[string]store.TrialPage{
		"of a class":   {Class: "Convergence failure"},
		"of an item":   {Item: "mis-00001"},
		"with a text":  {Text: "DIVERGED"},
		"with letters": {Text: "é"},
	} {
		page.Order, page.Limit = store.ByRecording, 100
		same("trials "+what, func(l *feedback.Loop) (any, error) { return l.TrialPage(p.ctx, page) })
	}
}
