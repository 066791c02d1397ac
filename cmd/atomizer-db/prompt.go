package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/adrg/xdg"
	"github.com/peterh/liner"
	"golang.org/x/term"

	"atomizer-db/store"
	"atomizer-db/store/sqltext"
)

// prompt reads SQL from a terminal, with history and completion.
type prompt struct {
	query     *query
	questions store.Questions
	editor    *liner.State
	names     []string // that Tab completes
}

// onTerminal reports whether standard input and standard output are terminals.
func (a *app) onTerminal() bool {
	file, ok := a.stdin.(*os.File)
	return ok && term.IsTerminal(int(file.Fd())) && terminalWidth(a.stdout) > 0
}

// prompt answers queries until Ctrl-D.
func (q *query) prompt(ctx context.Context, path string, questions store.Questions) (err error) {
	q.app.ownSignals() // Ctrl-C ends a query, and not the prompt
	p := &prompt{query: q, questions: questions}
	if err := p.readNames(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	p.editor = liner.NewLiner()
	defer func() { err = errors.Join(err, p.editor.Close()) }()
	p.editor.SetCtrlCAborts(true)
	p.editor.SetTabCompletionStyle(liner.TabPrints)
	p.editor.SetWordCompleter(p.complete)
	if history, err := p.readHistory(); err != nil {
		q.app.sayf("the history of queries is not available: %v", err)
	} else {
		defer func() { err = errors.Join(err, p.writeHistory(history)) }()
	}
	q.app.sayf("SQL on %s: end a query with ; and leave with Ctrl-D. Tab completes names; `atomizer-db schema` describes the views.", path)
	for {
		switch sql, err := p.readSQL(); {
		case errors.Is(err, io.EOF):
			q.app.say("")
			return nil
		case errors.Is(err, liner.ErrPromptAborted):
		case err != nil:
			return err
		default:
			if err := p.answer(sql); p.query.abandoned {
				return err
			}
		}
	}
}

// readSQL reads lines up to a semicolon.
func (p *prompt) readSQL() (sql string, err error) {
	for sign := "sql> "; ; sign = "...> " {
		line, err := p.readLine(sign)
		if err != nil {
			return "", err
		}
		if strings.TrimSpace(line) != "" {
			p.editor.AppendHistory(line)
		}
		if sql += line + "\n"; p.questions.IsComplete(sql) {
			return sql, nil
		}
	}
}

// readLine reads a line, until a signal interrupts it.
func (p *prompt) readLine(sign string) (string, error) {
	ctx, stop := interruptible()
	defer stop()
	line, err := await(ctx, func() (string, error) { return p.editor.Prompt(sign) })
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return line, err
}

// answer answers one query. Ctrl-C interrupts it. It returns the error of a query that
// was abandoned, after which there can be no other.
func (p *prompt) answer(sql string) error {
	if strings.Trim(sql, "; \t\n") == "" {
		return nil
	}
	ctx, stop := interruptible()
	defer stop()
	switch err := p.query.ask(ctx, p.questions, sql); {
	case p.query.abandoned:
		return err
	case errors.Is(err, context.Canceled):
		p.query.app.say("interrupted")
	case err != nil:
		p.query.app.complain(err)
	}
	return nil
}

var keywords = []string{
	"and", "as", "asc", "between", "by", "case", "count(", "desc", "distinct", "else", "end", "exists", "from", "group", "having",
	"in", "is", "join", "left", "like", "limit", "not", "null", "on", "or", "order", "over", "partition", "select", "then", "union",
	"using", "values", "when", "where", "with",
}

// readNames collects the words that Tab completes.
func (p *prompt) readNames(ctx context.Context) error {
	names, err := p.questions.Names(ctx)
	p.names = slices.Concat(keywords, names)
	return err
}

// complete completes the name that ends at the cursor.
func (p *prompt) complete(line string, cursor int) (before string, found []string, after string) {
	runes := []rune(line)
	before, after = string(runes[:cursor]), string(runes[cursor:])
	start := 1 + strings.LastIndexFunc(before, func(r rune) bool { return !sqltext.InName(r) })
	begun := strings.ToLower(before[start:])
	for _, name := range p.names {
		if begun != "" && strings.HasPrefix(strings.ToLower(name), begun) && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	return before[:start], found, after
}

// readHistory reads the history of queries and returns the path of its file.
func (p *prompt) readHistory() (path string, err error) {
	if path, err = xdg.StateFile("atomizer-db/history"); err != nil {
		return "", err
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil
	}
	if err == nil {
		_, err = p.editor.ReadHistory(bytes.NewReader(text))
	}
	return path, err
}

func (p *prompt) writeHistory(path string) error {
	var text bytes.Buffer
	if _, err := p.editor.WriteHistory(&text); err != nil {
		return err
	}
	return os.WriteFile(path, text.Bytes(), 0o600)
}
