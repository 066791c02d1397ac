package main

import (
	"errors"
	"fmt"

	"atomizer-db/cmd/atomizer-db/limits"
	"atomizer-db/feedback"
	"atomizer-db/feedback/history"
	"atomizer-db/store"
	"atomizer-db/store/engine"
	"atomizer-db/store/optuna"
)

// hints say what to do next about the kinds of errors.
var hints = []struct {
	kind error
	hint string
}{
	{feedback.ErrNoStudy, "`atomizer-db studies` lists them"},
	{feedback.ErrNoTrial, "`atomizer-db trials list` lists them"},
	{feedback.ErrNoItem, "`atomizer-db items list --all` lists them"},
	{feedback.ErrNoInsight, "`atomizer-db insights list` lists them"},
	{feedback.ErrFileExists, "name a new file, or replace it with --force"},
	{history.ErrOtherPlaybook, "ingest the whole file of events into an empty folder"},
	{history.ErrNoItemIDs, "name other attributes with --context-attr"},
	{history.ErrNoFile, "name a file, as in `atomizer-db export FILE`, or the folder of the study with --study-dir"},
	{store.ErrNoTables, "`atomizer-db init` makes them, and so does the first event that is recorded"},
	{store.ErrNoDatabase, "`atomizer-db init` creates one, and so does the first event that is recorded"},
	{optuna.ErrOurs, "`atomizer-db export --events` writes its events, and `atomizer-db ingest` records them"},
	{limits.ErrTimeout, "ask for less, or allow more time with --timeout"},
	{limits.ErrMemory, "ask for less, or allow more with --max-memory"},
	{store.ErrReplaced, "stop all programs that use it, put the right file back, and record what is missing again; events with keys are not recorded twice"},
	{store.ErrEarlier, "to carry it over, run `atomizer-db export --events` with the version that made it, and ingest the events " +
		"into a new database beside the playbook.json that the old one started from; adjustments of counts and studies without trials are lost"},
	{store.ErrDoubtful, "`atomizer-db check` shows whether it is damaged; if so, restore it from a copy"},
}

// hint says what to do next about an error, "" where the error says it itself.
func hint(err error) string {
	if changed, ok := errors.AsType[*history.FileChangedError](err); ok {
		return fmt.Sprintf("take the changes over with `atomizer-db import %s`, or replace the file with the --overwrite of `finalize` and `export`", changed.Path)
	}
	if events, ok := errors.AsType[*history.EventFileError](err); ok {
		return fmt.Sprintf("record them with `atomizer-db ingest %s`", events.Path)
	}
	if other, ok := errors.AsType[*history.StudyConflictError](err); ok {
		flags := "--as"
		if other.Study != "" {
			flags = fmt.Sprintf("--as and --study %q", other.Study)
		}
		return "import it under another name with " + flags
	}
	if wrong, ok := errors.AsType[*store.SQLError](err); ok {
		switch {
		case wrong.UnknownName:
			return "`atomizer-db schema` lists the views and their columns"
		case wrong.NoValue != "":
			return fmt.Sprintf("give it with --param %s=VALUE", wrong.NoValue)
		}
	}
	if failed, ok := errors.AsType[*store.Error](err); ok && engine.IsAddress(failed.Path) && !errors.Is(err, store.ErrNoTables) {
		return serverHint(failed)
	}
	for _, h := range hints {
		if errors.Is(err, h.kind) {
			return h.hint
		}
	}
	return databaseHint(err)
}

// serverHint says what to do next about a database on a server, where the error does not say
// it itself.
func serverHint(err *store.Error) string {
	if errors.Is(err, store.ErrDamaged) {
		return "restore it from a copy, such as `pg_dump` makes"
	}
	return ""
}

// databaseHint says what to do next about a file that is not usable as a database.
func databaseHint(err error) string {
	failed, ok := errors.AsType[*store.Error](err)
	switch {
	case !ok || failed.Path == "":
		return ""
	case errors.Is(err, store.ErrForeign):
		return "name another file, or restore it from a copy if it was a database of ours"
	case errors.Is(err, store.ErrDamaged):
		return fmt.Sprintf("restore it from a copy, such as `atomizer-db backup` makes; `sqlite3 %s .dump` prints what can still be read", failed.Path)
	}
	return ""
}

// hinted is an error and what to do next.
type hinted struct {
	error
	hint string
}

func (h *hinted) Error() string { return h.error.Error() + ": " + h.hint }

// Unwrap returns the error alone.
func (h *hinted) Unwrap() error { return h.error }

// withHint adds to an error what to do next, once.
func withHint(err error) error {
	if _, already := errors.AsType[*hinted](err); already {
		return err
	}
	if next := hint(err); next != "" {
		return &hinted{err, next}
	}
	return err
}

// adviseChanges adds to the changes of an import what to do next.
func adviseChanges(changes []history.Change) {
	for i, c := range changes {
		id := c.As
		if id == "" {
			id = c.ID
		}
		switch c.Action {
		case history.Retired:
			changes[i].Detail += fmt.Sprintf("; `atomizer-db items restore %s` brings it back", id)
		case history.LeftOut:
			changes[i].Detail += fmt.Sprintf(": `atomizer-db items restore %s` brings it back", id)
		}
	}
}

// adviseEmpty adds to the reason of an empty context what to do next.
func adviseEmpty(c *feedback.Context) {
	c.Reason += map[feedback.Emptiness]string{
		feedback.HeldOut:     "; record it with --holdout",
		feedback.Uncommitted: ": `atomizer-db insights commit` makes them items",
		feedback.NoItems:     ": record trials, or add your own advice with `atomizer-db items add`",
		feedback.NoMatch:     "; ask for less, or see `atomizer-db items list`",
		feedback.NoRoom:      "; raise --max-tokens",
	}[c.Empty]
}

// adviseFinalize adds to the answer of a finalize that wrote no playbook.json what to do next.
func adviseFinalize(answer *feedback.FinalizeAnswer) {
	if answer.NotExported != "" {
		answer.NotExported += ": name one with `atomizer-db finalize FILE` or `atomizer-db export FILE`, or give --study-dir"
	}
}

// adviseProblems adds to the problems of a check what to do next.
func adviseProblems(problems []feedback.Problem) []feedback.Problem {
	const anew = "`atomizer-db export --overwrite` writes it anew"
	for i, p := range problems {
		switch p.Kind {
		case feedback.FileBroken:
			problems[i].What += "; " + anew
		case feedback.SchemaChanged:
			problems[i].What += "; restore the database from a copy, or ingest what `atomizer-db export --events` writes into a new one"
		case feedback.EventChanged:
			problems[i].What += "; compare it with what its sender has, or restore the database from a copy"
		case feedback.FileChanged:
			problems[i].What += fmt.Sprintf(": `atomizer-db import %s` takes the changes over, %s", p.Where, anew)
		}
	}
	return problems
}
