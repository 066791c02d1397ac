package feedback

import (
	"context"
	"errors"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/history"
	"atomizer-db/feedback/report"
	"atomizer-db/store"
)

func (r *recorder) summary(s event.Summary, row store.Entry) (Answer, error) {
	done, err := r.finalize(s, row)
	if err != nil {
		return nil, err
	}
	switch {
	case s.NoSave:
	case r.loop.exports.Path == "":
		done.answer.NotExported = "playbook.json was not written: the database is on a server, and no file was named"
	default:
		r.staged = true
		err = history.Stage(r.tx, r.loop.exports)
	}
	return done.answer, err
}

// finalized is the result of a finalize.
type finalized struct {
	answer FinalizeAnswer
	committed
	pruned []PrunedItem
}

func (r *recorder) finalize(s event.Summary, row store.Entry) (done finalized, err error) {
	if !s.NoSave && !s.Overwrite && r.loop.exports.Path != "" {
		if err := history.CheckUnchanged(r.tx, r.loop.exports); err != nil {
			return done, err
		}
	}
	var best report.BestObjective
	if r.loop.explains { // before much is written, which makes reading slow
		if best, err = report.NewBestObjective(r.tx, row.Study); err != nil {
			return done, err
		}
	}
	id, err := r.recordRow(row)
	if err != nil {
		return done, err
	}
	if done.committed, err = r.commit(id, row, nil); err != nil {
		return done, err
	}
	if err := r.prune(s, id, row, &done); err != nil {
		return done, err
	}
	f, err := r.conclude(s, id, row.Study)
	if err != nil {
		return done, err
	}
	f.Added, f.Merged, f.Pruned = int64(len(done.added)), done.merged, int64(len(done.pruned))
	done.answer = finalizeAnswer(f)
	if r.loop.explains {
		done.answer.Pruned, done.answer.BestObjective = done.pruned, &best
	}
	return done, r.tx.AddFinalization(f)
}

// conclude collects what a finalize answers about the playbook and the study.
func (r *recorder) conclude(s event.Summary, id, study int64) (f store.Finalization, err error) {
	book, err := r.tx.Playbook()
	if err != nil {
		return f, err
	}
	size, err := r.tx.CountItems()
	if err != nil {
		return f, err
	}
	var threshold *int64
	if s.PruneRule() == event.PruneByNetScore {
		threshold = new(s.PruneThreshold())
	}
	statistics, err := r.tx.StudyStatistics(study)
	return store.Finalization{
		Event: id, Name: s.Name, TotalTrials: s.TotalTrials, BestValue: s.BestValue,
		ConvergenceRate: s.ConvergenceRate, Method: s.Method, SavePlaybook: !s.NoSave,
		PruneBy: s.PruneRule(), PruneBelow: threshold,
		Size: size, Version: book.Version, Trials: statistics.Trials, Successes: statistics.Successes,
	}, err
}

func finalizeAnswer(f store.Finalization) FinalizeAnswer {
	return FinalizeAnswer{
		LegacyFinalizeAnswer: LegacyFinalizeAnswer{
			InsightsAdded: f.Added, ItemsPruned: f.Pruned, PlaybookSize: f.Size, PlaybookVersion: f.Version,
			TotalTrialsProcessed: f.Trials, SuccessfulTrials: f.Successes, FailedTrials: f.Trials - f.Successes,
			SuccessRate: report.Rate(f.Successes, f.Trials),
		},
		InsightsMerged: f.Merged,
	}
}

// Preview is what a finalize would do.
type Preview struct {
	Answer FinalizeAnswer `json:"answer"`
	Added  []ItemNote     `json:"added"`  // the new items, in order
	Pruned []PrunedItem   `json:"pruned"` // the items that would be pruned, in order of arrival
}

// errPreview makes the transaction of a preview be rolled back.
var errPreview = errors.New("preview")

// PreviewFinalize returns what [Loop.Finalize] would do, and changes nothing.
func (l *Loop) PreviewFinalize(ctx context.Context, summary event.Summary) (Preview, error) {
	preview := Preview{}
	explaining := *l
	explaining.explains = true
	summary.Key = "" // a preview is never a duplicate
	prepared, err := l.prepare(summary)
	if err != nil {
		return preview, err
	}
	err = l.store.Update(ctx, func(tx store.Writer) error {
		r := recorder{loop: &explaining, tx: tx}
		row, err := r.place(prepared)
		if err != nil {
			return err
		}
		done, err := r.finalize(summary, row)
		if err != nil {
			return err
		}
		done.answer.Pruned = nil // listed beside it
		preview = Preview{
			Answer: done.answer, Added: append([]ItemNote{}, done.added...), Pruned: append([]PrunedItem{}, done.pruned...),
		}
		return errPreview
	})
	if errors.Is(err, errPreview) {
		err = nil
	}
	return preview, err
}
