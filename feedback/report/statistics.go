package report

import (
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// Statistics sums up a study, or all studies, since the last reset.
type Statistics struct {
	TotalTrialsProcessed int64   `json:"total_trials_processed"`
	SuccessfulTrials     int64   `json:"successful_trials"`
	FailedTrials         int64   `json:"failed_trials"`
	SuccessRate          float64 `json:"success_rate"`      // 0 before the first trial
	PlaybookItems        int64   `json:"playbook_items"`    // live items, of all studies
	PendingInsights      int64   `json:"pending_insights"`  // that wait for a finalize
	OutcomesRecorded     int64   `json:"outcomes_recorded"` // all attempts
}

// NewStatistics sums up a study, or all studies if it is nil.
func NewStatistics(rx store.Reader, study *int64) (Statistics, error) {
	var sums store.Statistics
	var err error
	if study == nil {
		sums, err = rx.AllStatistics()
	} else {
		sums, err = rx.StudyStatistics(*study)
	}
	if err != nil {
		return Statistics{}, err
	}
	items, err := rx.CountItems()
	return Statistics{
		TotalTrialsProcessed: sums.Trials, SuccessfulTrials: sums.Successes, FailedTrials: sums.Trials - sums.Successes,
		SuccessRate: Rate(sums.Successes, sums.Trials), PlaybookItems: items,
		PendingInsights: sums.Pending, OutcomesRecorded: sums.Trials,
	}, err
}

// Rate returns part divided by whole, 0 if whole is 0.
func Rate(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// StudyStatistics is one study and its statistics since its last reset.
type StudyStatistics struct {
	Study                string  `json:"study"`
	Direction            string  `json:"direction"` // minimize or maximize
	TotalTrialsProcessed int64   `json:"total_trials_processed"`
	SuccessfulTrials     int64   `json:"successful_trials"`
	FailedTrials         int64   `json:"failed_trials"`
	SuccessRate          float64 `json:"success_rate"`
	PendingInsights      int64   `json:"pending_insights"`
	CreatedAt            string  `json:"created_at"`

	BestObjective *float64 `json:"best_objective"` // see [BestObjective]
	BestTrial     *int64   `json:"best_trial"`
}

// Studies lists the studies of the database in order of creation. Its time grows with the
// number of trials.
func Studies(rx store.Reader) ([]StudyStatistics, error) {
	rows, err := rx.Studies()
	if err != nil {
		return nil, err
	}
	studies := make([]StudyStatistics, 0, len(rows))
	for _, row := range rows {
		study, err := NewStudyStatistics(rx, row)
		if err != nil {
			return nil, err
		}
		studies = append(studies, study)
	}
	return studies, nil
}

// NewStudyStatistics sums up one study. Its time grows with the number of trials.
func NewStudyStatistics(rx store.Reader, s store.Study) (StudyStatistics, error) {
	best, err := bestOf(rx, s)
	return StudyStatistics{
		Study: s.Name, Direction: s.Direction,
		TotalTrialsProcessed: s.Trials, SuccessfulTrials: s.Successes, FailedTrials: s.Trials - s.Successes,
		SuccessRate: Rate(s.Successes, s.Trials), PendingInsights: s.Pending, CreatedAt: playbook.FormatMicros(s.CreatedUS),
		BestObjective: best.Objective, BestTrial: best.Trial,
	}, err
}
