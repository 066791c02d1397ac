package main

import (
	"context"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
)

func (a *app) topCommand() *cobra.Command {
	return a.rankingCommand("top", "The items with the highest net scores", (*feedback.Loop).Top)
}

func (a *app) worstCommand() *cobra.Command {
	return a.rankingCommand("worst", "The items with the lowest net scores", (*feedback.Loop).Worst)
}

type ranking = func(*feedback.Loop, context.Context, int) ([]feedback.Performance, error)

func (a *app) rankingCommand(name, short string, rank ranking) *cobra.Command {
	cmd := &cobra.Command{
		Use:   name,
		Short: short,
		Long: short + `. The net score is helpful minus harmful counts;
ties keep the order of arrival.`,
		Args: cobra.NoArgs,
	}
	n := cmd.Flags().IntP("number", "n", 10, "how `many`")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if *n < 0 {
			return usagef("-n %d: give 0 or more", *n)
		}
		return nil
	}
	ask := func(loop *feedback.Loop, ctx context.Context) ([]feedback.Performance, error) {
		return rank(loop, ctx, *n)
	}
	return studyQuestion(a, cmd, ask, func(_ *feedback.Loop, items []feedback.Performance) {
		if *n > 0 {
			a.printPerformance(items)
		}
	})
}

func (a *app) performanceCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "performance",
		Short: "How every item has done, in order of arrival",
		Args:  cobra.NoArgs,
	}
	return studyQuestion(a, cmd, (*feedback.Loop).Performance, func(_ *feedback.Loop, items feedback.Performances) {
		a.printPerformance(items)
	})
}

func (a *app) printPerformance(items []feedback.Performance) {
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
