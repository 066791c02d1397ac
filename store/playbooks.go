package store

import "time"

// PlaybookReader reads the playbook as a whole, and the files that it came from and goes to.
type PlaybookReader interface {
	// Playbook reads the playbook. One that has not begun yet has version 1, as an empty one.
	Playbook() (playbook Playbook, err error)

	// PlaybookBegun reports whether the playbook has begun: whether the database has
	// started from a playbook.json, or from an empty playbook.
	PlaybookBegun() (begun bool, err error)

	// Numbers returns the last number used in item ids, by prefix.
	Numbers() (map[string]int64, error)

	// PlaybookFile returns a playbook.json as it was last read or written, by its name; found
	// is false if it never was. An engine whose databases are files keeps one playbook.json,
	// whatever its name.
	PlaybookFile(name string) (file PlaybookFile, found bool, err error)

	// PlaybookFilePending reports whether an export to a playbook.json has yet to be completed.
	PlaybookFilePending(name string) (pending bool, err error)

	// PlaybookChanges lists the changes of the playbook that no event of a study made, in
	// order.
	PlaybookChanges() ([]PlaybookChange, error)

	// LastPlaybookChange returns the newest change of the playbook that no event of a study made.
	LastPlaybookChange() (change PlaybookChange, found bool, err error)

	// AllSources lists the source trials of all items, in order of arrival.
	AllSources() ([]SourceTrial, error)

	// AdjustmentsAfter lists the adjustments after the one with the given id, in order.
	AdjustmentsAfter(id int64) ([]Adjustment, error)

	// LastAdjustment returns the id of the newest adjustment, 0 before the first.
	LastAdjustment() (id int64, err error)

	// IsPlaybookUntouched reports whether the playbook is empty, and no event was recorded since
	// it began.
	IsPlaybookUntouched() (untouched bool, err error)

	// UnrecordedItems lists the items that no event added, in order of arrival.
	UnrecordedItems() ([]UnrecordedItem, error)

	// RemovedItems lists the items that imports before a time retired, unless imports restored
	// them.
	RemovedItems(beforeUS int64) ([]RemovedItem, error)

	// RestoredItems lists the items that an event had retired and that were restored before a
	// time, but not by an event.
	RestoredItems(beforeUS int64) ([]RestoredItem, error)

	// VersionsByEvents counts by how much events up to one have raised the version of the
	// playbook.
	VersionsByEvents(last int64) (versions int64, err error)

	// Frames lists the files of other tools, in the order in which they were first imported.
	Frames() ([]Frame, error)

	// FrameItems lists the items of all such files, file by file, in the order of the file.
	FrameItems() ([]FrameItem, error)
}

// PlaybookWriter writes the playbook as a whole, and the files that it came from and goes to.
type PlaybookWriter interface {
	// SetPlaybook stores all fields of p except LastUseUS, which is computed from the
	// items.
	SetPlaybook(p Playbook) error

	// Touch stores the time of a change of the playbook and adds to its version.
	Touch(versions int64, at time.Time) error

	// KeepCreation stores that a playbook without a change was created when it began, for a
	// file that says so from now on.
	KeepCreation() error

	// NextNumber reserves the next number for a prefix of item ids; ok is false if none
	// is left.
	NextNumber(prefix string) (number int64, ok bool, err error)

	// RaiseNumber stores that a number of a prefix has been used.
	RaiseNumber(prefix string, number int64) error

	// SetPlaybookFile stores what was read from a playbook.json, or is to be written to it.
	SetPlaybookFile(name string, f PlaybookFile) error

	// PlaybookFileDone stores that the pending content of a playbook.json has been written.
	PlaybookFileDone(name string) error

	// AddPlaybookChange stores a change of the playbook after the newest event.
	AddPlaybookChange(content string, at time.Time) error

	// ForgetPlaybook removes what an untouched playbook started from, so that it can start from
	// something else.
	ForgetPlaybook() error

	// SetFrame stores a file with its items. If its ID is 0, it is a new one.
	SetFrame(f Frame, items []FrameItem) (err error)

	// Rebuild computes counts, statistics and usage from the ledger.
	Rebuild() error
}
