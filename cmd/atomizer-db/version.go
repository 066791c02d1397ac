package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"atomizer-db/migrations"
)

func (a *app) versionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the versions of the program, its schema and its SQLite",
		Long: `Print the versions of the program, of the database schema, of the SQLite driver and of
Go. The program has the version of the commit that it was built from: its tag, such as
v1.2.3, or else a version with the commit's time and id, such as
v0.0.0-20260131120000-0123456789ab. A version that ends in +dirty was built with changes
that were not committed. (devel) means that Go did not know the commit, for example
because the source was not a git clone.`,
		Args: cobra.NoArgs,
	}
	asJSON := wantJSON(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		driver := driverVersion()
		if *asJSON {
			return a.printJSON(map[string]any{
				"version": programVersion(), "schema": migrations.Version, "sqlite_driver": driver, "go": runtime.Version(),
			})
		}
		a.printFacts([][2]any{
			{"atomizer-db", programVersion()},
			{"schema", migrations.Version},
			{"modernc.org/sqlite", driver},
			{"go", runtime.Version()},
		})
		return nil
	}
	return cmd
}

// programVersion returns the version that Go took from version control when it built
// the program, or (devel).
func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// driverVersion returns the version of the SQLite driver, or "" if it is unknown.
func driverVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, module := range info.Deps {
		if module.Path == "modernc.org/sqlite" {
			return module.Version
		}
	}
	return ""
}
