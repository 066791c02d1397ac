package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/atomicfile"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/history"
)

// export is one run of the command.
type export struct {
	app       *app
	output    string
	toPlace   bool     // the output is a playbook.json, which the database remembers
	file      []string // where it is, if that is said
	overwrite bool
	format    string
	trials    bool
	events    bool
	csvSafe   bool
	frame     string
}

func (a *app) exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export [FILE]",
		Short: "Write the playbook, trials or events for other tools",
		Long: `Write the playbook as playbook.json beside the database, or to FILE. If another tool has
changed that file, it is not overwritten: import it first, or give --overwrite. -o FILE
writes a copy, whatever is there.

` + rememberedFiles + `

In another --format, the playbook is written to standard output, or to the file that
FILE or -o names. Files that were imported in a format come out as they came in, one after
the other, followed by all other items; --frame writes one of them alone.

--trials writes the trials of the study that count: those since its last reset that are
not void. Their format is JSON Lines or CSV. --events writes all events of all studies,
or of the study that --study names, and all that they start from: the first playbook,
imports, items by hand, and studies. Ingest the file in an empty folder to make a
database that answers alike.`,
		Args: cobra.MaximumNArgs(1),
	}
	e := export{app: a}
	flags := cmd.Flags()
	flags.StringVarP(&e.output, "output", "o", "", "write to `FILE`, or to standard output with -")
	flags.BoolVar(&e.overwrite, "overwrite", false, "replace playbook.json even if another tool has changed it")
	flags.StringVar(&e.format, "format", "", "write in this `FORMAT`; of the playbook: json (default), ace, skillbook, skills, markdown or csv; of trials: jsonl (default) or csv")
	flags.StringVar(&e.frame, "frame", "", "write the `FILE` that was imported as it came in, with its items as they are now")
	flags.BoolVar(&e.trials, "trials", false, "write the study's trials instead of the playbook")
	flags.BoolVar(&e.events, "events", false, "write all events instead of the playbook")
	flags.BoolVar(&e.csvSafe, "csv-safe", false, csvSafeHelp)
	a.target.registerAll(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := e.check(cmd, args); err != nil {
			return err
		}
		switch {
		case e.trials:
			return e.writeTrials(cmd.Context())
		case e.events:
			return e.writeEvents(cmd.Context())
		case e.toPlace:
			return e.writeToPlace(cmd.Context())
		}
		return e.writePlaybook(cmd.Context())
	}
	return cmd
}

// check returns an error for flags that do not go together.
func (e *export) check(cmd *cobra.Command, args []string) error {
	flags := cmd.Flags()
	formats, what := []string{}, "the playbook"
	for _, format := range history.ExportFormats {
		formats = append(formats, string(format))
	}
	switch {
	case e.trials && e.events:
		return usagef("--trials and --events cannot be combined: give one of them")
	case e.trials:
		formats, what = []string{"jsonl", "csv"}, "trials"
	case e.events:
		formats, what = []string{"jsonl"}, "events"
	}
	framed := flags.Changed("frame")
	e.toPlace = !e.trials && !e.events && !framed && !flags.Changed("output") && (e.format == "" || e.format == formats[0])
	switch {
	case len(args) == 1 && flags.Changed("output"):
		return usagef("FILE and -o cannot be combined: give one of them")
	case len(args) == 1 && args[0] == "-":
		e.output, e.toPlace = "-", false
	case len(args) == 1 && !e.toPlace:
		e.output = args[0]
	case len(args) == 1:
		e.file = args
	}
	switch {
	case len(args) == 1 && args[0] == "":
		return usagef("FILE is empty: give a path, or leave it out")
	case flags.Changed("output") && e.output == "":
		return usagef("-o is empty: give a file, or - for standard output")
	case framed && e.frame == "":
		return usagef("--frame is empty: name the file as it was imported")
	case framed && (e.trials || e.events || flags.Changed("format") || e.overwrite):
		return usagef("--frame writes a file in its own format: leave out --trials, --events, --format and --overwrite")
	case flags.Changed("format") && !slices.Contains(formats, e.format):
		return usagef("--format for %s must be one of %s, not %q", what, strings.Join(formats, ", "), e.format)
	case e.csvSafe && e.format != string(history.CSV):
		return usagef("--csv-safe is for --format csv: give both")
	case e.overwrite && !e.toPlace && (e.trials || e.events || flags.Changed("format")):
		return usagef("--overwrite is for the playbook.json beside the database: leave it out")
	case e.app.target.allStudies && !e.trials && !e.events:
		return usagef("--all-studies needs --trials or --events: the playbook always belongs to all studies")
	case e.toPlace && len(args) == 0 && e.app.target.hasNoPlace():
		return usagef("a database on PostgreSQL has no playbook.json of its own: name a file, as in `atomizer-db export FILE`, or the folder of the study with --study-dir")
	}
	return nil
}

func (e *export) writeToPlace(ctx context.Context) (err error) {
	loop, err := e.app.open(ctx, feedback.Existing())
	if err != nil {
		return err
	}
	defer func() { err = closing(loop, err) }()
	to, err := exportingTo(ctx, loop, e.file)
	if err != nil {
		return err
	}
	if err := to.Export(ctx, e.overwrite); err != nil {
		return err
	}
	e.app.sayExported(to)
	return nil
}

// exportPlaybook writes playbook.json.
type exportPlaybook struct {
	repeatable
	File      *string `json:"file"`
	Overwrite bool    `json:"overwrite"`
}

func (q exportPlaybook) check() error {
	if q.File != nil && *q.File == "" {
		return wrongField("file", "is empty: give a path, or leave it out")
	}
	return nil
}

func (q exportPlaybook) ask(loop *feedback.Loop, ctx context.Context) (exported, error) {
	if q.File != nil {
		var err error
		if loop, err = loop.ExportingTo(ctx, *q.File); err != nil {
			return exported{}, err
		}
	}
	if loop.PlaybookFile() == "" {
		return exported{}, wrongField("file", "is missing: a database on PostgreSQL has no playbook.json of its own")
	}
	return exported{loop.PlaybookFile()}, loop.Export(ctx, q.Overwrite)
}

// exported names the file that was written.
type exported struct {
	Playbook string `json:"playbook"`
}

func (a *app) sayExported(loop *feedback.Loop) {
	a.sayf("playbook written to %s", loop.PlaybookFile())
}

func (e *export) writePlaybook(ctx context.Context) (err error) {
	loop, err := e.app.openToRead(ctx)
	if err != nil {
		return err
	}
	defer func() { err = closing(loop, err) }()
	format := history.PlaybookJSON
	if e.format != "" {
		format = history.Format(e.format)
	}
	if e.csvSafe {
		format = history.SafeCSV
	}
	var text []byte
	if e.frame != "" {
		text, err = loop.ImportedFile(ctx, e.frame)
	} else {
		text, err = loop.PlaybookAs(ctx, format)
	}
	if err != nil {
		return err
	}
	return e.write("playbook", func(out io.Writer) error {
		_, err := out.Write(text)
		return err
	})
}

// write writes to standard output, or atomically to a file.
func (e *export) write(what string, to func(io.Writer) error) error {
	if e.output == "" || e.output == "-" {
		out := bufio.NewWriter(e.app.stdout)
		if err := to(out); err != nil {
			return err
		}
		return out.Flush()
	}
	var text bytes.Buffer
	if err := to(&text); err != nil {
		return err
	}
	if err := atomicfile.Write(e.output, text.Bytes()); err != nil {
		return err
	}
	e.app.sayf("%s written to %s", what, e.output)
	return nil
}

func (e *export) writeTrials(ctx context.Context) (err error) {
	loop, err := e.app.ask(ctx)
	if err != nil {
		return err
	}
	defer func() { err = closing(loop, err) }()
	return e.write("trials", func(out io.Writer) error {
		switch {
		case e.csvSafe:
			return loop.WriteTrialsCSV(ctx, out, history.SafeCSV)
		case e.format == string(history.CSV):
			return loop.WriteTrialsCSV(ctx, out, history.CSV)
		}
		return loop.TrialEvents(ctx, func(trial event.Trial) error {
			return writeEvent(out, trial)
		})
	})
}

func (e *export) writeEvents(ctx context.Context) (err error) {
	e.app.target.allStudies = !e.app.target.studyGiven
	loop, err := e.app.ask(ctx)
	if err != nil {
		return err
	}
	defer func() { err = closing(loop, err) }()
	return e.write("events", func(out io.Writer) error {
		return loop.Events(ctx, func(e event.Event) error { return writeEvent(out, e) })
	})
}

func writeEvent(out io.Writer, e event.Event) error {
	_, err := fmt.Fprintf(out, "%s\n", event.Encode(e))
	return err
}
