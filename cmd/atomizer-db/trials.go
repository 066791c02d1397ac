package main

import (
	"context"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/report"
)

func (a *app) trialsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "trials",
		Short: "Manage the trials of the study: list, show, void, unvoid",
		Args:  cobra.NoArgs,
	}
	listByDefault(cmd, a.trialsListCommand())
	cmd.AddCommand(a.trialsShowCommand(),
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
		Long: `List the trials since the last reset, in the order of recording: all attempts, with the
first error of each. If --limit cuts the list, the newest trials are shown.`,
		Example: `  atomizer-db trials list --limit 50
  atomizer-db trials list --failed --since 2026-01-31T12:00:00Z --json`,
		Args: cobra.NoArgs,
	}
	var q trialsQuestion
	flags := cmd.Flags()
	limit := flags.Int("limit", 0, "list only the newest `N` trials (default: all)")
	flags.BoolVar(&q.Failed, "failed", false, "list only failed trials that are not void")
	since := flags.String("since", "", "list only trials of this `TIME`, such as 2026-01-31T12:00:00Z, or later")
	before(cmd, func() error {
		q.Limit, q.Since = given(flags, "limit", limit), given(flags, "since", since)
		return asFlag(q.check())
	})
	ask := func(loop *feedback.Loop, ctx context.Context) ([]report.RecordedTrial, error) {
		list, err := q.list(loop, ctx)
		if err == nil && list.LeftOut > 0 {
			a.sayf("%s left out: raise --limit to see more", count(list.LeftOut, "older trial"))
		}
		return list.Trials, err
	}
	return studyQuestion(a, cmd, ask, func(_ *feedback.Loop, trials []report.RecordedTrial) {
		if len(trials) == 0 {
			a.say(either(q.Failed || q.Since != nil, "no such trials", "no trials yet"))
			return
		}
		a.printTrials(trials)
	})
}

// trialsQuestion asks for the trials of a study.
type trialsQuestion struct {
	Limit  *int    `json:"limit"`
	Failed bool    `json:"failed"`
	Since  *string `json:"since"`
}

// check returns an [*event.FieldError] for fields that are wrong.
func (q trialsQuestion) check() error {
	_, err := q.filter()
	return err
}

func (q trialsQuestion) filter() (filter report.TrialFilter, err error) {
	filter.Limit, filter.Failed = valueOf(q.Limit), q.Failed
	if q.Limit != nil && *q.Limit < 1 {
		return filter, wrongField("limit", "must be 1 or more, not %d", *q.Limit)
	}
	if q.Since != nil {
		if filter.Since, err = event.ParseTime(*q.Since); err != nil {
			return filter, wrongField("since", "must be a time such as 2026-01-31T12:00:00Z, not %q", *q.Since)
		}
	}
	return filter, nil
}

func (q trialsQuestion) list(loop *feedback.Loop, ctx context.Context) (report.TrialList, error) {
	filter, err := q.filter()
	if err != nil {
		return report.TrialList{}, err
	}
	return loop.FilterTrials(ctx, filter)
}

func (q trialsQuestion) ask(loop *feedback.Loop, ctx context.Context) ([]report.RecordedTrial, error) {
	list, err := q.list(loop, ctx)
	return list.Trials, err
}

func (a *app) printTrials(trials []report.RecordedTrial) {
	columns := []column{
		{name: "trial", number: true},
		{name: "attempt", number: true},
		{name: "state"},
		{name: "objective", number: true},
		{name: "time (UTC)"},
		{name: "error", text: true},
	}
	if a.target.allStudies {
		columns = slices.Insert(columns, 0, column{name: "study", text: true})
	}
	rows := make([][]any, 0, len(trials))
	for _, t := range trials {
		state := outcome(t.Success)
		if t.Void {
			state = "void"
		}
		row := []any{t.Number, t.Attempt, state, objective(t.Objective), shortTime(t.Time), t.FirstError()}
		if a.target.allStudies {
			row = slices.Insert(row, 0, any(t.Study))
		}
		rows = append(rows, row)
	}
	a.printTable(columns, rows)
}

func outcome(success bool) string { return either(success, "success", "failure") }

// trialNumber parses an argument.
func trialNumber(arg string) (int64, error) {
	number, err := strconv.ParseInt(arg, 10, 64)
	if err != nil {
		return 0, usagef("NUMBER must be the number of a trial, not %q", arg)
	}
	return number, nil
}

// whichAttempt adds --attempt to a command.
func whichAttempt(cmd *cobra.Command) *int64 {
	attempt := cmd.Flags().Int64("attempt", 0, "the recording `N` of the trial, from 1 (default: the latest)")
	before(cmd, func() error {
		return asFlag(checkAttempt(given(cmd.Flags(), "attempt", attempt)))
	})
	return attempt
}

// checkAttempt returns an [*event.FieldError] for an attempt that cannot be.
func checkAttempt(attempt *int64) error {
	if attempt != nil && *attempt < 1 {
		return wrongField("attempt", "must be 1 or more, not %d", *attempt)
	}
	return nil
}

func (a *app) voidCommand(name string, undo bool, short, long string) *cobra.Command {
	cmd := &cobra.Command{Use: name + " NUMBER", Short: short, Long: long, Args: cobra.ExactArgs(1)}
	asJSON := wantJSON(cmd)
	attempt := whichAttempt(cmd)
	key := cmd.Flags().String("key", "", keyUsage)
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		number, err := trialNumber(args[0])
		if err != nil {
			return err
		}
		loop, err := a.open(cmd.Context(), feedback.Existing())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		if err := requireStudy(cmd.Context(), loop, nameAStudy); err != nil {
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
