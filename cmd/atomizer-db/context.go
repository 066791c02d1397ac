package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/playbook"
)

func (a *app) contextCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "context",
		Short: "Choose the items to show to the driver for its next trial",
		Long: `Choose the items to show to the driver for its next trial: those that rank first. They
are printed as Markdown for a prompt, with mistakes to avoid apart from advice. Their
order does not depend on their ranks, by category and then by arrival, so that a
provider's cache of the prompt stays valid while ranks change; the rank is in the JSON.

Each item begins with its id; in the JSON, "items" lists the ids. When you record the
trial, list the items that the driver used in context_items_used, and the others in
context_items_shown: what was shown is not what was used.

--about ranks by relevance to a text, such as the last error or what the driver is about to
try: items that share words with it come first, by BM25, and rare words weigh more. The
others come after them, in the order of --by. --search, --category and --tag leave items
out instead. Words that differ in case, accents or an English ending are the same.

Items are taken in the order of their rank; an item that does not fit into --max-tokens
is skipped. Four bytes of Markdown are counted as one token.

--by lift and --by lower-bound put first the items that they cannot judge yet, those that
were tried least before the others. --explore ranks the items by random draws of their
chance to help, given three times their counts (Thompson sampling): in simulated studies
it chose better than chance and than the plain counts. Items with few counts are tried too.

--holdout 0.1 leaves the context empty in one of ten trials, so that ` + "`atomizer-db attribution`" + `
can tell what the playbook as a whole is worth. Record such a trial with --holdout and
without items.

Give each trial another --seed, such as its number. The same seed and the same playbook give
the same context; which trials are held out follows from the seed alone.

An empty context is no error: why it is empty and what to do goes to standard error, and
into "reason" of the JSON.`,
		Example: `  atomizer-db context --max-items 5 --max-tokens 1000
  atomizer-db context --explore --holdout 0.1 --seed 17 --json
  atomizer-db context --about "bar 7 exceeds its stress limit" --max-items 5
  atomizer-db context --category mis --search "mesh convergence"
  atomizer-db context --tag truss --tag beam`,
		Args: cobra.NoArgs,
	}
	q := newContextQuestion()
	var maxTokens int
	var holdout float64
	var seed uint64
	flags := cmd.Flags()
	flags.IntVar(&q.MaxItems, "max-items", q.MaxItems, "show at most `N` items")
	flags.IntVar(&maxTokens, "max-tokens", 0, "show at most about `N` tokens (default: no limit)")
	flags.StringVar(&q.About, "about", "", "rank by relevance to `TEXT`, then by --by")
	flags.BoolVar(&q.Explore, "explore", false, "rank by Thompson sampling on the counts")
	flags.Float64Var(&holdout, "holdout", 0, "leave the context empty in this `FRACTION` of trials, to compare with")
	flags.Uint64Var(&seed, "seed", 0, "the `SEED` of --explore and --holdout, another one for each trial (default: a random one)")
	categories := flags.StringArray("category", nil, "show only items of this `CATEGORY`; repeat for more")
	flags.StringArrayVar(&q.Tag, "tag", nil, "show only items with this `TAG`; repeat for items with any of several")
	flags.StringVar(&q.Search, "search", "", "show only items that contain all words of `TEXT`")
	by := rankBy(cmd)
	before(cmd, func() error {
		q.MaxTokens, q.Holdout = given(flags, "max-tokens", &maxTokens), given(flags, "holdout", &holdout)
		q.Seed, q.By = given(flags, "seed", &seed), given(flags, "by", by)
		for _, name := range *categories {
			q.Category = append(q.Category, playbook.Category(name))
		}
		return asFlag(q.check())
	})
	a.target.registerAll(cmd)
	open := func(ctx context.Context) (*feedback.Loop, error) {
		if a.target.allStudies || q.options().By == feedback.ByLift {
			return a.ask(ctx)
		}
		return a.openStudyToRead(ctx) // a study without events needs a context too
	}
	ask := func(loop *feedback.Loop, ctx context.Context) (feedback.Context, error) { return q.ask(loop, ctx) }
	return question(a, cmd, open, ask, func(_ *feedback.Loop, chosen feedback.Context) {
		if chosen.Reason != "" {
			a.say(chosen.Reason)
		}
		_, _ = fmt.Fprint(a.stdout, chosen.Markdown())
	})
}

// contextQuestion asks for a context.
type contextQuestion struct {
	MaxItems  int                 `json:"max_items"`
	MaxTokens *int                `json:"max_tokens"`
	By        *feedback.Ranking   `json:"by"`
	About     string              `json:"about"`
	Explore   bool                `json:"explore"`
	Holdout   *float64            `json:"holdout"`
	Seed      *uint64             `json:"seed"`
	Category  []playbook.Category `json:"category"`
	Tag       []string            `json:"tag"`
	Search    string              `json:"search"`
}

func newContextQuestion() contextQuestion { return contextQuestion{MaxItems: 10} }

// check returns an [*event.FieldError] for fields that are wrong or do not go together.
func (q contextQuestion) check() error {
	switch {
	case q.MaxItems < 1:
		return wrongField("max_items", "must be 1 or more, not %d", q.MaxItems)
	case q.MaxTokens != nil && *q.MaxTokens < 1:
		return wrongField("max_tokens", "must be 1 or more, not %d", *q.MaxTokens)
	case q.Explore && q.By != nil:
		return wrongField("by", "cannot be combined with explore: give one of them")
	case q.Seed != nil && !q.Explore && q.Holdout == nil:
		return wrongField("seed", "needs explore or holdout: give one of them, or no seed")
	}
	return q.options().Validate()
}

func (q contextQuestion) options() feedback.ContextOptions {
	return feedback.ContextOptions{
		MaxItems: q.MaxItems, MaxTokens: valueOf(q.MaxTokens), By: valueOf(q.By), About: q.About, Explore: q.Explore,
		Holdout: valueOf(q.Holdout), Seed: valueOf(q.Seed), Categories: q.Category, Tags: q.Tag, Search: q.Search,
	}
}

func (q contextQuestion) ask(loop *feedback.Loop, ctx context.Context) (feedback.Context, error) {
	options := q.options()
	if (options.Explore || options.Holdout > 0) && q.Seed == nil {
		options.Seed = rand.Uint64N(1 << 53) // exact in any JSON reader
	}
	chosen, err := loop.Context(ctx, options)
	adviseEmpty(&chosen)
	return chosen, err
}
