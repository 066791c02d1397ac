package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
)

func (a *app) itemsSimilarCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "similar",
		Short: "List pairs of items that say nearly the same",
		Long: `List pairs of live items that say nearly the same, the most similar first; ties keep the
order of arrival. They may be of different categories. Nothing is merged unasked:
` + "`atomizer-db items merge`" + ` merges two items.

The similarity of two items is the number of words that both contain, divided by the
number of words that either contains (Jaccard): 1 if they have the same words, in any
order. A word counts once for each item. Words that differ in case, accents or an English
ending are the same, and so are all numbers. Two items of eight words that differ in two
of them have a similarity of 0.6, the default of --threshold.`,
		Example: `  atomizer-db items similar
  atomizer-db items similar --threshold 0.8 --limit 10 --json`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	threshold := flags.Float64("threshold", feedback.DefaultSimilarity, "list pairs with this `SIMILARITY` or more: more than 0, at most 1")
	limit := flags.Int("limit", 50, "list at most `N` pairs")
	before(cmd, func() error {
		switch {
		case !(*threshold > 0 && *threshold <= 1): // NaN too
			return usagef("--threshold must be more than 0 and at most 1, not %v", *threshold)
		case *limit < 1:
			return usagef("--limit must be 1 or more, not %d", *limit)
		}
		return nil
	})
	ask := func(loop *feedback.Loop, ctx context.Context) ([]feedback.SimilarPair, error) {
		return loop.SimilarItems(ctx, *threshold, *limit)
	}
	return question(a, cmd, a.openToRead, ask, func(_ *feedback.Loop, pairs []feedback.SimilarPair) {
		if len(pairs) == 0 {
			a.sayf("no two items have a similarity of %v or more: lower --threshold to see others", *threshold)
			return
		}
		a.printSimilar(pairs)
		if len(pairs) == *limit {
			a.sayf("no more than %s are listed: raise --limit to see whether there are others", count(*limit, "pair"))
		}
	})
}

// printSimilar writes two rows for each pair.
func (a *app) printSimilar(pairs []feedback.SimilarPair) {
	rows := make([][]any, 0, 2*len(pairs))
	for _, p := range pairs {
		similarity := fmt.Sprintf("%.2f", p.Similarity)
		for _, item := range p.Items {
			rows = append(rows, []any{similarity, item.ID, item.Category, item.NetScore, item.Content})
			similarity = ""
		}
	}
	a.printTable([]column{
		{name: "similarity", number: true},
		{name: "id"},
		{name: "category"},
		{name: "net", number: true},
		{name: "content", text: true},
	}, rows)
}
