package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
)

func (a *app) importCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Take over a playbook or studies from elsewhere",
		Long: `Take over what a file holds, all of it or nothing. What it is follows from its content:
a playbook.json, an ACE playbook (text), a skillbook (JSON), or studies of Optuna (a SQLite
database or a journal). The same file again changes nothing.

The database's own playbook.json, changed by another tool: what was changed since it was
last read or written is applied. Items that vanished are retired.

Any other playbook: items with an unknown id come in as they are. A known id with the same
content keeps our counts, unless --counts says otherwise. A known id with other content
comes in under a new id.

Studies of Optuna: finished trials are recorded in a study of the same name, or of that of
--as. --study takes one study of the file. When a study has gone on, its new trials are
taken.`,
		Args: cobra.ExactArgs(1),
	}
	asJSON := wantJSON(cmd)
	flags := cmd.Flags()
	counts := flags.String("counts", string(feedback.OurCounts), "for items that are here already: `ours`, theirs, or add (the file's to ours, once)")
	dryRun := flags.Bool("dry-run", false, "say what would be done, and change nothing")
	format := flags.String("format", "", "what the file `is`: "+formatNames()+" (default: what its content says)")
	as := flags.String("as", "", "the `name` that a study gets here (default: its own)")
	noLearn := flags.Bool("no-learn", false, "only store trials: no usage, counts or insights")
	contextAttrs := flags.StringArray("context-attr", nil, "the user attribute `name`, or a pattern such as 'item*', that says which items a trial used; may be given again")
	times := flags.String("times", "local", "times that do not say their zone are `local` (Optuna up to 4.9) or utc (later)")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		options := feedback.ImportOptions{
			Counts: feedback.Counts(*counts), DryRun: *dryRun, Format: feedback.Format(*format),
			Studies: feedback.StudyOptions{As: *as, NoLearn: *noLearn, ContextAttrs: *contextAttrs, Location: time.Local},
		}
		if a.target.studyGiven {
			options.Studies.Study = &a.target.study
		}
		if *times == "utc" {
			options.Studies.Location = time.UTC
		}
		switch {
		case !slices.Contains([]feedback.Counts{feedback.OurCounts, feedback.TheirCounts, feedback.AddCounts}, options.Counts):
			return usagef("--counts %s: one of ours, theirs, add", *counts)
		case *format != "" && !slices.Contains(feedback.ImportFormats, options.Format):
			return usagef("--format %s: one of %s", *format, formatNames())
		case *times != "local" && *times != "utc":
			return usagef("--times %s: one of local, utc", *times)
		case flags.Changed("as") && *as == "":
			return usagef("--as is empty: give the study a name")
		}
		for _, pattern := range *contextAttrs {
			if _, err := path.Match(pattern, ""); err != nil {
				return usagef("--context-attr %s: is not a pattern such as 'item*'", pattern)
			}
		}
		file, err := feedback.ReadFile(cmd.Context(), args[0], options.Format)
		if err != nil {
			return err
		}
		for _, name := range []string{"as", "no-learn", "context-attr", "times"} {
			if flags.Changed(name) && !file.Format.OfStudies() {
				return usagef("--%s is for studies of Optuna: %s is %s", name, args[0], file.Found)
			}
		}
		if *as != "" && !a.target.studyGiven && len(file.Studies()) != 1 {
			return usagef("--as %s: %s has the studies %s: say with --study which of them is to have the name", *as, args[0], strings.Join(file.Studies(), ", "))
		}
		a.sayf("%s is %s", args[0], file.Found)
		result, err := a.importFile(cmd, file, options)
		if err != nil {
			return err
		}
		if *asJSON {
			return a.printJSON(result)
		}
		a.printImport(result)
		if len(*contextAttrs) > 0 && result.Changed && !namesItems(result.Studies) {
			a.say("no new trial has a user attribute that --context-attr names: no items are known to have been used")
		}
		return nil
	}
	return cmd
}

func formatNames() string {
	names := make([]string, 0, len(feedback.ImportFormats))
	for _, format := range feedback.ImportFormats {
		names = append(names, string(format))
	}
	return strings.Join(names, ", ")
}

func (a *app) importFile(cmd *cobra.Command, file *feedback.File, options feedback.ImportOptions) (result feedback.Import, err error) {
	var how []feedback.Option
	if options.DryRun {
		how = append(how, feedback.Existing())
	}
	loop, err := a.open(cmd.Context(), how...)
	if options.DryRun && errors.Is(err, feedback.ErrNotFound) {
		return a.previewFirstImport(cmd, file.Path, options)
	}
	if err != nil {
		return result, err
	}
	defer func() { err = closing(loop, err) }()
	return loop.ImportFile(cmd.Context(), file, options)
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
	source, err := a.previewStart(cmd, preview, file)
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
func (a *app) previewStart(cmd *cobra.Command, preview, file string) (source string, err error) {
	database, _, err := a.target.locate()
	if err != nil {
		return "", err
	}
	start := feedback.JSONPath(database)
	if _, err := feedback.ReadFile(cmd.Context(), start, feedback.PlaybookJSON); errors.Is(err, fs.ErrNotExist) {
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
	if result.Format.OfStudies() {
		a.printImportedStudies(result.Studies)
		a.sayImported(result)
		return
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
	a.sayImported(result)
}

func (a *app) sayImported(result feedback.Import) {
	switch {
	case result.DryRun:
		a.say("dry run: nothing was changed")
	case !result.Changed:
		a.say("nothing new in the file")
	}
}

func namesItems(studies []feedback.StudyImport) bool {
	return slices.ContainsFunc(studies, func(s feedback.StudyImport) bool { return s.Items > 0 })
}

func (a *app) printImportedStudies(studies []feedback.StudyImport) {
	rows := make([][]any, 0, len(studies))
	for _, s := range studies {
		rows = append(rows, []any{s.Study, s.Direction, s.Trials, s.Successes, s.Failures, s.Infeasible, s.Pruned, s.Known, s.Running, s.Waiting})
	}
	a.printTable([]column{
		{name: "study"},
		{name: "direction"},
		{name: "new trials", number: true},
		{name: "successes", number: true},
		{name: "failures", number: true},
		{name: "infeasible", number: true},
		{name: "pruned", number: true},
		{name: "known", number: true},
		{name: "running", number: true},
		{name: "waiting", number: true},
	}, rows)
}
