package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/words"
	"atomizer-db/store"
	"atomizer-db/store/engine"
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
	flags.StringVar(&t.db, "db", "", "the database: a `FILE`, or the address postgres://… of one on PostgreSQL (default: $"+databaseVariable+")")
	flags.StringVar(&t.studyDir, "study-dir", "", "the study `FOLDER`, with 3_results/playbook.db in it (default: the current folder); with an address, it has the study's name and playbook.json")
	flags.BoolVar(&t.global, "global", false, "use the playbook that all studies share, in $ATOMIZER_HOME or the user's data folder")
	flags.StringVar(&t.study, "study", "", "the `NAME` of the study (default: the name of the study folder, \"default\" with --db or --global; in a question: the only study, if there is one)")
}

// registerAll adds --all-studies to a command that can answer for all studies.
func (t *target) registerAll(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&t.allStudies, "all-studies", false, "answer for all studies together")
}

// check returns an error for flags that do not go together.
func (t *target) check(cmd *cobra.Command) error {
	exclusive := []string{"db", "study-dir", "global"}
	if engine.IsAddress(t.db) { // a study may have its folder here and its database on a server
		exclusive = []string{"db", "global"}
	}
	if _, err := onlyOne(cmd, exclusive...); err != nil {
		return err
	}
	if _, err := onlyOne(cmd, "study-dir", "global"); err != nil {
		return err
	}
	if cmd.Flags().Changed("db") && t.db == "" {
		return usagef("--db is empty: give the path of the database file")
	}
	if cmd.Flags().Changed("study-dir") && t.studyDir == "" {
		return usagef("--study-dir is empty: give the path of the study folder")
	}
	if variable := os.Getenv(databaseVariable); !cmd.Flags().Changed("db") && !t.global {
		if t.studyDir == "" || engine.IsAddress(variable) {
			t.db = variable
		}
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

// location is what a target leads to.
type location struct {
	database string // the path of a file, or the address of a server
	study    string
	playbook string // the path of playbook.json; "": there is none
}

// isAddress reports whether the database is on a server.
func (l location) isAddress() bool { return engine.IsAddress(l.database) }

// isYetToBeMade reports whether an error says that there is no database yet, but could be. On
// a server, only its tables are made here.
func (l location) isYetToBeMade(err error) bool {
	if l.isAddress() {
		return errors.Is(err, store.ErrNoTables)
	}
	return errors.Is(err, store.ErrNoDatabase)
}

// scheme matches what names a server or a scheme and not a path.
var scheme = words.Pattern(`^[A-Za-z][A-Za-z0-9+.-]+://`)

// almost matches what is meant as an address of PostgreSQL, and would be the path of a file.
var almost = words.Pattern(`(?i)^postgres(ql)?:|^\s*(host|hostaddr|port|user|password|passfile|dbname|service|sslmode)\s*=`)

// checkSchemes returns an error for an address that leads nowhere. What follows its scheme may
// hold a password.
func (t *target) checkSchemes() error {
	if found := scheme().FindString(t.db); found != "" && !engine.IsAddress(t.db) {
		return usagef("%s… is an address, and only those of PostgreSQL are supported: give one such as postgres://user@host/database, or the path of a file", found)
	}
	if !engine.IsAddress(t.db) && almost().MatchString(t.db) {
		return usagef("the address of a database on PostgreSQL begins with postgres://: write postgres://user@host/database")
	}
	if found := scheme().FindString(t.studyDir); found != "" {
		return usagef("%s… is an address: give the path of a folder with --study-dir, and the address of a database with --db", found)
	}
	return nil
}

// hasNoPlace reports whether no place is known for playbook.json.
func (t *target) hasNoPlace() bool { return engine.IsAddress(t.db) && t.studyDir == "" }

// locate returns what the target leads to.
func (t *target) locate() (location, error) {
	if err := t.checkSchemes(); err != nil {
		return location{}, err
	}
	l, err := t.find()
	if t.studyGiven {
		l.study = t.study
	}
	return l, err
}

func (t *target) find() (location, error) {
	switch {
	case t.global:
		path, err := feedback.GlobalPath()
		return location{path, feedback.DefaultStudy, feedback.JSONPath(path)}, err
	case t.db != "" && !engine.IsAddress(t.db):
		return location{t.db, feedback.DefaultStudy, feedback.JSONPath(t.db)}, nil
	case t.db != "" && t.studyDir == "":
		return location{t.db, feedback.DefaultStudy, ""}, nil
	}
	folder := t.studyDir
	if folder == "" {
		folder = "."
	}
	path, study, err := feedback.StudyFolder(folder)
	l := location{path, study, feedback.JSONPath(path)}
	if t.db != "" {
		l.database = t.db
		if info, err := os.Stat(folder); err == nil && !info.IsDir() { // nothing else would open it
			return l, fmt.Errorf("%s is not a folder: give the folder of the study with --study-dir", folder)
		}
	}
	return l, err
}

// open opens the database and the study that the command works on.
func (a *app) open(ctx context.Context, options ...feedback.Option) (*feedback.Loop, error) {
	at, err := a.target.locate()
	if err != nil {
		return nil, err
	}
	how := []feedback.Option{feedback.InStudy(at.study), feedback.WithNotices(a.say), feedback.WithWarnings(a.warn)}
	if at.isAddress() {
		how = append(how, feedback.WithPlaybookFile(at.playbook))
	}
	return feedback.Open(ctx, at.database, append(how, options...)...)
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
