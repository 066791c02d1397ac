package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/search"
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
	var options feedback.ContextOptions
	var categories []string
	flags := cmd.Flags()
	flags.IntVar(&options.MaxItems, "max-items", 10, "show at most `N` items")
	flags.IntVar(&options.MaxTokens, "max-tokens", 0, "show at most about `N` tokens (default: no limit)")
	flags.StringVar(&options.About, "about", "", "rank by relevance to `TEXT`, then by --by")
	flags.BoolVar(&options.Explore, "explore", false, "rank by Thompson sampling on the counts")
	flags.Float64Var(&options.Holdout, "holdout", 0, "leave the context empty in this `FRACTION` of trials, to compare with")
	flags.Uint64Var(&options.Seed, "seed", 0, "the `SEED` of --explore and --holdout, another one for each trial (default: a random one)")
	flags.StringArrayVar(&categories, "category", nil, "show only items of this `CATEGORY`; repeat for more")
	flags.StringArrayVar(&options.Tags, "tag", nil, "show only items with this `TAG`; repeat for items with any of several")
	flags.StringVar(&options.Search, "search", "", "show only items that contain all words of `TEXT`")
	by := rankBy(cmd)
	before(cmd, func() (err error) {
		options.By = *by
		switch {
		case options.MaxItems < 1:
			return usagef("--max-items must be 1 or more, not %d", options.MaxItems)
		case flags.Changed("max-tokens") && options.MaxTokens < 1:
			return usagef("--max-tokens must be 1 or more, not %d", options.MaxTokens)
		case options.Explore && flags.Changed("by"):
			return usagef("--by and --explore cannot be combined: give one of them")
		case options.Explore && flags.Changed("about"):
			return usagef("--about and --explore cannot be combined: give one of them")
		case slices.ContainsFunc(options.Tags, isBlank):
			return usagef("--tag is blank: give a tag")
		case !isBlank(options.Search) && len(search.Words(options.Search)) == 0:
			return usagef("--search %q has no letter or digit: give a word", options.Search)
		case !(options.Holdout >= 0 && options.Holdout < 1): // NaN too
			return usagef("--holdout must be 0 or more and less than 1, not %v", options.Holdout)
		case flags.Changed("seed") && !options.Explore && !flags.Changed("holdout"):
			return usagef("--seed needs --explore or --holdout: give one of them, or no seed")
		}
		if (options.Explore || options.Holdout > 0) && !flags.Changed("seed") {
			options.Seed = rand.Uint64N(1 << 53) // exact in any JSON reader
		}
		for _, name := range categories {
			category, err := parseCategory(name)
			if err != nil {
				return err
			}
			options.Categories = append(options.Categories, category)
		}
		return nil
	})
	a.target.registerAll(cmd)
	open := func(ctx context.Context) (*feedback.Loop, error) {
		if a.target.allStudies || options.By == feedback.ByLift {
			return a.ask(ctx)
		}
		return a.openStudyToRead(ctx) // a study without events needs a context too
	}
	ask := func(loop *feedback.Loop, ctx context.Context) (feedback.Context, error) {
		chosen, err := loop.Context(ctx, options)
		adviseEmpty(&chosen)
		return chosen, err
	}
	return question(a, cmd, open, ask, func(_ *feedback.Loop, chosen feedback.Context) {
		if chosen.Reason != "" {
			a.say(chosen.Reason)
		}
		_, _ = fmt.Fprint(a.stdout, chosen.Markdown())
	})
}

func isBlank(text string) bool { return strings.TrimSpace(text) == "" }
