package feedback

import (
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// choice is a selection of pending insights by what they say. The nil choice selects all.
type choice struct {
	texts []event.InsightText
	taken []bool // which of the texts selected an insight
	index map[string]int
}

func newChoice(texts []event.InsightText) *choice {
	c := &choice{texts: texts, taken: make([]bool, len(texts)), index: map[string]int{}}
	for i, text := range texts {
		c.index[identity(text.Category, text.Content)] = i
	}
	return c
}

// identity is equal for insights that say the same.
func identity(category, content string) string {
	return category + string(playbook.Fingerprint(playbook.Category(category), content))
}

func (c *choice) take(insight store.Insight) bool {
	if c == nil {
		return true
	}
	i, chosen := c.index[identity(insight.Category, insight.Content)]
	if chosen {
		c.taken[i] = true
	}
	return chosen
}

// missing returns an [ErrNoInsight] if a text selected nothing.
func (c *choice) missing(study string) error {
	if c == nil {
		return nil
	}
	for _, text := range c.texts {
		if !c.taken[c.index[identity(text.Category, text.Content)]] {
			return store.Fail(ErrNoInsight, "the study %q has no pending insight %s %q", study, text.Category, text.Content)
		}
	}
	return nil
}
