package main

import (
	"context"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/report"
)

func (a *app) worstCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "worst",
		Short: "Show the items with the lowest net scores",
		Long: `Show the items with the lowest net scores. The net score is the helpful count minus the
harmful count. Ties keep the order of arrival.`,
		Args: cobra.NoArgs,
	}
	q := newWorstQuestion()
	howMany(cmd, &q.N)
	before(cmd, func() error { return asFlag(q.check()) })
	ask := func(loop *feedback.Loop, ctx context.Context) ([]report.Performance, error) { return q.ask(loop, ctx) }
	return studyQuestion(a, cmd, ask, func(_ *feedback.Loop, items []report.Performance) {
		if q.N > 0 {
			a.printPerformance(items)
		}
	})
}

// worstQuestion asks for the items with the lowest net scores.
type worstQuestion struct {
	N int `json:"n"`
}

func newWorstQuestion() worstQuestion { return worstQuestion{N: defaultNumber} }

func (q worstQuestion) check() error { return checkNumber(q.N) }

func (q worstQuestion) ask(loop *feedback.Loop, ctx context.Context) ([]report.Performance, error) {
	return loop.Worst(ctx, q.N)
}

func (a *app) performanceCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "performance",
		Short: "Show how every item performed, in order of arrival",
		Args:  cobra.NoArgs,
	}
	return studyQuestion(a, cmd, (*feedback.Loop).Performance, func(_ *feedback.Loop, items report.Performances) {
		a.printPerformance(items)
	})
}

func (a *app) printPerformance(items []report.Performance) {
	if len(items) == 0 {
		a.sayNoItems()
		return
	}
	rows := make([][]any, 0, len(items))
	for _, p := range items {
		rows = append(rows, []any{p.ID, p.NetScore, p.Helpful, p.Harmful, percent(p.Confidence), p.TrialsUsedIn, p.Preview})
	}
	a.printTable([]column{
		{name: "id"},
		{name: "net", number: true},
		{name: "helpful", number: true},
		{name: "harmful", number: true},
		{name: "confidence", number: true},
		{name: "trials", number: true},
		{name: "content", text: true},
	}, rows)
}
