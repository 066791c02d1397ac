package feedback

import (
	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// VoidAnswer says which trial was voided or unvoided.
type VoidAnswer struct {
	TrialNumber int64 `json:"trial_number"`
	Attempt     int64 `json:"attempt"`
	Success     bool  `json:"success"`
	Voided      bool  `json:"voided"` // false: it counts again
	Acknowledgement
}

func (r *recorder) void(v event.Void, row store.Entry) (Answer, error) {
	trial, err := r.findAttempt(v, row.Study)
	if err != nil {
		return nil, err
	}
	id, err := r.recordRow(row)
	if err != nil {
		return nil, err
	}
	return voidAnswer(v, trial), r.applyVoid(v, row, id, trial)
}

func voidAnswer(v event.Void, trial store.Attempt) VoidAnswer {
	return VoidAnswer{TrialNumber: v.TrialNumber, Attempt: trial.Attempt, Success: trial.Success, Voided: !v.Undo}
}

// firstVoid returns the answer of a void that was recorded before.
func (r *recorder) firstVoid(v event.Void, study, id int64) (Answer, error) {
	target, err := r.tx.Voided(id)
	if err != nil {
		return nil, err
	}
	attempts, err := r.tx.Attempts(study, v.TrialNumber)
	if err != nil {
		return nil, err
	}
	for _, trial := range attempts {
		if trial.Event == target {
			answer := voidAnswer(v, trial)
			answer.Duplicate = true
			return answer, nil
		}
	}
	return nil, store.Inconsistent("event %d voided a trial that the ledger does not have", id)
}

// findAttempt finds the attempt that a void event refers to.
func (r *recorder) findAttempt(v event.Void, study int64) (store.Attempt, error) {
	attempts, err := r.tx.Attempts(study, v.TrialNumber)
	if err != nil {
		return store.Attempt{}, err
	}
	if len(attempts) == 0 {
		return store.Attempt{}, noTrial(*r.nameOf(v.Study), v.TrialNumber)
	}
	can := func(a store.Attempt) bool { return (a.VoidedBy != nil) == v.Undo }
	if v.Attempt > 0 {
		if v.Attempt > int64(len(attempts)) {
			return store.Attempt{}, noAttempt(v.TrialNumber, v.Attempt, attempts)
		}
		if trial := attempts[v.Attempt-1]; can(trial) {
			return trial, nil
		}
	} else {
		for i := len(attempts) - 1; i >= 0; i-- {
			if can(attempts[i]) {
				return attempts[i], nil
			}
		}
	}
	state := "already void"
	if v.Undo {
		state = "not void"
	}
	return store.Attempt{}, store.Fail(ErrConflict, "trial %d is %s", v.TrialNumber, state)
}

// applyVoid subtracts what the trial added to counts, statistics and usage, or adds it
// again.
func (r *recorder) applyVoid(v event.Void, row store.Entry, void int64, trial store.Attempt) error {
	study := row.Study
	sign := int64(-1)
	if v.Undo {
		sign = 1
	}
	if err := r.tx.CountUsages(trial, sign); err != nil {
		return err
	}
	if err := r.moveOn(row, trial, sign); err != nil {
		return err
	}
	before, had, err := r.tx.LatestAttempt(study, v.TrialNumber)
	if err != nil {
		return err
	}
	if err := r.tx.AddVoid(void, trial.Event, v.Undo); err != nil {
		return err
	}
	if !trial.Current {
		return nil // a later reset has cleared its statistics and usage
	}
	after, has, err := r.tx.LatestAttempt(study, v.TrialNumber)
	if err != nil {
		return err
	}
	if had && before != after {
		if err := r.tx.CountUsedIn(study, before, -1); err != nil {
			return err
		}
	}
	if has && before != after {
		if err := r.tx.CountUsedIn(study, after, 1); err != nil {
			return err
		}
	}
	if err := r.tx.CountTrial(study, trial.Success, sign); err != nil {
		return err
	}
	if v.Undo {
		return r.tx.ReviveInsights(study, trial.Event, *trial.VoidedBy)
	}
	return r.tx.DropInsights(study, trial.Event, void)
}
