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
