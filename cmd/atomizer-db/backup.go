package main

import (
	"github.com/spf13/cobra"
)

func (a *app) backupCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the database, while others go on with it",
		Long: `Write a consistent copy of the database to a new file, while others read and write. The
copy is a database like any other: name it with --db.`,
		Args: cobra.ExactArgs(1),
	}
	force := cmd.Flags().Bool("force", false, "replace a file that is there")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		if args[0] == "" {
			return usagef("FILE is empty: name the copy")
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
