package feedback

import (
	"fmt"
	"math"
	"strings"

	"atomizer-db/feedback/report"
	"atomizer-db/feedback/words"
	"atomizer-db/store"
)

// Emptiness is the kind of reason for which a context is empty.
type Emptiness string

// The kinds of reasons. The first that applies is given.
const (
	HeldOut     Emptiness = "held out"    // the trial is to be recorded without advice
	Uncommitted Emptiness = "uncommitted" // no items, but pending insights of the loop's study
	NoItems     Emptiness = "no items"    // and no pending insights of the loop's study
	NoMatch     Emptiness = "no match"    // of the categories, tags and search
	NoRoom      Emptiness = "no room"     // for any item that matches, within MaxTokens
)

// explain sets the reason of an empty context. items are those that the filters allow.
func (l *Loop) explain(rx store.Reader, c *Context, o ContextOptions, items []store.Item) error {
	study, err := l.find(rx)
	if err != nil {
		return err
	}
	known, err := report.NewStatistics(rx, study)
	if err != nil {
		return err
	}
	switch {
	case c.Holdout:
		c.Empty, c.Reason = HeldOut, "this trial is held out: its context is empty on purpose"
	case known.PlaybookItems == 0 && known.PendingInsights > 0:
		c.Empty, c.Reason = Uncommitted, "the playbook is empty; "+arePending(known.PendingInsights)
	case known.PlaybookItems == 0:
		c.Empty, c.Reason = NoItems, "the playbook is empty, and no insight is pending"
		if l.study != nil {
			c.Reason += fmt.Sprintf(" in study %q", *l.study)
		}
	case len(items) == 0:
		c.Empty, c.Reason = NoMatch, fmt.Sprintf("no item matches %s: the playbook has %s", o.filters(), words.Count(known.PlaybookItems, "item"))
	default:
		c.Empty, c.Reason = NoRoom, fmt.Sprintf("no item fits into %s: the shortest needs %d", words.Count(o.MaxTokens, "token"), least(items))
	}
	return nil
}

func arePending(insights int64) string {
	if insights == 1 {
		return "1 insight is pending"
	}
	return words.Count(insights, "insight") + " are pending"
}

// filters names what limits the items.
func (o ContextOptions) filters() string {
	var names []string
	if o.searches() {
		names = append(names, "the search")
	}
	if len(o.Categories) > 0 {
		names = append(names, "the category")
	}
	if len(o.Tags) > 0 {
		names = append(names, "the tag")
	}
	return strings.Join(names, " and ")
}

// least returns the number of tokens of the shortest context of one of the items.
func least(items []store.Item) int {
	size := math.MaxInt
	for _, i := range items {
		item := contextItem(i)
		size = min(size, len(item.heading())+len(item.markdown()))
	}
	return tokens(size)
}
