package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	streamed "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"atomizer-db/feedback"
	"atomizer-db/feedback/words"
)

// answers is standard output. It remembers a write that failed, so that the program
// fails even where the error is ignored.
type answers struct {
	io.Writer
	failed error
	limit  context.Context // ends writes that wait for a reader; nil: they wait
}

// Write writes p, or returns the error of the limit once that has ended.
func (a *answers) Write(p []byte) (int, error) {
	if a.limit != nil {
		return a.writeWithin(a.limit, p)
	}
	n, err := a.Writer.Write(p)
	return n, a.note(err)
}

// writeWithin leaves a write alone that still waits when ctx ends.
func (a *answers) writeWithin(ctx context.Context, p []byte) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, a.note(err)
	}
	var n int
	var err error
	done := make(chan struct{})
	go func(p []byte) {
		n, err = a.Writer.Write(p)
		close(done)
	}(bytes.Clone(p))
	select {
	case <-done:
		return n, a.note(err)
	case <-ctx.Done():
		return 0, a.note(ctx.Err())
	}
}

// note remembers the error of a write.
func (a *answers) note(err error) error {
	if err != nil {
		err = fmt.Errorf("cannot write the answer to standard output: %w", err)
		a.failed = err
	}
	return err
}

// terminalWidth returns the width of the terminal that w writes to, or 0 if it is
// not a terminal.
func terminalWidth(w io.Writer) int {
	if a, ok := w.(*answers); ok {
		w = a.Writer
	}
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width <= 0 {
		return 80
	}
	return width
}

// wantJSON adds --json to a command.
func wantJSON(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("json", false, "print JSON")
}

// printf writes data to standard output.
func (a *app) printf(format string, args ...any) { _, _ = fmt.Fprintf(a.stdout, format, args...) }

// printJSON writes one value, indented.
func (a *app) printJSON(value any) error { return writeJSON(a.stdout, value, "  ") }

// writeJSON writes one value and a newline, on a single line if there is no indent.
func writeJSON(out io.Writer, value any, indent string) error {
	if value, ok := value.(streamed.MarshalerTo); ok { // a streaming encoder, since it can be long
		options := []streamed.Options{jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)}
		if indent != "" {
			options = append(options, jsontext.WithIndent(indent))
		}
		err := streamed.MarshalWrite(out, value, options...)
		if err == nil {
			_, err = io.WriteString(out, "\n")
		}
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", indent)
	return encoder.Encode(value)
}

// percent formats a fraction.
func percent(share float64) string { return words.Percent(share, 1) }

// count formats a number with its noun, in the singular for 1.
func count[N int | int64](n N, noun string) string { return words.Count(n, noun) }

// closing closes a loop and joins the errors.
func closing(loop *feedback.Loop, err error) error {
	return errors.Join(err, loop.Close())
}
