package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/report"
)

func (a *app) trialsShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show NUMBER",
		Short: "Show one trial: its variables, errors, items and attempts",
		Long: `Show one trial: its variables, its errors, its items and how they counted, and all attempts
at it, also void ones and those before the last reset.`,
		Args: cobra.ExactArgs(1),
	}
	asJSON := wantJSON(cmd)
	attempt := whichAttempt(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		number, err := trialNumber(args[0])
		if err != nil {
			return err
		}
		loop, err := a.ask(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		trial, err := trialQuestion{TrialNumber: &number, Attempt: attempt}.ask(loop, cmd.Context())
		if err != nil {
			return err
		}
		if *asJSON {
			return a.printJSON(trial)
		}
		a.printTrial(trial)
		return nil
	}
	return cmd
}

// trialQuestion asks for one trial.
type trialQuestion struct {
	TrialNumber *int64 `json:"trial_number"`
	Attempt     *int64 `json:"attempt"`
}

func (q trialQuestion) check() error {
	return cmp.Or(require("trial_number", q.TrialNumber), checkAttempt(q.Attempt))
}

func (q trialQuestion) ask(loop *feedback.Loop, ctx context.Context) (report.TrialDetails, error) {
	return loop.Trial(ctx, *q.TrialNumber, valueOf(q.Attempt))
}

func (a *app) printTrial(t report.TrialDetails) {
	this := t.Attempts[t.Attempt-1]
	facts := [][2]any{
		{"study", t.Study},
		{"trial", t.Number},
		{"attempt", fmt.Sprintf("%d of %d", t.Attempt, len(t.Attempts))},
		{"state", outcome(t.Success)},
		{"counts", counts(this)},
		{"objective", objective(t.Objective)},
		{"time (UTC)", shortTime(t.Time)},
		{"duration", fmt.Sprintf("%v s", t.DurationSeconds)},
	}
	if t.Extractor != "" {
		facts = append(facts, [2]any{"extractor", t.Extractor})
	}
	if t.Holdout {
		facts = append(facts, [2]any{"held out", "yes: its context was left empty on purpose"})
	}
	if t.Details != nil {
		facts = append(facts, [2]any{"details", string(t.Details)})
	}
	a.printFacts(facts)

	var rows [][]any
	for _, name := range slices.Sorted(maps.Keys(t.DesignVariables)) {
		rows = append(rows, []any{name, cellText(t.DesignVariables[name], "null")})
	}
	a.printPart([]column{{name: "variable"}, {name: "value", text: true}}, rows)

	rows = nil
	for _, message := range t.Errors {
		rows = append(rows, []any{"solver", message})
	}
	for _, message := range t.ConstraintViolations {
		rows = append(rows, []any{"constraint", message})
	}
	a.printPart([]column{{name: "source"}, {name: "error", text: true}}, rows)

	rows = nil
	for _, item := range t.Items {
		content := "-"
		if item.Content != nil {
			content = *item.Content
		}
		rows = append(rows, []any{item.ID, item.Named, item.Counted, either(item.Shown, "yes", "no"), effect(item, t), content})
	}
	a.printPart([]column{
		{name: "item"},
		{name: "named", number: true},
		{name: "counted", number: true},
		{name: "shown"},
		{name: "as"},
		{name: "content", text: true},
	}, rows)

	rows = nil
	for _, one := range t.Attempts {
		rows = append(rows, []any{one.Attempt, outcome(one.Success), counts(one), objective(one.Objective), shortTime(one.Time)})
	}
	if len(rows) > 1 {
		a.printPart([]column{{name: "attempt", number: true}, {name: "state"}, {name: "counts"}, {name: "objective", number: true}, {name: "time (UTC)"}}, rows)
	}
}

// printPart writes a table after an empty line, if it has rows.
func (a *app) printPart(columns []column, rows [][]any) {
	if len(rows) > 0 {
		a.printf("\n")
		a.printTable(columns, rows)
	}
}

// counts says whether an attempt counts.
func counts(t report.TrialAttempt) string {
	switch {
	case t.Void:
		return "no: void"
	case t.BeforeReset:
		return "no: before the last reset"
	}
	return "yes"
}

// effect says as what an item counted in a trial.
func effect(item report.TrialItem, t report.TrialDetails) string {
	switch {
	case item.Named == 0:
		return "-"
	case item.Counted == 0:
		return "not in the playbook"
	case t.Void:
		return "void"
	}
	return either(t.Success, "helpful", "harmful")
}
