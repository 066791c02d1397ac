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
	"atomizer-db/feedback/atomicfile"
	"atomizer-db/feedback/history"
	"atomizer-db/store/regular"
)

func (a *app) importCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Import a playbook or studies from other tools",
		Long: `Import a file: all of it, or nothing. The format is detected from the content: a
playbook.json, an ACE playbook (text), a skillbook (JSON or Markdown), or studies of
Optuna (a SQLite database or a journal). Importing the same file again changes nothing.

If the file is the database's own playbook.json, the changes that another tool made to it
since it was last read or written are applied. Items that are missing in it are retired.

From any other playbook, items with an unknown id are added. Of an item with a known id
and the same content, what changed in the file is taken over; our counts stay, unless
--counts says otherwise. What is not taken over is listed as kept. An item with a known id
and other content is added under a new id. If it came from an earlier version of the same
file, its new content is taken over instead, unless it was changed here.

From studies of Optuna, finished trials are recorded in a study of the same name, or of
the name that --as gives. --study selects one study of the file. If a study has new
trials since the last import, only those are recorded.`,
		Args: cobra.ExactArgs(1),
	}
	asJSON := wantJSON(cmd)
	flags := cmd.Flags()
	counts := flags.String("counts", string(history.OurCounts), "the `COUNTS` of items that exist here already: ours, theirs, or add (add theirs to ours, once)")
	dryRun := flags.Bool("dry-run", false, "show what would change, and change nothing")
	format := flags.String("format", "", "the `FORMAT` of the file: "+formatNames()+" (default: detected from its content)")
	as := flags.String("as", "", "record the study under this `NAME` (default: its own)")
	noLearn := flags.Bool("no-learn", false, "store the trials only, without usage, counts and insights")
	contextAttrs := flags.StringArray("context-attr", nil, "the `NAME` of a user attribute that lists the items a trial used, or a pattern such as 'item*'; repeat for more")
	times := flags.String("times", "local", "the time `ZONE` of times without one: local (Optuna up to 4.9) or utc (later)")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		options := history.ImportOptions{
			Counts: history.Counts(*counts), DryRun: *dryRun, Format: history.Format(*format),
			Studies: history.StudyOptions{As: *as, NoLearn: *noLearn, ContextAttrs: *contextAttrs, Location: time.Local},
		}
		if a.target.studyGiven {
			options.Studies.Study = &a.target.study
		}
		if *times == "utc" {
			options.Studies.Location = time.UTC
		}
		switch {
		case !slices.Contains([]history.Counts{history.OurCounts, history.TheirCounts, history.AddCounts}, options.Counts):
			return usagef("--counts must be one of ours, theirs, add, not %q", *counts)
		case *format != "" && !slices.Contains(history.ImportFormats, options.Format):
			return usagef("--format must be one of %s, not %q", formatNames(), *format)
		case *times != "local" && *times != "utc":
			return usagef("--times must be local or utc, not %q", *times)
		case flags.Changed("as") && *as == "":
			return usagef("--as is empty: give the study a name")
		}
		for _, pattern := range *contextAttrs {
			if _, err := path.Match(pattern, ""); err != nil {
				return usagef("--context-attr %q is not a valid pattern: write one such as 'item*'", pattern)
			}
		}
		file, err := history.ReadFile(cmd.Context(), args[0], options.Format)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		for _, name := range []string{"as", "no-learn", "context-attr", "times"} {
			if flags.Changed(name) && !file.Format.OfStudies() {
				return usagef("--%s is for studies of Optuna, but %s is %s: leave it out", name, args[0], file.Found)
			}
		}
		if *as != "" && !a.target.studyGiven && len(file.Studies()) != 1 {
			return usagef("--as %s needs one study, but %s has the studies %s: select one with --study", *as, args[0], strings.Join(file.Studies(), ", "))
		}
		a.sayf("%s is %s", args[0], file.Found)
		result, err := a.importFile(cmd, file, options)
		if err != nil {
			return err
		}
		for _, warning := range result.Warnings {
			a.sayf("warning: %s: %s", args[0], warning)
		}
		adviseChanges(result.Changes)
		if *asJSON {
			return a.printJSON(result)
		}
		a.printImport(result)
		if len(*contextAttrs) > 0 && result.Changed && !namesItems(result.Studies) {
			a.say("no new trial has a user attribute that --context-attr names: no use of an item was recorded")
		}
		return nil
	}
	return cmd
}

func formatNames() string {
	names := make([]string, 0, len(history.ImportFormats))
	for _, format := range history.ImportFormats {
		names = append(names, string(format))
	}
	return strings.Join(names, ", ")
}

func (a *app) importFile(cmd *cobra.Command, file *history.File, options history.ImportOptions) (result history.Import, err error) {
	var how []feedback.Option
	if options.DryRun {
		how = append(how, feedback.Existing())
	}
	at, err := a.target.locate()
	if err != nil {
		return result, err
	}
	loop, err := a.open(cmd.Context(), how...)
	if options.DryRun && at.isYetToBeMade(err) {
		return a.previewFirstImport(cmd, file.Path, at, options)
	}
	if err != nil {
		return result, err
	}
	defer func() { err = closing(loop, err) }()
	return loop.ImportFile(cmd.Context(), file, options)
}

// previewFirstImport returns what an import into a new database would do. It
// imports into a temporary database.
func (a *app) previewFirstImport(cmd *cobra.Command, file string, at location, options history.ImportOptions) (result history.Import, err error) {
	folder, err := os.MkdirTemp("", "atomizer-db-")
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	preview := filepath.Join(folder, "preview.db")
	source, err := previewStart(cmd, preview, file, at.playbook)
	if err != nil {
		return result, err
	}
	loop, err := feedback.Open(cmd.Context(), preview)
	if err != nil {
		return result, err
	}
	defer func() { err = closing(loop, err) }()
	if result, err = loop.Import(cmd.Context(), source, options); err == nil {
		a.say("there is no database yet: a new one would import this")
	}
	result.File = file
	return result, err
}

// previewStart copies the playbook.json that the new database would start from
// to the preview, if it has one. It returns the file to import: file, or its copy if file is
// that playbook.json.
func previewStart(cmd *cobra.Command, preview, file, start string) (source string, err error) {
	if start == "" {
		return file, nil
	}
	if _, err := history.ReadFile(cmd.Context(), start, history.PlaybookJSON); errors.Is(err, fs.ErrNotExist) {
		return file, nil
	} else if err != nil {
		return "", err
	}
	text, err := regular.Read(start, history.MaxPlaybookFile)
	if err != nil {
		return "", err
	}
	copied := feedback.JSONPath(preview)
	own, err := atomicfile.Same(start, file)
	if err != nil {
		return "", err
	}
	if own {
		file = copied
	}
	return file, os.WriteFile(copied, text, 0o600)
}

func (a *app) printImport(result history.Import) {
	tally := map[history.Action]int{}
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
		a.printTable([]column{{name: "action"}, {name: "id in the file"}, {name: "id here"}, {name: "detail", text: true}}, rows)
		_, _ = fmt.Fprintln(a.stdout)
	}
	if result.Format.OfStudies() {
		a.printImportedStudies(result.Studies)
		a.sayImported(result)
		return
	}
	facts := [][2]any{{"file", result.File}, {"items", result.Items}}
	for _, action := range []history.Action{
		history.Added, history.Renamed, history.Edited, history.Adjusted, history.Retired, history.Restored, history.LeftOut, history.Kept,
	} {
		if tally[action] > 0 {
			facts = append(facts, [2]any{action, tally[action]})
		}
	}
	a.printFacts(append(facts, [2]any{"playbook version", result.Version}))
	a.sayImported(result)
}

func (a *app) sayImported(result history.Import) {
	switch {
	case result.DryRun:
		for _, study := range result.Studies {
			for _, what := range study.NotImported {
				a.sayf("not imported from study %q: %s", study.Name, what)
			}
		}
		for _, what := range result.NotImported {
			a.sayf("not imported: %s", what)
		}
		a.say("dry run: nothing was changed")
	case !result.Changed && len(result.Changes) == 0:
		a.say("nothing new in the file")
	case !result.Changed:
		a.say("nothing was changed")
	case result.Framed:
		a.sayf("the file is kept as it came in: `atomizer-db export --frame %s` writes it", result.File)
	}
	if result.KeptCounts > 0 {
		a.say("counts of items that are here already stay: --counts theirs takes those of the file, and --counts add adds them")
	}
}

func namesItems(studies []history.StudyImport) bool {
	return slices.ContainsFunc(studies, func(s history.StudyImport) bool { return s.Items > 0 })
}

func (a *app) printImportedStudies(studies []history.StudyImport) {
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
