package history

import (
	"context"
	"fmt"

	"atomizer-db/feedback/atomicfile"
	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// Counts says what an import does with the counts of an item that the playbook
// already has.
type Counts string

// What an import can do with counts.
const (
	OurCounts   Counts = "ours"   // leave them alone
	TheirCounts Counts = "theirs" // set them to the file's
	AddCounts   Counts = "add"    // add the file's to them, once
)

// ImportOptions change how a file is imported.
type ImportOptions struct {
	Format  Format       // "": what the file is by its content
	DryRun  bool         // return what would be done, and change nothing
	Counts  Counts       // of items; "" is OurCounts
	Studies StudyOptions // of studies
}

// Import is what an import did.
type Import struct {
	File    string        `json:"file"`
	Format  Format        `json:"format"`
	Own     bool          `json:"own"` // it was the database's own playbook.json, changed by another tool
	Items   int           `json:"items"`
	Changes []Change      `json:"changes"` // of items, in the order of the file
	Studies []StudyImport `json:"studies"` // in the order of the file
	Changed bool          `json:"changed"`
	Version int64         `json:"version"` // of the playbook, now
	DryRun  bool          `json:"dry_run"`
}

// Action is what an import did with one item.
type Action string

// What an import does with an item. An item with nothing new is not listed.
const (
	Added    Action = "added"    // came in as it is
	Renamed  Action = "renamed"  // came in under a new id: its own belongs to another item
	Edited   Action = "edited"   // fields that another tool changed were taken over
	Adjusted Action = "adjusted" // only its counts changed
	Retired  Action = "retired"  // it is no longer in the file
	Restored Action = "restored" // it was retired, and the file has it again
	LeftOut  Action = "left out" // it is retired here, and stays so
)

// Change is what an import did with one item.
type Change struct {
	Action Action `json:"action"`
	ID     string `json:"id"`           // in the file
	As     string `json:"as,omitempty"` // in the playbook, where that is another
	Detail string `json:"detail,omitempty"`
}

// Recorder records the trials that studies bring.
type Recorder interface {
	// BeginStudy finds a study by its name, or creates it.
	BeginStudy(name string) (id int64, begun bool, err error)

	// RecordTrials records trials whose keys are new in their study.
	RecordTrials(trials []event.Trial) error
}

// TakeOver takes over what a file holds. The same file again changes nothing.
//
// The database's own playbook.json, at playbookFile, changed by another tool, is compared with
// what was last read or written: new items come in, changed fields are taken
// over, changes of counts become adjustments, and items that vanished are
// retired.
//
// Of any other playbook, items with an unknown id come in as they are, a known
// id with the same content keeps our counts (unless options say otherwise), and
// a known id with other content comes in under a new id. The version becomes the
// larger one, and one more if anything changed.
//
// Finished trials of studies are recorded as if they had been run here, those
// that were not imported before.
func TakeOver(ctx context.Context, tx *store.Tx, recorder Recorder, file *File, playbookFile string, options ImportOptions) (result Import, err error) {
	result = Import{File: file.Path, Format: file.Format, DryRun: options.DryRun, Studies: []StudyImport{}}
	if result.Own, err = atomicfile.Same(file.Path, playbookFile); err != nil {
		return result, err
	}
	if result.Own && options.Counts != "" && options.Counts != OurCounts {
		return result, fmt.Errorf("%s is this database's own playbook.json, whose changes of counts always become adjustments: do not choose how to import counts", file.Path)
	}
	i := importer{tx: tx, path: file.Path, digest: file.digest, counts: options.Counts, changes: []Change{}}
	if file.Format.OfStudies() {
		result.Studies, err = i.takeStudies(ctx, recorder, file, options.Studies)
	} else {
		result.Items = len(file.book.Items)
		err = i.merge(file, result.Own)
	}
	if err != nil {
		return result, err
	}
	result.Changes, result.Changed = i.changes, i.changed
	now, _, err := tx.Playbook()
	result.Version = now.Version
	return result, err
}
