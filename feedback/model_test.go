package feedback_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/report"
)

// model is a simple learning loop in memory. Tests compare the loop on the database with
// it. The two share no code.
type model struct {
	items    []*modelItem // live, in order of arrival
	version  int64
	last     map[string]int64 // the highest number per category
	usage    map[int64][]string
	trials   int64
	good     int64
	insights []modelInsight
}

type modelItem struct {
	id, category, content string
	helpful, harmful      int64
	sources               []int64
}

type modelInsight struct {
	category, content string
	trial             *int64
}

func newModel() *model {
	return &model{version: 1, last: map[string]int64{}, usage: map[int64][]string{}}
}

func (m *model) count(ids []string, helpful bool) (counted int) {
	for _, id := range ids {
		for _, item := range m.items {
			if item.id != id {
				continue
			}
			counted++
			if helpful {
				item.helpful++
			} else {
				item.harmful++
			}
		}
	}
	return counted
}

func (m *model) trial(t event.Trial) feedback.TrialAnswer {
	m.trials++
	if t.Success {
		m.good++
	}
	m.usage[t.Number] = t.ContextItems
	answer := feedback.TrialAnswer{TrialNumber: t.Number, Success: t.Success, ItemsUpdated: m.count(t.ContextItems, t.Success)}
	where := ""
	if t.Extractor != "" {
		where = fmt.Sprintf(" [extractor %s]", t.Extractor)
	}
	before := len(m.insights)
	add := func(category, content string) {
		m.insights = append(m.insights, modelInsight{category, content, &t.Number})
	}
	for _, e := range t.Errors {
		class := "Solver error"
		if strings.Contains(strings.ToLower(e), "diverg") {
			class = "Convergence failure"
		}
		add("mis", class+": "+firstRunes(e, 200)+where)
	}
	for _, v := range t.ConstraintViolations {
		add("mis", "Constraint violated: "+firstRunes(v, 200))
	}
	if !t.Success && len(t.Errors)+len(t.ConstraintViolations) == 0 {
		add("mis", "Trial failed without an error message"+where)
	}
	if t.Success && t.Extractor != "" {
		add("tool", "Extractor "+t.Extractor+" returns a valid result")
	}
	answer.InsightsExtracted = len(m.insights) - before
	return answer
}

func (m *model) failure(e event.ErrorReport) {
	m.count(e.ContextItems, false)
	m.insights = append(m.insights, modelInsight{"mis", e.ErrorType + ": " + firstRunes(e.Message, 200), &e.TrialNumber})
}

func (m *model) finalize(s event.Summary) feedback.LegacyFinalizeAnswer {
	if s.TotalTrials > 0 && s.ConvergenceRate <= 0.5 {
		m.insights = append(m.insights, modelInsight{
			"mis", fmt.Sprintf("%s struggles on %s: %.0f%% of %d trials succeeded", s.Method, s.Name, s.ConvergenceRate*100, s.TotalTrials), nil,
		})
	}
	var answer feedback.LegacyFinalizeAnswer
	for _, i := range m.insights {
		if m.learn(i) {
			answer.InsightsAdded++
		}
	}
	m.insights = nil
	before := len(m.items)
	m.items = slices.DeleteFunc(m.items, func(i *modelItem) bool {
		switch s.PruneBy {
		case event.PruneNothing:
			return false
		case event.PruneByAttribution:
			return slices.Contains(s.PrunedItems, i.id)
		}
		threshold := int64(-3)
		if s.PruneBelow != nil {
			threshold = *s.PruneBelow
		}
		return i.helpful-i.harmful <= threshold
	})
	answer.ItemsPruned = int64(before - len(m.items))
	if answer.ItemsPruned > 0 {
		m.version++
	}
	answer.PlaybookSize, answer.PlaybookVersion = int64(len(m.items)), m.version
	answer.TotalTrialsProcessed, answer.SuccessfulTrials, answer.FailedTrials = m.trials, m.good, m.trials-m.good
	if m.trials > 0 {
		answer.SuccessRate = float64(m.good) / float64(m.trials)
	}
	return answer
}

func (m *model) learn(i modelInsight) (added bool) {
	for _, item := range m.items {
		if item.category == i.category && sameWords(i.category, item.content) == sameWords(i.category, i.content) {
			if i.trial != nil && !slices.Contains(item.sources, *i.trial) {
				item.sources = append(item.sources, *i.trial)
			}
			return false
		}
	}
	m.last[i.category]++
	item := &modelItem{id: fmt.Sprintf("%s-%05d", i.category, m.last[i.category]), category: i.category, content: i.content}
	if i.trial != nil {
		item.sources = []int64{*i.trial}
	}
	m.items = append(m.items, item)
	m.version++
	return true
}

func (m *model) reset() {
	m.usage, m.insights, m.trials, m.good = map[int64][]string{}, nil, 0, 0
}

func (m *model) performance() report.Performances {
	all := report.Performances{}
	for _, item := range m.items {
		p := report.Performance{
			ID: item.id, Helpful: item.helpful, Harmful: item.harmful, NetScore: item.helpful - item.harmful, Confidence: 0.5,
			Category: item.category, Preview: firstRunes(item.content, 100),
		}
		if total := item.helpful + item.harmful; total > 0 {
			p.Confidence = float64(item.helpful) / float64(total)
		}
		for _, used := range m.usage {
			if slices.Contains(used, item.id) {
				p.TrialsUsedIn++
			}
		}
		all = append(all, p)
	}
	return all
}

func (m *model) top(n int) []report.Performance {
	all := []report.Performance(m.performance())
	slices.SortStableFunc(all, func(a, b report.Performance) int { return int(b.NetScore - a.NetScore) })
	return all[:min(n, len(all))]
}

func (m *model) worst(n int) []report.Performance {
	all := []report.Performance(m.performance())
	slices.SortStableFunc(all, func(a, b report.Performance) int { return int(a.NetScore - b.NetScore) })
	return all[:min(n, len(all))]
}

func firstRunes(text string, n int) string {
	runes := []rune(text)
	return string(runes[:min(n, len(runes))])
}

var (
	white  = regexp.MustCompile(`[ \t\r\n\v\f]+`)
	digits = regexp.MustCompile(`[0-9]+`)
	upper  = regexp.MustCompile(`[A-Z]`)
)

func sameWords(category, content string) string {
	folded := upper.ReplaceAllStringFunc(content, strings.ToLower)
	folded = strings.Trim(white.ReplaceAllString(folded, " "), " ")
	if category == "mis" {
		folded = digits.ReplaceAllString(folded, "#")
	}
	return folded
}
