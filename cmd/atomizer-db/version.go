package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"atomizer-db/migrations"
)

func (a *app) versionCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "version", Short: "The versions of the program, its schema and its SQLite", Args: cobra.NoArgs}
	asJSON := wantJSON(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		program, driver := "(devel)", ""
		if info, ok := debug.ReadBuildInfo(); ok {
			if info.Main.Version != "" {
				program = info.Main.Version
			}
			for _, module := range info.Deps {
				if module.Path == "modernc.org/sqlite" {
					driver = module.Version
				}
			}
		}
		if *asJSON {
			return a.printJSON(map[string]any{
				"version": program, "schema": migrations.Version, "sqlite_driver": driver, "go": runtime.Version(),
			})
		}
		a.printFacts([][2]any{
			{"atomizer-db", program},
			{"schema", migrations.Version},
			{"modernc.org/sqlite", driver},
			{"go", runtime.Version()},
		})
		return nil
	}
	return cmd
}
