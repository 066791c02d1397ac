package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/words"
)

func (a *app) checkCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check the database and playbook.json",
		Long: `Check the database and playbook.json. On SQLite, its own checks must pass; tables, views,
triggers and indexes must be as this program makes them; counts, statistics and usage must
agree with the ledger; events with a key must have the content that came with it, as far
as that can be computed again; playbook.json must be complete and must be the file that
was last read or written. If there are problems, they are listed and the exit code is 1.

With --repair, everything that follows from the ledger is rebuilt first.`,
		Args: cobra.NoArgs,
	}
	asJSON := wantJSON(cmd)
	repair := cmd.Flags().Bool("repair", false, "rebuild counts, statistics and usage from the ledger")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		var problems []feedback.Problem
		if *repair {
			problems, err = a.repair(cmd)
		} else {
			problems, err = a.check(cmd)
		}
		if err != nil {
			return err
		}
		if *asJSON {
			if err := a.printJSON(problemsFound{problems}); err != nil {
				return err
			}
		} else {
			for _, p := range problems {
				a.printf("%s: %s\n", words.Visible(p.Where), words.Visible(p.What))
			}
		}
		if len(problems) == 0 {
			a.say("no problems found")
			return nil
		}
		return a.verdict(problems, *repair)
	}
	return cmd
}

func (a *app) check(cmd *cobra.Command) (problems []feedback.Problem, err error) {
	loop, err := a.openToRead(cmd.Context())
	if err != nil {
		return nil, err
	}
	defer func() { err = closing(loop, err) }()
	found, err := askProblems(loop, cmd.Context())
	return found.Problems, err
}

// problemsFound is the answer of a check.
type problemsFound struct {
	Problems []feedback.Problem `json:"problems"`
}

func askProblems(loop *feedback.Loop, ctx context.Context) (problemsFound, error) {
	problems, err := loop.Check(ctx)
	return problemsFound{append([]feedback.Problem{}, adviseProblems(problems)...)}, err
}

// repair rebuilds what follows from the ledger and checks again. It prints the
// problems that are repaired and returns those that are left.
func (a *app) repair(cmd *cobra.Command) (problems []feedback.Problem, err error) {
	loop, err := a.open(cmd.Context(), feedback.Existing())
	if err != nil {
		return nil, err
	}
	defer func() { err = closing(loop, err) }()
	before, err := loop.Repair(cmd.Context())
	if err != nil {
		return nil, err
	}
	for _, p := range before {
		if p.Repairable {
			a.sayf("repaired: %s: %s", p.Where, p.What)
		}
	}
	found, err := askProblems(loop, cmd.Context())
	return found.Problems, err
}

// verdict returns an error that says what to do about problems.
func (a *app) verdict(problems []feedback.Problem, repaired bool) error {
	for _, p := range problems {
		if p.Repairable && !repaired {
			return fmt.Errorf("%s found: run `atomizer-db check --repair` to rebuild what follows from the ledger", count(len(problems), "problem"))
		}
	}
	return fmt.Errorf("%s found that --repair cannot fix: follow the advice above", count(len(problems), "problem"))
}
