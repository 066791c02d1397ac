package main

import (
	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

func (a *app) resetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reset",
		Short: "Reset the study's statistics, usage and pending insights",
		Long: `Reset the study's statistics, usage and pending insights, so that they start from zero.
The playbook and its counts are unchanged. The recorded rows are kept for SQL.`,
		Args: cobra.NoArgs,
	}
	asJSON := wantJSON(cmd)
	key := cmd.Flags().String("key", "", keyUsage)
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		loop, err := a.open(cmd.Context(), feedback.Existing())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		if err := requireStudy(cmd.Context(), loop, nameAStudy); err != nil {
			return err
		}
		answer, err := loop.Reset(cmd.Context(), event.Reset{Header: event.Header{Key: *key}})
		if err != nil {
			return err
		}
		if *asJSON {
			return a.printJSON(answer)
		}
		if answer.Duplicate {
			a.sayDuplicate()
		} else {
			a.sayf("study %q was reset; the playbook is unchanged", loop.StudyName())
		}
		return nil
	}
	return cmd
}
