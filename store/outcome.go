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

// RecordedOutcome is an outcome among those of its study.
type RecordedOutcome struct {
	Outcome
	Study    string `db:"study"`
	Attempt  int64  `db:"attempt"` // of the trial number, from 1
	TimeUS   int64  `db:"time_us"`
	VoidedBy *int64 `db:"voided_by"` // the void event; nil: not void
}

// OutcomeFilter selects outcomes. Its zero value selects all.
type OutcomeFilter struct {
	Limit   int    // only so many, the newest; 0: all
	Failed  bool   // only failed ones that are not void
	SinceUS *int64 // only those of this time or later
}

// TrialItem is an item that a trial named or for which it was shown.
type TrialItem struct {
	ID      string  `db:"id"`
	Named   int64   `db:"named"`   // how often the trial named it
	Counted int64   `db:"counted"` // how often that counted
	Shown   bool    `db:"shown"`   // the trial lists it as shown but not used
	Content *string `db:"content"` // nil: the playbook never had it
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
