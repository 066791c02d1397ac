package feedback

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"atomizer-db/feedback/atomicfile"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/history"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// Playbook returns the playbook as playbook.json holds it.
func (l *Loop) Playbook(ctx context.Context) (playbook.File, error) {
	return ask(ctx, l, func(rx store.Reader, _ *int64) (playbook.File, error) { return history.Playbook(rx) })
}

// PlaybookAs returns the playbook in one of [history.ExportFormats]. What was imported
// from a format is exported again, as far as the chosen format supports it.
func (l *Loop) PlaybookAs(ctx context.Context, format history.Format) ([]byte, error) {
	return ask(ctx, l, func(rx store.Reader, _ *int64) ([]byte, error) { return history.Encode(rx, format) })
}

// ImportedFile returns a file that items were imported from as it came in, with the items
// that it brought as they are now. name is its path, or the end of it.
func (l *Loop) ImportedFile(ctx context.Context, name string) ([]byte, error) {
	return ask(ctx, l, func(rx store.Reader, _ *int64) ([]byte, error) { return history.EncodeFrame(rx, name) })
}

// Export writes playbook.json. It returns a [*history.FileChangedError] if another
// program has changed the file and overwrite is false, and [history.ErrNoFile] if it has no
// place.
func (l *Loop) Export(ctx context.Context, overwrite bool) error {
	if l.exports.Path == "" {
		return store.Fail(history.ErrNoFile, "%s has no playbook.json, because it is on a server", l.Path())
	}
	if err := l.probeExport(); err != nil {
		return err
	}
	err := l.store.Update(ctx, func(tx store.Writer) error {
		if !overwrite {
			if err := history.CheckUnchanged(tx, l.exports); err != nil {
				return err
			}
		}
		return history.StageByHand(tx, l.exports)
	})
	if err != nil {
		return err
	}
	return l.completeExport(ctx)
}

// ExportingTo returns a loop whose [Loop.Finalize] and [Loop.Export] write playbook.json to
// another path. A database on a server remembers the file, as it does playbook.json: an
// interrupted export is completed here, and changes by other programs are noticed. A database
// in a file remembers only its playbook.json: any other file that exists and does not hold the
// playbook as it is now counts as another program's.
func (l *Loop) ExportingTo(ctx context.Context, path string) (*Loop, error) {
	other := *l
	if l.playbook.Shared {
		var err error
		if other.exports, err = history.OnThisMachine(path); err != nil {
			return nil, err
		}
		return &other, other.catchUp(ctx)
	}
	own, err := history.SameFile(path, l.playbook.Path)
	if err != nil {
		return nil, err
	}
	if other.exports = l.playbook; !own {
		other.exports = history.Place{Path: path}
	}
	return &other, nil
}

// probeExport checks whether playbook.json can be written, before anything is
// recorded.
func (l *Loop) probeExport() error {
	path := l.exports.Path
	if path == "" {
		return nil
	}
	if l.exports.Shared && l.exports == l.playbook {
		// Opening a database in a study folder makes 3_results. This one is elsewhere.
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return cannotExport(path, err)
		}
	}
	if err := atomicfile.Probe(path); err != nil {
		return cannotExport(path, err)
	}
	return nil
}

func cannotExport(path string, err error) error {
	return fmt.Errorf("%s cannot be written, so nothing was recorded: %w", path, err)
}

// completeExport writes playbook.json after the commit of a finalize or an export.
func (l *Loop) completeExport(ctx context.Context) error {
	if l.exports.Name == "" {
		return history.WriteCopy(ctx, l.store, l.exports)
	}
	return l.complete(ctx, l.exports)
}

// complete writes the playbook.json that a committed transaction has staged for a place.
func (l *Loop) complete(ctx context.Context, place history.Place) error {
	if place.Name == "" {
		return nil
	}
	warning, err := history.Complete(ctx, l.store, place)
	if warning != nil {
		l.warn(warning)
	}
	return err
}

// Import reads a file and imports it: see [Loop.ImportFile].
func (l *Loop) Import(ctx context.Context, path string, options history.ImportOptions) (history.Import, error) {
	file, err := history.ReadFile(ctx, path, options.Format)
	if err != nil {
		return history.Import{File: path, DryRun: options.DryRun}, err
	}
	result, err := l.ImportFile(ctx, file, options)
	return result, errors.Join(err, file.Close())
}

// ImportFile imports the content of a file in one transaction, as described at
// [history.TakeOver].
func (l *Loop) ImportFile(ctx context.Context, file *history.File, options history.ImportOptions) (result history.Import, err error) {
	var r recorder
	err = l.store.Update(ctx, func(tx store.Writer) error {
		r = recorder{loop: l, tx: tx}
		var err error
		if result, err = history.TakeOver(ctx, tx, &r, file, l.playbook, options); err == nil && options.DryRun {
			err = errPreview
		}
		return err
	})
	if errors.Is(err, errPreview) {
		return result, nil
	}
	if err == nil {
		r.announceStudies()
	}
	return result, err
}

// BeginStudy finds a study by its name, or creates it.
func (r *recorder) BeginStudy(name string) (id int64, begun bool, err error) {
	before := len(r.begun)
	id, err = r.study(&name)
	return id, len(r.begun) > before, err
}

// RecordTrials records valid trials whose keys are new in their study.
func (r *recorder) RecordTrials(trials []event.Trial) error {
	entries := make([]entry, len(trials))
	for i, t := range trials {
		var err error
		if entries[i], err = r.loop.prepareValid(t); err != nil {
			return err
		}
	}
	_, err := r.record(entries)
	return err
}

// Events calls each with every event of the loop's study, or of all studies, in order
// of commit. Each event has its study, key and time, so that recording the events in
// another database produces the same ledger. They are from one state of the database.
func (l *Loop) Events(ctx context.Context, each func(event.Event) error) error {
	return l.readLedger(ctx, func(ledger history.Ledger) error { return ledger.Events(ctx, each) })
}

// TrialEvents calls each with the trials that count: those since the last reset that
// are not void.
func (l *Loop) TrialEvents(ctx context.Context, each func(event.Trial) error) error {
	return l.readLedger(ctx, func(ledger history.Ledger) error { return ledger.Trials(ctx, each) })
}

// WriteTrialsCSV writes the trials that count as a table, as [history.CSV] or
// [history.SafeCSV].
func (l *Loop) WriteTrialsCSV(ctx context.Context, out io.Writer, format history.Format) error {
	return l.readLedger(ctx, func(ledger history.Ledger) error { return ledger.WriteCSV(ctx, out, format) })
}

func (l *Loop) readLedger(ctx context.Context, read func(history.Ledger) error) error {
	return l.store.View(ctx, func(rx store.Reader) error {
		study, err := l.find(rx)
		if err != nil {
			return err
		}
		return read(ledger(rx, study))
	})
}

// ledger reads the events of a study, or of all studies where it is nil.
func ledger(rx store.Reader, study *int64) history.Ledger {
	return history.Ledger{Rx: rx, Study: study, Insights: func(t event.Trial) int { return len(reflectOnTrial(t)) }}
}
