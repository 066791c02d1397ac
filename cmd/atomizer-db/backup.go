package main

import (
	"github.com/spf13/cobra"
)

func (a *app) backupCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the database while other processes use it",
		Long: `Write a consistent copy of the database to FILE while other processes read and write.
The copy is a complete database: use it with --db.`,
		Args: cobra.ExactArgs(1),
	}
	force := cmd.Flags().Bool("force", false, "replace FILE if it exists")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		if args[0] == "" {
			return usagef("FILE is empty: give a path for the copy")
		}
		loop, err := a.openToRead(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		if err := loop.Backup(cmd.Context(), args[0], *force); err != nil {
			return err
		}
		a.sayf("database copied to %s", args[0])
		return nil
	}
	return cmd
}
