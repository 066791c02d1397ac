package main

import (
	"github.com/spf13/cobra"

	"atomizer-db/feedback/event"
)

func (a *app) initCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Create the database and the study in it",
		Long: `Create the database and the study in it. If there is a playbook.json beside it, the new
database starts from that playbook. If the database and the study exist, nothing changes.`,
		Args: cobra.NoArgs,
	}
	asJSON := wantJSON(cmd)
	direction := cmd.Flags().String("direction", "", "the `DIRECTION` of the study: minimize or maximize (default: minimize)")
	before(cmd, func() error {
		if event.CheckDirection("direction", *direction) != nil {
			return usagef("--direction %q is not one of %s, %s", *direction, event.Minimize, event.Maximize)
		}
		return nil
	})
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		loop, err := a.open(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		begun, err := loop.BeginStudy(cmd.Context(), *direction)
		if err != nil {
			return err
		}
		stats, err := loop.PlaybookStats(cmd.Context())
		if err != nil {
			return err
		}
		if *asJSON {
			return a.printJSON(map[string]any{
				"database": loop.Path(), "study": loop.StudyName(), "new_study": begun,
				"playbook_items": stats.TotalItems, "playbook_version": stats.Version,
			})
		}
		a.printFacts([][2]any{
			{"database", loop.Path()},
			{"study", loop.StudyName()},
			{"playbook", count(stats.TotalItems, "item")},
		})
		return nil
	}
	return cmd
}
