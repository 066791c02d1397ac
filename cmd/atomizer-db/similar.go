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
	q := newSimilarQuestion()
	flags.Float64Var(&q.Threshold, "threshold", q.Threshold, "list pairs with this `SIMILARITY` or more: more than 0, at most 1")
	flags.IntVar(&q.Limit, "limit", q.Limit, "list at most `N` pairs")
	before(cmd, func() error { return asFlag(q.check()) })
	ask := func(loop *feedback.Loop, ctx context.Context) ([]feedback.SimilarPair, error) {
		return q.ask(loop, ctx)
	}
	return question(a, cmd, a.openToRead, ask, func(_ *feedback.Loop, pairs []feedback.SimilarPair) {
		if len(pairs) == 0 {
			a.sayf("no two items have a similarity of %v or more: lower --threshold to see others", q.Threshold)
			return
		}
		a.printSimilar(pairs)
		if len(pairs) == q.Limit {
			a.sayf("no more than %s are listed: raise --limit to see whether there are others", count(q.Limit, "pair"))
		}
	})
}

// similarQuestion asks for pairs of items that say nearly the same.
type similarQuestion struct {
	Threshold float64 `json:"threshold"`
	Limit     int     `json:"limit"`
}

func newSimilarQuestion() similarQuestion {
	return similarQuestion{Threshold: feedback.DefaultSimilarity, Limit: 50}
}

// check returns an [*event.FieldError] for fields that are wrong.
func (q similarQuestion) check() error {
	switch {
	case !(q.Threshold > 0 && q.Threshold <= 1): // NaN too
		return wrongField("threshold", "must be more than 0 and at most 1, not %v", q.Threshold)
	case q.Limit < 1:
		return wrongField("limit", "must be 1 or more, not %d", q.Limit)
	}
	return nil
}

func (q similarQuestion) ask(loop *feedback.Loop, ctx context.Context) ([]feedback.SimilarPair, error) {
	return loop.SimilarItems(ctx, q.Threshold, q.Limit)
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
