package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/words"
)

func (a *app) recordCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "record",
		Short: "Record one event: a trial or an error",
		Args:  cobra.NoArgs,
	}
	cmd.AddCommand(a.recordTrialCommand(), a.recordErrorCommand())
	return cmd
}

const fromStdin = `Give the event with flags, or with - as one JSON object on standard input. The object
has the same fields as an event in a file for ingest.`

// keyUsage describes --key of every command that has it.
const keyUsage = "an idempotency `KEY`: an event with the same key is recorded only once"

// headerFlags are the flags of every event.
type headerFlags struct{ key, time, direction string }

func (h *headerFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&h.key, "key", "", keyUsage)
	cmd.Flags().StringVar(&h.direction, "direction", "", "the `DIRECTION` of the study: minimize or maximize; the first one counts")
	cmd.Flags().StringVar(&h.time, "time", "", "the `TIME` of the event, such as 2026-01-31T12:00:00Z (default: now)")
}

func (h *headerFlags) header() (header event.Header, err error) {
	header.Key, header.Direction = h.key, h.direction
	if event.CheckDirection("direction", h.direction) != nil {
		return header, usagef("--direction %q is not one of %s, %s", h.direction, event.Minimize, event.Maximize)
	}
	if h.time != "" {
		if header.Time, err = event.ParseTime(h.time); err != nil {
			return header, usagef("--time must be a time such as 2026-01-31T12:00:00Z, not %q", h.time)
		}
	}
	return header, nil
}

func (a *app) recordTrialCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "trial [-]",
		Short: "Record one trial",
		Long:  "Record one trial.\n\n" + fromStdin,
		Example: `  atomizer-db record trial --trial-number 7 --success --objective-value 12.5 \
    --design-variable thickness=1.5 --context-item str-00001
  echo '{"trial_number": 8, "success": false, "errors": ["did not converge"]}' | atomizer-db record trial -`,
		Args: cobra.MaximumNArgs(1),
	}
	asJSON := wantJSON(cmd)
	var head headerFlags
	var trial event.Trial
	var failure bool
	var objective float64
	var variables []string
	var details string
	flags := cmd.Flags()
	flags.Int64Var(&trial.Number, "trial-number", 0, "the `NUMBER` of the trial")
	flags.BoolVar(&trial.Success, "success", false, "the trial succeeded")
	flags.BoolVar(&failure, "failure", false, "the trial failed")
	flags.Float64Var(&objective, "objective-value", 0, "the `VALUE` of the objective")
	flags.StringArrayVar(&variables, "design-variable", nil, "a design variable, as `NAME=VALUE`; repeat for more")
	flags.StringArrayVar(&trial.ContextItems, "context-item", nil, "the `ID` of an item that the trial used; repeat for more")
	flags.StringArrayVar(&trial.ShownItems, "shown-item", nil, "the `ID` of an item that was shown but not used; repeat for more")
	flags.BoolVar(&trial.Holdout, "holdout", false, "the context was left empty on purpose, by context --holdout")
	flags.StringArrayVar(&trial.Errors, "error", nil, "an error `MESSAGE` of the solver; repeat for more")
	flags.StringArrayVar(&trial.ConstraintViolations, "constraint-violation", nil, "a `MESSAGE` about a violated constraint; repeat for more")
	flags.StringVar(&trial.Extractor, "extractor-used", "", "the `NAME` of the extractor")
	flags.Float64Var(&trial.DurationSeconds, "duration-seconds", 0, "the duration of the trial in `SECONDS`")
	flags.StringVar(&details, "details", "", "a `JSON` object with more about the trial, stored unchanged")
	head.register(cmd)
	var how recording
	how.register(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			return a.recordFromStdin(cmd, args[0], "trial", how, *asJSON)
		}
		if !flags.Changed("trial-number") {
			return usagef("--trial-number is missing: give it, or give the trial as JSON on standard input with -")
		}
		if trial.Success == failure {
			return usagef("give either --success or --failure")
		}
		if !(trial.DurationSeconds >= 0) { // NaN too
			return usagef("--duration-seconds must be 0 or more, not %v", trial.DurationSeconds)
		}
		var err error
		if trial.Header, err = head.header(); err != nil {
			return err
		}
		if flags.Changed("objective-value") {
			trial.Objective = &objective
		}
		if details != "" {
			trial.Details = jsontext.Value(details)
		}
		if trial.DesignVariables, err = parseVariables(variables); err != nil {
			return err
		}
		return a.recordEvent(cmd, trial, how, *asJSON)
	}
	return cmd
}

// furtherVariable matches a value that another NAME=VALUE follows after a comma.
var furtherVariable = words.Pattern(`,\s*[\pL_][\pL\pN_.-]*=`)

// parseVariables parses NAME=VALUE pairs. A value that is a JSON scalar is that
// scalar; any other value is text.
func parseVariables(pairs []string) (map[string]any, error) {
	variables := map[string]any{}
	for _, pair := range pairs {
		name, text, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, usagef("--design-variable must be NAME=VALUE, not %q", pair)
		}
		if _, twice := variables[name]; twice {
			return nil, usagef("--design-variable %q is given twice: give it once", name)
		}
		value, ok := event.ParseScalar(text)
		if !ok {
			if furtherVariable().MatchString(text) {
				return nil, usagef("--design-variable %q looks like several variables: give --design-variable for each, or quote a text as in '%s=%q'", pair, name, text)
			}
			value = text
		}
		variables[name] = value
	}
	return variables, nil
}

func (a *app) recordErrorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "error [-]",
		Short: "Record an error outside a trial",
		Long: `Record an error outside a trial. It counts as harmful for the items in the context and
becomes a pending insight. It is not counted as a trial.

` + fromStdin,
		Example: `  atomizer-db record error --trial-number 7 --error-type license --error-message "no license for NX"`,
		Args:    cobra.MaximumNArgs(1),
	}
	asJSON := wantJSON(cmd)
	var head headerFlags
	var report event.ErrorReport
	flags := cmd.Flags()
	flags.Int64Var(&report.TrialNumber, "trial-number", 0, "the `NUMBER` of the trial")
	flags.StringVar(&report.ErrorType, "error-type", "", "the `TYPE` of the error")
	flags.StringVar(&report.Message, "error-message", "", "the error `MESSAGE`")
	flags.StringArrayVar(&report.ContextItems, "context-item", nil, "the `ID` of an item that was in the context; repeat for more")
	head.register(cmd)
	var how recording
	how.register(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			return a.recordFromStdin(cmd, args[0], "error", how, *asJSON)
		}
		for _, name := range []string{"trial-number", "error-type", "error-message"} {
			if !flags.Changed(name) {
				return usagef("--%s is missing: give it, or give the error as JSON on standard input with -", name)
			}
		}
		var err error
		if report.Header, err = head.header(); err != nil {
			return err
		}
		return a.recordEvent(cmd, report, how, *asJSON)
	}
	return cmd
}

// recordFromStdin records the event on standard input.
func (a *app) recordFromStdin(cmd *cobra.Command, arg, kind string, how recording, asJSON bool) error {
	if arg != "-" {
		return usagef("record %s got the argument %q, but takes only -, for standard input: give the event with flags", kind, arg)
	}
	var ignored error
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if f.Changed && !slices.Contains([]string{"json", "strict", "commit-every"}, f.Name) && ignored == nil {
			ignored = usagef("--%s and - cannot be combined: put the value into the event on standard input", f.Name)
		}
	})
	if ignored != nil {
		return ignored
	}
	if file, ok := a.stdin.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		a.say("reading one JSON object from the terminal: end it with Ctrl-D")
	}
	text, err := readAll(cmd.Context(), a.stdin, "the event on standard input", maxLine)
	if err != nil {
		return err
	}
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return fmt.Errorf("standard input is empty: send one JSON object with the fields of a %q event", kind)
	}
	event, err := event.DecodeAs(kind, text)
	if err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	return a.recordEvent(cmd, event, how, asJSON)
}

func (a *app) recordEvent(cmd *cobra.Command, event event.Event, how recording, asJSON bool) (err error) {
	if err := event.Validate(); err != nil {
		return err // before a database is created for it
	}
	loop, err := a.open(cmd.Context(), how.options()...)
	if err != nil {
		return err
	}
	defer func() { err = closing(loop, err) }()
	answers, err := loop.Apply(cmd.Context(), event)
	if err != nil {
		return err
	}
	a.warnOfNamed(namedBy(answers[0]))
	if asJSON {
		return a.printJSON(answers[0])
	}
	switch answer := answers[0].(type) {
	case feedback.TrialAnswer:
		outcome := "failure"
		if answer.Success {
			outcome = "success"
		}
		a.printf("trial %d recorded: %s, %s updated, %s extracted\n",
			answer.TrialNumber, outcome, count(int64(answer.ItemsUpdated), "item"), count(int64(answer.InsightsExtracted), "insight"))
		if answer.Committed != nil {
			_, _ = fmt.Fprintln(a.stdout, committed(*answer.Committed))
		}
	default:
		_, _ = fmt.Fprintln(a.stdout, "error recorded")
	}
	if answers[0].Duplicated() {
		a.sayDuplicate()
	}
	return nil
}
