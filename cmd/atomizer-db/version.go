package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	schema "atomizer-db/migrations/sqlite"
)

func (a *app) versionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the versions of the program, its schema and its SQLite",
		Long: `Print the versions of the program, of the database schema, of the SQLite driver and of
Go. The program has the version that it was built from: that of its module, as
` + "`go install`" + ` knows it, or what ` + "`git describe`" + ` says of the commit when make builds it, such as
v1.2.3, v1.2.3-4-g0123456 or 0123456 (-dirty: with changes that were not committed). Go
alone gives a commit without a tag a version such as v0.0.0-20260131120000-0123456789ab.
(devel) means that no version was known.`,
		Args: cobra.NoArgs,
	}
	asJSON := wantJSON(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		driver := driverVersion()
		if *asJSON {
			return a.printJSON(map[string]any{
				"version": programVersion(), "schema": schema.Version, "sqlite_driver": driver, "go": runtime.Version(),
			})
		}
		a.printFacts([][2]any{
			{"atomizer-db", programVersion()},
			{"schema", schema.Version},
			{"modernc.org/sqlite", driver},
			{"go", runtime.Version()},
		})
		return nil
	}
	return cmd
}

// version is what `git describe` says of the commit, set by make when it links the program.
var version string

// programVersion returns the version that make gave the program, else the one that Go took
// from the module or from version control, else (devel) and the commit as far as it is known.
func programVersion() string {
	const unknown = "(devel)"
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	switch {
	case !ok:
		return unknown
	case info.Main.Version != "" && info.Main.Version != unknown:
		return info.Main.Version
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return unknown + " " + setting.Value
		}
	}
	return unknown
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
