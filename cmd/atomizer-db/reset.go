package main

import (
	"github.com/spf13/cobra"

	"atomizer-db/feedback"
)

func (a *app) resetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reset",
		Short: "Start the study's statistics, usage and pending insights afresh",
		Long: `Start the study's statistics, usage and pending insights afresh. The playbook and its
counts stay, and so do the recorded rows.`,
		Args: cobra.NoArgs,
	}
	asJSON := wantJSON(cmd)
	key := cmd.Flags().String("key", "", "an idempotency `key`: the same reset again is answered, and not done again")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		loop, err := a.open(cmd.Context(), feedback.Existing())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		if err := requireStudy(cmd.Context(), loop, ""); err != nil {
			return err
		}
		answer, err := loop.Reset(cmd.Context(), feedback.Reset{Header: feedback.Header{Key: *key}})
		if err != nil {
			return err
		}
		if *asJSON {
			return a.printJSON(answer)
		}
		if answer.Duplicate {
			a.sayDuplicate()
		} else {
			a.sayf("study %q starts afresh; the playbook is unchanged", loop.StudyName())
		}
		return nil
	}
	return cmd
}
