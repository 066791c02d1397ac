package store

// Outcome is the content of a trial event, and its answer.
type Outcome struct {
	Event             int64    `db:"event_id"`
	TrialNumber       int64    `db:"trial_number"`
	Success           bool     `db:"success"`
	Objective         *float64 `db:"objective_value"`
	DesignVariables   string   `db:"design_variables"` // a JSON object
	Extractor         string   `db:"extractor_used"`
	DurationSeconds   float64  `db:"duration_seconds"`
	Details           *string  `db:"details"` // a JSON object
	Holdout           bool     `db:"holdout"` // its context was left empty on purpose
	ItemsUpdated      int      `db:"items_updated"`
	InsightsExtracted int      `db:"insights_extracted"`
}

// outcomeColumns are the columns of an Outcome in the ledger.
const outcomeColumns = `event_id, trial_number, success, objective_value, design_variables, extractor_used, duration_seconds,
			details, holdout, items_updated, insights_extracted`

// Outcome finds the content of a trial event and its answer.
func (r *Rx) Outcome(event int64) (outcome Outcome, found bool, err error) {
	found, err = r.get(&outcome, `
		select `+outcomeColumns+`
		from ledger
		where event_id = ? and type = 'trial'`, event)
	return outcome, found, err
}

// RecordedOutcome is an outcome among those of its study.
type RecordedOutcome struct {
	Outcome
	Study    string `db:"study"`
	Attempt  int64  `db:"attempt"` // of the trial number, from 1
	TimeUS   int64  `db:"time_us"`
	VoidedBy *int64 `db:"voided_by"` // the void event; nil: not void
}

// recordedOutcomes selects the columns of a RecordedOutcome.
const recordedOutcomes = `
		select ` + outcomeColumns + `, s.name as study, l.time_us, l.voided_by, (
			select count(*) from ledger a
			where a.type = 'trial' and a.study_id = l.study_id and a.trial_number = l.trial_number and a.event_id <= l.event_id) as attempt
		from ledger l
		join studies s using (study_id)`

// OutcomeFilter selects outcomes. Its zero value selects all.
type OutcomeFilter struct {
	Limit   int    // only so many, the newest; 0: all
	Failed  bool   // only failed ones that are not void
	SinceUS *int64 // only those of this time or later
}

// filteredOutcomes are the events of the trials since the last reset that a filter selects
// but for its limit.
const filteredOutcomes = `
		from ledger l
		join studies s using (study_id)
		where l.type = 'trial' and (l.study_id = ?1 or ?1 is null) and l.event_id > ifnull(s.reset_event, 0)
			and (not ?2 or (not l.success and l.voided_by is null)) and (?3 is null or l.time_us >= ?3)`

// Outcomes lists the trials of a study, or of all studies if it is nil, since the last
// reset: all attempts that the filter selects, in the order in which they were recorded.
// leftOut is how many the limit cuts.
func (r *Rx) Outcomes(study *int64, filter OutcomeFilter) (outcomes []RecordedOutcome, leftOut int64, err error) {
	limit := filter.Limit
	if limit == 0 {
		limit = -1
	}
	outcomes = []RecordedOutcome{}
	err = r.list(&outcomes, recordedOutcomes+`
		where event_id in (select event_id `+filteredOutcomes+` order by event_id desc limit ?4)
		order by event_id`, study, filter.Failed, filter.SinceUS, limit)
	if err != nil || len(outcomes) != limit {
		return outcomes, 0, err
	}
	_, err = r.get(&leftOut, `select count(*) `+filteredOutcomes, study, filter.Failed, filter.SinceUS)
	return outcomes, leftOut - int64(len(outcomes)), err
}

// RecordedOutcome finds the content of a trial event among those of its study.
func (r *Rx) RecordedOutcome(event int64) (outcome RecordedOutcome, found bool, err error) {
	found, err = r.get(&outcome, recordedOutcomes+` where event_id = ? and l.type = 'trial'`, event)
	return outcome, found, err
}

// TrialItem is an item that a trial named or for which it was shown.
type TrialItem struct {
	ID      string  `db:"id"`
	Named   int64   `db:"named"`   // how often the trial named it
	Counted int64   `db:"counted"` // how often that counted
	Shown   bool    `db:"shown"`   // the trial lists it as shown but not used
	Content *string `db:"content"` // nil: the playbook never had it
}

// TrialItems lists the items that a trial named or that were shown for it.
func (r *Rx) TrialItems(event int64) ([]TrialItem, error) {
	items := []TrialItem{}
	err := r.list(&items, `
		select d.id, ifnull(u.named, 0) as named, ifnull(u.counted, 0) as counted, w.item_no is not null as shown, i.content
		from (select item_no from usages where event_id = ?1 union select item_no from shown where event_id = ?1) x
		join item_ids d using (item_no)
		left join usages u on u.event_id = ?1 and u.item_no = x.item_no
		left join shown w on w.event_id = ?1 and w.item_no = x.item_no
		left join items i on i.item_no = x.item_no
		order by x.item_no`, event)
	return items, err
}

// ErrorKind says where an error message came from.
type ErrorKind string

// The kinds of error messages.
const (
	SolverError         ErrorKind = "solver"     // a trial's errors
	ConstraintViolation ErrorKind = "constraint" // a trial's constraint violations
	ReportedError       ErrorKind = "reported"   // an error event
)

// ErrorMessage is one message of an event.
type ErrorMessage struct {
	Kind    ErrorKind `db:"kind"`
	Class   string    `db:"class"`
	Message string    `db:"message"`
}
