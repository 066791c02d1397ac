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

// Outcomes lists the trials of a study, or of all studies if it is nil, since the
// last reset: all attempts, in the order in which they were recorded.
func (r *Rx) Outcomes(study *int64) ([]RecordedOutcome, error) {
	outcomes := []RecordedOutcome{}
	err := r.list(&outcomes, `
		select `+outcomeColumns+`, study, attempt, time_us, voided_by
		from (
			select l.*, s.name as study, ifnull(s.reset_event, 0) as reset,
				row_number() over (partition by l.study_id, l.trial_number order by l.event_id) as attempt
			from ledger l
			join studies s using (study_id)
			where l.type = 'trial' and (s.study_id = ?1 or ?1 is null)
		)
		where event_id > reset
		order by event_id`, study)
	return outcomes, err
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
