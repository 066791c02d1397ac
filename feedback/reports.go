package feedback

import (
	"context"

	"atomizer-db/feedback/report"
	"atomizer-db/store"
)

// ask computes an answer about the loop's study from one state of the database.
func ask[T any](ctx context.Context, l *Loop, compute func(rx store.Reader, study *int64) (T, error)) (answer T, err error) {
	err = l.store.View(ctx, func(rx store.Reader) error {
		study, err := l.find(rx)
		if err != nil {
			return err
		}
		answer, err = compute(rx, study)
		return err
	})
	return answer, err
}

// find returns the number of the loop's study: nil for all studies, and 0, which no
// study has, for one that does not exist yet.
func (l *Loop) find(rx store.Reader) (*int64, error) {
	if l.study == nil {
		return nil, nil
	}
	study, _, err := rx.Study(*l.study)
	return &study, err
}

// Statistics sums up the loop's study since its last reset.
func (l *Loop) Statistics(ctx context.Context) (report.Statistics, error) {
	return ask(ctx, l, report.NewStatistics)
}

// BestObjective finds the best objective of the loop's study since its last reset. It reads
// the trials of the study; a loop of all studies has none, because they may have different
// directions.
func (l *Loop) BestObjective(ctx context.Context) (report.BestObjective, error) {
	return ask(ctx, l, func(rx store.Reader, study *int64) (report.BestObjective, error) {
		if study == nil {
			return report.BestObjective{}, nil
		}
		return report.NewBestObjective(rx, *study)
	})
}

// Studies lists the studies of the database in order of creation.
func (l *Loop) Studies(ctx context.Context) ([]report.StudyStatistics, error) {
	return ask(ctx, l, func(rx store.Reader, _ *int64) ([]report.StudyStatistics, error) { return report.Studies(rx) })
}

// Performance lists the performance of all live items, in order of arrival.
func (l *Loop) Performance(ctx context.Context) (report.Performances, error) {
	return ask(ctx, l, report.NewPerformances)
}

// Top lists the n items with the highest net scores, best first. Ties keep the
// order of arrival.
func (l *Loop) Top(ctx context.Context, n int) ([]report.Performance, error) {
	return l.first(ctx, report.Best, n)
}

// Worst lists the n items with the lowest net scores, worst first. Ties keep
// the order of arrival.
func (l *Loop) Worst(ctx context.Context, n int) ([]report.Performance, error) {
	return l.first(ctx, report.Worst, n)
}

func (l *Loop) first(
	ctx context.Context, list func(store.Reader, *int64, int) ([]report.Performance, error), n int,
) ([]report.Performance, error) {
	if n < 0 {
		return nil, badNumber(n)
	}
	return ask(ctx, l, func(rx store.Reader, study *int64) ([]report.Performance, error) { return list(rx, study, n) })
}

func badNumber(n int) error { return wrong("n", "must be 0 or more, not %d", n) }

// Attribution judges the effect of each live item on success in the loop's study, or
// over all studies.
func (l *Loop) Attribution(ctx context.Context) (report.Attribution, error) {
	return ask(ctx, l, report.NewAttribution)
}

// ErrorClasses sums up the errors of the loop's study since its last reset, the most
// frequent first. Errors of void trials are left out.
func (l *Loop) ErrorClasses(ctx context.Context) ([]report.ErrorClass, error) {
	return ask(ctx, l, report.ErrorClasses)
}

// PlaybookStats sums up the live items.
func (l *Loop) PlaybookStats(ctx context.Context) (report.PlaybookStats, error) {
	return ask(ctx, l, func(rx store.Reader, _ *int64) (report.PlaybookStats, error) { return report.NewPlaybookStats(rx) })
}

// Report returns the legacy learning report.
func (l *Loop) Report(ctx context.Context) (report.Learning, error) {
	return ask(ctx, l, report.NewLearning)
}

// ExportReport writes the learning report to a file, atomically, and creates its
// folders.
func (l *Loop) ExportReport(ctx context.Context, path string) error {
	learning, err := l.Report(ctx)
	if err != nil {
		return err
	}
	text, err := learning.Encode()
	if err != nil {
		return err
	}
	return report.Write(path, text)
}
