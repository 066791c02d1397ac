package store

import "time"

// StudyReader reads studies: their statistics, and how far their inputs have been read.
type StudyReader interface {
	// Study finds the number of a study by its name.
	Study(name string) (id int64, found bool, err error)

	// Studies lists all studies in order of creation.
	Studies() ([]Study, error)

	// StudyByID finds a study by its number.
	StudyByID(id int64) (study Study, found bool, err error)

	// StudyStatistics sums up one study.
	StudyStatistics(study int64) (s Statistics, err error)

	// AllStatistics sums up all studies.
	AllStatistics() (s Statistics, err error)

	// PlaybookStatistics sums up the live items.
	PlaybookStatistics() (s PlaybookStatistics, err error)

	// ItemsByCategory counts the live items of each category that has any, in the order
	// in which the categories first arrived.
	ItemsByCategory() ([]CategoryCount, error)

	// Best finds the first of the trials with the best objective, among the successful ones
	// that count. It reads all trials of the study: 100,000 take about 25 ms.
	Best(study int64, maximize bool) (best Best, found bool, err error)

	// Finalizations lists the latest finalizes of a study, or of all studies if it is
	// nil, newest first, at most limit of them.
	Finalizations(study *int64, limit int) ([]RecordedFinalization, error)

	// GoneItems lists the items that left the playbook last, newest first, at most limit of
	// them.
	GoneItems(limit int) ([]GoneItem, error)

	// CountGoneItems returns the number of items that left the playbook.
	CountGoneItems() (n int64, err error)

	// Input finds an input that was ingested for a study with the given name, which need not
	// exist.
	Input(study, name string) (input Input, found bool, err error)
}

// StudyWriter writes studies: their statistics, and how far their inputs have been read.
type StudyWriter interface {
	// EnsureStudy finds a study by its name, or creates it with the given time.
	EnsureStudy(name string, at time.Time) (id int64, created bool, err error)

	// ResetStudy sets the study's statistics and usage to zero and drops its pending
	// insights, for the event reset. The recorded rows stay.
	ResetStudy(study, reset int64) error

	// RenameStudy gives a study another name. If another study has that name, nothing
	// changes and taken is true.
	RenameStudy(study int64, name string) (taken bool, err error)

	// SetDirection stores which objectives are better: minimize or maximize.
	SetDirection(study int64, direction string) error

	// GivenDirection returns the direction that somebody gave a study, "" if nobody did.
	GivenDirection(study int64) (direction string, err error)

	// SetInput stores how far ingest has read an input.
	SetInput(study string, i Input) error
}
