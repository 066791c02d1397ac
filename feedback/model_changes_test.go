package feedback_test

import (
	"slices"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// change applies an event that changes insights or items. It returns its answer, or the kind of
// error with which it is refused.
func (m *model) change(happened event.Event) (answer any, refused error) {
	switch e := happened.(type) {
	case event.CommitInsights:
		return m.settle(e.Insights, func(i modelInsight) (added bool) { return m.learn(i) })
	case event.RejectInsights:
		answer, refused := m.settle(e.Insights, nil)
		return answer, refused
	case event.EditInsight:
		return m.editInsight(e)
	}
	id, into := "", ""
	switch e := happened.(type) {
	case event.EditItem:
		id = e.Item
	case event.TagItem:
		id = e.Item
	case event.RetireItem:
		id = e.Item
	case event.RestoreItem:
		id = e.Item
	case event.MergeItems:
		id, into = e.Item, e.Into
	}
	item := m.find(id)
	_, restores := happened.(event.RestoreItem)
	switch {
	case item == nil:
		return nil, feedback.ErrNoItem
	case restores != (item.retired != ""):
		return nil, feedback.ErrConflict
	}
	answered := item
	switch e := happened.(type) {
	case event.EditItem:
		item.standFor(says(item.category, item.content), nil)
		item.content = e.Content
	case event.TagItem:
		item.tags = slices.DeleteFunc(item.tags, func(tag string) bool { return slices.Contains(e.Remove, tag) })
		for _, tag := range e.Add {
			if !slices.Contains(item.tags, tag) {
				item.tags = append(item.tags, tag)
			}
		}
	case event.RetireItem:
		item.retired = "retired"
	case event.RestoreItem:
		if refused := m.restore(item); refused != nil {
			return nil, refused
		}
	case event.MergeItems:
		other := m.find(into)
		if other == nil {
			return nil, feedback.ErrNoItem
		}
		if other.retired != "" {
			return nil, feedback.ErrConflict
		}
		m.merges++
		item.mergeInto(other, m.merges)
		answered = other
	}
	m.version++
	return modelAnswer{
		answered.id, answered.content, answered.helpful, answered.harmful, answered.retired,
		append([]int64{}, answered.sources...), append([]string{}, answered.tags...),
	}, nil
}

// modelAnswer is what the model knows of the answer to a change of an item.
type modelAnswer struct {
	ID, Content      string
	Helpful, Harmful int64
	Retired          string
	Sources          []int64
	Tags             []string
}

func answerOf(a feedback.ItemAnswer) modelAnswer {
	answer := modelAnswer{a.ID, a.Content, a.HelpfulCount, a.HarmfulCount, "", a.SourceTrials, a.Tags}
	if a.Retired != nil {
		answer.Retired = a.Retired.Reason
	}
	return answer
}

// settle takes the chosen insights, or all if there are no texts, off the pending ones. learn commits
// one; nil only drops it.
func (m *model) settle(texts []event.InsightText, learn func(modelInsight) bool) (any, error) {
	chosen, found := map[string]bool{}, map[string]bool{}
	for _, text := range texts {
		chosen[says(text.Category, text.Content)] = true
	}
	for _, i := range m.insights {
		found[says(i.category, i.content)] = true
	}
	for text := range chosen {
		if !found[text] {
			return nil, feedback.ErrNoInsight
		}
	}
	var answer feedback.InsightsAnswer
	var left []modelInsight
	for _, i := range m.insights {
		if texts != nil && !chosen[says(i.category, i.content)] {
			left = append(left, i)
			continue
		}
		answer.Insights++
		switch {
		case learn == nil:
		case learn(i):
			answer.Added++
		default:
			answer.Merged++
		}
	}
	m.insights = left
	answer.Pending = int64(len(left))
	return answer, nil
}

func (m *model) editInsight(e event.EditInsight) (any, error) {
	var answer feedback.InsightsAnswer
	for n := range m.insights {
		i := &m.insights[n]
		if says(i.category, i.content) != says(e.Category, e.Content) {
			continue
		}
		if i.drawn == "" {
			i.drawn = i.content
		}
		i.content = e.NewContent
		answer.Insights++
	}
	if answer.Insights == 0 {
		return nil, feedback.ErrNoInsight
	}
	answer.Pending = int64(len(m.insights))
	return answer, nil
}

// merged returns the items that are merged into another, in the order of their merges.
func (m *model) merged(into *modelItem) (items []*modelItem) {
	for _, item := range m.all {
		if item.merge != nil && item.merge.into == into {
			items = append(items, item)
		}
	}
	slices.SortFunc(items, func(a, b *modelItem) int { return a.merge.nth - b.merge.nth })
	return items
}

func (i *modelItem) mergeInto(other *modelItem, nth int) {
	i.merge = &modelMerge{into: other, nth: nth, helpful: i.helpful, harmful: i.harmful}
	other.helpful, other.harmful = other.helpful+i.helpful, other.harmful+i.harmful
	i.helpful, i.harmful, i.retired = 0, 0, "merged"
	for _, trial := range i.sources {
		if other.teach(trial) {
			i.merge.sources = append(i.merge.sources, trial)
		}
	}
	for text := range i.texts {
		other.standFor(text, i)
	}
	other.standFor(says(i.category, i.content), i)
}

func (m *model) restore(item *modelItem) (refused error) {
	switch item.retired {
	case "pruned":
		net := item.helpful - item.harmful
		item.helpful, item.harmful = item.helpful+min(-net, 0), item.harmful+min(net, 0)
	case "merged":
		from := item.merge.into
		if from.retired == "merged" {
			return feedback.ErrConflict
		}
		item.helpful, item.harmful = item.helpful+item.merge.helpful, item.harmful+item.merge.harmful
		from.helpful, from.harmful = max(from.helpful-item.merge.helpful, 0), max(from.harmful-item.merge.harmful, 0)
		from.sources = slices.DeleteFunc(from.sources, func(n int64) bool { return slices.Contains(item.merge.sources, n) })
		for text, by := range from.texts {
			if by == item {
				delete(from.texts, text)
			}
		}
		item.merge = nil
		for _, other := range m.merged(from) { // it may have brought the same
			for _, trial := range other.sources {
				if from.teach(trial) {
					other.merge.sources = append(other.merge.sources, trial)
				}
			}
			for text := range other.texts {
				from.standFor(text, other)
			}
			from.standFor(says(other.category, other.content), other)
		}
	}
	item.retired = ""
	return nil
}
