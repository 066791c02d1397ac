package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"

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
	return studyQuestion(a, cmd, askStatistics, a.printStatistics)
}

// statistics are those of the legacy loop and the best objective, which is nil for all
// studies together.
type statistics struct {
	report.Statistics
	*report.BestObjective
}

func askStatistics(loop *feedback.Loop, ctx context.Context) (s statistics, err error) {
	if s.Statistics, err = loop.Statistics(ctx); err != nil {
		return s, err
	}
	s.BestObjective, err = askBest(loop, ctx)
	return s, err
}

// askBest returns the best objective of a study, nil for all studies together.
func askBest(loop *feedback.Loop, ctx context.Context) (*report.BestObjective, error) {
	best, err := loop.BestObjective(ctx)
	if err != nil || best.Direction == "" {
		return nil, err
	}
	return &best, nil
}

func (a *app) printStatistics(loop *feedback.Loop, s statistics) {
	study := loop.StudyName()
	if a.target.allStudies {
		study = "(all studies)"
	}
	a.printFacts(slices.Concat([][2]any{
		{"study", study},
		{"trials", s.TotalTrialsProcessed},
		{"successful", s.SuccessfulTrials},
		{"failed", s.FailedTrials},
		{"success rate", percent(s.SuccessRate)},
	}, factsOfBest(s.BestObjective), [][2]any{
		{"pending insights", s.PendingInsights},
		{"playbook items", s.PlaybookItems},
	}))
}

// factsOfBest are the facts about the best objective, none for all studies together.
func factsOfBest(best *report.BestObjective) [][2]any {
	if best == nil {
		return nil
	}
	value := objective(best.Objective)
	if best.Trial != nil {
		value += fmt.Sprintf(" (trial %d)", *best.Trial)
	}
	return [][2]any{{"direction", best.Direction}, {"best objective", value}}
}

// objective formats an objective, with - for none.
func objective(value *float64) string {
	if value == nil {
		return "-"
	}
	return strconv.FormatFloat(*value, 'g', 8, 64)
}
