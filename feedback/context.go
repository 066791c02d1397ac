package feedback

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"

	"atomizer-db/feedback/attribution"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/search"
	"atomizer-db/feedback/words"
	"atomizer-db/store"
)

// ContextOptions say which items to show the driver.
type ContextOptions struct {
	MaxItems   int                 // 0: no limit
	MaxTokens  int                 // of [Context.Markdown], see [Context.Tokens]; 0: no limit
	By         Ranking             // the order; "" is ByNetScore
	About      string              // order by relevance to this text, see [search.Index.Relevance], and by By where it is the same; "": by By alone
	Explore    bool                // order by Thompson sampling on the counts, instead of By; not with About
	Holdout    float64             // the share of trials that are held out: chosen by Seed, they get an empty context
	Seed       uint64              // of Explore and Holdout: the same seed gives the same context, another trial needs another one
	Categories []playbook.Category // only these; none: all
	Tags       []string            // only items with one of these; none: all
	Search     string              // only items that contain all its words, see [search.Words]; "": all
}

// Context is what to show the driver for its next trial. Its items are in an order that does
// not depend on their ranks, so that a driver's prompt changes little from trial to trial
// and can be cached: by category, as in [playbook.Categories] with mistakes last, and then
// by arrival.
type Context struct {
	Items    []string      `json:"items"`   // ids, in the order of Advice and Mistakes; report them as context_items_used or context_items_shown
	Holdout  bool          `json:"holdout"` // it is empty because the trial is held out; report this
	Advice   []ContextItem `json:"advice"`
	Mistakes []ContextItem `json:"mistakes"`         // to avoid
	Tokens   int           `json:"tokens"`           // an estimate: one token per four bytes of Markdown
	Seed     *uint64       `json:"seed,omitempty"`   // of Explore and Holdout
	Empty    Emptiness     `json:"-"`                // why there is no item; "": there are some
	Reason   string        `json:"reason,omitempty"` // the same for a person, as one line
}

// ContextItem is an item to show the driver.
type ContextItem struct {
	ID       string            `json:"id"`
	Category playbook.Category `json:"category"`
	Content  string            `json:"content"`
	Rank     int               `json:"rank"` // its place among all items that the filters allow, from 1; it says what was chosen first
}

// Context chooses items for the next trial. It goes through the items in order of rank and
// takes each one that still fits. It changes nothing, and returns the same items for
// the same playbook and options.
//
// About a text, the items that share words with it come first, the most relevant before the
// others. How rare a word is follows from all live items, whatever the filters.
//
// By lift and by lower bound, the items that cannot be judged yet come first, those that were
// tried least before the others. Otherwise an item that was never chosen would never be. By
// lower bound, an item is judged from ten counts on.
func (l *Loop) Context(ctx context.Context, options ContextOptions) (chosen Context, err error) {
	if err := options.Validate(); err != nil {
		return chosen, err
	}
	err = l.store.View(ctx, func(rx store.Reader) (err error) {
		var items []store.Item
		holdout := options.HoldsOut()
		if !holdout {
			if items, err = l.candidates(rx, options); err != nil {
				return err
			}
		}
		chosen = fit(items, options)
		chosen.Holdout = holdout
		if len(chosen.Items) == 0 {
			if err := l.explain(rx, &chosen, options, items); err != nil {
				return err
			}
		}
		if options.Explore || options.Holdout > 0 {
			chosen.Seed = &options.Seed
		}
		return nil
	})
	return chosen, err
}

// The streams of random numbers that follow from a seed.
const (
	exploring uint64 = iota
	holdingOut
)

// HoldsOut reports whether the trial is held out. It depends on nothing but the options:
// a choice that depended on the study would not be fair.
func (o ContextOptions) HoldsOut() bool {
	return rand.New(rand.NewPCG(o.Seed, holdingOut)).Float64() < o.Holdout
}

// Validate returns an [*event.FieldError] for options that are wrong or do not go together.
func (o ContextOptions) Validate() error {
	switch {
	case !(o.Holdout >= 0 && o.Holdout < 1): // NaN too
		return wrong("holdout", "must be 0 or more and less than 1, not %v", o.Holdout)
	case o.MaxItems < 0:
		return wrong("max_items", "must be 0 (no limit) or more, not %d", o.MaxItems)
	case o.MaxTokens < 0:
		return wrong("max_tokens", "must be 0 (no limit) or more, not %d", o.MaxTokens)
	case o.Explore && o.isAbout():
		return wrong("about", "cannot be combined with explore: give one of them")
	case slices.ContainsFunc(o.Tags, words.IsBlank):
		return wrong("tag", "is blank: give a tag")
	case o.searches() && len(search.Words(o.Search)) == 0:
		return wrong("search", "%q has no letter or digit: give a word", o.Search)
	}
	for _, c := range o.Categories {
		if err := event.CheckCategory("category", string(c)); err != nil {
			return err
		}
	}
	if o.By != "" {
		if _, err := ParseRanking(string(o.By)); err != nil {
			return wrong("by", "%v", err)
		}
	}
	return event.CheckText("search", o.Search)
}

// candidates returns the items that may be chosen, in order.
func (l *Loop) candidates(rx store.Reader, o ContextOptions) ([]store.Item, error) {
	items, err := rx.Items(false)
	if err != nil {
		return nil, err
	}
	if err := l.order(rx, items, o); err != nil {
		return nil, err
	}
	if items, err = o.filter(items); err != nil {
		return nil, err
	}
	general, err := newGeneralizer(rx)
	if err != nil {
		return nil, err
	}
	for i := range items {
		if items[i].Content, err = general.text(items[i]); err != nil {
			return nil, err
		}
	}
	return items, nil
}

func (l *Loop) order(rx store.Reader, items []store.Item, o ContextOptions) error {
	worth := make(map[string]float64, len(items))
	if o.Explore {
		rng := rand.NewPCG(o.Seed, exploring)
		for _, i := range items {
			worth[i.ID] = attribution.Draw(rng, i.Helpful, i.Harmful)
		}
	} else {
		ranked, err := l.toTry(rx, o.By)
		if err != nil {
			return err
		}
		for place, i := range ranked {
			worth[i.ID] = float64(-place)
		}
	}
	rank(items, func(i store.Item) float64 { return worth[i.ID] })
	if o.isAbout() {
		for place, relevance := range search.NewIndex(contents(items)).Relevance(o.About) {
			worth[items[place].ID] = relevance
		}
		rank(items, func(i store.Item) float64 { return worth[i.ID] })
	}
	return nil
}

// chosenItem is an item that was chosen.
type chosenItem struct {
	ContextItem
	arrival int64
}

// fit takes the items that fit, in order of rank.
func fit(items []store.Item, o ContextOptions) Context {
	var chosen []chosenItem
	size := 0
	begun := map[string]bool{} // sections, by heading
	for n, i := range items {
		if o.MaxItems > 0 && len(chosen) == o.MaxItems {
			break
		}
		item := contextItem(i)
		item.Rank = n + 1
		larger := size + len(item.markdown())
		if heading := item.heading(); !begun[heading] {
			if larger += len(heading); size > 0 {
				larger += len(betweenSections)
			}
		}
		if o.MaxTokens > 0 && tokens(larger) > o.MaxTokens {
			continue
		}
		size, begun[item.heading()] = larger, true
		chosen = append(chosen, chosenItem{item, i.Arrival})
	}
	c := arrange(chosen)
	c.Tokens = tokens(size)
	return c
}

func contextItem(i store.Item) ContextItem {
	return ContextItem{ID: i.ID, Category: playbook.Category(i.Category), Content: i.Content}
}

// arrange puts the items into the order in which they are shown.
func arrange(chosen []chosenItem) Context {
	slices.SortFunc(chosen, func(a, b chosenItem) int {
		return cmp.Or(cmp.Compare(a.place(), b.place()), cmp.Compare(a.arrival, b.arrival))
	})
	c := Context{Items: []string{}, Advice: []ContextItem{}, Mistakes: []ContextItem{}}
	for _, item := range chosen {
		c.Items = append(c.Items, item.ID)
		if item.Category == playbook.Mistake {
			c.Mistakes = append(c.Mistakes, item.ContextItem)
		} else {
			c.Advice = append(c.Advice, item.ContextItem)
		}
	}
	return c
}

// place returns the place of the item's category in a context.
func (i ContextItem) place() int {
	if i.Category == playbook.Mistake {
		return len(playbook.Categories)
	}
	return slices.Index(playbook.Categories, i.Category)
}

// heading returns the heading of the item's section.
func (i ContextItem) heading() string {
	if i.Category == playbook.Mistake {
		return mistakesHeading
	}
	return adviceHeading
}
