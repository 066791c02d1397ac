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
	all      []*modelItem // in order of arrival
	version  int64
	last     map[string]int64 // the highest number per category
	usage    map[int64][]string
	trials   int64
	good     int64
	insights []modelInsight
	merges   int // so far
}

type modelItem struct {
	id, category, content string
	helpful, harmful      int64
	sources               []int64
	tags                  []string
	texts                 map[string]*modelItem // what else it stands for, and the item whose merge brought it, nil for none
	retired               string                // why; "" if it is live
	merge                 *modelMerge           // that retired it
}

type modelMerge struct {
	into             *modelItem
	nth              int
	helpful, harmful int64
	sources          []int64 // that the other did not have
}

type modelInsight struct {
	category, content string
	trial             *int64
	drawn             string // what it said before it was edited, "" if it was not
}

func (m *model) live() (items []*modelItem) {
	for _, item := range m.all {
		if item.retired == "" {
			items = append(items, item)
		}
	}
	return items
}

func (m *model) find(id string) *modelItem {
	for _, item := range m.all {
		if item.id == id {
			return item
		}
	}
	return nil
}

func newModel() *model {
	return &model{version: 1, last: map[string]int64{}, usage: map[int64][]string{}}
}

func (m *model) count(ids []string, helpful bool) (counted int) {
	for _, id := range ids {
		for _, item := range m.live() {
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
	answer := feedback.TrialAnswer{
		TrialNumber: t.Number, Success: t.Success, Named: m.named(t.ContextItems), ItemsUpdated: m.count(t.ContextItems, t.Success),
	}
	where := ""
	if t.Extractor != "" {
		where = fmt.Sprintf(" [extractor %s]", t.Extractor)
	}
	before := len(m.insights)
	add := func(category, content string) {
		m.insights = append(m.insights, modelInsight{category: category, content: content, trial: &t.Number})
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

func (m *model) failure(e event.ErrorReport) feedback.ErrorAnswer {
	m.count(e.ContextItems, false)
	m.insights = append(m.insights, modelInsight{category: "mis", content: e.ErrorType + ": " + firstRunes(e.Message, 200), trial: &e.TrialNumber})
	return feedback.ErrorAnswer{Named: m.named(e.ContextItems)}
}

// named returns which ids are not live.
func (m *model) named(ids []string) (named feedback.Named) {
	for _, id := range ids {
		item := m.find(id)
		if item != nil && item.retired == "" || slices.Contains(named.UnknownItems, id) {
			continue
		}
		named.UnknownItems = append(named.UnknownItems, id)
		if item != nil && item.retired == "merged" {
			if named.MergedItems == nil {
				named.MergedItems = map[string]string{}
			}
			named.MergedItems[id] = item.merge.into.id
		}
	}
	slices.Sort(named.UnknownItems)
	return named
}

func (m *model) finalize(s event.Summary) feedback.LegacyFinalizeAnswer {
	if s.TotalTrials > 0 && s.ConvergenceRate <= 0.5 {
		m.insights = append(m.insights, modelInsight{
			category: "mis", content: fmt.Sprintf("%s struggles on %s: %.0f%% of %d trials succeeded", s.Method, s.Name, s.ConvergenceRate*100, s.TotalTrials),
		})
	}
	var answer feedback.LegacyFinalizeAnswer
	for _, i := range m.insights {
		if m.learn(i) {
			answer.InsightsAdded++
		}
	}
	m.insights = nil
	for _, item := range m.live() {
		prune := false
		switch s.PruneBy {
		case event.PruneNothing:
		case event.PruneByAttribution:
			prune = slices.Contains(s.PrunedItems, item.id)
		default:
			threshold := int64(-3)
			if s.PruneBelow != nil {
				threshold = *s.PruneBelow
			}
			prune = item.helpful-item.harmful <= threshold
		}
		if prune {
			item.retired = "pruned"
			answer.ItemsPruned++
		}
	}
	if answer.ItemsPruned > 0 {
		m.version++
	}
	answer.PlaybookSize, answer.PlaybookVersion = int64(len(m.live())), m.version
	answer.TotalTrialsProcessed, answer.SuccessfulTrials, answer.FailedTrials = m.trials, m.good, m.trials-m.good
	if m.trials > 0 {
		answer.SuccessRate = float64(m.good) / float64(m.trials)
	}
	return answer
}

// learn commits an insight.
func (m *model) learn(i modelInsight) (added bool) {
	item := m.like(i)
	if added = item == nil; added {
		m.last[i.category]++
		item = &modelItem{
			id: fmt.Sprintf("%s-%05d", i.category, m.last[i.category]), category: i.category, content: i.content, texts: map[string]*modelItem{},
		}
		m.all = append(m.all, item)
		m.version++
	}
	if i.trial != nil {
		item.teach(*i.trial)
		for _, other := range m.all { // it is no longer a source that only a merge brought
			if other.merge != nil && other.merge.into == item {
				other.merge.sources = slices.DeleteFunc(other.merge.sources, func(n int64) bool { return n == *i.trial })
			}
		}
	}
	if i.drawn != "" {
		item.standFor(says(i.category, i.drawn), nil)
	}
	return added
}

// like finds the item that an insight merges into, nil for none.
func (m *model) like(i modelInsight) *modelItem {
	for _, item := range m.live() {
		if says(item.category, item.content) == says(i.category, i.content) {
			return item
		}
	}
	for _, item := range m.live() {
		if _, found := item.texts[says(i.category, i.content)]; found {
			return item
		}
	}
	return nil
}

func says(category, content string) string { return category + ":" + sameWords(category, content) }

func (i *modelItem) teach(trial int64) (taught bool) {
	if slices.Contains(i.sources, trial) {
		return false
	}
	i.sources = append(i.sources, trial)
	return true
}

func (i *modelItem) standFor(text string, merged *modelItem) {
	if _, found := i.texts[text]; !found {
		i.texts[text] = merged
	}
}

func (m *model) reset() {
	m.usage, m.insights, m.trials, m.good = map[int64][]string{}, nil, 0, 0
}

func (m *model) performance() report.Performances {
	all := report.Performances{}
	for _, item := range m.live() {
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
