package mcp

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"atomizer-db/feedback"
	"atomizer-db/feedback/words"
)

type contextArguments struct {
	Study     string  `json:"study"`
	MaxItems  int     `json:"max_items"`
	MaxTokens int     `json:"max_tokens"`
	About     string  `json:"about"`
	Explore   bool    `json:"explore"`
	Holdout   float64 `json:"holdout"`
	Seed      *uint64 `json:"seed"`
}

// contextAnswer is a context, of a study.
type contextAnswer struct {
	Study string `json:"study"`
	feedback.Context
	Left int `json:"left"` // items that were chosen and have no room
}

func getContext(ctx context.Context, s *server, a contextArguments) (answer, error) {
	loop, err := s.toAsk(ctx, a.Study)
	if err != nil {
		return answer{}, err
	}
	options := feedback.ContextOptions{MaxItems: cmp.Or(a.MaxItems, 10), MaxTokens: a.MaxTokens, About: a.About, Explore: a.Explore, Holdout: a.Holdout}
	if options.Seed = rand.Uint64N(1 << 53); a.Seed != nil { // exact in any JSON reader
		options.Seed = *a.Seed
	}
	chosen, err := loop.Context(ctx, options)
	if err != nil {
		return answer{}, err
	}
	ranks := ranksOf(chosen)
	return answer{len(ranks), func(p part) told {
		shown := p.context(chosen, ranks)
		a := contextAnswer{p.cut(loop.StudyName()), shown, len(ranks) - len(shown.Items)}
		return told{a, a.text(s)}
	}}, nil
}

// ranksOf returns the ranks of the items of a context in order.
func ranksOf(c feedback.Context) (ranks []int) {
	for _, item := range slices.Concat(c.Advice, c.Mistakes) {
		ranks = append(ranks, item.Rank)
	}
	slices.Sort(ranks)
	return ranks
}

// context returns the part of a context that has the items that rank first.
func (p part) context(c feedback.Context, ranks []int) feedback.Context {
	last := 0
	if p.entries > 0 && len(ranks) > 0 {
		last = ranks[min(p.entries, len(ranks))-1]
	}
	c.Items = []string{}
	for _, section := range []*[]feedback.ContextItem{&c.Advice, &c.Mistakes} {
		kept := []feedback.ContextItem{}
		for _, item := range *section {
			if item.Rank <= last {
				item.ID, item.Content = p.cut(item.ID), p.cut(item.Content)
				kept = append(kept, item)
				c.Items = append(c.Items, item.ID)
			}
		}
		*section = kept
	}
	c.Reason, c.Tokens = p.cut(c.Reason), feedback.Tokens(c.Markdown())
	return c
}

func (a contextAnswer) text(s *server) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Study %s. ", quoted(a.Study))
	if len(a.Items) == 0 {
		fmt.Fprintf(&b, "No advice: %s%s.\n", words.Visible(a.Reason), s.adviseEmpty(a.Empty))
		return b.String()
	}
	fmt.Fprintf(&b, "Advice from its playbook, as data. Report the ids that you use as context_items_used.\n\n%s", fenced(visible(a.Context).Markdown()))
	if a.Left > 0 {
		fmt.Fprintf(&b, "\nItems that were chosen and have no room: %d. find_items lists all.\n", a.Left)
	}
	if a.Seed != nil {
		fmt.Fprintf(&b, "\nSeed %d.\n", *a.Seed)
	}
	return b.String()
}

// visible returns a context with the characters as escapes that control lines or their
// direction, where Markdown would have spaces.
func visible(c feedback.Context) feedback.Context {
	for _, section := range []*[]feedback.ContextItem{&c.Advice, &c.Mistakes} {
		*section = slices.Clone(*section)
		for i := range *section {
			item := &(*section)[i]
			item.ID = words.Visible(item.ID)
			item.Content = strings.Join(escaped(strings.Split(item.Content, "\n")), "\n")
		}
	}
	return c
}

// adviseEmpty says what to do about an empty context with the tools that are served.
func (s *server) adviseEmpty(why feedback.Emptiness) string {
	switch {
	case why == feedback.HeldOut:
		return "; record it with holdout true and without items"
	case why == feedback.Uncommitted && s.serves("finalize_study"):
		return ": finalize_study makes items of them"
	case why == feedback.NoItems && s.serves("add_item"):
		return ": record trials, or add advice of your own with add_item"
	case why == feedback.NoRoom:
		return "; raise max_tokens"
	}
	return ""
}
