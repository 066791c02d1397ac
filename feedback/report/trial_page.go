package report

import "atomizer-db/store"

// TrialPage is a page of the trials of a study.
type TrialPage struct {
	store.TrialPage
	Direction string
	Trials    []RecordedTrial
	More      bool // there are further ones
}

// NewTrialPage returns the page that a filter selects.
func NewTrialPage(rx store.Reader, study int64, filter store.TrialPage) (p TrialPage, err error) {
	p.TrialPage = filter
	filter.Limit++
	outcomes, err := rx.TrialsOfPage(study, filter)
	if err != nil {
		return p, err
	}
	if p.More = len(outcomes) == filter.Limit; p.More {
		outcomes = outcomes[:len(outcomes)-1]
	}
	if row, found, err := rx.StudyByID(study); err != nil {
		return p, err
	} else if found {
		p.Direction = row.Direction
	}
	p.Trials, err = recordedTrials(rx, outcomes)
	return p, err
}
