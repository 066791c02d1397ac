package main

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/words"
)

// databaseVariable is the environment variable that names the database if no flag
// does.
const databaseVariable = "ATOMIZER_DB"

// target is the database and the study that a command works on.
type target struct {
	db         string
	studyDir   string
	global     bool
	study      string
	allStudies bool

	studyGiven bool
}

func (t *target) register(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.StringVar(&t.db, "db", "", "the database `FILE` (default: $"+databaseVariable+")")
	flags.StringVar(&t.studyDir, "study-dir", "", "the study `FOLDER`, with 3_results/playbook.db in it (default: the current folder)")
	flags.BoolVar(&t.global, "global", false, "use the playbook that all studies share, in $ATOMIZER_HOME or the user's data folder")
	flags.StringVar(&t.study, "study", "", "the `NAME` of the study (default: the name of the study folder, \"default\" with --db or --global; in a question: the only study, if there is one)")
}

// registerAll adds --all-studies to a command that can answer for all studies.
func (t *target) registerAll(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&t.allStudies, "all-studies", false, "answer for all studies together")
}

// check returns an error for flags that do not go together.
func (t *target) check(cmd *cobra.Command) error {
	given, err := onlyOne(cmd, "db", "study-dir", "global")
	if err != nil {
		return err
	}
	if cmd.Flags().Changed("db") && t.db == "" {
		return usagef("--db is empty: give the path of the database file")
	}
	if cmd.Flags().Changed("study-dir") && t.studyDir == "" {
		return usagef("--study-dir is empty: give the path of the study folder")
	}
	if len(given) == 0 {
		t.db = os.Getenv(databaseVariable)
	}
	t.studyGiven = cmd.Flags().Changed("study")
	if t.studyGiven && t.study == "" {
		return usagef("--study is empty: give the name of the study, or leave the flag out")
	}
	if t.allStudies && t.studyGiven {
		return usagef("--study and --all-studies cannot be combined: give one of them")
	}
	return nil
}

// address matches what names a server or a scheme and not a path.
var address = words.Pattern(`^[A-Za-z][A-Za-z0-9+.-]+://`)

// locate returns the path of the database and the name of the study.
func (t *target) locate() (path, study string, err error) {
	for _, given := range []string{t.db, t.studyDir} {
		if scheme := address().FindString(given); scheme != "" { // what follows may hold a password
			return "", "", usagef("%s… is an address, and only files are supported: give the path of a file or folder", scheme)
		}
	}
	switch {
	case t.global:
		study = feedback.DefaultStudy
		if path, err = feedback.GlobalPath(); err != nil {
			return "", "", err
		}
	case t.db != "":
		path, study = t.db, feedback.DefaultStudy
	default:
		folder := t.studyDir
		if folder == "" {
			folder = "."
		}
		if path, study, err = feedback.StudyFolder(folder); err != nil {
			return "", "", err
		}
	}
	if t.studyGiven {
		study = t.study
	}
	return path, study, nil
}

// open opens the database and the study that the command works on.
func (a *app) open(ctx context.Context, options ...feedback.Option) (*feedback.Loop, error) {
	path, study, err := a.target.locate()
	if err != nil {
		return nil, err
	}
	options = append([]feedback.Option{feedback.InStudy(study), feedback.WithNotices(a.say), feedback.WithWarnings(a.warn)}, options...)
	return feedback.Open(ctx, path, options...)
}

// openToRead opens them for a question about the whole database.
func (a *app) openToRead(ctx context.Context) (*feedback.Loop, error) {
	return a.open(ctx, feedback.ReadOnly())
}

// openStudyToRead opens them for a question about the study. If it names none, it is about
// the only one that the database has, so that nobody needs to know its name.
func (a *app) openStudyToRead(ctx context.Context) (*feedback.Loop, error) {
	return a.openStudy(ctx, feedback.ReadOnly())
}

// openStudy opens the database and the named study, or its only study if none is named.
func (a *app) openStudy(ctx context.Context, options ...feedback.Option) (*feedback.Loop, error) {
	loop, err := a.open(ctx, options...)
	if err != nil || a.target.studyGiven {
		return loop, err
	}
	only, err := loop.OnlyStudy(ctx)
	if err != nil {
		return nil, closing(loop, err)
	}
	return only, nil
}

// ask opens them for a question about a study that has begun, or about all with
// --all-studies.
func (a *app) ask(ctx context.Context) (*feedback.Loop, error) {
	loop, err := a.openStudyToRead(ctx)
	if err != nil {
		return nil, err
	}
	if a.target.allStudies {
		return loop.AllStudies(), nil
	}
	if err := requireStudy(ctx, loop, orAllStudies); err != nil {
		return nil, closing(loop, err)
	}
	return loop, nil
}

// What to do where a study does not exist.
const (
	nameAStudy   = "name one with --study"
	orAllStudies = nameAStudy + ", or use --all-studies"
)

// requireStudy returns an error, with what to do, for a study that has not begun.
func requireStudy(ctx context.Context, loop *feedback.Loop, hint string) error {
	err := loop.RequireStudy(ctx)
	if errors.Is(err, feedback.ErrNotFound) {
		return &hinted{err, hint}
	}
	return err
}
