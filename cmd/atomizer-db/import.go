package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
)

func (a *app) importCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Take over a playbook.json",
		Long: `Take over a playbook.json, all of it or nothing.

The database's own, changed by another tool: what was changed since it was last read
or written is applied. Items that vanished are retired.

Any other: items with an unknown id come in as they are. A known id with the same
content keeps our counts, unless --counts says otherwise. A known id with other content
comes in under a new id. The same file again changes nothing.`,
		Args: cobra.ExactArgs(1),
	}
	asJSON := wantJSON(cmd)
	counts := cmd.Flags().String("counts", string(feedback.OurCounts), "for items that are here already: `ours`, theirs, or add (the file's to ours, once)")
	dryRun := cmd.Flags().Bool("dry-run", false, "say what would be done, and change nothing")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		options := feedback.ImportOptions{Counts: feedback.Counts(*counts), DryRun: *dryRun}
		if !slices.Contains([]feedback.Counts{feedback.OurCounts, feedback.TheirCounts, feedback.AddCounts}, options.Counts) {
			return usagef("--counts %s: one of ours, theirs, add", *counts)
		}
		var result feedback.Import
		if *dryRun {
			result, err = a.previewImport(cmd, args[0], options)
		} else {
			result, err = a.importFile(cmd, args[0], options)
		}
		if err != nil {
			return err
		}
		if *asJSON {
			return a.printJSON(result)
		}
		a.printImport(result)
		return nil
	}
	return cmd
}

func (a *app) importFile(cmd *cobra.Command, file string, options feedback.ImportOptions) (result feedback.Import, err error) {
	// Before a database is made for it.
	if err := feedback.CheckPlaybook(file); err != nil {
		return result, err
	}
	loop, err := a.open(cmd.Context())
	if err != nil {
		return result, err
	}
	defer func() { err = closing(loop, err) }()
	return loop.Import(cmd.Context(), file, options)
}

func (a *app) previewImport(cmd *cobra.Command, file string, options feedback.ImportOptions) (result feedback.Import, err error) {
	loop, err := a.open(cmd.Context(), feedback.Existing())
	if errors.Is(err, feedback.ErrNotFound) {
		return a.previewFirstImport(cmd, file, options)
	}
	if err != nil {
		return result, err
	}
	defer func() { err = closing(loop, err) }()
	return loop.Import(cmd.Context(), file, options)
}

// previewFirstImport tells what an import into a new database would do, with
// one that is thrown away.
func (a *app) previewFirstImport(cmd *cobra.Command, file string, options feedback.ImportOptions) (result feedback.Import, err error) {
	folder, err := os.MkdirTemp("", "atomizer-db-")
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	preview := filepath.Join(folder, "preview.db")
	source, err := a.previewStart(preview, file)
	if err != nil {
		return result, err
	}
	loop, err := feedback.Open(cmd.Context(), preview)
	if err != nil {
		return result, err
	}
	defer func() { err = closing(loop, err) }()
	if result, err = loop.Import(cmd.Context(), source, options); err == nil {
		a.say("there is no database yet: this is what a new one would take over")
	}
	result.File = file
	return result, err
}

// previewStart puts the playbook.json that the new database would start from
// beside its preview. It gives what to import: file, or its copy there.
func (a *app) previewStart(preview, file string) (source string, err error) {
	database, _, err := a.target.locate()
	if err != nil {
		return "", err
	}
	start := feedback.JSONPath(database)
	if err := feedback.CheckPlaybook(start); errors.Is(err, fs.ErrNotExist) {
		return file, nil
	} else if err != nil {
		return "", err
	}
	text, err := os.ReadFile(start)
	if err != nil {
		return "", err
	}
	copied := feedback.JSONPath(preview)
	own, err := os.Stat(start)
	if err != nil {
		return "", err
	}
	if given, err := os.Stat(file); err == nil && os.SameFile(given, own) {
		file = copied
	}
	return file, os.WriteFile(copied, text, 0o600)
}

func (a *app) printImport(result feedback.Import) {
	tally := map[feedback.Action]int{}
	rows := make([][]any, 0, len(result.Changes))
	for _, c := range result.Changes {
		tally[c.Action]++
		as := c.As
		if as == "" {
			as = c.ID
		}
		rows = append(rows, []any{c.Action, c.ID, as, c.Detail})
	}
	if len(rows) > 0 {
		a.printTable([]column{{name: "what"}, {name: "id in the file"}, {name: "id here"}, {name: "detail", text: true}}, rows)
		_, _ = fmt.Fprintln(a.stdout)
	}
	facts := [][2]any{{"file", result.File}, {"items", result.Items}}
	for _, action := range []feedback.Action{
		feedback.Added, feedback.Renamed, feedback.Edited, feedback.Adjusted, feedback.Retired, feedback.Restored, feedback.LeftOut,
	} {
		if tally[action] > 0 {
			facts = append(facts, [2]any{action, tally[action]})
		}
	}
	a.printFacts(append(facts, [2]any{"playbook version", result.Version}))
	switch {
	case result.DryRun:
		a.say("dry run: nothing was changed")
	case !result.Changed:
		a.say("nothing new in the file")
	}
}
