package feedback

import (
	"context"
	"errors"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/report"
	"atomizer-db/store"
)

// Summarize returns the summary of the loop's study for [Loop.Finalize] as the ledger has
// it, and what the ledger has: the name of the study, its trials since the last reset, the
// best objective by its direction (0 if there is none) and the share of trials that
// succeeded. The caller may change them.
//
// If the study was finalized with the key before, the summary is that finalize's, so that
// sending it again is a duplicate, also after further trials.
func (l *Loop) Summarize(ctx context.Context, key string) (summary event.Summary, ledger report.StudyStatistics, err error) {
	if l.study == nil {
		return summary, ledger, errors.New("a finalize is of one study: name it, because this loop covers all studies")
	}
	summary = event.Summary{Header: event.Header{Key: key}, Name: *l.study}
	ledger = report.StudyStatistics{Study: *l.study, Direction: event.Minimize}
	err = l.store.View(ctx, func(rx store.Reader) error {
		id, _, err := rx.Study(*l.study)
		if err != nil {
			return err
		}
		study, begun, err := rx.StudyByID(id)
		if err != nil || !begun {
			return err
		}
		if ledger, err = report.NewStudyStatistics(rx, study); err != nil {
			return err
		}
		summary.TotalTrials, summary.ConvergenceRate = ledger.TotalTrialsProcessed, ledger.SuccessRate
		if ledger.BestObjective != nil {
			summary.BestValue = *ledger.BestObjective
		}
		return summarizeAgain(rx, id, &summary)
	})
	return summary, ledger, err
}

// summarizeAgain takes what an earlier finalize with the same key said of the study.
func summarizeAgain(rx store.Reader, study int64, summary *event.Summary) error {
	if summary.Key == "" {
		return nil
	}
	id, _, found, err := rx.EventByKey(study, summary.Key)
	if err != nil || !found {
		return err
	}
	earlier, found, err := rx.Finalization(id)
	if found {
		summary.Name, summary.TotalTrials = earlier.Name, earlier.TotalTrials
		summary.BestValue, summary.ConvergenceRate = earlier.BestValue, earlier.ConvergenceRate
	}
	return err
}
