package main

import (
	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/report"
)

func (a *app) studiesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "studies",
		Short: "Manage the studies in the database: list, rename, set",
		Args:  cobra.NoArgs,
	}
	listByDefault(cmd, a.studiesListCommand())
	cmd.AddCommand(a.studiesRenameCommand(), a.studiesSetCommand())
	return cmd
}

func (a *app) studiesListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the studies in order of arrival", Args: cobra.NoArgs}
	return question(a, cmd, a.openToRead, (*feedback.Loop).Studies, a.printStudies)
}

func (a *app) printStudies(_ *feedback.Loop, studies []report.StudyStatistics) {
	if len(studies) == 0 {
		a.say("no studies yet")
		return
	}
	rows := make([][]any, 0, len(studies))
	for _, s := range studies {
		best := any("-")
		if s.BestTrial != nil {
			best = *s.BestTrial
		}
		rows = append(rows, []any{
			s.Study, s.Direction, s.TotalTrialsProcessed, percent(s.SuccessRate), objective(s.BestObjective), best, s.PendingInsights,
		})
	}
	a.printTable([]column{
		{name: "study", text: true},
		{name: "direction"},
		{name: "trials", number: true},
		{name: "rate", number: true},
		{name: "best", number: true},
		{name: "in trial", number: true},
		{name: "pending", number: true},
	}, rows)
}

func (a *app) studiesRenameCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rename OLD NEW",
		Short: "Rename a study",
		Args:  cobra.ExactArgs(2),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		if args[1] == "" {
			return usagef("NEW is empty: give the study a name")
		}
		loop, err := a.open(cmd.Context(), feedback.Existing())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		if _, err := loop.Study(args[0]).RenameStudy(cmd.Context(), args[1]); err != nil {
			return err
		}
		a.sayf("study %q is now %q", args[0], args[1])
		return nil
	}
	return cmd
}

func (a *app) studiesSetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set [STUDY]",
		Short: "Set a study's direction",
		Args:  cobra.MaximumNArgs(1),
	}
	direction := cmd.Flags().String("direction", "", "the `DIRECTION` of the objective: minimize or maximize")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		if !cmd.Flags().Changed("direction") {
			return usagef("--direction is missing: give minimize or maximize")
		}
		if *direction != event.Minimize && *direction != event.Maximize {
			return usagef("--direction must be minimize or maximize, not %q", *direction)
		}
		if len(args) == 1 && a.target.studyGiven {
			return usagef("the study is named twice, as the argument %q and with --study: give one of them", args[0])
		}
		loop, err := a.open(cmd.Context(), feedback.Existing())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		study := loop
		if len(args) == 1 {
			study = loop.Study(args[0])
		}
		if err := study.SetDirection(cmd.Context(), *direction); err != nil {
			return err
		}
		a.sayf("study %q: the direction is %s", study.StudyName(), *direction)
		return nil
	}
	return cmd
}
