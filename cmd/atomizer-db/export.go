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
)

// export is one run of the command.
type export struct {
	app       *app
	output    string
	toPlace   bool // playbook.json beside the database
	overwrite bool
	format    string
	trials    bool
	events    bool
}

func (a *app) exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the playbook, trials or all events for other tools",
		Long: `Write the playbook as playbook.json: to its place beside the database, or where -o
says. A playbook.json in its place that another tool has changed is not overwritten
unasked: import it first, or say --overwrite.

In another --format the playbook goes to standard output, or where -o says. What came in
through a format comes out of it.

--trials writes the trials of the study that count (not void, since its last reset), as
events or as a table. --events writes all events there are, of all studies unless --study
names one: ingested into an empty database they make it again.`,
		Args: cobra.NoArgs,
	}
	e := export{app: a}
	flags := cmd.Flags()
	flags.StringVarP(&e.output, "output", "o", "", "write to another `file`, - for standard output")
	flags.BoolVar(&e.overwrite, "overwrite", false, "replace playbook.json even if another tool has changed it")
	flags.StringVar(&e.format, "format", "", "of the playbook: `json` (the default), ace, skillbook, markdown, csv; of trials: jsonl (the default), csv")
	flags.BoolVar(&e.trials, "trials", false, "write the study's trials instead of the playbook")
	flags.BoolVar(&e.events, "events", false, "write all events instead of the playbook")
	a.target.registerAll(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := e.check(cmd); err != nil {
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

// check looks at the flags together.
func (e *export) check(cmd *cobra.Command) error {
	flags := cmd.Flags()
	formats, what := []string{}, "the playbook"
	for _, format := range feedback.ExportFormats {
		formats = append(formats, string(format))
	}
	switch {
	case e.trials && e.events:
		return usagef("--trials and --events: give one of them")
	case e.trials:
		formats, what = []string{"jsonl", "csv"}, "trials"
	case e.events:
		formats, what = []string{"jsonl"}, "events"
	}
	e.toPlace = !e.trials && !e.events && !flags.Changed("output") && (e.format == "" || e.format == formats[0])
	switch {
	case flags.Changed("output") && e.output == "":
		return usagef("-o is empty: name the file, or - for standard output")
	case flags.Changed("format") && !slices.Contains(formats, e.format):
		return usagef("--format %s: %s can be written as %s", e.format, what, strings.Join(formats, ", "))
	case e.overwrite && !e.toPlace && (e.trials || e.events || flags.Changed("format")):
		return usagef("--overwrite is for the playbook.json beside the database")
	case e.app.target.allStudies && !e.trials && !e.events:
		return usagef("--all-studies goes with --trials or --events: the playbook is that of all studies")
	}
	return nil
}

func (e *export) writeToPlace(ctx context.Context) (err error) {
	loop, err := e.app.open(ctx, feedback.Existing())
	if err != nil {
		return err
	}
	defer func() { err = closing(loop, err) }()
	if err := loop.Export(ctx, e.overwrite); err != nil {
		return err
	}
	e.app.sayExported(loop)
	return nil
}

func (a *app) sayExported(loop *feedback.Loop) {
	a.sayf("playbook written to %s", feedback.JSONPath(loop.Path()))
}

func (e *export) writePlaybook(ctx context.Context) (err error) {
	loop, err := e.app.openToRead(ctx)
	if err != nil {
		return err
	}
	defer func() { err = closing(loop, err) }()
	format := feedback.PlaybookJSON
	if e.format != "" {
		format = feedback.Format(e.format)
	}
	text, err := loop.PlaybookAs(ctx, format)
	if err != nil {
		return err
	}
	return e.write("playbook", func(out io.Writer) error {
		_, err := out.Write(text)
		return err
	})
}

// write writes to standard output, or to a file in one step.
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
		if e.format == string(feedback.CSV) {
			return loop.WriteTrialsCSV(ctx, out)
		}
		return loop.TrialEvents(ctx, func(trial feedback.Trial) error {
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
	if err := e.write("events", func(out io.Writer) error {
		return loop.Events(ctx, func(event feedback.Event) error { return writeEvent(out, event) })
	}); err != nil {
		return err
	}
	notes, err := loop.NotInEvents(ctx)
	for _, note := range notes {
		e.app.say(note)
	}
	return err
}

func writeEvent(out io.Writer, event feedback.Event) error {
	_, err := fmt.Fprintf(out, "%s\n", feedback.EncodeEvent(event))
	return err
}
