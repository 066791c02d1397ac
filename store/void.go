package store

// Attempt is one recording of a trial number.
type Attempt struct {
	Event    int64  `db:"event_id"`
	Attempt  int64  `db:"attempt"` // 1 is the first in the study
	Success  bool   `db:"success"`
	VoidedBy *int64 `db:"voided_by"` // nil: not void
	Current  bool   `db:"current"`   // recorded since the study's last reset

	Objective *float64 `db:"objective_value"`
	TimeUS    int64    `db:"time_us"`
}

// VoidedAttempt is the attempt that an event voided or unvoided.
type VoidedAttempt struct {
	Attempt int64 `db:"attempt"` // of its trial number, from 1
	Undo    bool  `db:"undo"`
}
