package main

import (
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// fromLedger completes the summary of a finalize by what the ledger has, where the flags do
// not tell it. differences say where they tell it otherwise.
func fromLedger(cmd *cobra.Command, loop *feedback.Loop, told event.Summary) (summary event.Summary, differences []string, err error) {
	recorded, ledger, err := loop.Summarize(cmd.Context(), told.Key)
	if err != nil {
		return told, nil, err
	}
	differ := func(flag string, told, has any) {
		differences = append(differences, fmt.Sprintf("--%s is %v, and the ledger has %v", flag, told, has))
	}
	flags := cmd.Flags()
	if !flags.Changed("name") {
		told.Name = recorded.Name
	} else if told.Name != recorded.Name {
		differ("name", fmt.Sprintf("%q", told.Name), fmt.Sprintf("the study %q", ledger.Study))
	}
	if !flags.Changed("total-trials") {
		told.TotalTrials = recorded.TotalTrials
	} else if told.TotalTrials != recorded.TotalTrials {
		differ("total-trials", told.TotalTrials, count(ledger.TotalTrialsProcessed, "trial")+" since the last reset")
	}
	if !flags.Changed("best-value") {
		told.BestValue = recorded.BestValue
	} else if ledger.BestTrial == nil {
		differ("best-value", told.BestValue, "no successful trial with an objective")
	} else if !near(told.BestValue, recorded.BestValue) {
		differ("best-value", told.BestValue, fmt.Sprintf("%s (trial %d, %s)", objective(ledger.BestObjective), *ledger.BestTrial, ledger.Direction))
	}
	if !flags.Changed("convergence-rate") {
		told.ConvergenceRate = recorded.ConvergenceRate
	} else if math.Abs(told.ConvergenceRate-recorded.ConvergenceRate) >= 0.005 {
		differ("convergence-rate", told.ConvergenceRate,
			fmt.Sprintf("%.3g (%d of %s)", ledger.SuccessRate, ledger.SuccessfulTrials, count(ledger.TotalTrialsProcessed, "trial")))
	}
	return told, differences, nil
}

// near reports whether an objective is told with the digits that a person would write.
func near(told, recorded float64) bool {
	return math.Abs(told-recorded) <= 1e-3*math.Abs(recorded)
}
