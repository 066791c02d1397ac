package feedback

import (
	"context"
	"fmt"

	"atomizer-db/feedback/report"
	"atomizer-db/feedback/words"
	"atomizer-db/store"
)

// Trials lists the trials of the loop's study since its last reset, in the order in
// which they were recorded. A driver that was stopped can continue from them.
func (l *Loop) Trials(ctx context.Context) ([]report.RecordedTrial, error) {
	list, err := l.FilterTrials(ctx, report.TrialFilter{})
	return list.Trials, err
}

// FilterTrials is Trials for those that a filter selects.
func (l *Loop) FilterTrials(ctx context.Context, filter report.TrialFilter) (report.TrialList, error) {
	if filter.Limit < 0 {
		return report.TrialList{}, fmt.Errorf("the limit must be 0 or more, not %d", filter.Limit)
	}
	return ask(ctx, l, func(rx store.Reader, study *int64) (report.TrialList, error) { return report.Trials(rx, study, filter) })
}

// Trial describes an attempt at a trial of the loop's study, also of one that is void or
// before a reset: the latest if attempt is 0. It returns [ErrNoTrial] if the study has no
// trial of the number, and [ErrNotFound] if the trial has no such attempt.
func (l *Loop) Trial(ctx context.Context, number, attempt int64) (report.TrialDetails, error) {
	return ask(ctx, l, func(rx store.Reader, study *int64) (details report.TrialDetails, err error) {
		if study == nil {
			return details, fmt.Errorf("trial %d is of one study: name it, because this loop covers all studies", number)
		}
		attempts, err := rx.Attempts(*study, number)
		if err != nil {
			return details, err
		}
		switch {
		case len(attempts) == 0:
			return details, noTrial(l.StudyName(), number)
		case attempt == 0:
			attempt = int64(len(attempts))
		case attempt < 0 || attempt > int64(len(attempts)):
			return details, noAttempt(number, attempt, attempts)
		}
		return report.NewTrialDetails(rx, attempts, attempt)
	})
}

func noTrial(study string, number int64) error {
	return store.Fail(ErrNoTrial, "the study %q has no trial %d", study, number)
}

func noAttempt(number, attempt int64, attempts []store.Attempt) error {
	return store.Fail(ErrNotFound, "trial %d has %s, but no attempt %d", number, words.Count(len(attempts), "attempt"), attempt)
}
