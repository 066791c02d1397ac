package feedback

import (
	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// untilCommit returns how many of the next events are recorded together: all, or those up
// to the trial after which insights are committed.
func (r *recorder) untilCommit(group []entry) (int, error) {
	every := int64(r.loop.commitEvery)
	if every == 0 {
		return len(group), nil
	}
	trials := map[string]int64{} // by study, with those of the group
	for i, e := range group {
		name := r.nameOf(e.Head().Study)
		if _, ok := e.Event.(event.Trial); !ok || name == nil {
			continue
		}
		if _, known := trials[*name]; !known {
			id, _, err := r.tx.Study(*name)
			if err != nil {
				return 0, err
			}
			statistics, err := r.tx.StudyStatistics(id)
			if err != nil {
				return 0, err
			}
			trials[*name] = statistics.Trials
		}
		if trials[*name]++; trials[*name]%every == 0 {
			return i + 1, nil
		}
	}
	return len(group), nil
}

// commitAfter commits the pending insights of a study if the last event that was recorded
// made it due. The commit becomes a part of the last answer.
func (r *recorder) commitAfter(last entry, answers []Answer) error {
	answer, ok := answers[len(answers)-1].(TrialAnswer)
	if r.loop.commitEvery == 0 || !ok || answer.Duplicate {
		return nil
	}
	study, err := r.studyOf(last.Event)
	if err != nil {
		return err
	}
	statistics, err := r.tx.StudyStatistics(study)
	if err != nil || statistics.Pending == 0 || statistics.Trials%int64(r.loop.commitEvery) != 0 {
		return err
	}
	at := last.row.Time
	if at.IsZero() {
		at = r.tx.Now()
	}
	commit := event.CommitInsights{Header: event.Header{Study: last.Head().Study}}
	done, err := r.commitInsights(commit, store.Entry{Study: study, Type: store.CommitEvent, Time: at})
	if err != nil {
		return err
	}
	answer.Committed = new(done.(InsightsAnswer))
	answers[len(answers)-1] = answer
	return nil
}
