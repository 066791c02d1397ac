package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/report"
)

func (a *app) trialsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "trials",
		Short: "Manage the trials of the study: list, void, unvoid",
		Args:  cobra.NoArgs,
	}
	cmd.AddCommand(a.trialsListCommand(),
		a.voidCommand("void", false, "Void a trial that was recorded by mistake",
			`Void a trial that was recorded by mistake. It is removed from counts, statistics and
usage, together with its pending insights. It stays in the ledger; unvoid undoes the void.`),
		a.voidCommand("unvoid", true, "Undo the void of a trial", "Undo the void of a trial. It is back in counts, statistics and usage."))
	return cmd
}

func (a *app) trialsListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the trials since the last reset, in the order of recording",
		Args:  cobra.NoArgs,
	}
	return studyQuestion(a, cmd, (*feedback.Loop).Trials, a.printTrials)
}

func (a *app) printTrials(_ *feedback.Loop, trials []report.RecordedTrial) {
	if len(trials) == 0 {
		a.say("no trials yet")
		return
	}
	rows := make([][]any, 0, len(trials))
	for _, t := range trials {
		state, objective := "success", "-"
		if !t.Success {
			state = "failure"
		}
		if t.Void {
			state = "void"
		}
		if t.Objective != nil {
			objective = strconv.FormatFloat(*t.Objective, 'g', 8, 64)
		}
		rows = append(rows, []any{t.Number, t.Attempt, state, objective, shortTime(t.Time), t.Study})
	}
	a.printTable([]column{
		{name: "trial", number: true},
		{name: "attempt", number: true},
		{name: "state"},
		{name: "objective", number: true},
		{name: "time (UTC)"},
		{name: "study", text: true},
	}, rows)
}

func (a *app) voidCommand(name string, undo bool, short, long string) *cobra.Command {
	cmd := &cobra.Command{Use: name + " NUMBER", Short: short, Long: long, Args: cobra.ExactArgs(1)}
	asJSON := wantJSON(cmd)
	attempt := cmd.Flags().Int64("attempt", 0, "the recording `N` of the trial, from 1 (default: the latest)")
	key := cmd.Flags().String("key", "", keyUsage)
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		number, err := strconv.ParseInt(args[0], 10, 64)
		if err != nil {
			return usagef("NUMBER must be the number of a trial, not %q", args[0])
		}
		if cmd.Flags().Changed("attempt") && *attempt < 1 {
			return usagef("--attempt must be 1 or more, not %d", *attempt)
		}
		loop, err := a.open(cmd.Context(), feedback.Existing())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		if err := requireStudy(cmd.Context(), loop, ""); err != nil {
			return err
		}
		answer, err := loop.VoidTrial(cmd.Context(), event.Void{
			Header: event.Header{Key: *key}, TrialNumber: number, Attempt: *attempt, Undo: undo,
		})
		if err != nil {
			return err
		}
		if *asJSON {
			return a.printJSON(answer)
		}
		state := "is void"
		if undo {
			state = "counts again"
		}
		a.printf("trial %d, attempt %d, %s\n", answer.TrialNumber, answer.Attempt, state)
		if answer.Duplicate {
			a.sayDuplicate()
		}
		return nil
	}
	return cmd
}
