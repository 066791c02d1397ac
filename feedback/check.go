package feedback

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"

	"atomizer-db/feedback/atomicfile"
	"atomizer-db/feedback/history"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
	"atomizer-db/store/engine"
	"atomizer-db/store/regular"
)

// Problem is an error in a database or its playbook.json.
type Problem struct {
	Where      string      `json:"where"` // the table and row, or the file
	What       string      `json:"what"`
	Repairable bool        `json:"repairable"` // the right value can be computed from the ledger
	Kind       ProblemKind `json:"-"`
}

// ProblemKind says what can be done about a problem.
type ProblemKind string

// The kinds of problems.
const (
	DatabaseProblem ProblemKind = "database"
	SchemaChanged   ProblemKind = "changed schema"
	EventChanged    ProblemKind = "changed event" // it is not what came with its key
	FileBroken      ProblemKind = "broken file"   // playbook.json cannot be read
	FileChanged     ProblemKind = "changed file"  // another program has changed playbook.json
)

// Check runs the engine's own checks and compares the schema with that of the migrations, and
// counts, statistics and usage with the ledger. It also checks the last numbers of item
// ids, the content of events with a key, and that playbook.json is valid and has not
// changed since atomizer-db last read or wrote it. Check changes nothing.
func (l *Loop) Check(ctx context.Context) ([]Problem, error) {
	found, err := l.store.Check(ctx)
	var problems []Problem
	for _, p := range found {
		kind := DatabaseProblem
		if p.Schema {
			kind = SchemaChanged
		}
		problems = append(problems, Problem{Where: p.Where, What: p.What, Repairable: p.Repairable, Kind: kind})
	}
	if err != nil || damaged(problems) {
		return problems, err
	}
	err = l.store.View(ctx, func(rx store.Reader) error {
		for _, check := range []func(context.Context, store.Reader) ([]Problem, error){wrongNumbers, changedEvents} {
			more, err := check(ctx, rx)
			if err != nil {
				return err
			}
			problems = append(problems, more...)
		}
		return nil
	})
	if errors.Is(err, store.ErrDamaged) {
		return append(problems, Problem{Where: l.Path(), What: err.Error(), Kind: DatabaseProblem}), nil
	}
	if err != nil {
		return problems, err
	}
	file, err := l.wrongFile(ctx)
	return append(problems, file...), err
}

// damaged reports whether there is a problem that Repair cannot repair.
func damaged(problems []Problem) bool {
	for _, p := range problems {
		if !p.Repairable {
			return true
		}
	}
	return false
}

// Repair computes counts, statistics and usage from the ledger again. It returns the
// problems that there were before.
func (l *Loop) Repair(ctx context.Context) (before []Problem, err error) {
	before, err = l.Check(ctx)
	if err != nil || !slices.ContainsFunc(before, func(p Problem) bool { return p.Repairable }) {
		return before, err
	}
	return before, l.store.Update(ctx, func(tx store.Writer) error {
		if err := tx.Rebuild(); err != nil {
			return err
		}
		ids, err := tx.ItemIDs()
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := history.RaiseNumber(tx, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// changedEvents finds events that are not what was recorded with their key.
func changedEvents(ctx context.Context, rx store.Reader) (problems []Problem, err error) {
	changed, err := ledger(rx, nil).Changed(ctx)
	for _, e := range changed {
		problems = append(problems, Problem{
			Where: fmt.Sprintf("ledger, event %d with the key %q", e.ID, *e.Key), Kind: EventChanged,
			What: "is not what was recorded: its content has another digest",
		})
	}
	return problems, err
}

// wrongNumbers finds ids that could be used again for new items.
func wrongNumbers(_ context.Context, rx store.Reader) (problems []Problem, err error) {
	ids, err := rx.ItemIDs()
	if err != nil {
		return nil, err
	}
	given, err := rx.Numbers()
	if err != nil {
		return nil, err
	}
	highest := map[string]string{}
	for _, id := range ids {
		prefix, number, ok, err := playbook.Number(id)
		if err != nil || !ok || number <= given[prefix] {
			continue
		}
		given[prefix], highest[prefix] = number, id
	}
	for _, prefix := range slices.Sorted(maps.Keys(highest)) {
		problems = append(problems, Problem{
			Where: fmt.Sprintf("prefixes, %q", prefix), Repairable: true, Kind: DatabaseProblem,
			What: fmt.Sprintf("the last number is lower than that of item %s, so that its id could be used again", highest[prefix]),
		})
	}
	return problems, nil
}

// wrongFile compares playbook.json with the copy in the database. A finalize may replace
// the file after that copy was read, so a difference is reported only if the copy is
// still the same when both are read again.
func (l *Loop) wrongFile(ctx context.Context) (problems []Problem, err error) {
	if l.playbook.Path == "" {
		return nil, nil
	}
	for before := []byte(nil); ; {
		var known store.PlaybookFile
		if err := l.store.View(ctx, func(rx store.Reader) (err error) {
			if known, _, err = rx.PlaybookFile(l.playbook.Name); err == nil {
				problems, err = fileProblems(rx, l.playbook)
			}
			return err
		}); err != nil || len(problems) == 0 || (before != nil && bytes.Equal(before, known.Digest)) {
			return problems, err
		}
		before = append([]byte{}, known.Digest...)
	}
}

func fileProblems(rx store.Reader, place history.Place) ([]Problem, error) {
	path := place.Path
	problem, err := history.CheckFile(rx, place)
	switch {
	case err != nil || problem == nil:
		return nil, err
	case errors.Is(problem, history.ErrFileBroken):
		return []Problem{{Where: path, What: problem.Error(), Kind: FileBroken}}, nil
	}
	return []Problem{{Where: path, What: "was changed by another program", Kind: FileChanged}}, nil
}

// Backup writes a consistent copy of the database to a new file, while others read and
// write. It returns [ErrFileExists] if the file exists and replace is false, and
// [ErrConflict] if the file is the database itself.
func (l *Loop) Backup(ctx context.Context, path string, replace bool) error {
	if info, err := os.Stat(path); err == nil {
		if info.IsDir() {
			return store.Fail(ErrConflict, "%s is a folder: name a file in it", path)
		}
		if err := regular.Check(path, info.Mode()); err != nil {
			return err
		}
	}
	if !engine.IsAddress(l.store.Path()) {
		own, err := atomicfile.Same(l.store.Path(), path)
		if err != nil {
			return err
		}
		if own {
			return store.Fail(ErrConflict, "%s is the database itself: name a new file", path)
		}
	}
	err := l.store.Backup(ctx, path, replace)
	if errors.Is(err, fs.ErrExist) {
		return store.Fail(ErrFileExists, "%s already exists", path)
	}
	return err
}
