package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
)

func (a *app) checkCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Look whether all is well with the database and playbook.json",
		Long: `Look whether all is well: SQLite's own checks; counts, statistics and usage against the
ledger; playbook.json whole and known. What is wrong is listed, and the exit code is 1.

With --repair what the ledger determines is rebuilt.`,
		Args: cobra.NoArgs,
	}
	asJSON := wantJSON(cmd)
	repair := cmd.Flags().Bool("repair", false, "rebuild what the ledger determines")
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
			if err := a.printJSON(map[string]any{"problems": append([]feedback.Problem{}, problems...)}); err != nil {
				return err
			}
		} else {
			for _, p := range problems {
				a.printf("%s: %s\n", visible(p.Where), visible(p.What))
			}
		}
		if len(problems) == 0 {
			a.say("all is well")
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
	return loop.Check(cmd.Context())
}

// repair rebuilds and looks again: what was wrong and is not any more is told,
// what is still wrong is returned.
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
			a.sayf("repaired: %s: %s", visible(p.Where), visible(p.What))
		}
	}
	return loop.Check(cmd.Context())
}

// verdict says what to do about problems.
func (a *app) verdict(problems []feedback.Problem, repaired bool) error {
	for _, p := range problems {
		if p.Repairable && !repaired {
			return fmt.Errorf("%s: `atomizer-db check --repair` rebuilds what the ledger determines", verb(len(problems), "problem", "problems"))
		}
	}
	return fmt.Errorf("%s that the ledger cannot mend: see above for the way back", verb(len(problems), "problem", "problems"))
}
