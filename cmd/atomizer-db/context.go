package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
)

func (a *app) contextCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "context",
		Short: "What to put before the driver for its next trial",
		Long: `What to put before the driver for its next trial: the items that rank first, mistakes to
avoid apart from advice, as Markdown for a prompt. An item's id stands before it: hand
back those that were used as context_items_used, the others as context_items_shown.

Items are taken in their order, each that still fits. Tokens are counted as one for every
four bytes of the Markdown. --explore draws each item's chance to help from what its
counts leave open (Thompson sampling), so that items of which little is known are tried
too; with the same --seed, such as the trial's number, it draws the same.`,
		Example: `  atomizer-db context --max-items 5 --max-tokens 1000
  atomizer-db context --explore --seed 17 --json
  atomizer-db context --category mis --search "mesh convergence"`,
		Args: cobra.NoArgs,
	}
	var options feedback.ContextOptions
	var categories []string
	flags := cmd.Flags()
	flags.IntVar(&options.MaxItems, "max-items", 10, "how `many` items at most")
	flags.IntVar(&options.MaxTokens, "max-tokens", 0, "how `many` tokens at most, about (default: no limit)")
	flags.BoolVar(&options.Explore, "explore", false, "choose by Thompson sampling on the counts")
	flags.Uint64Var(&options.Seed, "seed", 0, "the `seed` of --explore (default: another each time)")
	flags.StringArrayVar(&categories, "category", nil, "only items of this `category`; repeat for more")
	flags.StringVar(&options.Search, "search", "", "only items that have all words of this `text`")
	by := rankBy(cmd)
	before(cmd, func() (err error) {
		options.By = *by
		switch {
		case options.MaxItems < 1:
			return usagef("--max-items %d: give 1 or more", options.MaxItems)
		case flags.Changed("max-tokens") && options.MaxTokens < 1:
			return usagef("--max-tokens %d: give 1 or more", options.MaxTokens)
		case options.Explore && flags.Changed("by"):
			return usagef("--by and --explore each say which items come first: give one of them")
		case flags.Changed("seed") && !options.Explore:
			return usagef("--seed is for --explore: give that too")
		}
		if options.Explore && !flags.Changed("seed") {
			options.Seed = rand.Uint64N(1 << 53) // a number in any JSON
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
		return a.openToRead(ctx) // a study that has not begun needs a context too
	}
	ask := func(loop *feedback.Loop, ctx context.Context) (feedback.Context, error) {
		return loop.Context(ctx, options)
	}
	return question(a, cmd, open, ask, func(_ *feedback.Loop, chosen feedback.Context) {
		if len(chosen.Items) == 0 {
			a.say("no item fits: nothing is put before the driver")
		}
		_, _ = fmt.Fprint(a.stdout, chosen.Markdown())
	})
}
