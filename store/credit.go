package store

// CreditReader reads what attribution compares.
type CreditReader interface {
	// CreditedTrials calls each with the credited trials of a study, or of all studies if it
	// is nil, study by study in the order in which they were recorded. It reads them in one
	// pass. Items that a trial named when the playbook lacked them are not among those that it
	// used, whatever gets their ids later.
	CreditedTrials(study *int64, each func(CreditedTrial) error) error

	// TimesShown counts, for each live item with less than the given number of counts, the trials of all studies for
	// which it was shown but not used, by id. It reads all that was shown.
	TimesShown(counts int64) (map[string]int64, error)

	// ShownTrials counts, for each live item, the credited trials of a study, or of all studies
	// if it is nil, for which it was shown but not used.
	ShownTrials(study *int64) (trials []ShownCount, err error)
}
