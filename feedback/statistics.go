package feedback

import (
	"context"

	"atomizer-db/store"
)

// Statistics sums up the loop's study since its last reset.
type Statistics struct {
	TotalTrialsProcessed int64   `json:"total_trials_processed"`
	SuccessfulTrials     int64   `json:"successful_trials"`
	FailedTrials         int64   `json:"failed_trials"`
	SuccessRate          float64 `json:"success_rate"`      // 0 before the first trial
	PlaybookItems        int64   `json:"playbook_items"`    // live items, of all studies
	PendingInsights      int64   `json:"pending_insights"`  // that await a finalize
	OutcomesRecorded     int64   `json:"outcomes_recorded"` // all attempts
}

// Statistics sums up the loop's study.
func (l *Loop) Statistics(ctx context.Context) (s Statistics, err error) {
	err = l.store.View(ctx, func(rx *store.Rx) error {
		s, err = l.statistics(rx)
		return err
	})
	return s, err
}

func (l *Loop) statistics(rx *store.Rx) (s Statistics, err error) {
	study, err := l.find(rx)
	if err != nil {
		return s, err
	}
	var sums store.Statistics
	if study == nil {
		sums, err = rx.AllStatistics()
	} else {
		sums, err = rx.StudyStatistics(*study)
	}
	if err != nil {
		return s, err
	}
	items, err := rx.CountItems()
	return Statistics{
		TotalTrialsProcessed: sums.Trials, SuccessfulTrials: sums.Successes, FailedTrials: sums.Trials - sums.Successes,
		SuccessRate: rate(sums.Successes, sums.Trials), PlaybookItems: items,
		PendingInsights: sums.Pending, OutcomesRecorded: sums.Trials,
	}, err
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
}

// Studies lists the studies of the database in the order in which they came.
func (l *Loop) Studies(ctx context.Context) (studies []StudyStatistics, err error) {
	err = l.store.View(ctx, func(rx *store.Rx) error {
		rows, err := rx.Studies()
		studies = make([]StudyStatistics, 0, len(rows))
		for _, s := range rows {
			studies = append(studies, StudyStatistics{
				Study: s.Name, Direction: s.Direction,
				TotalTrialsProcessed: s.Trials, SuccessfulTrials: s.Successes, FailedTrials: s.Trials - s.Successes,
				SuccessRate: rate(s.Successes, s.Trials), PendingInsights: s.Pending, CreatedAt: formatUS(s.CreatedUS),
			})
		}
		return err
	})
	return studies, err
}

// HasBegun tells whether the database has the loop's study.
func (l *Loop) HasBegun(ctx context.Context) (begun bool, err error) {
	err = l.store.View(ctx, func(rx *store.Rx) error {
		_, begun, err = rx.Study(l.StudyName())
		return err
	})
	return begun, err
}

// BeginStudy makes the loop's study known before its first event; begun is
// false where it was.
func (l *Loop) BeginStudy(ctx context.Context) (begun bool, err error) {
	err = l.store.Update(ctx, func(tx *store.Tx) error {
		r := recorder{loop: l, tx: tx}
		_, err := r.study(Header{})
		begun = len(r.begun) > 0
		return err
	})
	if err == nil && begun {
		l.store.Notify(newStudy(l.StudyName()))
	}
	return begun, err
}

// PendingInsight is advice that awaits a finalize.
type PendingInsight struct {
	Study    string `json:"study"`
	Category string `json:"category"`
	Content  string `json:"content"`
	Helpful  bool   `json:"helpful"`
	Trial    *int64 `json:"trial"` // null: drawn from the study as a whole
}

// Pending lists the loop's pending insights, oldest first, study by study.
func (l *Loop) Pending(ctx context.Context) (pending []PendingInsight, err error) {
	pending = []PendingInsight{}
	err = l.store.View(ctx, func(rx *store.Rx) error {
		studies, err := rx.Studies()
		if err != nil {
			return err
		}
		for _, study := range studies {
			if l.study != nil && study.Name != *l.study {
				continue
			}
			insights, err := rx.PendingInsights(study.ID, -1)
			if err != nil {
				return err
			}
			for _, i := range insights {
				pending = append(pending, PendingInsight{
					Study: study.Name, Category: i.Category, Content: i.Content, Helpful: i.Helpful, Trial: i.TrialNumber,
				})
			}
		}
		return nil
	})
	return pending, err
}

// RenameStudy gives the loop's study another name, and gives the loop of that.
// A name that another study has is an [ErrConflict].
func (l *Loop) RenameStudy(ctx context.Context, name string) (*Loop, error) {
	if err := checkText("study", name); err != nil {
		return nil, err
	}
	err := l.changeStudy(ctx, func(tx *store.Tx, study int64) error {
		taken, err := tx.RenameStudy(study, name)
		if err == nil && taken {
			err = store.Fail(ErrConflict, "there is a study %q already: choose another name", name)
		}
		return err
	})
	return l.Study(name), err
}

// The directions of a study.
const (
	Minimize = "minimize"
	Maximize = "maximize"
)

// SetDirection says which objectives of the loop's study are better.
func (l *Loop) SetDirection(ctx context.Context, direction string) error {
	if direction != Minimize && direction != Maximize {
		return wrong("direction", "%q is not one of %s, %s", direction, Minimize, Maximize)
	}
	return l.changeStudy(ctx, func(tx *store.Tx, study int64) error {
		return tx.SetDirection(study, direction)
	})
}

// changeStudy runs fn on the loop's study; one that does not exist is
// [ErrNotFound].
func (l *Loop) changeStudy(ctx context.Context, fn func(tx *store.Tx, study int64) error) error {
	name := l.StudyName()
	return l.store.Update(ctx, func(tx *store.Tx) error {
		study, found, err := tx.Study(name)
		if err == nil && !found {
			err = store.Fail(ErrNotFound, "there is no study %q: `atomizer-db studies` lists them", name)
		}
		if err != nil {
			return err
		}
		return fn(tx, study)
	})
}
