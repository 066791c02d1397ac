package feedback

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"

	"atomizer-db/feedback/history"
	"atomizer-db/feedback/words"
	"atomizer-db/store"
	"atomizer-db/store/engine"
)

// JSONPath returns the path of the playbook.json beside a database: its name
// with .json.
func JSONPath(database string) string {
	return strings.TrimSuffix(database, filepath.Ext(database)) + playbookExtension
}

const playbookExtension = ".json"

// DefaultStudy is the name of the study of a loop that is opened without one.
const DefaultStudy = "default"

// Open opens the loop on a database, and creates it if it does not exist. path is that of a
// file, or the address of a PostgreSQL database, in which it then creates the tables. A new
// database beside an existing playbook.json starts from it.
func Open(ctx context.Context, path string, options ...Option) (*Loop, error) {
	s := settings{}
	for _, option := range options {
		option(&s)
	}
	if s.study == nil {
		name := DefaultStudy
		s.study = &name
	}
	if err := CheckPath(path); err != nil {
		return nil, err
	}
	if s.readOnly {
		return openReadOnly(ctx, path, s)
	}
	return open(ctx, path, s)
}

// CheckPath returns an error for a path that names no database, but a playbook.json.
func CheckPath(path string) error {
	if !engine.IsAddress(path) && filepath.Ext(path) == playbookExtension {
		return fmt.Errorf("%s is the name of a playbook.json: give the path of the database, such as %s.db",
			path, strings.TrimSuffix(path, playbookExtension))
	}
	return nil
}

// OpenStudy opens the loop of a study folder, on its 3_results/playbook.db. The study
// has the folder's name unless [InStudy] gives another.
func OpenStudy(ctx context.Context, folder string, options ...Option) (*Loop, error) {
	path, name, err := StudyFolder(folder)
	if err != nil {
		return nil, err
	}
	return Open(ctx, path, append([]Option{InStudy(name)}, options...)...)
}

// OpenGlobal opens the loop on the user's global playbook.
func OpenGlobal(ctx context.Context, options ...Option) (*Loop, error) {
	path, err := GlobalPath()
	if err != nil {
		return nil, err
	}
	return Open(ctx, path, options...)
}

// StudyFolder returns the path of a study folder's database and the study's name.
func StudyFolder(folder string) (path, study string, err error) {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return "", "", err
	}
	return filepath.Join(absolute, "3_results", "playbook.db"), filepath.Base(absolute), nil
}

// GlobalPath returns the path of the global playbook's database: knowledge_base/playbook.db
// in $ATOMIZER_HOME or, if that is not set, in the folder atomizer in the user's data
// folder.
func GlobalPath() (string, error) {
	home := os.Getenv("ATOMIZER_HOME")
	if home == "" {
		if _, err := os.UserHomeDir(); err != nil && os.Getenv("XDG_DATA_HOME") == "" {
			return "", fmt.Errorf("the user's data folder is not known (%w): set ATOMIZER_HOME", err)
		}
		home = filepath.Join(xdg.DataHome, "atomizer")
	}
	return filepath.Join(home, "knowledge_base", "playbook.db"), nil
}

func open(ctx context.Context, path string, s settings) (*Loop, error) {
	if !s.existing && isNewFile(path) {
		// Check playbook.json before creating anything: a database cannot start from
		// an invalid one.
		file := s.file
		if file == "" {
			file = JSONPath(path)
		}
		if _, err := history.ReadStart(file); err != nil {
			return nil, err
		}
	}
	opened, err := engine.Open(ctx, path, !s.existing, s.store...)
	if err != nil {
		return nil, err
	}
	l, err := s.loop(opened)
	if err == nil {
		err = errors.Join(l.begin(ctx), l.catchUp(ctx))
	}
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return l, nil
}

// isNewFile reports whether a database in a file does not exist.
func isNewFile(path string) bool {
	if engine.IsAddress(path) {
		return false
	}
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// place returns where playbook.json is.
func (s settings) place(database string) (history.Place, error) {
	switch shared := engine.IsAddress(database); {
	case shared && s.file == "":
		return history.Place{Shared: true}, nil
	case shared:
		return history.OnThisMachine(s.file)
	case s.file == "":
		return history.Beside(JSONPath(database)), nil
	}
	return history.Beside(s.file), nil
}

// loop returns the loop on an open store.
func (s settings) loop(opened store.Database) (*Loop, error) {
	playbook, err := s.place(opened.Path())
	if err != nil {
		return nil, err
	}
	if s.wrap != nil {
		opened = s.wrap(opened)
	}
	l := &Loop{
		store: opened, study: s.study, playbook: playbook, exports: playbook, warn: s.warn, strict: s.strict, commitEvery: s.commitEvery,
	}
	if l.warn == nil {
		l.warn = func(warning error) { opened.Notify("warning: " + warning.Error()) }
	}
	return l, nil
}

// catchUp completes an export that was interrupted. If the file cannot be written, it
// warns and leaves the export to the next opening.
func (l *Loop) catchUp(ctx context.Context) error {
	err := l.complete(ctx, l.exports)
	if failed, ok := errors.AsType[*history.WriteError](err); ok {
		l.warn(failed)
		return nil
	}
	return err
}

func openReadOnly(ctx context.Context, path string, s settings) (*Loop, error) {
	opened, err := engine.OpenReadOnly(ctx, path, s.store...)
	unfinished := errors.Is(err, store.ErrOutdated)
	if err != nil && !unfinished {
		return nil, err
	}
	if !unfinished {
		l, err := s.loop(opened)
		if err == nil {
			unfinished, err = l.isUnfinished(ctx)
		}
		if err == nil && !unfinished {
			return l, nil
		}
		if err = errors.Join(err, opened.Close()); err != nil {
			return nil, err
		}
	}
	s.existing = true
	writable, err := open(ctx, path, s)
	if err == nil {
		err = writable.Close()
	}
	if err != nil && !errors.Is(err, store.ErrReadOnly) && !errors.Is(err, fs.ErrPermission) {
		return nil, err
	}
	if opened, err = engine.OpenReadOnly(ctx, path, s.store...); err != nil {
		return nil, err
	}
	l, err := s.loop(opened)
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return l, nil
}

// isUnfinished reports whether an opening must write before it can read.
func (l *Loop) isUnfinished(ctx context.Context) (unfinished bool, err error) {
	err = l.store.View(ctx, func(rx store.Reader) error {
		begun, err := rx.PlaybookBegun()
		if err != nil {
			return err
		}
		pending := false
		if l.playbook.Name != "" {
			pending, err = rx.PlaybookFilePending(l.playbook.Name)
		}
		unfinished = !begun || pending
		return err
	})
	return unfinished, err
}

// begin starts the playbook of a new database, from playbook.json if it exists.
func (l *Loop) begin(ctx context.Context) error {
	begun := false
	err := l.store.View(ctx, func(rx store.Reader) (err error) {
		begun, err = rx.PlaybookBegun()
		return err
	})
	if err != nil || begun {
		return err
	}
	notice := ""
	err = l.store.Update(ctx, func(tx store.Writer) (err error) {
		notice = ""
		if begun, err := tx.PlaybookBegun(); begun || err != nil {
			return err // another process was faster
		}
		var start *history.Start
		if l.playbook.Path != "" {
			if start, err = history.ReadStart(l.playbook.Path); err != nil {
				return err
			}
		}
		notice = fmt.Sprintf("new database %s", l.store.Path())
		if start != nil {
			notice += fmt.Sprintf(", started from %s (%s)", l.playbook.Path, words.Count(start.Items(), "item"))
		}
		return start.Begin(tx, l.playbook)
	})
	if err == nil && notice != "" {
		l.store.Notify(notice)
	}
	return err
}
