package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"atomizer-db/feedback"
)

// sessionDatabase is the database of a session, or of a server for agents. It is opened when it is needed, and made when
// something is recorded.
type sessionDatabase struct {
	app *app
	at  location
	how recording

	recording *feedback.Loop // nil before the first event
	asking    *feedback.Loop // for questions before the first event; nil before the first question
	folder    string         // of an empty database that asking has because there is none yet
}

// sessionDatabase returns the database of the target, which need not exist yet.
func (a *app) sessionDatabase(how recording) (*sessionDatabase, error) {
	at, err := a.target.locate()
	if err != nil {
		return nil, err
	}
	if !at.isAddress() {
		if at.database, err = filepath.Abs(at.database); err != nil {
			return nil, err
		}
		at.playbook = feedback.JSONPath(at.database)
	}
	return &sessionDatabase{app: a, at: at, how: how}, feedback.CheckPath(at.database)
}

// ToRecord returns the loop that records.
func (d *sessionDatabase) ToRecord(ctx context.Context, options ...feedback.Option) (loop *feedback.Loop, err error) {
	if d.recording != nil {
		return d.recording, nil
	}
	if loop, err = d.app.open(ctx, append(d.how.options(), options...)...); err != nil {
		return nil, err
	}
	d.recording = loop
	return loop, d.endAsking()
}

// ToAsk returns the loop for questions. Where there is no database yet, they are answered as
// from a new one, without making it.
func (d *sessionDatabase) ToAsk(ctx context.Context) (*feedback.Loop, error) {
	if d.recording != nil {
		return d.recording, nil
	}
	if d.asking != nil && d.folder == "" {
		return d.asking, nil
	}
	loop, err := d.app.openToRead(ctx)
	switch {
	case d.at.isYetToBeMade(err) && d.asking != nil:
		return d.asking, nil
	case d.at.isYetToBeMade(err):
		return d.empty(ctx)
	case err != nil:
		return nil, err
	}
	if err := d.endAsking(); err != nil {
		return nil, errors.Join(err, loop.Close())
	}
	d.asking = loop
	return loop, nil
}

// empty opens an empty database elsewhere, which starts from the same playbook.json.
func (d *sessionDatabase) empty(ctx context.Context) (*feedback.Loop, error) {
	folder, err := os.MkdirTemp("", "atomizer-db-")
	if err != nil {
		return nil, err
	}
	name := "playbook.db"
	if !d.at.isAddress() {
		name = filepath.Base(d.at.database)
	}
	loop, err := feedback.Open(ctx, filepath.Join(folder, name), feedback.InStudy(d.at.study), feedback.WithPlaybookFile(d.at.playbook))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	d.asking, d.folder = loop, folder
	return loop, nil
}

// endAsking closes what was only for questions.
func (d *sessionDatabase) endAsking() (err error) {
	if d.asking != nil {
		err = d.asking.Close()
	}
	if d.folder != "" {
		err = errors.Join(err, os.RemoveAll(d.folder))
	}
	d.asking, d.folder = nil, ""
	return err
}

func (d *sessionDatabase) close() error {
	err := d.endAsking()
	if d.recording != nil {
		err = errors.Join(err, d.recording.Close())
	}
	return err
}
