package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"atomizer-db/cmd/atomizer-db/limits"
	"atomizer-db/feedback"
	"atomizer-db/feedback/history"
	"atomizer-db/feedback/words"
	"atomizer-db/store"
	"atomizer-db/store/engine"
)

// maxSQL is the largest SQL that is read from a file or from standard input, in bytes.
const maxSQL = 16 << 20

// query is one call of the command query.
type query struct {
	app            *app
	asJSON         *bool
	asCSV, asLines bool
	csvSafe        bool
	file           string
	given          []string // NAME=VALUE
	limits         limits.Query
	examples       bool
	parameters     map[string]any
	asks           bool // prompt for queries on the terminal
	abandoned      bool // a query is still running, and nobody waits for it
}

func (a *app) queryCommand() *cobra.Command {
	q := &query{app: a, limits: limits.Default}
	cmd := &cobra.Command{
		Use:   "query [SQL | -]",
		Short: "Run an SQL query",
		Long: `Run an SQL query. A query can only read: any other statement is refused.
"atomizer-db schema" describes the views. If SQL is -, it is read from standard input.
Without SQL, on a terminal, a prompt reads queries until Ctrl-D.

A parameter is written :name in the SQL, and --param gives its value. A value that looks
like a number is a number, null is NULL, and a value in 'single quotes' is text. The
parameter :study is the name of the study, unless --param sets it.`,
		Args: cobra.MaximumNArgs(1),
	}
	q.asJSON = wantJSON(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&q.asCSV, "csv", false, "print comma-separated values")
	flags.BoolVar(&q.csvSafe, "csv-safe", false, csvSafeHelp)
	flags.BoolVar(&q.asLines, "jsonl", false, "print JSON Lines, one object for each row")
	flags.StringVarP(&q.file, "file", "f", "", "read the SQL from `FILE`, or from standard input with -")
	flags.StringArrayVar(&q.given, "param", nil, "set a parameter, as `NAME=VALUE`; repeat for more")
	flags.DurationVar(&q.limits.Timeout, "timeout", q.limits.Timeout, "stop a query that takes longer than `DURATION`; 0 for no limit")
	flags.Var(&q.limits.MaxMemory, "max-memory", memoryHelp())
	flags.BoolVar(&q.examples, "examples", false, "print example queries")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if q.examples {
			a.printExamples()
			return nil
		}
		return q.run(cmd, args)
	}
	return cmd
}

func (a *app) printExamples() {
	for i, example := range engine.Examples(a.target.db) {
		if i > 0 {
			a.printf("\n")
		}
		a.printf("-- %s%s\n", example.Question, example.SQL)
	}
}

// memoryHelp is the help of --max-memory.
func memoryHelp() string {
	help := "stop a query when the program's memory reaches `SIZE`, such as 1GiB; 0 for no limit"
	if !limits.MeasuresMemory {
		help += ". It has no effect on " + runtime.GOOS + ": memory is watched on Linux only"
	}
	return help
}

func checkLimits(l limits.Query) error {
	if l.Timeout < 0 {
		return wrongField("timeout", "must be 0 or more, not %v", l.Timeout)
	}
	return nil
}

func (q *query) run(cmd *cobra.Command, args []string) (err error) {
	if err := q.check(cmd, args); err != nil {
		return err
	}
	sql := ""
	if !q.asks {
		if sql, err = q.read(cmd.Context(), args); err != nil {
			return err
		}
	}
	loop, err := q.app.openStudyToRead(cmd.Context()) // for :study
	if err != nil {
		return err
	}
	defer func() { err = closing(loop, err) }()
	questions, err := loop.Questions(cmd.Context())
	if err != nil {
		return err
	}
	defer func() {
		if !q.abandoned {
			err = errors.Join(err, questions.Close())
		}
	}()
	if q.asks {
		return q.prompt(cmd.Context(), loop.Path(), questions)
	}
	return q.ask(cmd.Context(), questions, sql)
}

// check returns an error for flags and arguments that do not go together.
func (q *query) check(cmd *cobra.Command, args []string) (err error) {
	q.asks = len(args) == 0 && q.file == "" && q.app.onTerminal()
	switch {
	case len(args) == 1 && q.file != "":
		return usagef("SQL as an argument and --file cannot be combined: give one of them")
	case len(args) == 0 && q.file == "" && !q.asks:
		return usagef("no SQL given: give it as an argument, in a file with --file, or on standard input with -; see `atomizer-db query --help`")
	case q.csvSafe && !q.asCSV:
		return usagef("--csv-safe is for --csv: give both")
	}
	if err := checkLimits(q.limits); err != nil {
		return asFlag(err)
	}
	if _, err := onlyOne(cmd, "json", "csv", "jsonl"); err != nil {
		return err
	}
	q.parameters = map[string]any{}
	for _, parameter := range q.given {
		name, value, found := strings.Cut(parameter, "=")
		name = strings.TrimLeft(name, ":@$")
		if !found || name == "" {
			return usagef("--param must be NAME=VALUE, not %q", parameter)
		}
		if q.parameters[name], err = parameterValue(value); err != nil {
			return usagef("--param %q: %w", parameter, err)
		}
	}
	return nil
}

// read returns the SQL from the argument, the file or standard input.
func (q *query) read(ctx context.Context, args []string) (string, error) {
	if len(args) == 1 && args[0] != "-" {
		return args[0], nil
	}
	from := q.app.stdin
	if q.file != "" && q.file != "-" {
		file, err := open(ctx, q.file)
		if err != nil {
			return "", err
		}
		defer func() { _ = file.Close() }()
		from = file
	}
	sql, err := readAll(ctx, from, "the SQL", maxSQL)
	return string(sql), err
}

// ask runs one query and prints its rows. The limits of time and memory hold until the
// last row is printed.
func (q *query) ask(ctx context.Context, questions store.Questions, sql string) error {
	ctx, beyond, release := q.limits.Within(ctx)
	defer release()
	q.app.stdout.limit = ctx
	out := bufio.NewWriter(q.app.stdout)
	rows := q.rows(out)
	done := make(chan error, 1)
	go func() { done <- questions.Ask(ctx, sql, q.parameters, rows) }()
	err := limits.Await(ctx, done, beyond)
	if errors.Is(err, limits.ErrAbandoned) {
		q.abandoned = true
		return q.limits.Stopped(ctx, err)
	}
	defer func() { q.app.stdout.limit = nil }()
	if errors.Is(err, errEnough) {
		err = nil
	}
	if err == nil {
		err = rows.end()
	}
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = q.app.stdout.failed
	}
	if err != nil && ctx.Err() != nil {
		var cancel context.CancelFunc
		q.app.stdout.limit, cancel = context.WithTimeout(context.WithoutCancel(ctx), limits.StopTime)
		defer cancel()
		q.app.stdout.failed = nil
		err = q.limits.Stopped(ctx, err)
	}
	_ = out.Flush() // rows from before the error
	return err
}

func (q *query) rows(out io.Writer) printedRows {
	switch {
	case *q.asJSON:
		return &jsonRows{out: out}
	case q.asLines:
		return &jsonRows{out: out, lines: true}
	case q.asCSV:
		return csvRows{history.NewCSVWriter(out, q.csvSafe)}
	}
	return &tableRows{app: q.app}
}

var number = words.Pattern(`^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$`)

// parameterValue parses the value of a parameter.
func parameterValue(text string) (any, error) {
	switch {
	case len(text) > 1 && text[0] == '\'' && text[len(text)-1] == '\'':
		return strings.ReplaceAll(text[1:len(text)-1], "''", "'"), nil
	case strings.EqualFold(text, "null"):
		return nil, nil
	case !number().MatchString(text):
		return text, nil
	}
	return feedback.ParameterNumber(text)
}
