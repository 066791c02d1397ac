package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

func (a *app) insightsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "insights",
		Short: "Manage the study's pending insights: list, commit, reject, edit",
		Long: `Manage the study's pending insights, which wait for a finalize. They can be committed to
the playbook while the study runs.`,
		SuggestFor: []string{"pending"},
		Args:       cobra.NoArgs,
	}
	listByDefault(cmd, a.insightsListCommand())
	cmd.AddCommand(a.insightsCommitCommand(), a.insightsRejectCommand(), a.insightsEditCommand())
	return cmd
}

func (a *app) insightsListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the pending insights, oldest first",
		Long: `List the pending insights, oldest first. Those that say the same are one line, with the
number of insights that say so and the trials that they came from.`,
		Args: cobra.NoArgs,
	}
	return studyQuestion(a, cmd, (*feedback.Loop).Insights, a.printInsights)
}

func (a *app) printInsights(_ *feedback.Loop, pending []feedback.PendingInsight) {
	if len(pending) == 0 {
		a.say("no pending insights")
		return
	}
	rows := make([][]any, 0, len(pending))
	for _, p := range pending {
		content := p.Content
		if p.Generalized != "" {
			content = p.Generalized
		}
		rows = append(rows, []any{p.ID, p.Study, p.Category, p.Insights, trialList(p.Trials), content})
	}
	a.printTable([]column{
		{name: "id", number: true},
		{name: "study"},
		{name: "category"},
		{name: "insights", number: true},
		{name: "trials"},
		{name: "content", text: true},
	}, rows)
}

// mostTrials is the number of trials that a line names.
const mostTrials = 3

func trialList(trials []int64) string {
	if len(trials) == 0 {
		return "-"
	}
	var named []string
	for _, n := range trials[:min(len(trials), mostTrials)] {
		named = append(named, strconv.FormatInt(n, 10))
	}
	if len(trials) > mostTrials {
		named = append(named, "…")
	}
	return strings.Join(named, ", ")
}

// insightChange makes cmd change pending insights: change gets the flags of every event
// and the chosen insights.
func (a *app) insightChange(
	cmd *cobra.Command, ids func(args []string) []string,
	change func(context.Context, *feedback.Loop, event.Header, []event.InsightText, []string) (feedback.InsightsAnswer, error),
	say func(feedback.InsightsAnswer) string,
) *cobra.Command {
	asJSON := wantJSON(cmd)
	var head headerFlags
	head.register(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		header, err := head.header()
		if err != nil {
			return err
		}
		loop, err := a.openStudy(cmd.Context(), feedback.Existing())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		if err := requireStudy(cmd.Context(), loop, nameAStudy); err != nil {
			return err
		}
		var numbers []int64
		for _, id := range ids(args) {
			number, err := strconv.ParseInt(id, 10, 64)
			if err != nil {
				return usagef("ID must be a number from `atomizer-db insights list`, not %q", id)
			}
			numbers = append(numbers, number)
		}
		texts, err := loop.InsightTexts(cmd.Context(), header.Key, numbers...)
		if err != nil {
			return err
		}
		answer, err := change(cmd.Context(), loop, header, texts, args)
		if err != nil {
			return err
		}
		if *asJSON {
			return a.printJSON(answer)
		}
		_, _ = fmt.Fprintln(a.stdout, say(answer))
		if answer.Duplicate {
			a.sayDuplicate()
		}
		return nil
	}
	return cmd
}

func (a *app) insightsCommitCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "commit [ID...]",
		Short: "Commit pending insights to the playbook: all, or those with these ids",
		Long: `Commit pending insights to the playbook: all of the study, or those with these ids. An
insight that says what an item says merges into it, any other becomes a new item. Nothing
is pruned, and the study goes on. playbook.json is written by the next finalize or export.`,
		Args: cobra.ArbitraryArgs,
	}
	commit := func(ctx context.Context, loop *feedback.Loop, header event.Header, texts []event.InsightText, _ []string) (feedback.InsightsAnswer, error) {
		return loop.CommitInsights(ctx, event.CommitInsights{Header: header, Insights: texts})
	}
	return a.insightChange(cmd, func(args []string) []string { return args }, commit, committed)
}

func committed(answer feedback.InsightsAnswer) string {
	return fmt.Sprintf("%s committed: %d added, %d merged; %d pending",
		count(answer.Insights, "insight"), answer.Added, answer.Merged, answer.Pending)
}

func (a *app) insightsRejectCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reject ID...",
		Short: "Drop pending insights",
		Args:  cobra.MinimumNArgs(1),
	}
	reason := cmd.Flags().String("reason", "", "why, in a `TEXT` that the view insight_history shows")
	reject := func(ctx context.Context, loop *feedback.Loop, header event.Header, texts []event.InsightText, _ []string) (feedback.InsightsAnswer, error) {
		return loop.RejectInsights(ctx, event.RejectInsights{Header: header, Insights: texts, Reason: *reason})
	}
	return a.insightChange(cmd, func(args []string) []string { return args }, reject, func(answer feedback.InsightsAnswer) string {
		return fmt.Sprintf("%s rejected; %d pending", count(answer.Insights, "insight"), answer.Pending)
	})
}

func (a *app) insightsEditCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "edit ID TEXT",
		Short: "Change what a pending insight says",
		Long: `Change what a pending insight says, with all others that say the same. When it has been
committed, insights that say what it said before merge into the same item.`,
		Args: cobra.ExactArgs(2),
	}
	edit := func(ctx context.Context, loop *feedback.Loop, header event.Header, texts []event.InsightText, args []string) (feedback.InsightsAnswer, error) {
		return loop.EditInsight(ctx, event.EditInsight{Header: header, Category: texts[0].Category, Content: texts[0].Content, NewContent: args[1]})
	}
	return a.insightChange(cmd, func(args []string) []string { return args[:1] }, edit, func(answer feedback.InsightsAnswer) string {
		return fmt.Sprintf("%s edited", count(answer.Insights, "insight"))
	})
}
