package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/history"
	"atomizer-db/feedback/words"
	"atomizer-db/store"
)

// The exit codes of the program.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitNotFound = 3
	exitConflict = 4
)

// app is one run of the program.
type app struct {
	stdin      io.Reader
	stdout     *answers
	stderr     io.Writer
	target     target
	started    bool   // the command line is valid: an error from here on is not a usage error
	ownSignals func() // leaves the handling of signals to the command
}

// grace is how long an interrupted command has to end by itself. It needs
// milliseconds, unless it is stuck, for example because nobody reads its output.
const grace = 5 * time.Second

// run runs the program and returns its exit code. Nothing that a command waits for can
// keep it from ending after a signal.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := interruptible()
	defer stop()
	a := &app{stdin: stdin, stdout: &answers{Writer: stdout}, stderr: stderr, ownSignals: stop}
	done := make(chan int, 1)
	go func() { done <- a.run(ctx, args) }()
	select {
	case code := <-done:
		return code
	case <-ctx.Done():
	}
	cause, ended := errors.AsType[*interrupted](context.Cause(ctx))
	if !ended {
		return <-done
	}
	select {
	case code := <-done:
		return code
	case <-time.After(grace):
		return cause.code()
	}
}

func (a *app) run(ctx context.Context, args []string) int {
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	err := root.ExecuteContext(ctx)
	if err == nil || errors.Is(err, a.stdout.failed) {
		err = a.stdout.failed
	}
	if err == nil {
		return exitDone
	}
	cause, ended := errors.AsType[*interrupted](err)
	if !ended && errors.Is(err, context.Canceled) {
		cause, ended = errors.AsType[*interrupted](context.Cause(ctx))
	}
	if ended {
		a.say("interrupted: every event that was acknowledged is kept")
		return cause.code()
	}
	a.complain(err)
	return a.exitCode(err)
}

// usageError is a mistake in the command line.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func (a *app) exitCode(err error) int {
	var usage usageError
	switch {
	case !a.started || errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, store.ErrAddress), errors.Is(err, history.ErrNoFile):
		return exitUsage
	case errors.Is(err, feedback.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return exitNotFound
	case errors.Is(err, feedback.ErrConflict):
		return exitConflict
	}
	return exitFailed
}

// complain prints an error and what to do next on one line. An error in SQL is followed
// by its place.
func (a *app) complain(err error) {
	err = withHint(err)
	a.say("atomizer-db: " + strings.ReplaceAll(err.Error(), "\n", "; "))
	if wrong, ok := errors.AsType[*store.SQLError](err); ok {
		a.point(wrong.Line())
	}
}

// point prints a line and marks the place between before and after.
func (a *app) point(before, after string) {
	before, after = words.Visible(strings.ReplaceAll(before, "\t", " ")), words.Visible(strings.ReplaceAll(after, "\t", " "))
	if after != "" {
		a.say("  " + before + after)
		a.say("  " + strings.Repeat(" ", text.StringWidth(before)) + "^")
	}
}

// say prints a line that is not data, on standard error.
func (a *app) say(line string) { _, _ = fmt.Fprintln(a.stderr, words.Visible(line)) }

func (a *app) sayAll(lines []string) {
	for _, line := range lines {
		a.say(line)
	}
}

// warn reports a problem that did not stop the command.
func (a *app) warn(warning error) { a.say("warning: " + withHint(warning).Error()) }

func (a *app) sayDuplicate() { a.say("duplicate: already recorded") }

func (a *app) sayf(format string, args ...any) { a.say(fmt.Sprintf(format, args...)) }

// interrupted is the cause of a context that a signal canceled.
type interrupted struct{ signal syscall.Signal }

func (i *interrupted) Error() string { return "interrupted by " + i.signal.String() }

// code is the exit code of a command that the signal interrupted.
func (i *interrupted) code() int { return 128 + int(i.signal) }

// interruptible returns a context that Ctrl-C or SIGTERM cancels. A second
// signal kills the process as usual.
func interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			number, _ := s.(syscall.Signal)
			cancel(&interrupted{number})
		case <-ctx.Done():
		}
	}()
	return ctx, func() { signal.Stop(signals); cancel(nil) }
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "atomizer-db",
		Short: "The learning store of optimization studies",
		Long: `atomizer-db is the learning store of optimization studies. It keeps in a SQLite
database what studies learn from their own trials: a playbook of short pieces of
advice, the trials and the items of the playbook that each trial used, and the
insights drawn from them.

A database on PostgreSQL, for studies on many machines, is named by its address, such as
postgres://user@host/database?sslmode=verify-full. A password belongs into the file that
PGPASSFILE names, or into a service of PGSERVICE: in the address, others on this machine
can read it in the list of processes.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		Version:       programVersion(),
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.target.check(cmd); err != nil {
				return err
			}
			if key := cmd.Flag("key"); key != nil && key.Changed && key.Value.String() == "" {
				return usagef("--key is empty: give a key, or leave the flag out")
			}
			a.started = true
			return nil
		},
	}
	root.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	root.Flags().Bool("version", false, "print the version of the program")
	root.SetFlagErrorFunc(explainFlag)
	root.SetHelpCommand(helpCommand())
	a.target.register(root)
	root.AddGroup(
		&cobra.Group{ID: "record", Title: "Record:"},
		&cobra.Group{ID: "ask", Title: "Ask:"},
		&cobra.Group{ID: "playbook", Title: "Playbook:"},
		&cobra.Group{ID: "maintain", Title: "Maintain:"},
	)
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("record", a.initCommand(), a.ingestCommand(), a.sessionCommand(), a.mcpCommand(), a.recordCommand(), a.finalizeCommand(), a.resetCommand())
	add("ask", a.contextCommand(), a.topCommand(), a.worstCommand(), a.performanceCommand(), a.attributionCommand(), a.statsCommand(), a.insightsCommand(),
		a.studiesCommand(), a.trialsCommand(), a.reportCommand(), a.serveCommand(), a.queryCommand(), a.schemaCommand())
	add("playbook", a.itemsCommand(), a.importCommand(), a.exportCommand())
	add("maintain", a.checkCommand(), a.backupCommand())
	root.AddCommand(a.demoCommand(), a.pythonCommand(), a.versionCommand())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	explainArguments(root)
	return root
}
