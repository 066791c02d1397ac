package main

import (
	"github.com/spf13/cobra"
)

func (a *app) initCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Make the database, and the study in it",
		Long: `Make the database, and the study in it. Beside an existing playbook.json it starts
from that. Where both are there already, nothing changes.`,
		Args: cobra.NoArgs,
	}
	asJSON := wantJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		loop, err := a.open(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		begun, err := loop.BeginStudy(cmd.Context())
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
