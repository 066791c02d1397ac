package main

import (
	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/report"
)

func (a *app) statsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Show the study's statistics since its last reset",
		Args:  cobra.NoArgs,
	}
	return studyQuestion(a, cmd, (*feedback.Loop).Statistics, a.printStatistics)
}

func (a *app) printStatistics(loop *feedback.Loop, s report.Statistics) {
	study := loop.StudyName()
	if a.target.allStudies {
		study = "(all studies)"
	}
	a.printFacts([][2]any{
		{"study", study},
		{"trials", s.TotalTrialsProcessed},
		{"successful", s.SuccessfulTrials},
		{"failed", s.FailedTrials},
		{"success rate", percent(s.SuccessRate)},
		{"pending insights", s.PendingInsights},
		{"playbook items", s.PlaybookItems},
	})
}

func (a *app) pendingCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "pending",
		Short: "List the insights that are pending until finalize, oldest first",
		Args:  cobra.NoArgs,
	}
	return studyQuestion(a, cmd, (*feedback.Loop).Pending, a.printPending)
}

func (a *app) printPending(_ *feedback.Loop, pending []feedback.PendingInsight) {
	if len(pending) == 0 {
		a.say("no pending insights")
		return
	}
	rows := make([][]any, 0, len(pending))
	for _, p := range pending {
		trial := any("-")
		if p.Trial != nil {
			trial = *p.Trial
		}
		rows = append(rows, []any{p.Study, trial, p.Category, p.Content})
	}
	a.printTable([]column{{name: "study"}, {name: "trial", number: true}, {name: "category"}, {name: "content", text: true}}, rows)
}
