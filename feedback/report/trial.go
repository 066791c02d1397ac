package report

import (
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// TrialDetails is one attempt at a trial, with its items, and all attempts at the trial.
type TrialDetails struct {
	RecordedTrial
	Items    []TrialItem    `json:"items"`
	Attempts []TrialAttempt `json:"attempts"` // in the order in which they were recorded
}

// TrialItem says how an item counted in a trial.
type TrialItem struct {
	ID      string  `json:"id"`
	Named   int64   `json:"named"`   // how often the trial named it
	Counted int64   `json:"counted"` // how often that counted; 0 if the playbook did not have it then
	Shown   bool    `json:"shown"`   // the trial lists it as shown but not used, which does not count
	Content *string `json:"content"` // null: the playbook never had it
}

// TrialAttempt is one recording of a trial number.
type TrialAttempt struct {
	Attempt     int64    `json:"attempt"` // from 1, across resets
	Success     bool     `json:"success"`
	Void        bool     `json:"void"`
	BeforeReset bool     `json:"before_reset"` // recorded before the last reset of the study
	Objective   *float64 `json:"objective_value"`
	Time        string   `json:"time"`
}

// Counts reports whether the attempt counts in the statistics of the study.
func (a TrialAttempt) Counts() bool { return !a.Void && !a.BeforeReset }

// NewTrialDetails describes one of all attempts at a trial, from 1.
func NewTrialDetails(rx store.Reader, attempts []store.Attempt, attempt int64) (details TrialDetails, err error) {
	event := attempts[attempt-1].Event
	outcome, _, err := rx.RecordedOutcome(event)
	if err != nil {
		return details, err
	}
	if outcome.Attempt != attempt {
		return details, store.Inconsistent("event %d is attempt %d at its trial and not %d", event, outcome.Attempt, attempt)
	}
	trials, err := recordedTrials(rx, []store.RecordedOutcome{outcome})
	if err != nil {
		return details, err
	}
	items, err := rx.TrialItems(event)
	details = TrialDetails{RecordedTrial: trials[0], Items: make([]TrialItem, len(items)), Attempts: make([]TrialAttempt, len(attempts))}
	for i, item := range items {
		details.Items[i] = TrialItem(item)
	}
	for i, a := range attempts {
		details.Attempts[i] = TrialAttempt{
			Attempt: a.Attempt, Success: a.Success, Void: a.VoidedBy != nil, BeforeReset: !a.Current,
			Objective: a.Objective, Time: playbook.FormatMicros(a.TimeUS),
		}
	}
	return details, err
}
