package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/store"
)

// databaseVariable stands in for --db.
const databaseVariable = "ATOMIZER_DB"

// target says which database and which study a command speaks of.
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
	flags.StringVar(&t.db, "db", "", "the database `file` (default $"+databaseVariable+")")
	flags.StringVar(&t.studyDir, "study-dir", "", "the study `folder`, with 3_results/playbook.db in it (default: the current folder)")
	flags.BoolVar(&t.global, "global", false, "the playbook that all studies share, under $ATOMIZER_HOME or the user's data folder")
	flags.StringVar(&t.study, "study", "", "the study's `name` (default: the study folder's name; \"default\" with --db and --global)")
}

// registerAll adds --all-studies, where a question can be asked of all.
func (t *target) registerAll(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&t.allStudies, "all-studies", false, "of all studies together")
}

// check looks at the flags together.
func (t *target) check(cmd *cobra.Command) error {
	given, err := onlyOne(cmd, "where the database is", "db", "study-dir", "global")
	if err != nil {
		return err
	}
	if cmd.Flags().Changed("db") && t.db == "" {
		return usagef("--db is empty: name the database file")
	}
	if cmd.Flags().Changed("study-dir") && t.studyDir == "" {
		return usagef("--study-dir is empty: name the study folder")
	}
	if len(given) == 0 {
		t.db = os.Getenv(databaseVariable)
	}
	t.studyGiven = cmd.Flags().Changed("study")
	if t.allStudies && t.studyGiven {
		return usagef("--study and --all-studies contradict each other: give one of them")
	}
	return nil
}

// locate gives the database's path and the name of the study.
func (t *target) locate() (path, study string, err error) {
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

// open opens the loop that the command speaks of.
func (a *app) open(ctx context.Context, options ...feedback.Option) (*feedback.Loop, error) {
	path, study, err := a.target.locate()
	if err != nil {
		return nil, err
	}
	options = append([]feedback.Option{feedback.InStudy(study), feedback.WithNotices(a.say)}, options...)
	return feedback.Open(ctx, path, options...)
}

// openToRead opens the loop for a question about the database as a whole.
func (a *app) openToRead(ctx context.Context) (*feedback.Loop, error) {
	return a.open(ctx, feedback.ReadOnly())
}

// ask opens the loop for a question about a study, or about all.
func (a *app) ask(ctx context.Context) (*feedback.Loop, error) {
	loop, err := a.openToRead(ctx)
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

const orAllStudies = ", or ask of --all-studies"

// requireStudy refuses a study that the database does not have, where it has
// others: zeros would be a misleading answer to a mistyped name.
func requireStudy(ctx context.Context, loop *feedback.Loop, hint string) error {
	if begun, err := loop.HasBegun(ctx); begun || err != nil {
		return err
	}
	studies, err := loop.Studies(ctx)
	if err != nil || len(studies) == 0 {
		return err
	}
	var names []string
	for _, s := range studies[:min(len(studies), 5)] {
		names = append(names, fmt.Sprintf("%q", s.Study))
	}
	if len(studies) > len(names) {
		names = append(names, "…")
	}
	return store.Fail(feedback.ErrNotFound, "%s has no study %q; it has %s: name one with --study%s",
		loop.Path(), loop.StudyName(), strings.Join(names, ", "), hint)
}
