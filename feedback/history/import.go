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

// The ways to import counts.
const (
	OurCounts   Counts = "ours"   // do not change them
	TheirCounts Counts = "theirs" // set them to the file's counts
	AddCounts   Counts = "add"    // add the file's counts, once per file
)

// ImportOptions change how a file is imported.
type ImportOptions struct {
	Format  Format       // "": recognized from the content
	DryRun  bool         // only return what would be done
	Counts  Counts       // of items; "" is OurCounts
	Studies StudyOptions // of studies
}

// Import is the result of an import.
type Import struct {
	File    string        `json:"file"`
	Format  Format        `json:"format"`
	Own     bool          `json:"own"` // the file is the database's own playbook.json
	Items   int           `json:"items"`
	Changes []Change      `json:"changes"` // of items, in the order of the file
	Studies []StudyImport `json:"studies"` // in the order of the file
	Changed bool          `json:"changed"`

	KeptCounts int      `json:"kept_counts"` // known items whose counts in the file were not taken
	Framed     bool     `json:"framed"`      // what the file holds besides its items is new
	Warnings   []string `json:"warnings"`    // about lines of the file that may be mistaken

	NotImported []string `json:"not_imported"` // what an import leaves in a file of studies besides what Studies list

	Version int64 `json:"version"` // of the playbook after the import
	DryRun  bool  `json:"dry_run"`
}

// Action is what an import did with one item.
type Action string

// The actions of an import. Items without changes are not listed.
const (
	Added    Action = "added"    // added with its id
	Renamed  Action = "renamed"  // added with a new id, because its own belongs to another item
	Edited   Action = "edited"   // fields that another tool changed were imported
	Adjusted Action = "adjusted" // only its counts changed
	Retired  Action = "retired"  // it is no longer in the file
	Restored Action = "restored" // it was retired, but is in the file again
	LeftOut  Action = "left out" // it is retired here, and stays retired
	Kept     Action = "kept"     // what the file says of it was not taken over
)

// Change is what an import did with one item.
type Change struct {
	Action Action `json:"action"`
	ID     string `json:"id"`           // in the file; "" for one without an id, and for the playbook itself
	As     string `json:"as,omitempty"` // in the playbook, if it is different
	Detail string `json:"detail,omitempty"`
}

// Recorder records the trials of imported studies.
type Recorder interface {
	// BeginStudy finds a study by its name, or creates it.
	BeginStudy(name string) (id int64, begun bool, err error)

	// RecordTrials records valid trials whose keys are new in their study.
	RecordTrials(trials []event.Trial) error
}

// TakeOver imports the content of a file. Importing the same file again changes nothing.
//
// If the file is the database's own playbook.json, at own, it is compared with
// what was last read or written. New items are added, changed fields are imported,
// changes of counts become adjustments, and items that are missing are retired.
//
// For any other playbook, an item with an unknown id is added. Of an item with a known id
// and the same content, what changed in the file is taken over, but its counts stay,
// unless options say otherwise; what is not taken over is listed as [Kept]. An item with
// a known id and other content is added with a new id. What the file holds besides its
// items is kept, to be written again. The playbook's version becomes the larger one of
// the two, plus one if anything changed.
//
// Of studies, the finished trials that were not imported before are recorded as if they
// had been run here.
func TakeOver(ctx context.Context, tx store.Writer, recorder Recorder, file *File, own Place, options ImportOptions) (result Import, err error) {
	result = Import{
		File: file.Path, Format: file.Format, DryRun: options.DryRun, Studies: []StudyImport{}, NotImported: []string{},
		Warnings: append([]string{}, file.book.Warnings...),
	}
	if own, result.Own, err = ownPlace(tx, file.Path, own); err != nil {
		return result, err
	}
	if result.Own && options.Counts != "" && options.Counts != OurCounts {
		return result, fmt.Errorf("%s is this database's own playbook.json, whose changes of counts always become adjustments: do not choose how to import counts", file.Path)
	}
	i := importer{tx: tx, path: file.Path, own: own, digest: file.digest, counts: options.Counts, changes: []Change{}}
	if file.Format.OfStudies() {
		result.Studies, result.NotImported, err = i.takeStudies(ctx, recorder, file, options.Studies)
	} else {
		result.Items = len(file.book.Items)
		err = i.merge(file, result.Own)
	}
	if err != nil {
		return result, err
	}
	result.Changes, result.Changed, result.Framed, result.KeptCounts = i.changes, i.changed || i.framed, i.framed, i.keptCounts
	now, err := tx.Playbook()
	result.Version = now.Version
	return result, err
}

// ownPlace returns the place of a file, and whether it is a playbook.json of the database: the
// one at own, or another one that it keeps for this machine.
func ownPlace(rx store.Reader, path string, own Place) (place Place, isOwn bool, err error) {
	if own.Path != "" {
		if isOwn, err = atomicfile.Same(path, own.Path); isOwn || err != nil {
			return own, isOwn, err
		}
	}
	if !own.Shared {
		return own, false, nil
	}
	if place, err = OnThisMachine(path); err != nil {
		return own, false, err
	}
	_, isOwn, err = rx.PlaybookFile(place.Name)
	return place, isOwn, err
}
